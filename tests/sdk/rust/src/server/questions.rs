//! Questions to the client: asked at once in the older era; in the newer one the call ends with them and is made again.

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, InputRequest, InputRequests, InputRequiredResult, ProtocolVersion,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Value, json};

const KEY: &str = "answer";

/// What becomes of a question.
pub(crate) enum Asked {
    /// An answer.
    Answered(Value),
    /// The end of this try.
    Ended(CallToolResponse),
}

/// Whether a request is of the newer era.
pub(crate) fn newer(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Asks; `question` is a request with its method.
pub(crate) async fn ask(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
    question: Value,
) -> Result<Asked, ErrorData> {
    let question: InputRequest = serde_json::from_value(question).map_err(broken)?;
    if newer(context) {
        if let Some(answer) = request.input_responses.as_ref().and_then(|answers| answers.get(KEY)) {
            return Ok(Asked::Answered(answer.clone()));
        }
        let questions = InputRequests::from([(KEY.to_owned(), question)]);
        return Ok(Asked::Ended(InputRequiredResult::from_input_requests(questions).into()));
    }
    let answer = match question {
        InputRequest::CreateMessage(request) => {
            context.peer.create_message(request.params).await.map(serde_json::to_value)
        }
        InputRequest::Elicitation(request) => {
            context.peer.create_elicitation(request.params).await.map(serde_json::to_value)
        }
        _ => context.peer.list_roots().await.map(serde_json::to_value),
    };
    Ok(Asked::Answered(answer.map_err(broken)?.map_err(broken)?))
}

/// The client's model.
pub(crate) fn sample(prompt: &Value) -> Value {
    let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
    json!({ "method": "sampling/createMessage", "params": { "messages": [message], "maxTokens": 100 } })
}

/// The user.
pub(crate) fn elicit(message: &Value) -> Value {
    let text = json!({ "type": "string" });
    let schema = json!({
        "type": "object",
        "properties": { "username": text, "email": text },
        "required": ["username", "email"],
    });
    json!({ "method": "elicitation/create", "params": { "message": message, "requestedSchema": schema } })
}

/// An error of the server's own.
pub(crate) fn broken(error: impl std::fmt::Display) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}
