//! TypeScript and JavaScript: tools, transports and options of the command line.

use super::facts::{Facts, Flag};
use super::syntax::{Id, Syntax};
use catwalk_domain::manifest::TransportKind;

/// Reads a file's registrations.
pub(super) fn read(s: &Syntax<'_>, out: &mut Facts) {
    // A chain of calls is one call inside the other, the last one outside; told in the order they are written.
    let mut calls: Vec<(Id, Id)> = Vec::new();
    for id in s.ids() {
        match s.kind(id) {
            "call_expression" => {
                let function = s.field(id, "function");
                calls.extend(function.and_then(|f| s.field(f, "property")).map(|property| (property, id)));
            }
            "object" => listed(s, id, out),
            "new_expression" => {
                let class = s.field(id, "constructor").map_or("", |c| s.text(c));
                let kind = match class.rsplit('.').next().unwrap_or(class) {
                    "StdioServerTransport" => TransportKind::Stdio,
                    "SSEServerTransport" => TransportKind::Sse,
                    "StreamableHTTPServerTransport"
                    | "NodeStreamableHTTPServerTransport"
                    | "WebStandardStreamableHTTPServerTransport" => TransportKind::StreamableHttp,
                    _ => continue,
                };
                out.transport(kind, s.line(id));
            }
            _ => {}
        }
    }
    calls.sort_unstable();
    for (property, id) in calls {
        call(s, id, property, out);
    }
}

fn call(s: &Syntax<'_>, id: Id, property: Id, out: &mut Facts) {
    let Some(arguments) = s.field(id, "arguments") else { return };
    let line = s.line(property);
    let given: Vec<Id> = s.parts(arguments).take(4).collect();
    let first = given.first().and_then(|f| s.string(*f));
    let second = given.get(1).copied();
    match s.text(property) {
        "tool" | "registerTool" => {
            if let Some(name) = first {
                let described = second.and_then(|o| s.string(o).or_else(|| member(s, o, "description")));
                out.tool(&name, described, line);
            }
        }
        "addTool" => {
            if let Some(object) = given.first().filter(|o| s.kind(**o) == "object")
                && let Some(name) = member(s, *object, "name")
            {
                out.tool(&name, member(s, *object, "description"), line);
            }
        }
        // commander
        "requiredOption" | "option" if first.as_deref().is_some_and(|f| f.contains("--")) => {
            let words = first.unwrap_or_default();
            commander(&words, s.text(property) == "requiredOption", second.and_then(|d| s.string(d)), line, out);
        }
        // yargs
        "option" | "positional" => {
            if let (Some(name), Some(object)) = (first, second.filter(|o| s.kind(*o) == "object")) {
                let positional = s.text(property) == "positional";
                yargs(s, &name, object, positional, out);
            }
        }
        "argument" | "arguments" => {
            if let Some(words) = first.filter(|f| f.starts_with(['<', '['])) {
                let inner = words.trim_matches(|c| "<>[]".contains(c));
                out.flag(Flag {
                    name: inner.trim_end_matches('.').to_owned(),
                    must: words.starts_with('<'),
                    repeated: inner.ends_with("..."),
                    description: second.and_then(|d| s.string(d)),
                    line,
                    ..Flag::default()
                });
            }
        }
        _ => {}
    }
}

/// `-k, --api-key <key>`.
fn commander(words: &str, must: bool, description: Option<String>, line: u32, out: &mut Facts) {
    let Some(start) = words.find("--") else { return };
    let mut parts = words[start..].splitn(2, [' ', '=', ',']);
    let name = parts.next().unwrap_or_default();
    let value = parts.next().unwrap_or_default();
    if name.starts_with("--no-") {
        return;
    }
    let repeated = value.contains("...");
    out.flag(Flag { name: name.to_owned(), must, repeated, bare: value.is_empty(), default: None, description, line });
}

fn yargs(s: &Syntax<'_>, name: &str, object: Id, positional: bool, out: &mut Facts) {
    let is = |key: &str| member_text(s, object, key).is_some_and(|t| t == "true");
    out.flag(Flag {
        name: if positional { name.to_owned() } else { format!("--{name}") },
        must: is("demandOption") || is("required") || is("demand"),
        repeated: is("array"),
        bare: member(s, object, "type").as_deref() == Some("boolean"),
        default: member(s, object, "default"),
        description: member(s, object, "describe").or_else(|| member(s, object, "description")),
        line: s.line(object),
    });
}

/// `{ name: "x", description: "…", inputSchema: … }`, as lists of tools are written.
fn listed(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let has = |key: &str| value(s, id, key).is_some();
    let tool = has("inputSchema") || has("parameters") && (has("execute") || has("handler"));
    if let Some(name) = member(s, id, "name").filter(|_| tool) {
        out.tool(&name, member(s, id, "description"), s.line(id));
    }
}

fn value(s: &Syntax<'_>, object: Id, key: &str) -> Option<Id> {
    s.parts(object).take(60).find_map(|pair| match s.kind(pair) {
        "pair" => {
            let found = s.field(pair, "key")?;
            (s.text(found).trim_matches(['"', '\'']) == key).then(|| s.field(pair, "value")).flatten()
        }
        "shorthand_property_identifier" => (s.text(pair) == key).then_some(pair),
        "method_definition" => (s.field(pair, "name").map(|n| s.text(n)) == Some(key)).then_some(pair),
        _ => None,
    })
}

fn member(s: &Syntax<'_>, object: Id, key: &str) -> Option<String> {
    s.string(value(s, object, key)?)
}

fn member_text<'t>(s: &Syntax<'t>, object: Id, key: &str) -> Option<&'t str> {
    value(s, object, key).map(|v| s.text(v))
}
