//! Anthropic's Messages API.

use super::provider::{Answer, Question};
use super::wire::{at, put};
use super::{ModelError, Provider, Usage};
use reqwest::Client;
use serde_json::{Value, json};

pub(super) async fn ask(provider: &Provider, http: &Client, question: &Question<'_>) -> Result<Answer, ModelError> {
    let body = json!({
        "model": question.model,
        "max_tokens": question.most,
        "system": question.system,
        "messages": question.messages(),
        "output_config": { "format": { "type": "json_schema", "schema": question.schema } },
    });
    let url = at(provider, "v1/messages");
    let said = put(provider, http, |http| http.post(url.clone()).json(&body)).await?;
    let model = question.model.to_owned();
    if said.status != 200 || said.json.get("type").and_then(Value::as_str) == Some("error") {
        return Err(said.refusal(provider, &model));
    }
    let blocks = said.json.get("content").and_then(Value::as_array).cloned().unwrap_or_default();
    let text: String = blocks.iter().filter_map(|b| b.get("text")?.as_str()).collect();
    match said.json.get("stop_reason").and_then(Value::as_str) {
        Some("refusal") => return Err(ModelError::Refused { model, said: crate::text::excerpt(&text) }),
        Some("max_tokens") => return Err(ModelError::Truncated { model }),
        Some("model_context_window_exceeded") => return Err(ModelError::TooLong { model }),
        _ => {}
    }
    if text.trim().is_empty() {
        return Err(ModelError::Malformed { model, detail: "the answer is empty".to_owned() });
    }
    let number = |path: &str| said.json.pointer(path).and_then(Value::as_u64).unwrap_or_default();
    let cached = number("/usage/cache_creation_input_tokens") + number("/usage/cache_read_input_tokens");
    let usage =
        Usage { sent: number("/usage/input_tokens") + cached, received: number("/usage/output_tokens"), dollars: None };
    Ok(Answer { text, usage })
}
