//! Schemas of the whole environment in TypeScript: zod, envalid and what is built like them.

use super::facts::{Facts, Read, is_variable};
use super::syntax::{Id, Syntax};

/// Reads the members of a schema whose keys are written as variables.
pub(super) fn read(s: &Syntax<'_>, object: Id, out: &mut Facts) {
    members(s, object, true, out);
}

fn members(s: &Syntax<'_>, object: Id, outermost: bool, out: &mut Facts) {
    for pair in s.parts(object).filter(|p| s.kind(*p) == "pair") {
        let (Some(key), Some(value)) = (s.field(pair, "key"), s.field(pair, "value")) else { continue };
        let name = s.string(key).unwrap_or_else(|| s.text(key).to_owned());
        if s.kind(value) == "object" && !is_variable(&name) {
            // `createEnv({ server: { … } })`.
            if outermost && matches!(name.as_str(), "server" | "shared") {
                members(s, value, false, out);
            }
            continue;
        }
        let said = chain(s, value);
        let must = !said.optional && said.default.is_none() && said.known;
        out.read(Read { name, default: said.default, must, description: said.description, line: s.line(pair) });
    }
}

#[derive(Default)]
struct Said {
    /// It is a call at all: a schema, not some other value.
    known: bool,
    optional: bool,
    default: Option<String>,
    description: Option<String>,
}

/// `z.string().min(1).default("x").describe("…")`, `str({ default: "x", desc: "…" })`.
fn chain(s: &Syntax<'_>, value: Id) -> Said {
    let mut said = Said::default();
    let mut at = Some(value);
    let mut steps = 0;
    while let Some(call) = at.filter(|c| s.kind(*c) == "call_expression" && steps < 40) {
        steps += 1;
        said.known = true;
        let function = s.field(call, "function");
        let called = function.and_then(|f| s.field(f, "property").or(Some(f))).map_or("", |f| s.text(f));
        let argument = s.field(call, "arguments").and_then(|a| s.parts(a).next());
        let literal = |id: Option<Id>| id.map(|i| s.string(i).unwrap_or_else(|| plain(s, i)));
        match called {
            "optional" | "nullish" | "nullable" | "catch" => said.optional = true,
            "default" | "prefault" => said.default = literal(argument),
            "describe" => said.description = literal(argument).filter(|d| !d.is_empty()),
            _ => {
                for pair in argument.filter(|a| s.kind(*a) == "object").into_iter().flat_map(|o| s.parts(o)) {
                    let value = s.field(pair, "value");
                    match s.field(pair, "key").map_or("", |k| s.text(k)) {
                        "default" | "devDefault" => said.default = literal(value),
                        "desc" | "description" => said.description = literal(value).filter(|d| !d.is_empty()),
                        _ => {}
                    }
                }
            }
        }
        at = function.and_then(|f| s.field(f, "object"));
    }
    said
}

fn plain(s: &Syntax<'_>, id: Id) -> String {
    if matches!(s.kind(id), "number" | "true" | "false") { s.text(id).to_owned() } else { String::new() }
}
