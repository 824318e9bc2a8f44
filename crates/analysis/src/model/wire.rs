//! Questions over HTTP: bounded answers, one meaning for each refusal, and patience only where it was asked for.

use super::{Kind, ModelError, Provider};
use crate::text::{clean, excerpt};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Longest answer that is read.
const MOST: usize = 4 << 20;
/// Waits that are kept; a longer one is for the user to decide.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often a question is put once more.
const AGAIN: u32 = 2;

/// One answer.
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) json: Value,
    pub(super) text: String,
    headers: HeaderMap,
}

/// `base/path`, whether or not the base ends in a slash.
pub(super) fn at(provider: &Provider, path: &str) -> Url {
    let mut url = provider.base.clone();
    let joined = format!("{}/{path}", url.path().trim_end_matches('/'));
    url.set_path(&joined);
    url
}

/// Puts a question; where the other side is only busy, a little later once more.
pub(super) async fn put(
    provider: &Provider,
    http: &Client,
    make: impl Fn(&Client) -> RequestBuilder,
) -> Result<Said, ModelError> {
    let mut tries = 0;
    loop {
        let said = once(provider, authorised(provider, make(http))).await?;
        let busy = matches!(said.status, 408 | 409 | 429 | 500 | 502 | 503 | 504 | 524 | 529);
        let wait = said.wait().unwrap_or(Duration::from_millis(500 << tries));
        if !busy || tries == AGAIN || wait > PATIENCE || said.is_out_of_quota() {
            return Ok(said);
        }
        tries += 1;
        tokio::time::sleep(wait).await;
    }
}

fn authorised(provider: &Provider, request: RequestBuilder) -> RequestBuilder {
    let request =
        if provider.kind == Kind::Anthropic { request.header("anthropic-version", "2023-06-01") } else { request };
    match (&provider.key, provider.kind) {
        (Some(key), Kind::Anthropic) => request.header("x-api-key", key.expose()),
        (Some(key), _) => request.bearer_auth(key.expose()),
        (None, _) => request,
    }
}

async fn once(provider: &Provider, request: RequestBuilder) -> Result<Said, ModelError> {
    let offline = |error: &reqwest::Error| {
        let mut detail = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            detail = inner.to_string();
            cause = inner.source();
        }
        let host = provider.base.host_str().unwrap_or_default();
        let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        ModelError::Offline { who: provider.name(), local, detail: excerpt(&detail) }
    };
    let mut response = request.header("accept", "application/json").send().await.map_err(|e| offline(&e))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| offline(&e))? {
        if body.len() + chunk.len() > MOST {
            return Err(ModelError::Failed {
                who: provider.name(),
                status,
                said: "the answer is far too long".to_owned(),
            });
        }
        body.extend_from_slice(&chunk);
    }
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Said { status, json, text: String::from_utf8_lossy(&body).into_owned(), headers })
}

impl Said {
    /// How long the other side wants us to wait.
    fn wait(&self) -> Option<Duration> {
        let number = |name: &str| self.headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
        let exact = number("retry-after-ms").map(Duration::from_millis);
        exact.or_else(|| number(RETRY_AFTER.as_str()).map(Duration::from_secs))
    }

    /// A 429 that no waiting helps against.
    fn is_out_of_quota(&self) -> bool {
        let code = self.json.pointer("/error/code").and_then(Value::as_str);
        code == Some("insufficient_quota")
    }

    /// What an error says of itself, in every dialect.
    pub(super) fn words(&self) -> String {
        let error = self.json.get("error");
        let text =
            error.and_then(|e| e.get("message").unwrap_or(e).as_str()).or_else(|| self.json.get("message")?.as_str());
        text.map_or_else(|| excerpt(&self.text), |t| clean(t, 300))
    }

    /// The meaning of anything but success.
    pub(super) fn refusal(&self, provider: &Provider, model: &str) -> ModelError {
        let (who, model, said) = (provider.name(), model.to_owned(), self.words());
        let lower = said.to_lowercase();
        let code = self.json.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
        let too_long = code == "context_length_exceeded"
            || ["context length", "prompt is too long", "maximum context", "too many tokens"]
                .iter()
                .any(|w| lower.contains(w));
        match self.status {
            _ if too_long => ModelError::TooLong { model },
            413 => ModelError::TooLong { model },
            401 => ModelError::KeyRefused { who, said },
            402 => ModelError::NoCredit { who, said },
            _ if self.is_out_of_quota() => ModelError::NoCredit { who, said },
            400 if lower.contains("credit balance") => ModelError::NoCredit { who, said },
            // OpenRouter's moderation looks at what is sent, and says so.
            403 if self.json.pointer("/error/metadata/reasons").is_some() => ModelError::Refused { model, said },
            403 => ModelError::KeyRefused { who, said },
            404 => ModelError::NoModel { who, model, said },
            429 => ModelError::RateLimited { who, seconds: self.wait().map(|w| w.as_secs()), said },
            status => ModelError::Failed { who, status, said },
        }
    }
}
