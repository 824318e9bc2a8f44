//! What the tools do.

use crate::everybody::lock;
use crate::questions::{Asked, ask, broken, elicit, newer, sample};
use crate::server::Fixture;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, LoggingLevel,
    LoggingMessageNotificationParam, ProgressNotificationParam,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two things that a client is told; and before changes are, for the SDK tells the server of a listener a little
/// after it has told the listener that it will hear.
const PAUSE: Duration = Duration::from_millis(50);

/// One call, seen from its tool.
pub(crate) struct Call<'a> {
    pub(crate) fixture: &'a Fixture,
    pub(crate) request: CallToolRequestParams,
    pub(crate) context: RequestContext<RoleServer>,
}

impl Call<'_> {
    /// Does it.
    pub(crate) async fn run(self) -> Result<CallToolResponse, ErrorData> {
        let everybody = &self.fixture.everybody;
        let text = match &*self.request.name {
            "test_simple_text" => "This is a simple text response for testing.".to_owned(),
            "test_error_handling" => {
                let words = ContentBlock::text("This tool intentionally returns an error for testing");
                return Ok(CallToolResult::error(vec![words]).into());
            }
            "test_tool_with_logging" => self.logging().await?,
            "test_tool_with_progress" => {
                for progress in [0.0, 50.0, 100.0] {
                    self.progress(progress).await?;
                    tokio::time::sleep(PAUSE).await;
                }
                "Work completed".to_owned()
            }
            "test_sampling" => match self.ask(sample(&self.argument("prompt"))).await? {
                Asked::Answered(answer) => format!("LLM response: {}", answer["content"]["text"]),
                Asked::Ended(ended) => return Ok(ended),
            },
            "test_elicitation" => match self.ask(elicit(&self.argument("message"))).await? {
                Asked::Answered(answer) => {
                    format!("User response: action={}, content={}", answer["action"], answer["content"])
                }
                Asked::Ended(ended) => return Ok(ended),
            },
            "test_roots" => match self.ask(json!({ "method": "roots/list" })).await? {
                Asked::Answered(answer) => answer["roots"].to_string(),
                Asked::Ended(ended) => return Ok(ended),
            },
            "test_trigger_tool_change" => {
                tokio::time::sleep(PAUSE).await;
                everybody.tools_changed().await;
                "The list of tools has changed".to_owned()
            }
            "test_trigger_resource_update" => {
                tokio::time::sleep(PAUSE).await;
                everybody.resource_updated(self.argument("uri").as_str().unwrap_or_default()).await;
                "The resource has changed".to_owned()
            }
            "test_big" => "x".repeat(self.argument("bytes").as_u64().and_then(|n| n.try_into().ok()).unwrap_or(0)),
            "test_wait" => {
                self.progress(0.0).await?;
                self.context.ct.cancelled().await;
                everybody.taken_back.fetch_add(1, Ordering::Relaxed);
                "Nobody hears this".to_owned()
            }
            "test_taken_back" => everybody.taken_back.load(Ordering::Relaxed).to_string(),
            name => return Err(ErrorData::invalid_params(format!("there is no tool {name}"), None)),
        };
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }

    fn argument(&self, name: &str) -> Value {
        self.request.arguments.as_ref().and_then(|arguments| arguments.get(name)).cloned().unwrap_or_default()
    }

    async fn ask(&self, question: Value) -> Result<Asked, ErrorData> {
        ask(&self.request, &self.context, question).await
    }

    async fn progress(&self, progress: f64) -> Result<(), ErrorData> {
        let Some(token) = self.context.meta.get_progress_token() else { return Ok(()) };
        let params = ProgressNotificationParam::new(token, progress).with_total(100.0);
        self.context.peer.notify_progress(params).await.map_err(broken)
    }

    async fn logging(&self) -> Result<String, ErrorData> {
        let wanted =
            if newer(&self.context) { self.context.meta.log_level() } else { Some(*lock(&self.fixture.level)) };
        for words in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
            if wanted.is_some_and(|least| least as u8 <= LoggingLevel::Info as u8) {
                let params = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(words));
                self.context.peer.notify_logging_message(params).await.map_err(broken)?;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok("Tool execution completed".to_owned())
    }
}
