//! Ollama's own API: the compatible one has no word for the size of the context, and the usual size is small.

use super::provider::{Answer, Question};
use super::wire::{at, put};
use super::{ModelError, Provider, Usage};
use reqwest::Client;
use serde_json::{Value, json};

/// Characters per token, on the safe side.
const CHARS: usize = 3;
/// More memory than that is not asked for.
const MOST_CONTEXT: usize = 65_536;

pub(super) async fn ask(provider: &Provider, http: &Client, question: &Question<'_>) -> Result<Answer, ModelError> {
    let model = question.model.to_owned();
    let mut messages = vec![json!({ "role": "system", "content": question.system })];
    messages.extend(question.messages());
    let text: usize = question.system.len() + question.turns.iter().map(|(_, t)| t.len()).sum::<usize>();
    // What goes beyond the context is cut off without a word, so it is made large enough.
    let context = text / CHARS + question.most as usize + 512;
    if context > MOST_CONTEXT {
        return Err(ModelError::TooLong { model });
    }
    let body = json!({
        "model": question.model,
        "messages": messages,
        "stream": false,
        "format": question.schema,
        "options": { "temperature": 0, "num_ctx": context.next_multiple_of(1024), "num_predict": question.most },
    });
    let url = at(provider, "api/chat");
    let said = put(provider, http, |http| http.post(url.clone()).json(&body)).await?;
    if said.status != 200 || said.json.get("error").is_some() {
        return Err(said.refusal(provider, &model));
    }
    if said.json.get("done_reason").and_then(Value::as_str) == Some("length") {
        return Err(ModelError::Truncated { model });
    }
    let number = |name: &str| said.json.get(name).and_then(Value::as_u64).unwrap_or_default();
    let usage = Usage { sent: number("prompt_eval_count"), received: number("eval_count"), dollars: Some(0.0) };
    match said.json.pointer("/message/content").and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => Ok(Answer { text: text.to_owned(), usage }),
        _ => Err(ModelError::Malformed { model, detail: "the answer is empty".to_owned() }),
    }
}
