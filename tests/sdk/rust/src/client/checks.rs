//! What is tried.

use crate::Client;
use crate::handler::Heard;
use anyhow::{Context, Result, ensure};
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientRequest, GetPromptRequestParams, LoggingLevel,
    ReadResourceRequestParams, RequestMetaObject, ServerNotification, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter,
};
use rmcp::service::{PeerRequestOptions, RequestHandle, RoleClient};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// For one thing to happen.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// All but the first and the last.
pub(crate) const NAMES: [&str; 11] = [
    "list",
    "call",
    "progress",
    "cancel",
    "elicitation",
    "sampling",
    "roots",
    "subscription",
    "logging",
    "list_changed",
    "big",
];

const URI: &str = "test://static-text";

/// The checks of one connection.
pub(crate) struct Checks {
    pub(crate) client: Client,
    pub(crate) modern: bool,
}

fn called(name: &str, arguments: &Value) -> CallToolRequestParams {
    CallToolRequestParams::new(name.to_owned()).with_arguments(arguments.as_object().cloned().unwrap_or_default())
}

impl Checks {
    pub(crate) async fn run(&self, name: &str) -> Result<()> {
        match name {
            "list" => self.list().await,
            "call" => self.one().await,
            "progress" => self.progress().await,
            "cancel" => self.cancel().await,
            "elicitation" => self.says("test_elicitation", json!({ "message": "Who?" }), "accept").await,
            "sampling" => self.says("test_sampling", json!({ "prompt": "Say it" }), "sampled").await,
            "roots" => self.says("test_roots", json!({}), "file:///somewhere").await,
            "subscription" => self.subscription().await,
            "logging" => self.logging().await,
            "list_changed" => self.list_changed().await,
            _ => self.big().await,
        }
    }

    /// Whether a call is answered.
    pub(crate) async fn works(&self) -> Result<()> {
        self.says("test_simple_text", json!({}), "simple text response").await
    }

    async fn call(&self, name: &str, arguments: Value) -> Result<String> {
        let result = serde_json::to_value(self.client.call_tool(called(name, &arguments)).await?)?;
        result["content"][0]["text"].as_str().map(str::to_owned).with_context(|| result.to_string())
    }

    async fn says(&self, name: &str, arguments: Value, part: &str) -> Result<()> {
        let words = self.call(name, arguments).await?;
        ensure!(words.contains(part), "{}", words.chars().take(200).collect::<String>());
        Ok(())
    }

