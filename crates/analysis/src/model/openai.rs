//! Chat completions: OpenRouter, OpenAI and everything that speaks like them.

use super::provider::{Answer, Question};
use super::wire::{Said, at, put};
use super::{Kind, ModelError, Provider, Usage};
use crate::text::excerpt;
use reqwest::Client;
use serde_json::{Value, json};

/// What the form of the answer is asked by, strongest first. Not every server knows every one.
const FORMATS: [Format; 3] = [Format::Schema, Format::Object, Format::Words];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Schema,
    Object,
    Words,
}

pub(super) async fn ask(provider: &Provider, http: &Client, question: &Question<'_>) -> Result<Answer, ModelError> {
    let url = at(provider, "chat/completions");
    let mut said = None;
    for format in FORMATS {
        let body = body(provider.kind, question, format);
        let answer = put(provider, http, |http| http.post(url.clone()).json(&body)).await?;
        let unknown = matches!(answer.status, 400 | 422) && provider.kind == Kind::OpenAi && format != Format::Words;
        let too_long = matches!(answer.refusal(provider, question.model), ModelError::TooLong { .. });
        let again = unknown && !too_long;
        said = Some(answer);
        if !again {
            break;
        }
    }
    said.map_or_else(
        || Err(ModelError::Malformed { model: question.model.to_owned(), detail: String::new() }),
        |said| read(provider, question, &said),
    )
}

fn body(kind: Kind, question: &Question<'_>, format: Format) -> Value {
    let mut messages = vec![json!({ "role": "system", "content": question.system })];
    if format != Format::Schema {
        let schema = format!(
            "Answer with one JSON object and nothing else. It must match this JSON Schema:\n{}",
            question.schema
        );
        messages.push(json!({ "role": "system", "content": schema }));
    }
    messages.extend(question.messages());
    let mut body = json!({ "model": question.model, "messages": messages, "stream": false });
    match format {
        Format::Schema => {
            let schema = json!({ "name": "gaps", "strict": true, "schema": question.schema });
            body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
        }
        Format::Object => body["response_format"] = json!({ "type": "json_object" }),
        Format::Words => {}
    }
    if kind == Kind::OpenRouter {
        // Without it a route that knows no schemas may be taken, and would ignore ours.
        body["provider"] = json!({ "require_parameters": true, "data_collection": "deny" });
        body["max_tokens"] = question.most.into();
    } else {
        // The older word is refused by newer models of OpenAI, the newer one is unknown to older servers.
        let newer = question.model.starts_with('o') || question.model.starts_with("gpt-5");
        body[if newer { "max_completion_tokens" } else { "max_tokens" }] = question.most.into();
    }
    body
}

fn read(provider: &Provider, question: &Question<'_>, said: &Said) -> Result<Answer, ModelError> {
    let model = question.model.to_owned();
    if said.status != 200 || said.json.get("error").is_some_and(|e| !e.is_null()) {
        return Err(said.refusal(provider, &model));
    }
    let choice = said.json.pointer("/choices/0").cloned().unwrap_or_default();
    if let Some(error) = choice.get("error").filter(|e| !e.is_null()) {
        let said = excerpt(error.get("message").and_then(Value::as_str).unwrap_or_default());
        return Err(ModelError::Failed { who: provider.name(), status: 200, said });
    }
    if let Some(words) = choice.pointer("/message/refusal").and_then(Value::as_str).filter(|w| !w.is_empty()) {
        return Err(ModelError::Refused { model, said: excerpt(words) });
    }
    match choice.get("finish_reason").and_then(Value::as_str) {
        Some("length") => return Err(ModelError::Truncated { model }),
        Some("content_filter") => return Err(ModelError::Refused { model, said: String::new() }),
        Some("error") => return Err(ModelError::Failed { who: provider.name(), status: 200, said: String::new() }),
        _ => {}
    }
    let number = |path: &str| said.json.pointer(path).and_then(Value::as_u64).unwrap_or_default();
    let usage = Usage {
        sent: number("/usage/prompt_tokens"),
        received: number("/usage/completion_tokens"),
        dollars: said.json.pointer("/usage/cost").and_then(Value::as_f64).filter(|_| provider.kind == Kind::OpenRouter),
    };
    match choice.pointer("/message/content").and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => Ok(Answer { text: text.to_owned(), usage }),
        _ => Err(ModelError::Malformed { model, detail: "the answer is empty".to_owned() }),
    }
}
