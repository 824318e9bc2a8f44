//! Python: tools, transports and options of the command line.

use super::facts::{Facts, Flag, Read};
use super::syntax::{Id, Syntax};
use catwalk_domain::manifest::TransportKind;

/// Reads a file's registrations.
pub(super) fn read(s: &Syntax<'_>, out: &mut Facts) {
    for id in s.ids() {
        match s.kind(id) {
            "decorated_definition" => decorated(s, id, out),
            "call" => call(s, id, out),
            "default_parameter" | "typed_default_parameter" => typer(s, id, out),
            _ => {}
        }
    }
}

/// `@mcp.tool(name="x")`, `@click.option("--x", required=True)`.
fn decorated(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let function = s.field(id, "definition").filter(|d| s.kind(*d) == "function_definition");
    let Some(function) = function else { return };
    for decorator in s.parts(id).filter(|d| s.kind(*d) == "decorator") {
        let Some(inner) = s.parts(decorator).next() else { continue };
        let called = s.field(inner, "function").unwrap_or(inner);
        let last = s.text(called).rsplit('.').next().unwrap_or_default();
        if last == "tool" && s.text(called).contains('.') {
            let given = s.field(inner, "arguments");
            let name =
                keyword(s, given, "name").or_else(|| given.and_then(|a| s.parts(a).next()).and_then(|f| s.string(f)));
            let own = s.field(function, "name").map(|n| s.text(n).to_owned());
            let description = keyword(s, given, "description").or_else(|| docstring(s, function));
            out.tool(&name.or(own).unwrap_or_default(), description, s.line(function));
        }
    }
}

fn docstring(s: &Syntax<'_>, function: Id) -> Option<String> {
    let first = s.field(function, "body").and_then(|b| s.parts(b).next())?;
    let text = s.string(s.parts(first).next()?)?;
    text.lines().map(str::trim).find(|l| !l.is_empty()).map(str::to_owned)
}

fn call(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let (Some(function), Some(arguments)) = (s.field(id, "function"), s.field(id, "arguments")) else { return };
    let called = s.text(function);
    let given = Some(arguments);
    match called.rsplit('.').next().unwrap_or(called) {
        "Tool" => {
            if let Some(name) = keyword(s, given, "name") {
                out.tool(&name, keyword(s, given, "description"), s.line(id));
            }
        }
        "stdio_server" => out.transport(TransportKind::Stdio, s.line(id)),
        "SseServerTransport" | "sse_app" => out.transport(TransportKind::Sse, s.line(id)),
        "StreamableHTTPSessionManager" | "streamable_http_app" | "http_app" => {
            out.transport(TransportKind::StreamableHttp, s.line(id));
        }
        "run" | "run_async"
            if called.contains('.') && !called.starts_with("asyncio") && !called.starts_with("subprocess") =>
        {
            let kind = keyword(s, given, "transport").or_else(|| s.parts(arguments).next().and_then(|f| s.string(f)));
            match kind.as_deref() {
                Some("stdio") => out.transport(TransportKind::Stdio, s.line(id)),
                Some("sse") => out.transport(TransportKind::Sse, s.line(id)),
                Some("http" | "streamable-http") => out.transport(TransportKind::StreamableHttp, s.line(id)),
                _ if s.parts(arguments).next().is_none() && called.starts_with("mcp") => {
                    out.transport(TransportKind::Stdio, s.line(id));
                }
                _ => {}
            }
        }
        "add_argument" => argparse(s, id, arguments, out),
        "option" if called == "click.option" || called == "option" => click(s, id, arguments, false, out),
        "argument" if called == "click.argument" || called == "argument" => click(s, id, arguments, true, out),
        _ => {}
    }
}

fn names(s: &Syntax<'_>, arguments: Id) -> Vec<String> {
    s.parts(arguments).take(4).map_while(|a| s.string(a)).collect()
}

