//! `smithery.yaml`: a JSON Schema of settings, and a JavaScript function that maps them to arguments and environment. The
//! function is read by pattern and never run.

use super::build::suggest;
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_secret_name};
use crate::text::{clean, line_of};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{Argument, ArgumentKind, Format, Input, KeyValue};
use serde_json::Value;

/// Inputs of the `stdio` launch; empty when the file describes none.
pub(crate) fn read(doc: &Doc) -> Inputs {
    let mut out = Inputs::default();
    let Some(yaml) = crate::yaml::parse(&doc.text) else { return out };
    let start = yaml.get("startCommand").unwrap_or(&Value::Null);
    let schema = start.get("configSchema").or_else(|| yaml.get("configSchema")).unwrap_or(&Value::Null);
    let function = start.get("commandFunction").and_then(Value::as_str).unwrap_or_default();
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let place = place_of(function, key);
        let Some(place) = place else { continue };
        let must = required.contains(&key.as_str());
        let said = Some(must);
        let input = input(&place_name(&place, key), property, must);
        let origin = doc.at(line_of(&doc.text, &format!("{key}:")));
        let confidence = Confidence::High;
        match place {
            Place::Env(name) => {
                let item = KeyValue { name, input };
                out.env.push(Found::new(item, origin, key, confidence).saying(said));
            }
            Place::Flag(name) => {
                let item = Argument { kind: ArgumentKind::Named, name: Some(name), input, ..Argument::default() };
                out.args.push(Found::new(item, origin, key, confidence).saying(said));
            }
            Place::Word => {
                let item = Argument {
                    kind: ArgumentKind::Positional,
                    value_hint: Some(key.clone()),
                    input,
                    ..Argument::default()
                };
                out.args.push(Found::new(item, origin, key, confidence).saying(said));
            }
        }
    }
    out
}

/// Where a setting goes.
enum Place {
    Env(String),
    Flag(String),
    Word,
}

fn place_name(place: &Place, key: &str) -> String {
    match place {
        Place::Env(name) | Place::Flag(name) => name.clone(),
        Place::Word => key.to_owned(),
    }
}

/// Finds `NAME: config.key`, `'--flag', config.key` or a bare `config.key` in the arguments.
fn place_of(function: &str, key: &str) -> Option<Place> {
    let needle = format!("config.{key}");
    let mut from = 0;
    while let Some(at) = function[from..].find(&needle).map(|i| i + from) {
        from = at + needle.len();
        if function[from..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        let before = function[..at].trim_end().trim_end_matches("String(").trim_end_matches("`${").trim_end();
        if let Some(head) = before.strip_suffix(':') {
            let head = head.trim_end().trim_end_matches(['"', '\'']);
            let start = head.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |i| i + 1);
            let name = &head[start..];
            if is_env_name(name) && name != "args" && name != "env" {
                return Some(Place::Env(name.to_owned()));
            }
        }
        if let Some(head) = before.strip_suffix(',') {
            let head = head.trim_end();
            let quote = head.chars().last().filter(|c| "'\"`".contains(*c))?;
            let inner = &head[..head.len() - 1];
            let start = inner.rfind(quote)?;
            let word = &inner[start + 1..];
            return Some(if word.starts_with('-') { Place::Flag(word.to_owned()) } else { Place::Word });
        }
    }
    None
}

fn input(name: &str, property: &Value, required: bool) -> Input {
    let text = |key: &str| property.get(key).and_then(Value::as_str);
    let description = text("description").or(text("title")).map(|d| clean(d, 300)).filter(|d| !d.is_empty());
    let kind = text("type").unwrap_or("string");
    let mut input = Input {
        is_secret: is_secret_name(name) || text("format") == Some("password"),
        is_required: required,
        format: match kind {
            "number" | "integer" => Some(Format::Number),
            "boolean" => Some(Format::Boolean),
            _ => crate::infer::format_of(name, "").or(Some(Format::String)),
        },
        description,
        ..Input::default()
    };
    let choices = property.get("enum").and_then(Value::as_array).into_iter().flatten();
    input.choices =
        Some(choices.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()).filter(|c| !c.is_empty());
    let default = match property.get("default") {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
        _ => None,
    };
    if let Some(default) = default {
        suggest(&mut input, &default);
        input.is_required &= input.default.is_none();
    }
    input
}
