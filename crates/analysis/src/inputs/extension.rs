//! `gemini-extension.json`: the settings it asks for, each with the variable that it fills.

use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{format_of, is_env_name, is_secret_name};
use crate::text::{clean, line_of};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{Input, KeyValue};
use serde_json::Value;

/// Its settings; its servers are read like any snippet.
pub(crate) fn read(doc: &Doc) -> Inputs {
    let mut out = Inputs::default();
    let Ok(json) = serde_json::from_str::<Value>(&doc.text) else { return out };
    for setting in json.get("settings").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| setting.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = text("envVar");
        if !is_env_name(name) || out.env.iter().any(|f| f.item.name == name) {
            continue;
        }
        let secret = setting.get("sensitive").and_then(Value::as_bool).unwrap_or_else(|| is_secret_name(name));
        let described = if text("description").is_empty() { text("name") } else { text("description") };
        let input = Input {
            description: Some(clean(described, 300)).filter(|d| !d.is_empty()),
            is_secret: secret,
            format: format_of(name, "").filter(|_| !secret),
            ..Input::default()
        };
        let origin = doc.at(line_of(&doc.text, name));
        out.env.push(Found::new(KeyValue { name: name.to_owned(), input }, origin, name, Confidence::Medium));
    }
    out
}
