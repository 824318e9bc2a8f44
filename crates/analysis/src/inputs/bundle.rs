//! The manifest of an MCP bundle (`manifest.json` with `manifest_version` or `dxt_version`): what its app asks the user, and
//! how that reaches the server.

use super::build::suggest;
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{format_of, is_env_name, is_noise_env, is_secret_name};
use crate::recipe::Recipe;
use crate::source::recognise;
use crate::text::{clean, line_of};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{Argument, ArgumentKind, Format, Input, KeyValue};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a bundle's manifest says.
pub(crate) struct Bundle {
    /// Its launch, where that starts a published package rather than the bundle's own files.
    pub(crate) recipe: Option<Recipe>,
    pub(crate) inputs: Inputs,
}

/// Reads it. `None` when the file is some other `manifest.json`.
pub(crate) fn read(doc: &Doc) -> Option<Bundle> {
    let json: Value = serde_json::from_str(doc.text.trim_start_matches('\u{feff}')).ok()?;
    let versioned = json.get("manifest_version").or(json.get("dxt_version")).or(json.get("mcpb_version"));
    versioned.filter(|v| v.is_string())?;
    let server = json.get("server").filter(|s| s.is_object())?;
    let config = server.get("mcp_config").unwrap_or(&Value::Null);
    let asked = json.get("user_config").unwrap_or(&Value::Null);
    let mut inputs = Inputs::default();
    for (name, value) in config.get("env").and_then(Value::as_object).into_iter().flatten() {
        let Some(value) = value.as_str().filter(|_| is_env_name(name) && !is_noise_env(name)) else { continue };
        let Some(key) = reference(value) else { continue };
        let setting = asked.get(key).unwrap_or(&Value::Null);
        let (input, must) = input(name, setting);
        let origin = doc.at(line_of(&doc.text, &format!("\"{name}\"")));
        let found = Found::new(KeyValue { name: name.clone(), input }, origin, key, Confidence::High);
        inputs.env.push(found.saying(must));
    }
    arguments(doc, config, asked, &mut inputs);
    let words: Vec<String> = std::iter::once(config.get("command"))
        .flatten()
        .chain(config.get("args").and_then(Value::as_array).into_iter().flatten())
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let own = words.iter().any(|w| w.contains("${__dirname}"));
    let recipe = if own { None } else { recognise(&words).ok() };
    Some(Bundle { recipe, inputs })
}

/// Arguments that carry a setting: `--flag ${user_config.key}`, `--flag=${user_config.key}`, `${user_config.key}`.
fn arguments(doc: &Doc, config: &Value, asked: &Value, out: &mut Inputs) {
    let list = config.get("args").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut previous = "";
    for word in list {
        let flag = std::mem::replace(&mut previous, word);
        let Some(key) = reference(word) else { continue };
        let setting = asked.get(key).unwrap_or(&Value::Null);
        let (input, must) = input(key, setting);
        let repeated = setting.get("multiple").and_then(Value::as_bool).unwrap_or_default();
        let argument = match word.split_once('=') {
            Some((name, _)) if name.starts_with('-') => super::build::open_flag(name, input, true),
            _ if flag.starts_with('-') => super::build::open_flag(flag, input, false),
            _ => Argument {
                kind: ArgumentKind::Positional,
                value_hint: Some(key.to_owned()),
                is_repeated: repeated,
                input,
                ..Argument::default()
            },
        };
        let origin = doc.at(line_of(&doc.text, word));
        out.args.push(Found::new(argument, origin, key, Confidence::High).saying(must));
    }
}

/// The key of `${user_config.key}`.
fn reference(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("${user_config.")?;
    rest.split_once('}').map(|(key, _)| key)
}

fn input(name: &str, setting: &Value) -> (Input, Option<bool>) {
    let text = |key: &str| setting.get(key).and_then(Value::as_str);
    let flag = |key: &str| setting.get(key).and_then(Value::as_bool);
    let secret = flag("sensitive").unwrap_or_else(|| is_secret_name(name));
    let mut input = Input {
        description: text("description").or(text("title")).map(|d| clean(d, 300)).filter(|d| !d.is_empty()),
        is_secret: secret,
        format: match text("type") {
            Some("number") => Some(Format::Number),
            Some("boolean") => Some(Format::Boolean),
            Some("directory" | "file") => Some(Format::Filepath),
            _ => format_of(name, "").filter(|_| !secret),
        },
        variables: BTreeMap::new(),
        ..Input::default()
    };
    let default = match setting.get("default") {
        Some(Value::String(text)) if !text.is_empty() && !text.contains("${") => Some(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
        _ => None,
    };
    if let Some(default) = default {
        suggest(&mut input, &default);
    }
    // The format's rule: what is not called required is not.
    let must = setting.is_object().then(|| flag("required").unwrap_or_default());
    input.is_required = must == Some(true) && input.default.is_none();
    (input, must)
}
