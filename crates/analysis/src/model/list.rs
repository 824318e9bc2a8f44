//! Which models there are, and whether the key is good.

use super::wire::{Said, at, put};
use super::{Kind, ModelError, Provider};
use crate::text::clean;
use reqwest::Client;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Longest wait for a list.
const WAIT: Duration = Duration::from_secs(20);
/// Most models that are listed.
const MOST: usize = 1000;

/// A model to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What the provider calls it.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// How many tokens it takes at once.
    pub context: Option<u64>,
    /// US dollars per token sent and per token received, where the API tells. Local models cost nothing.
    pub price: Option<(f64, f64)>,
}

/// What a good key says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyCheck {
    /// Its label, e.g. what the user called it.
    pub label: Option<String>,
    /// US dollars that may still be spent with it.
    pub left: Option<f64>,
}

/// Tries the key. A provider that wants none is only asked whether it is there.
///
/// # Errors
/// What is wrong with the key, or with the way to the provider.
pub async fn check(provider: &Provider, http: &Client) -> Result<KeyCheck, ModelError> {
    let path = match provider.kind {
        Kind::OpenRouter => "key",
        Kind::Anthropic => "v1/models",
        Kind::OpenAi => "models",
        Kind::Ollama => "api/version",
    };
    let said = good(provider, http, at(provider, path)).await?;
    if provider.kind != Kind::OpenRouter {
        return Ok(KeyCheck::default());
    }
    let label = said.json.pointer("/data/label").and_then(Value::as_str).map(|l| clean(l, 60));
    Ok(KeyCheck { label, left: said.json.pointer("/data/limit_remaining").and_then(Value::as_f64) })
}

/// The models that can answer in a given form, as far as the provider says which can.
///
/// # Errors
/// As [`check`].
pub async fn models(provider: &Provider, http: &Client) -> Result<Vec<Model>, ModelError> {
    let mut url = at(
        provider,
        match provider.kind {
            Kind::OpenRouter | Kind::OpenAi => "models",
            Kind::Anthropic => "v1/models",
            Kind::Ollama => "api/tags",
        },
    );
    match provider.kind {
        Kind::OpenRouter => url.set_query(Some("supported_parameters=structured_outputs&limit=1000")),
        Kind::Anthropic => url.set_query(Some("limit=1000")),
        Kind::OpenAi | Kind::Ollama => {}
    }
    let said = good(provider, http, url).await?;
    let list = said.json.get("data").or_else(|| said.json.get("models")).and_then(Value::as_array);
    let list = list.ok_or_else(|| ModelError::Failed { who: provider.name(), status: 200, said: said.words() })?;
    Ok(list.iter().filter_map(|m| model(provider.kind, m)).take(MOST).collect())
}

async fn good(provider: &Provider, http: &Client, url: Url) -> Result<Said, ModelError> {
    let slow = || ModelError::Slow { who: provider.name(), seconds: WAIT.as_secs() };
    let said = tokio::time::timeout(WAIT, put(provider, http, |http| http.get(url.clone())));
    let said = said.await.map_err(|_| slow())??;
    // A page with status 200 that is no JSON is not the provider.
    if said.status == 200 && said.json.is_object() { Ok(said) } else { Err(said.refusal(provider, "")) }
}

fn model(kind: Kind, model: &Value) -> Option<Model> {
    let word = |key: &str| model.get(key).and_then(Value::as_str).map(|t| clean(t, 120));
    let id = word("id").or_else(|| word("model")).or_else(|| word("name")).filter(|id| !id.is_empty())?;
    if kind == Kind::Anthropic
        && model.pointer("/capabilities/structured_outputs/supported") == Some(&Value::Bool(false))
    {
        return None;
    }
    let price =
        |key: &str| model.pointer(&format!("/pricing/{key}"))?.as_str()?.parse::<f64>().ok().filter(|p| *p >= 0.0);
    let price = match kind {
        Kind::OpenRouter => price("prompt").zip(price("completion")),
        Kind::Ollama => Some((0.0, 0.0)),
        Kind::Anthropic | Kind::OpenAi => None,
    };
    let context = ["context_length", "max_input_tokens", "max_model_len"].iter().find_map(|k| model.get(k)?.as_u64());
    let name = word("display_name").or_else(|| word("name")).unwrap_or_else(|| id.clone());
    Some(Model { id, name, context, price })
}
