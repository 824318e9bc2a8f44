//! What there is: the names that the other SDKs' servers have too. `resultType` is what the newer era wants; for the older
//! one the SDK takes it out.

use rmcp::ErrorData;
use serde_json::{Value, json};

fn tool(name: &str, words: &str, properties: &Value) -> Value {
    let required: Vec<_> = properties.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "name": name, "description": words, "inputSchema": schema })
}

/// `tools/list`.
pub(crate) fn tools() -> Value {
    let (none, text) = (json!({}), |name: &str| json!({ name: { "type": "string" } }));
    json!({ "resultType": "complete", "tools": [
        tool("test_simple_text", "Answers with a text", &none),
        tool("test_error_handling", "Fails, as a tool fails", &none),
        tool("test_tool_with_logging", "Writes three log messages while it works", &none),
        tool("test_tool_with_progress", "Reports progress while it works", &none),
        tool("test_sampling", "Asks the client's model", &text("prompt")),
        tool("test_elicitation", "Asks the user", &text("message")),
        tool("test_roots", "Asks the client for its roots", &none),
        tool("test_trigger_tool_change", "Says that the list of tools has changed", &none),
        tool("test_trigger_resource_update", "Says that a resource has changed", &text("uri")),
        tool("test_big", "Answers with many bytes", &json!({ "bytes": { "type": "integer" } })),
        tool("test_wait", "Works until it is taken back", &none),
        tool("test_taken_back", "How many calls were taken back", &none),
    ] })
}

/// `prompts/list`.
pub(crate) fn prompts() -> Value {
    let argument = |name: &str| json!({ "name": name, "required": true });
    json!({ "resultType": "complete", "prompts": [
        { "name": "test_simple_prompt", "description": "One message" },
        {
            "name": "test_prompt_with_arguments",
            "description": "A message with two words in it",
            "arguments": [argument("arg1"), argument("arg2")],
        },
    ] })
}

/// `prompts/get`.
pub(crate) fn prompt(name: &str, arguments: &Value) -> Result<Value, ErrorData> {
    let text = match name {
        "test_simple_prompt" => "This is a simple prompt for testing.".to_owned(),
        "test_prompt_with_arguments" => {
            let word = |name: &str| arguments[name].as_str().unwrap_or_default();
            format!("Prompt with arguments: arg1='{}', arg2='{}'", word("arg1"), word("arg2"))
        }
        _ => return Err(ErrorData::invalid_params(format!("there is no prompt {name}"), None)),
    };
    let message = json!({ "role": "user", "content": { "type": "text", "text": text } });
    Ok(json!({ "resultType": "complete", "messages": [message] }))
}

/// `resources/list`.
pub(crate) fn resources() -> Value {
    let one = json!({ "uri": "test://static-text", "name": "static text", "mimeType": "text/plain" });
    json!({ "resultType": "complete", "resources": [one] })
}

/// `resources/templates/list`.
pub(crate) fn templates() -> Value {
    let one =
        json!({ "uriTemplate": "test://template/{id}/data", "name": "by its id", "mimeType": "application/json" });
    json!({ "resultType": "complete", "resourceTemplates": [one] })
}

/// `resources/read`.
pub(crate) fn read(uri: &str) -> Result<Value, ErrorData> {
    let id = uri.strip_prefix("test://template/").and_then(|rest| rest.strip_suffix("/data"));
    let contents = match (uri, id) {
        ("test://static-text", _) => {
            json!({ "uri": uri, "mimeType": "text/plain", "text": "This is the content of the static text resource." })
        }
        (_, Some(id)) => {
            let text = json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") }).to_string();
            json!({ "uri": uri, "mimeType": "application/json", "text": text })
        }
        _ => return Err(ErrorData::resource_not_found(format!("there is no resource {uri}"), None)),
    };
    Ok(json!({ "resultType": "complete", "contents": [contents] }))
}
