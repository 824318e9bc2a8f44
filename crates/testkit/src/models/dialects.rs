//! How each provider says things.

use super::{KEY, Script};
use axum::body::Body;
use axum::http::{HeaderMap, Response, header};
use serde_json::{Value, json};

/// Who is being played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    OpenRouter,
    Anthropic,
    OpenAi,
    Ollama,
}

pub(super) fn of(path: &str, headers: &HeaderMap) -> Option<Dialect> {
    match path {
        "/api/v1/key" | "/api/v1/models" | "/api/v1/chat/completions" => Some(Dialect::OpenRouter),
        "/v1/messages" => Some(Dialect::Anthropic),
        "/v1/models" if headers.contains_key("anthropic-version") => Some(Dialect::Anthropic),
        "/v1/models" | "/v1/chat/completions" => Some(Dialect::OpenAi),
        "/api/version" | "/api/tags" | "/api/chat" => Some(Dialect::Ollama),
        _ => None,
    }
}

/// A key that is wrong or missing.
pub(super) fn refuse(dialect: Dialect, headers: &HeaderMap) -> Option<Response<Body>> {
    let word = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let good = match dialect {
        Dialect::Anthropic => word("x-api-key") == KEY && word("anthropic-version") == "2023-06-01",
        Dialect::OpenRouter | Dialect::OpenAi => word("authorization") == format!("Bearer {KEY}"),
        Dialect::Ollama => true,
    };
    (!good).then(|| fail(dialect, 401, "invalid api key", None))
}

/// What is only read: the key, the version, the list of models.
pub(super) fn read(dialect: Dialect, path: &str, query: &str) -> Option<Response<Body>> {
    let body = match (dialect, path) {
        (_, "/api/v1/key") => json!({ "data": { "label": "sk-or-v1-fak...key", "limit": 5.0, "limit_remaining": 4.25,
            "usage": 0.75, "is_free_tier": false, "is_management_key": false } }),
        (_, "/api/version") => json!({ "version": "0.12.6" }),
        (_, "/api/tags") => json!({ "models": [{ "name": "qwen3:8b", "model": "qwen3:8b", "size": 5_200_000_000_u64,
            "details": { "family": "qwen3", "parameter_size": "8B" } }] }),
        (Dialect::OpenRouter, "/api/v1/models") => {
            let all = [
                json!({ "id": "kea/large", "name": "Kea Large", "context_length": 200_000,
                    "pricing": { "prompt": "0.000002", "completion": "0.00001" }, "supported_parameters": ["structured_outputs"] }),
                json!({ "id": "kea/tiny:free", "name": "Kea Tiny", "context_length": 8000,
                    "pricing": { "prompt": "0", "completion": "0" }, "supported_parameters": ["tools"] }),
            ];
            let only = query.contains("supported_parameters=structured_outputs");
            let fits = |m: &&Value| !only || m["supported_parameters"][0] == "structured_outputs";
            json!({ "data": all.iter().filter(fits).collect::<Vec<_>>() })
        }
        (Dialect::Anthropic, "/v1/models") => json!({ "data": [
            { "id": "kea-opus", "type": "model", "display_name": "Kea Opus", "created_at": "2026-01-01T00:00:00Z", "max_input_tokens": 200_000 },
            { "id": "kea-old", "type": "model", "display_name": "Kea Old", "capabilities": { "structured_outputs": { "supported": false } } },
        ], "has_more": false, "first_id": "kea-opus", "last_id": "kea-old" }),
        (Dialect::OpenAi, "/v1/models") => {
            json!({ "object": "list", "data": [{ "id": "kea-mini", "object": "model", "created": 1, "owned_by": "kea" }] })
        }
        _ => return None,
    };
    Some(json_answer(&body))
}

/// What the real ones answer 400 to.
pub(super) fn misuse(dialect: Dialect, headers: &HeaderMap, body: &Value) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") || !body["messages"].is_array() || !body["model"].is_string() {
        return Some("not a question".to_owned());
    }
    let format = &body["response_format"];
    match dialect {
        Dialect::OpenRouter if body["provider"]["require_parameters"] != true => {
            Some("a route may ignore the schema".to_owned())
        }
        Dialect::OpenRouter | Dialect::OpenAi if format["type"] == "json_schema" => {
            strict(&format["json_schema"]["schema"])
        }
        Dialect::Anthropic if !body["max_tokens"].is_u64() => Some("max_tokens: Field required".to_owned()),
        Dialect::Anthropic if body["messages"][0]["role"] != "user" => Some("messages: first must be user".to_owned()),
        Dialect::Anthropic => strict(&body["output_config"]["format"]["schema"]),
        Dialect::Ollama if !body["options"]["num_ctx"].is_u64() => Some("the fake wants num_ctx".to_owned()),
        _ => None,
    }
}