fn argparse(s: &Syntax<'_>, id: Id, arguments: Id, out: &mut Facts) {
    let names = names(s, arguments);
    let given = Some(arguments);
    let long = names.iter().find(|n| n.starts_with("--")).or(names.first());
    let Some(name) = long.cloned() else { return };
    let positional = !name.starts_with('-');
    let count = keyword(s, given, "nargs").unwrap_or_default();
    let default = keyword_text(s, given, "default").filter(|d| *d != "None");
    let action = keyword(s, given, "action").unwrap_or_default();
    let must = if positional {
        !matches!(count.as_str(), "?" | "*") && default.is_none()
    } else {
        keyword_text(s, given, "required") == Some("True")
    };
    out.flag(Flag {
        must,
        repeated: matches!(count.as_str(), "+" | "*") || action == "append",
        bare: action.starts_with("store_") || action == "count" || action == "version",
        default: keyword(s, given, "default"),
        description: keyword(s, given, "help"),
        line: s.line(id),
        name,
    });
}

/// Options and arguments of click; `envvar` names a variable that may stand for it.
fn click(s: &Syntax<'_>, id: Id, arguments: Id, positional: bool, out: &mut Facts) {
    let names = names(s, arguments);
    let given = Some(arguments);
    let long = if positional { names.first() } else { names.iter().find(|n| n.starts_with("--")) };
    let Some(name) = long.cloned() else { return };
    let is = |key: &str| keyword_text(s, given, key);
    let variable = keyword(s, given, "envvar");
    let needed = if positional {
        is("required") != Some("False") && is("nargs") != Some("-1")
    } else {
        is("required") == Some("True")
    };
    let must = needed && is("default").is_none();
    let description = keyword(s, given, "help");
    if let Some(variable) = &variable {
        let default = keyword(s, given, "default");
        out.read(Read { name: variable.clone(), default, must, description: description.clone(), line: s.line(id) });
    }
    out.flag(Flag {
        must: must && variable.is_none(),
        repeated: is("multiple") == Some("True") || is("nargs") == Some("-1"),
        bare: is("is_flag") == Some("True") || name.contains('/'),
        default: keyword(s, given, "default"),
        description,
        line: s.line(id),
        name: name.split('/').next().unwrap_or_default().to_owned(),
    });
}

/// `key: str = typer.Option(..., "--key", envvar="X", help="…")`.
fn typer(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let (Some(own), Some(value)) = (s.field(id, "name"), s.field(id, "value")) else { return };
    let called = s.field(value, "function").map_or("", |f| s.text(f));
    let positional = called == "typer.Argument";
    if !positional && called != "typer.Option" {
        return;
    }
    let given = s.field(value, "arguments");
    let Some(arguments) = given else { return };
    let first = s.parts(arguments).next().filter(|f| s.kind(*f) != "keyword_argument");
    let open = first.map_or(keyword_text(s, given, "default").is_none(), |f| s.text(f) == "...");
    let long = s.parts(arguments).take(6).filter_map(|a| s.string(a)).find(|n| n.starts_with("--"));
    let flag = long.unwrap_or_else(|| format!("--{}", s.text(own).replace('_', "-")));
    let variable = keyword(s, given, "envvar");
    let description = keyword(s, given, "help");
    let default = first.and_then(|f| s.string(f)).filter(|_| !open);
    if let Some(name) = &variable {
        out.read(Read {
            name: name.clone(),
            default: default.clone(),
            must: open,
            description: description.clone(),
            line: s.line(id),
        });
    }
    out.flag(Flag {
        name: if positional { s.text(own).to_owned() } else { flag.split('/').next().unwrap_or_default().to_owned() },
        must: open && variable.is_none(),
        repeated: s.field(id, "type").is_some_and(|t| s.text(t).to_lowercase().contains("list[")),
        bare: s.field(id, "type").is_some_and(|t| s.text(t) == "bool"),
        default,
        description,
        line: s.line(id),
    });
}

fn keyword_value(s: &Syntax<'_>, arguments: Option<Id>, key: &str) -> Option<Id> {
    let found = s
        .parts(arguments?)
        .take(40)
        .find(|a| s.kind(*a) == "keyword_argument" && s.field(*a, "name").is_some_and(|n| s.text(n) == key))?;
    s.field(found, "value")
}

fn keyword(s: &Syntax<'_>, arguments: Option<Id>, key: &str) -> Option<String> {
    let value = keyword_value(s, arguments, key)?;
    if matches!(s.kind(value), "integer" | "float") { Some(s.text(value).to_owned()) } else { s.string(value) }
}

fn keyword_text<'t>(s: &Syntax<'t>, arguments: Option<Id>, key: &str) -> Option<&'t str> {
    keyword_value(s, arguments, key).map(|v| s.text(v))
}
