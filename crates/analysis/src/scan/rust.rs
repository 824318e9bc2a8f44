//! Rust: what is read of the environment, tools, transports and the words that clap takes.

use super::facts::{Facts, Flag, Read, is_variable};
use super::syntax::{Id, Syntax};
use catwalk_domain::manifest::TransportKind;

/// Reads a file.
pub(super) fn read(s: &Syntax<'_>, out: &mut Facts) {
    for id in s.ids() {
        match s.kind(id) {
            "call_expression" => call(s, id, out),
            "function_item" => tool(s, id, out),
            "struct_item" if derives(s, id) => arguments(s, id, out),
            _ => {}
        }
    }
}

/// `std::env::var("X")` and what follows it.
fn call(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let (Some(function), Some(given)) = (s.field(id, "function"), s.field(id, "arguments")) else { return };
    let called = s.text(function);
    match called {
        "stdio" | "transport::stdio" | "rmcp::transport::stdio" | "StdioTransport::new" => {
            out.transport(TransportKind::Stdio, s.line(id));
        }
        "StreamableHttpService::new" => out.transport(TransportKind::StreamableHttp, s.line(id)),
        "SseServer::serve" | "SseServer::new" => out.transport(TransportKind::Sse, s.line(id)),
        "std::env::var" | "env::var" | "std::env::var_os" | "env::var_os" => {
            let Some(name) = s.parts(given).next().and_then(|f| s.string(f)) else { return };
            let (mut default, mut must, mut may) = (None, false, false);
            let mut at = id;
            for outer in s.around(id) {
                match s.kind(outer) {
                    "try_expression" => must = !may,
                    "field_expression" => match s.field(outer, "field").map_or("", |f| s.text(f)) {
                        "expect" | "unwrap" => must = !may,
                        "ok" | "is_ok" | "is_err" | "unwrap_or_default" => may = true,
                        "unwrap_or" | "unwrap_or_else" => {
                            may = true;
                            let call = s.parent(outer).and_then(|c| s.field(c, "arguments"));
                            let inside = call.into_iter().flat_map(|c| s.inside(c, 40));
                            default = Some(inside.into_iter().find_map(|i| s.string(i)).unwrap_or_default());
                        }
                        _ => {}
                    },
                    "call_expression" if s.field(outer, "function") == Some(at) => {}
                    _ => break,
                }
                at = outer;
            }
            out.read(Read { name, default, must, line: s.line(id), ..Read::default() });
        }
        _ => {}
    }
}

/// The attributes that stand before an item.
fn attributes(s: &Syntax<'_>, id: Id) -> Vec<Id> {
    let Some(parent) = s.parent(id) else { return Vec::new() };
    // Only those between the item before and this one; a long list is not searched from its start for each item.
    let mut out = Vec::new();
    let from = id.saturating_sub(400);
    for at in (from..id).rev().filter(|a| s.parent(*a) == Some(parent)) {
        match s.kind(at) {
            "attribute_item" => out.push(at),
            kind if kind.ends_with("comment") || kind == "," => {}
            _ => break,
        }
    }
    out
}

fn derives(s: &Syntax<'_>, id: Id) -> bool {
    attributes(s, id).iter().any(|a| s.text(*a).contains("Parser") || s.text(*a).contains("Args"))
}

/// `#[tool(name = "x", description = "…")]`.
fn tool(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    for attribute in attributes(s, id) {
        let text = s.text(attribute).trim_start_matches(['#', '[', ' ']);
        let path = text.split(['(', ']']).next().unwrap_or_default().trim();
        if matches!(path, "tool" | "rmcp::tool") {
            let own = s.field(id, "name").map_or("", |n| s.text(n));
            out.tool(&value(text, "name").unwrap_or_else(|| own.to_owned()), value(text, "description"), s.line(id));
        }
    }
}

/// `key = "…"` inside an attribute.
fn value(text: &str, key: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find(key) {
        let before = rest[..at].chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
        rest = &rest[at + key.len()..];
        if let Some(quoted) = rest.trim_start().strip_prefix('=').map(str::trim_start).filter(|_| before) {
            return quoted.strip_prefix('"').and_then(|q| q.split('"').next()).map(str::to_owned);
        }
    }
    None
}

/// Whether an attribute has a bare word: `long`, `env`.
fn has(text: &str, key: &str) -> bool {
    text.split(['(', ',', ')']).any(|part| {
        part.trim() == key || part.trim().strip_prefix(key).is_some_and(|r| r.trim_start().starts_with('='))
    })
}

/// The fields of what clap fills.
fn arguments(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let Some(body) = s.field(id, "body") else { return };
    for field in s.parts(body).filter(|f| s.kind(*f) == "field_declaration") {
        let (Some(own), Some(kind)) = (s.field(field, "name"), s.field(field, "type")) else { continue };
        let (own, kind) = (s.text(own), s.text(kind));
        let said: Vec<&str> = attributes(s, field).into_iter().map(|a| s.text(a)).collect();
        let is = |key: &str| said.iter().any(|a| has(a, key));
        if is("skip")
            || is("subcommand")
            || is("flatten")
            || !said.iter().any(|a| a.contains("arg") || a.contains("clap"))
        {
            continue;
        }
        let text = |key: &str| said.iter().find_map(|a| value(a, key));
        let plain = |key: &str| {
            let after = said.iter().find_map(|a| a.split_once(key))?.1.trim_start().strip_prefix('=')?;
            Some(after.split([',', ')']).next()?.trim().trim_matches('"').to_owned())
        };
        let default = text("default_value").or_else(|| plain("default_value_t"));
        let open = !kind.starts_with("Option")
            && !kind.starts_with("Vec")
            && kind != "bool"
            && default.is_none()
            && !is("default_value_t");
        let variable = if is("env") { Some(text("env").unwrap_or_else(|| own.to_uppercase())) } else { None };
        let description = text("help");
        if let Some(name) = variable.clone().filter(|n| is_variable(n)) {
            out.read(Read {
                name,
                default: default.clone(),
                must: open,
                description: description.clone(),
                line: s.line(field),
            });
        }
        let named = is("long") || is("short");
        let name = text("long").unwrap_or_else(|| own.replace('_', "-"));
        out.flag(Flag {
            name: if named { format!("--{name}") } else { own.to_owned() },
            must: open && variable.is_none() || !named && is("required"),
            repeated: kind.starts_with("Vec"),
            bare: kind == "bool",
            default,
            description,
            line: s.line(field),
        });
    }
}
