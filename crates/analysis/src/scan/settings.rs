//! Classes of settings in Python: pydantic's `BaseSettings`.

use super::facts::{Facts, Read, is_variable};
use super::syntax::{Id, Syntax};

/// Reads the fields of a class whose base is `BaseSettings`.
pub(super) fn read(s: &Syntax<'_>, class: Id, out: &mut Facts) {
    let bases = s.field(class, "superclasses").map_or("", |b| s.text(b));
    let Some(body) = s.field(class, "body").filter(|_| bases.len() < 200 && bases.contains("BaseSettings")) else {
        return;
    };
    let prefix = prefix(s, body);
    for statement in s.parts(body) {
        let Some(field) = s.parts(statement).next().filter(|f| s.kind(*f) == "assignment") else { continue };
        let (Some(left), Some(kind)) = (s.field(field, "left"), s.field(field, "type")) else { continue };
        let own = s.text(left);
        if own.starts_with('_') || own == "model_config" || s.text(kind).starts_with("ClassVar") {
            continue;
        }
        let said = said(s, s.field(field, "right"));
        let names = if said.names.is_empty() { vec![format!("{prefix}{}", own.to_uppercase())] } else { said.names };
        // Of several names for one field none is needed by itself.
        let must = said.must && names.len() == 1 && !optional(s.text(kind));
        for name in names.into_iter().filter(|n| is_variable(n)) {
            let (default, description) = (said.default.clone(), said.description.clone());
            out.read(Read { name, default, must, description, line: s.line(field) });
        }
    }
}

fn optional(kind: &str) -> bool {
    kind.starts_with("Optional") || kind.contains("| None") || kind.starts_with("None |")
}

#[derive(Default)]
struct Said {
    must: bool,
    default: Option<String>,
    description: Option<String>,
    names: Vec<String>,
}

fn said(s: &Syntax<'_>, value: Option<Id>) -> Said {
    let Some(value) = value else { return Said { must: true, ..Said::default() } };
    let field = s.kind(value) == "call" && s.field(value, "function").is_some_and(|f| s.text(f).ends_with("Field"));
    let Some(arguments) = s.field(value, "arguments").filter(|_| field) else {
        return Said { default: Some(literal(s, value)), ..Said::default() };
    };
    let mut said = Said { must: true, ..Said::default() };
    for (index, argument) in s.parts(arguments).take(30).enumerate() {
        let (key, value) = if s.kind(argument) == "keyword_argument" {
            let (Some(key), Some(value)) = (s.field(argument, "name"), s.field(argument, "value")) else { continue };
            (s.text(key), value)
        } else if index == 0 {
            ("default", argument)
        } else {
            continue;
        };
        match key {
            "default" if matches!(s.kind(value), "ellipsis") || s.text(value) == "..." => {}
            "default" => (said.must, said.default) = (false, Some(literal(s, value)).filter(|d| !d.is_empty())),
            "default_factory" => said.must = false,
            "description" => said.description = s.string(value),
            "alias" | "validation_alias" | "env" => {
                let strings = std::iter::once(value).chain(s.inside(value, 60)).filter_map(|i| s.string(i));
                said.names = strings.map(|n| n.to_uppercase()).collect();
            }
            _ => {}
        }
    }
    said
}

/// `SettingsConfigDict(env_prefix="X_")`, or the inner class of older versions.
fn prefix(s: &Syntax<'_>, body: Id) -> String {
    let named = |id: Id| match s.kind(id) {
        "keyword_argument" => Some((s.field(id, "name")?, s.field(id, "value")?)),
        "assignment" => Some((s.field(id, "left")?, s.field(id, "right")?)),
        "pair" => Some((s.field(id, "key")?, s.field(id, "value")?)),
        _ => None,
    };
    let found =
        s.inside(body, 4000).filter_map(named).find(|(n, _)| s.text(*n).trim_matches(['"', '\'']) == "env_prefix");
    found.and_then(|(_, v)| s.string(v)).unwrap_or_default().to_uppercase()
}

fn literal(s: &Syntax<'_>, id: Id) -> String {
    match s.kind(id) {
        "integer" | "float" => s.text(id).to_owned(),
        "true" => "true".to_owned(),
        "false" => "false".to_owned(),
        _ => s.string(id).unwrap_or_default(),
    }
}