    /// A call that is not waited for.
    async fn begin(&self, name: &str, meta: Option<RequestMetaObject>) -> Result<RequestHandle<RoleClient>> {
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(called(name, &json!({}))));
        let options =
            meta.map_or_else(PeerRequestOptions::no_options, |meta| PeerRequestOptions::no_options().with_meta(meta));
        Ok(self.client.send_cancellable_request(request, options).await?)
    }

    async fn heard(&self, what: impl Fn(&Heard) -> bool, count: usize) -> Result<()> {
        let mut heard = self.client.service().heard();
        let enough = heard.wait_for(|heard| heard.iter().filter(|one| what(one)).count() >= count);
        tokio::time::timeout(LIMIT, enough).await.context("no notification came")??;
        Ok(())
    }

    async fn list(&self) -> Result<()> {
        let tools = self.client.list_tools(None).await?.tools;
        ensure!(tools.iter().any(|tool| tool.name == "test_simple_text"), "no tool");
        let prompts = self.client.list_prompts(None).await?.prompts;
        ensure!(prompts.iter().any(|prompt| prompt.name == "test_simple_prompt"), "no prompt");
        let resources = self.client.list_resources(None).await?.resources;
        ensure!(resources.iter().any(|resource| resource.uri == URI), "no resource");
        ensure!(!self.client.list_resource_templates(None).await?.resource_templates.is_empty(), "no template");
        Ok(())
    }

    async fn one(&self) -> Result<()> {
        self.works().await?;
        let read = self.client.read_resource(ReadResourceRequestParams::new(URI)).await?;
        let read = serde_json::to_value(read)?;
        ensure!(read["contents"][0]["text"].as_str().is_some_and(|text| text.contains("static text")), "{read}");
        let arguments = json!({ "arg1": "one", "arg2": "two" });
        let params = GetPromptRequestParams::new("test_prompt_with_arguments");
        let params = params.with_arguments(arguments.as_object().cloned().unwrap_or_default());
        let prompt = serde_json::to_value(self.client.get_prompt(params).await?)?;
        let text = &prompt["messages"][0]["content"]["text"];
        ensure!(text.as_str().is_some_and(|text| text.contains("two")), "{prompt}");
        Ok(())
    }

    async fn progress(&self) -> Result<()> {
        let handle = self.begin("test_tool_with_progress", None).await?;
        let token = json!(handle.progress_token);
        handle.await_response().await?;
        self.heard(|heard| *heard == Heard::Progress(token.clone(), 100.0), 1).await?;
        let heard = self.client.service().heard().borrow().clone();
        let seen: Vec<_> =
            heard.into_iter().filter(|one| matches!(one, Heard::Progress(of, _) if *of == token)).collect();
        ensure!(seen == [0.0, 50.0, 100.0].map(|far| Heard::Progress(token.clone(), far)), "saw {seen:?}");
        Ok(())
    }

    async fn cancel(&self) -> Result<()> {
        let before = self.call("test_taken_back", json!({})).await?;
        let handle = self.begin("test_wait", None).await?;
        let token = json!(handle.progress_token);
        self.heard(|heard| matches!(heard, Heard::Progress(of, _) if *of == token), 1).await?;
        handle.cancel(Some("enough".to_owned())).await?;
        let late = Instant::now() + LIMIT;
        while self.call("test_taken_back", json!({})).await? == before {
            ensure!(Instant::now() < late, "the server never heard of it");
        }
        Ok(())
    }

    async fn subscription(&self) -> Result<()> {
        let uri = json!({ "uri": URI });
        if self.modern {
            let filter = SubscriptionFilter::builder().resource_subscriptions([URI]).build();
            return self.listens(filter, "test_trigger_resource_update", uri).await;
        }
        self.client.subscribe(SubscribeRequestParams::new(URI)).await?;
        self.client.service().forget();
        self.call("test_trigger_resource_update", uri).await?;
        self.heard(|heard| *heard == Heard::Resource(URI.to_owned()), 1).await
    }

    async fn list_changed(&self) -> Result<()> {
        if self.modern {
            let filter = SubscriptionFilter::builder().tools_list_changed().build();
            return self.listens(filter, "test_trigger_tool_change", json!({})).await;
        }
        self.client.service().forget();
        self.call("test_trigger_tool_change", json!({})).await?;
        self.heard(|heard| *heard == Heard::Tools, 1).await
    }

    /// A stream of the newer era tells of what a tool brings about.
    async fn listens(&self, filter: SubscriptionFilter, tool: &str, arguments: Value) -> Result<()> {
        let mut subscription = self.client.listen(filter).await?;
        self.call(tool, arguments).await?;
        let told = tokio::time::timeout(LIMIT, subscription.next()).await.context("no notification came")??;
        let right = matches!(
            told,
            Some(
                ServerNotification::ToolListChangedNotification(_) | ServerNotification::ResourceUpdatedNotification(_)
            )
        );
        ensure!(right, "{told:?}");
        Ok(subscription.cancel().await?)
    }

    async fn logging(&self) -> Result<()> {
        self.client.service().forget();
        let meta = if self.modern {
            let mut meta = RequestMetaObject::new();
            meta.set_log_level(LoggingLevel::Debug);
            Some(meta)
        } else {
            self.client.set_level(SetLevelRequestParams::new(LoggingLevel::Debug)).await?;
            None
        };
        self.begin("test_tool_with_logging", meta).await?.await_response().await?;
        self.heard(|heard| *heard == Heard::Log, 3).await
    }

    async fn big(&self) -> Result<()> {
        let words = self.call("test_big", json!({ "bytes": 1 << 20 })).await?;
        ensure!(words.len() == 1 << 20, "the length is another");
        Ok(())
    }
}