fn strict(schema: &Value) -> Option<String> {
    if schema["type"] != "object" || schema["additionalProperties"] != false {
        return Some("'additionalProperties' is required to be supplied and to be false".to_owned());
    }
    None
}

/// Plays one step of the script.
pub(super) fn act(dialect: Dialect, script: &Script, body: &Value) -> Response<Body> {
    match script {
        Script::Fails(status, words, wait) => fail(dialect, *status, words, *wait),
        Script::KnowsNoSchema => fail(dialect, 400, "response_format is not supported", None),
        Script::FailsInside if dialect == Dialect::OpenRouter => json_answer(&json!({ "id": "gen-1", "choices": [{
            "index": 0, "finish_reason": "error", "error": { "code": 502, "message": "the upstream broke" }, "message": { "content": null } }] })),
        Script::FailsInside => fail(dialect, 500, "broken", None),
        Script::Says(text) => say(dialect, text, End::Whole, body),
        Script::Truncated(text) => say(dialect, text, End::Cut, body),
        Script::Refuses => say(dialect, "I cannot help with that.", End::Refusal, body),
        Script::Empty | Script::Hangs => say(dialect, "", End::Whole, body),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    Cut,
    Refusal,
}

fn say(dialect: Dialect, text: &str, end: End, body: &Value) -> Response<Body> {
    let model = &body["model"];
    json_answer(&match dialect {
        Dialect::OpenRouter | Dialect::OpenAi => {
            let refusal = (end == End::Refusal).then_some(text);
            let content = (end != End::Refusal).then_some(text);
            let reason = if end == End::Cut { "length" } else { "stop" };
            let mut usage = json!({ "prompt_tokens": 1200, "completion_tokens": 100, "total_tokens": 1300 });
            if dialect == Dialect::OpenRouter {
                usage["cost"] = 0.0034.into();
            }
            json!({ "id": "gen-1", "object": "chat.completion", "created": 1, "model": model, "usage": usage, "choices": [{ "index": 0,
                "finish_reason": reason, "message": { "role": "assistant", "content": content, "refusal": refusal } }] })
        }
        Dialect::Anthropic => {
            let reason = match end {
                End::Whole => "end_turn",
                End::Cut => "max_tokens",
                End::Refusal => "refusal",
            };
            json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [{ "type": "text", "text": text }],
                "stop_reason": reason, "stop_sequence": null, "usage": { "input_tokens": 1200, "output_tokens": 100 } })
        }
        // Ollama has no word for a refusal: a model says no in prose.
        Dialect::Ollama => {
            json!({ "model": model, "created_at": "2026-11-23T00:00:00Z", "message": { "role": "assistant", "content": text },
            "done": true, "done_reason": if end == End::Cut { "length" } else { "stop" }, "prompt_eval_count": 1200, "eval_count": 100 })
        }
    })
}

/// An error in the words of the dialect.
pub(super) fn fail(dialect: Dialect, status: u16, words: &str, wait: Option<u32>) -> Response<Body> {
    let kind = match status {
        401 => "authentication_error",
        402 => "billing_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        400 => "invalid_request_error",
        _ => "api_error",
    };
    let body = match dialect {
        Dialect::OpenRouter => json!({ "error": { "code": status, "message": words } }),
        Dialect::Anthropic => {
            json!({ "type": "error", "error": { "type": kind, "message": words }, "request_id": "req_1" })
        }
        Dialect::OpenAi => json!({ "error": { "message": words, "type": kind, "param": null, "code": null } }),
        Dialect::Ollama => json!({ "error": words }),
    };
    let mut answer = json(status, &body);
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

fn json_answer(body: &Value) -> Response<Body> {
    json(200, body)
}

pub(super) fn json(status: u16, body: &Value) -> Response<Body> {
    let answer = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    answer.body(Body::from(body.to_string())).unwrap_or_default()
}
