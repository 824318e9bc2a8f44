//! A repository's own `server.json`: typed and complete, so it outranks everything but the user.

mod container;

use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::is_noise_env;
use crate::text::{clean, line_of};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{Argument, Input, Manifest, Package, Repository};
use serde_json::{Map, Value};

/// What a `server.json` says.
pub(crate) struct ServerJson {
    pub(crate) manifest: Manifest,
}

/// Reads the file, of any schema date. `None` when it is something else of the same name.
pub(crate) fn read(doc: &Doc) -> Option<ServerJson> {
    let value: Value = serde_json::from_str(&doc.text).ok()?;
    let value = camel(value.get("server").cloned().unwrap_or(value), true);
    let map = value.as_object()?;
    let usable = map.get("name").is_some_and(Value::is_string)
        && (map.contains_key("packages") || map.contains_key("remotes") || map.contains_key("repository"));
    if !usable {
        return None;
    }
    let mut value = value.clone();
    repair(&mut value);
    let mut manifest: Manifest = serde_json::from_value(value).ok()?;
    manifest.meta = None;
    for package in &mut manifest.packages {
        tidy(package);
    }
    for remote in &mut manifest.remotes {
        remote.headers.iter_mut().for_each(|h| tidy_input(&mut h.input));
        remote.variables.values_mut().for_each(tidy_input);
    }
    Some(ServerJson { manifest })
}

/// The inputs of one of its packages.
pub(crate) fn inputs_of(doc: &Doc, package: &Package) -> Inputs {
    let support = |words: &str| (doc.at(line_of(&doc.text, words)), Confidence::High);
    let mut out = Inputs::default();
    for argument in &package.package_arguments {
        let name =
            argument.name.clone().or(argument.value_hint.clone()).or(argument.input.value.clone()).unwrap_or_default();
        let (origin, confidence) = support(&format!("\"{name}\""));
        out.args.push(Found::new(argument.clone(), origin, name, confidence));
    }
    for variable in package.environment_variables.iter().filter(|v| !is_noise_env(&v.name)) {
        let (origin, confidence) = support(&format!("\"{}\"", variable.name));
        // The schema's default is "not required", and many leave the word out for what is needed: only yes is said.
        let said = variable.input.is_required.then_some(true);
        out.env.push(Found::new(variable.clone(), origin, &variable.name, confidence).saying(said));
    }
    if package.registry_type == "oci" {
        container::read(doc, &package.runtime_arguments, &mut out);
        return out;
    }
    // `npx -y` is Catwalk's own business; anything else that a launcher would be told is not taken over.
    let odd = |a: &Argument| {
        let word = a.name.as_deref().or(a.input.value.as_deref()).unwrap_or_default();
        !matches!(word, "-y" | "--yes" | "-q" | "" | "--from" | "run" | "--rm" | "-i") && word != package.identifier
    };
    for argument in package.runtime_arguments.iter().filter(|a| odd(a)) {
        let word = argument.name.as_deref().or(argument.input.value.as_deref()).unwrap_or_default();
        out.dropped.push(format!("The launcher option {} was left out.", clean(word, 60)));
    }
    out
}

/// Snake-case keys of the 2025-07 schema become camel case; names of variables stay as they are.
fn camel(value: Value, keys: bool) -> Value {
    match value {
        Value::Object(map) => {
            let convert = |(key, value): (String, Value)| {
                let inner_keys = key != "variables" && key != "_meta" || !keys;
                let key = if keys && !key.starts_with('_') { camel_key(&key) } else { key };
                (key, camel(value, inner_keys))
            };
            Value::Object(map.into_iter().map(convert).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|v| camel(v, keys)).collect()),
        other => other,
    }
}

fn camel_key(key: &str) -> String {
    let mut out = String::new();
    let mut up = false;
    for c in key.chars() {
        if c == '_' {
            up = true;
        } else if std::mem::take(&mut up) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// Fills what older or careless files leave out, and drops single entries that cannot be read.
fn repair(value: &mut Value) {
    let Some(map) = value.as_object_mut() else { return };
    for (key, empty) in [("description", ""), ("version", "")] {
        if !map.get(key).is_some_and(Value::is_string) {
            map.insert(key.to_owned(), Value::String(empty.to_owned()));
        }
    }
    let readable = |r: &Value| serde_json::from_value::<Repository>(r.clone()).is_ok();
    if !map.get("repository").is_some_and(readable) {
        map.remove("repository");
    }
    if let Some(Value::Array(packages)) = map.get_mut("packages") {
        for package in packages.iter_mut().filter_map(Value::as_object_mut) {
            package.entry("transport").or_insert_with(|| serde_json::json!({"type": "stdio"}));
            if let Some(name) = package.get("registryName").cloned() {
                package.entry("registryType").or_insert(name);
            }
            if let Some(name) = package.get("name").cloned() {
                package.entry("identifier").or_insert(name);
            }
            stringify(package);
        }
        packages.retain(|p| serde_json::from_value::<Package>(p.clone()).is_ok());
    }
    if let Some(Value::Array(remotes)) = map.get_mut("remotes") {
        for remote in remotes.iter_mut().filter_map(Value::as_object_mut) {
            if let Some(kind) = remote.get("transportType").cloned() {
                remote.entry("type").or_insert(kind);
            }
        }
        remotes.retain(|r| serde_json::from_value::<catwalk_domain::manifest::Transport>(r.clone()).is_ok());
    }
}

/// `"default": 5` is a common slip for `"5"`.
fn stringify(package: &mut Map<String, Value>) {
    for list in ["packageArguments", "runtimeArguments", "environmentVariables"] {
        let items = package.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for item in items.filter_map(Value::as_object_mut) {
            for key in ["default", "value"] {
                if let Some(slot) = item.get_mut(key)
                    && (slot.is_number() || slot.is_boolean())
                {
                    *slot = Value::String(slot.to_string());
                }
            }
        }
    }
}

fn tidy(package: &mut Package) {
    for argument in &mut package.package_arguments {
        tidy_input(&mut argument.input);
        if argument.value_hint.is_none() && argument.input.value.is_none() && argument.name.is_none() {
            argument.value_hint = Some("argument".to_owned());
        }
    }
    package.environment_variables.iter_mut().for_each(|v| tidy_input(&mut v.input));
}

fn tidy_input(input: &mut Input) {
    let short = |text: &mut Option<String>, max| *text = text.take().map(|t| clean(&t, max)).filter(|t| !t.is_empty());
    short(&mut input.description, 300);
    short(&mut input.placeholder, 100);
    input.default = input.default.take().filter(|d| !d.is_empty() && !d.contains("${"));
    input.choices = input.choices.take().filter(|c| !c.is_empty());
    input.variables.values_mut().for_each(tidy_input);
}
