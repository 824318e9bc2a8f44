//! An analysis in the form that the scorer compares.

use catwalk_domain::manifest::{Argument, ArgumentKind, Input, KeyValue, Package, Transport, TransportKind};
use catwalk_domain::{Analysis, Evidence, EvidenceSource};
use serde_json::{Value, json};

/// Nothing was found.
pub(crate) fn nothing(id: &str) -> Value {
    json!({"id": id, "env": [], "headers": [], "args_required": []})
}

/// What the analysis says.
pub(crate) fn prediction(id: &str, analysis: &Analysis) -> Value {
    let mut out = nothing(id);
    if let Some(package) = analysis.manifest.package() {
        let bin = analysis.manifest.run_hint().bin;
        let git = analysis.evidence.iter().any(|e| e.excerpt.starts_with("git+https://"));
        let (runtime, identifier) = match package.registry_type.as_str() {
            "github" if git => ("git", json!(format!("git+https://github.com/{}", package.identifier))),
            "github" | "folder" => ("source", Value::Null),
            other => (other, json!(package.identifier)),
        };
        let (command, args) = launch(package, runtime, bin.as_deref());
        out["runtime"] = json!(runtime);
        out["package"] = identifier;
        out["command"] = json!(command);
        out["args"] = json!(args);
        out["transport"] = json!(word(package.transport.kind));
        let open = |(_, v): &(usize, &KeyValue)| v.input.value.is_none();
        let told = |(index, v): (usize, &KeyValue)| {
            let mut out = named(v);
            out["said_by"] = said_by(analysis, &format!("/packages/0/environmentVariables/{index}"));
            out
        };
        out["env"] = package.environment_variables.iter().enumerate().filter(open).map(told).collect();
        out["args_required"] = package.package_arguments.iter().filter_map(asked).chain(volumes(package)).collect();
    } else if let Some(remote) = analysis.manifest.remote() {
        out["runtime"] = json!("remote");
        out["remote_url"] = json!(remote.url);
        out["transport"] = json!(word(remote.kind));
        out["headers"] = remote.headers.iter().map(named).collect();
        out["env"] = variables(remote);
    }
    out
}

/// The files and lines that support a fact: no scorer reads them, people do.
fn said_by(analysis: &Analysis, pointer: &str) -> Value {
    let place = |e: &Evidence| match &e.source {
        EvidenceSource::File { path, line, .. } => Some(format!("{path}:{}", line.unwrap_or_default())),
        _ => None,
    };
    analysis.evidence.iter().filter(|e| e.pointer == pointer).filter_map(place).collect()
}

fn word(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::Stdio => "stdio",
        TransportKind::StreamableHttp => "streamable-http",
        TransportKind::Sse => "sse",
    }
}

fn named(variable: &KeyValue) -> Value {
    let inner = |flag: fn(&Input) -> bool| flag(&variable.input) || variable.input.variables.values().any(flag);
    json!({"name": variable.name, "required": inner(|i| i.is_required), "secret": inner(|i| i.is_secret),
        "default": variable.input.default})
}

/// What a hosted server's address asks for: its secrets. Other parts of an address are no settings of the server.
fn variables(remote: &Transport) -> Value {
    let input = |(name, input): (&String, &Input)| json!({"name": name, "required": input.is_required, "secret": input.is_secret, "default": input.default});
    remote.variables.iter().filter(|(_, v)| v.is_secret).map(input).collect()
}

/// The command line that people would type for it.
fn launch(package: &Package, runtime: &str, bin: Option<&str>) -> (String, Vec<String>) {
    let mut words: Vec<String> = Vec::new();
    let own = |text: &str| text.to_owned();
    let command = match runtime {
        "npm" => {
            words.extend(["-y".to_owned(), package.identifier.clone()]);
            "npx"
        }
        "pypi" => {
            let base = package.identifier.split('[').next().unwrap_or_default();
            match bin.filter(|b| *b != base) {
                Some(bin) => words.extend([own("--from"), package.identifier.clone(), own(bin)]),
                None => words.push(package.identifier.clone()),
            }
            "uvx"
        }
        "git" => {
            words.extend([own("--from"), format!("git+https://github.com/{}", package.identifier)]);
            words.extend(bin.map(own));
            "uvx"
        }
        "oci" => {
            words.extend(["run", "-i", "--rm"].map(own));
            words.push(package.identifier.clone());
            "docker"
        }
        // Built from source: there is no one way to type it.
        _ => return (String::new(), Vec::new()),
    };
    for argument in &package.package_arguments {
        let fixed = argument.input.value.clone().filter(|_| argument.input.variables.is_empty());
        let bare = argument.kind == ArgumentKind::Named && argument.input == Input::default();
        if bare || fixed.is_some() {
            words.extend(argument.name.clone());
            words.extend(fixed);
        }
    }
    (command.to_owned(), words)
}

/// Folders that the container must be given.
fn volumes(package: &Package) -> Vec<Value> {
    let open = package.runtime_arguments.iter().flat_map(|a| &a.input.variables).filter(|(_, input)| input.is_required);
    open.map(|(name, _)| json!({"name": name, "positional": false, "kind": "volume"})).collect()
}

/// An argument that the user must fill; one that is a template counts under its own word.
fn asked(argument: &Argument) -> Option<Value> {
    let open = argument.input.variables.values().any(|v| v.is_required);
    let plain = argument.input.is_required && argument.input.value.is_none();
    if !plain && !open {
        return None;
    }
    let template = argument.input.value.as_deref().and_then(|v| v.split_once('=')).map(|(name, _)| name.to_owned());
    let name = argument.name.clone().or(template.filter(|t| t.starts_with('-'))).or(argument.value_hint.clone());
    let positional = argument.kind == ArgumentKind::Positional;
    Some(json!({"name": name, "positional": positional, "multiple": argument.is_repeated,
        "secret": argument.input.is_secret}))
}
