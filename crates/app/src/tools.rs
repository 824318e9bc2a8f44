//! Trying a server's tools from the window, through the same shared upstream that AI apps use.

use crate::App;
use crate::views::{ToolResult, ToolView};
use catwalk_domain::{DeploymentId, Fix, Problem, ProblemCode};
use catwalk_relay::{CallError, ConnectError};
use serde_json::Value;
use std::time::Instant;

impl App {
    /// Its tools, all pages.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn list_tools(&self, id: DeploymentId) -> Result<Vec<ToolView>, Problem> {
        let answer = self.relay().list_tools(id).await.map_err(|e| self.no_answer(id, &e))?;
        let tools = answer["tools"].as_array().cloned().unwrap_or_default();
        Ok(tools.iter().map(tool_view).collect())
    }

    /// Calls a tool. A tool's own error is a result; a problem means that there was no answer.
    ///
    /// # Errors
    /// When the arguments are no JSON object or the server does not answer.
    pub async fn call_tool(&self, id: DeploymentId, name: &str, arguments: &str) -> Result<ToolResult, Problem> {
        let text = if arguments.trim().is_empty() { "{}" } else { arguments };
        let arguments = serde_json::from_str(text).ok().filter(Value::is_object).ok_or_else(not_an_object)?;
        let started = Instant::now();
        let result = self.relay().call_tool(id, name, arguments).await.map_err(|e| self.no_answer(id, &e))?;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(ToolResult::of(&result, millis))
    }

    /// Why a call got no answer. The words may be the server's own, and those may quote its secrets.
    pub(crate) fn no_answer(&self, id: DeploymentId, error: &CallError) -> Problem {
        if matches!(error, CallError::Unavailable(error) if matches!(**error, ConnectError::Unreachable)) {
            return unreachable();
        }
        if let CallError::Unavailable(why) = error
            && matches!(**why, ConnectError::SignIn)
        {
            return crate::sign_in::needed();
        }
        let words = error.to_string();
        no_answer(match self.actor(id) {
            Some(actor) => actor.log().mask(&words),
            None => words,
        })
    }
}

fn tool_view(tool: &Value) -> ToolView {
    let text = |key: &str| tool[key].as_str().map(str::to_owned);
    let hint = |key: &str| tool["annotations"][key].as_bool();
    let read_only = hint("readOnlyHint").unwrap_or(false);
    ToolView {
        name: text("name").unwrap_or_default(),
        title: text("title").or_else(|| tool["annotations"]["title"].as_str().map(str::to_owned)),
        description: text("description"),
        input_schema: tool.get("inputSchema").map_or_else(|| "{}".to_owned(), Value::to_string),
        read_only,
        // As the specification has it: one that says nothing of itself may destroy.
        destructive: !read_only && hint("destructiveHint").unwrap_or(true),
    }
}

fn not_an_object() -> Problem {
    let explanation = "The arguments must be one JSON object, such as {\"name\": \"value\"}.";
    Problem::new(ProblemCode::AnswersInvalid, "These arguments cannot be read", explanation)
}

fn unreachable() -> Problem {
    let explanation =
        "Check your network, and that its address is right. Catwalk tries again by itself when the network is back.";
    Problem::new(ProblemCode::Offline, "The server cannot be reached", explanation).fix(Fix::Restart)
}

fn no_answer(words: String) -> Problem {
    let explanation = "The server gave no usable answer. Its log may say why; starting it again often helps.";
    Problem::new(ProblemCode::NoAnswer, "The server did not answer", explanation).evidence([words]).fix(Fix::ShowLog)
}
