//! What a `server.json` hides in the arguments of the container engine: `-e NAME={variable}` and volumes.

use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_noise_env, is_secret_name};
use crate::text::line_of;
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{Argument, ArgumentKind, Input, KeyValue};

/// Reads them; everything else that the engine would be told is left out.
pub(super) fn read(doc: &Doc, arguments: &[Argument], out: &mut Inputs) {
    let mut rest = arguments.iter().peekable();
    while let Some(argument) = rest.next() {
        let word = argument.name.as_deref().or(argument.input.value.as_deref()).unwrap_or_default();
        let (flag, inline) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value.to_owned())));
        let own = argument.name.as_ref().and(argument.input.value.clone().or(argument.input.default.clone()));
        let mut source = argument;
        let mut value = inline.or(own);
        if value.is_none()
            && matches!(flag, "-e" | "--env" | "-v" | "--volume" | "--mount")
            && let Some(next) = rest.next_if(|a| a.kind == ArgumentKind::Positional)
        {
            source = next;
            value = next.input.value.clone().or(next.value_hint.clone());
        }
        let Some(value) = value else { continue };
        match flag {
            "-e" | "--env" => variable(doc, &value, &source.input, out),
            "-v" | "--volume" | "--mount" if !source.input.variables.is_empty() => {
                let origin = doc.at(line_of(&doc.text, &value));
                let input = source.input.clone();
                let name = Some(flag.to_owned());
                let item = Argument { kind: ArgumentKind::Named, name, input, ..Argument::default() };
                out.runtime.push(Found::new(item, origin, value, Confidence::High));
            }
            _ => {}
        }
    }
}

/// `NAME`, `NAME={variable}` or `NAME=value`.
fn variable(doc: &Doc, text: &str, around: &Input, out: &mut Inputs) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    if !is_env_name(name) || is_noise_env(name) || out.env.iter().any(|f| f.item.name == name) {
        return;
    }
    let inner = value.strip_prefix('{').and_then(|v| v.strip_suffix('}')).and_then(|v| around.variables.get(v));
    let mut input = match (inner, value) {
        (Some(inner), _) => inner.clone(),
        (None, "") => Input { is_required: around.is_required, ..Input::default() },
        // A value that is always the same is no question.
        (None, fixed) => Input { value: Some(fixed.to_owned()), ..Input::default() },
    };
    input.is_secret |= is_secret_name(name);
    input.description = input.description.take().or_else(|| around.description.clone());
    let said = input.is_required.then_some(true);
    let origin = doc.at(line_of(&doc.text, name));
    let item = KeyValue { name: name.to_owned(), input };
    out.env.push(Found::new(item, origin, text, Confidence::High).saying(said));
}
