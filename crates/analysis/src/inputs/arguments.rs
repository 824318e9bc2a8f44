//! The arguments that launches show, and the folders that their containers are given.

use super::build::{Part, fixed_flag, fixed_word, open, open_flag, open_word, parts, suggest};
use super::launches::{found, most};
use super::{Found, Inputs};
use crate::doc::{Doc, Printed};
use crate::infer::{is_placeholder, is_secret_name, looks_path};
use catwalk_domain::manifest::{Argument, ArgumentKind, Format, Input};
use std::collections::BTreeMap;

/// Most optional arguments that are taken over.
const MAX_OPTIONAL: usize = 12;

/// Folders of the user's computer that a container is given.
pub(super) fn volumes(doc: &Doc, primary: &Printed, out: &mut Inputs) {
    for volume in &primary.recipe.volumes {
        let Some((host, inside)) = volume.rsplit_once(":/") else { continue };
        if !is_placeholder(host) && !looks_path(host) {
            continue;
        }
        let name = "directory".to_owned();
        let input = Input { is_required: true, format: Some(Format::Filepath), ..Input::default() };
        let template = Input {
            value: Some(format!("{{{name}}}:/{inside}")),
            variables: BTreeMap::from([(name, input)]),
            ..Input::default()
        };
        let argument =
            Argument { kind: ArgumentKind::Named, name: Some("-v".to_owned()), input: template, ..Argument::default() };
        out.runtime.push(found(doc, primary, argument, volume));
    }
}

fn open_words(printed: &Printed) -> usize {
    let open = |p: &Part| matches!(p, Part::Word(w) if is_placeholder(w) || looks_path(w));
    parts(&printed.recipe.args).iter().filter(|p| open(p)).count()
}

/// Those of the model, and what of it must be given.
pub(super) fn arguments(doc: &Doc, primary: &Printed, set: &[&Printed], out: &mut Inputs) {
    let prompts = &primary.recipe.prompts;
    for part in parts(&primary.recipe.args) {
        let (argument, quote) = match part {
            Part::Word(word) if is_placeholder(&word) || looks_path(&word) => {
                let mut argument = open_word(&word, prompts);
                argument.input.is_required = most(set, |p| open_words(p) > 0);
                let same = |last: &Found<Argument>| {
                    last.item.kind == ArgumentKind::Positional
                        && last.item.value_hint == argument.value_hint
                        && last.item.input.format == Some(Format::Filepath)
                };
                if let Some(last) = out.args.last_mut().filter(|l| same(l)) {
                    last.item.is_repeated = true;
                    last.quote = format!("{} {word}", last.quote);
                    continue;
                }
                (argument, word)
            }
            Part::Word(word) => (fixed_word(&word), word),
            Part::Flag { name, value: None, joined } => (fixed_flag(&name, None, joined), name),
            Part::Flag { name, value: Some(value), joined } => {
                let quote = format!("{name} {value}");
                (flag(&name, &value, joined, prompts, set), quote)
            }
        };
        out.args.push(found(doc, primary, argument, &quote));
    }
}

fn flag(
    name: &str,
    value: &str,
    joined: bool,
    prompts: &std::collections::BTreeMap<String, crate::recipe::Prompt>,
    set: &[&Printed],
) -> Argument {
    let sample = |v: &str| is_placeholder(v) || looks_path(v) || is_secret_name(name);
    let given = |p: &Printed| {
        parts(&p.recipe.args).into_iter().find_map(|part| match part {
            Part::Flag { name: n, value: Some(v), .. } if n == name => Some(v),
            _ => None,
        })
    };
    if !sample(value) {
        if ["stdio", "--transport", "--mode"].iter().any(|f| *f == value || *f == name) {
            return fixed_flag(name, Some(value), joined);
        }
        let mut input = open(name, value, prompts);
        suggest(&mut input, value);
        return open_flag(name, input, joined);
    }
    let mut input = open(name, value, prompts);
    // A sample that is a plain path (`~/test.db`) shows a choice; a stand-in (`/path/to/db`) must be filled.
    let id = value.strip_prefix("${input:").and_then(|s| s.strip_suffix('}'));
    let prompted = id.and_then(|id| prompts.get(id)).is_some_and(|p| p.default.as_ref().is_some_and(|d| !d.is_empty()));
    let must = is_placeholder(value) && !prompted && set.iter().all(|p| given(p).is_some());
    input.is_required = must && set.iter().filter_map(|p| given(p)).all(|v| is_placeholder(&v));
    open_flag(name, input, joined)
}

/// Flags that other launches show become optional questions.
pub(super) fn optional_flags(doc: &Doc, primary: &Printed, ours: &[&Printed], out: &mut Inputs) {
    let model = parts(&primary.recipe.args);
    let mut names: Vec<String> = model
        .iter()
        .filter_map(|p| match p {
            Part::Flag { name, .. } => Some(name.clone()),
            Part::Word(_) => None,
        })
        .collect();
    for other in ours {
        let theirs = parts(&other.recipe.args);
        // Another subcommand has flags of its own.
        let foreign =
            |p: &Part| matches!(p, Part::Word(w) if !model.contains(p) && !is_placeholder(w) && !looks_path(w));
        if theirs.iter().any(foreign) {
            continue;
        }
        for part in theirs {
            let Part::Flag { name, value, joined } = part else { continue };
            let plain = ["--help", "-h", "--version", "--port", "-p", "--host", "--transport"].contains(&name.as_str());
            if plain || names.contains(&name) || names.len() > MAX_OPTIONAL {
                continue;
            }
            let mut input = open(&name, value.as_deref().unwrap_or_default(), &other.recipe.prompts);
            if value.is_none() {
                input.format = Some(Format::Boolean);
            }
            let joined = joined && value.is_some();
            out.args.push(found(doc, other, open_flag(&name, input, joined), &name));
            names.push(name);
        }
    }
    // Positionals first would change their place: flags learned elsewhere go before the model's words.
    let (flags, model): (Vec<_>, Vec<_>) = std::mem::take(&mut out.args).into_iter().partition(|f| {
        f.item.kind == ArgumentKind::Named
            && !model.iter().any(|p| matches!(p, Part::Flag { name, .. } if f.item.name.as_ref() == Some(name)))
    });
    let repeated = model.iter().any(|f| f.item.is_repeated);
    out.args =
        if repeated { flags.into_iter().chain(model).collect() } else { model.into_iter().chain(flags).collect() };
}
