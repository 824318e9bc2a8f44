//! One argument or variable from how somebody wrote it down.

use crate::infer::{format_of, is_placeholder, is_secret_name, looks_folder, looks_path, looks_secret};
use crate::recipe::Prompt;
use crate::text::{clean, words};
use catwalk_domain::manifest::{Argument, ArgumentKind, Format, Input};
use std::collections::BTreeMap;

/// A word of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `--name`, with its value if one follows; `joined` when written `--name=value`.
    Flag { name: String, value: Option<String>, joined: bool },
    /// A word by its place.
    Word(String),
}

/// Flags that take no value, so that the word after them stands by itself.
const SWITCHES: [&str; 14] = [
    "--stdio",
    "--yes",
    "-y",
    "--read-only",
    "--readonly",
    "--headless",
    "--verbose",
    "-v",
    "--debug",
    "--isolated",
    "--local",
    "--no-auth",
    "--quiet",
    "--allow-write",
];

/// Reads the words after a package name.
pub(super) fn parts(args: &[String]) -> Vec<Part> {
    let mut out = Vec::new();
    let mut rest = args.iter().peekable();
    while let Some(word) = rest.next() {
        let is_flag = word.starts_with('-') && word.len() > 1 && !word[1..].starts_with(|c: char| c.is_ascii_digit());
        if !is_flag {
            out.push(Part::Word(word.clone()));
        } else if let Some((name, value)) = word.split_once('=') {
            out.push(Part::Flag { name: name.to_owned(), value: Some(value.to_owned()), joined: true });
        } else {
            let takes = !SWITCHES.contains(&word.as_str()) && !word.starts_with("--no-");
            let value = rest.next_if(|next| takes && !next.starts_with('-')).cloned();
            out.push(Part::Flag { name: word.clone(), value, joined: false });
        }
    }
    out
}

/// An input that the user fills, from its name and a sample of its value.
pub(super) fn open(name: &str, sample: &str, prompts: &BTreeMap<String, Prompt>) -> Input {
    let prompt = sample.strip_prefix("${input:").and_then(|s| s.strip_suffix('}')).and_then(|id| prompts.get(id));
    let secret = is_secret_name(name) || looks_secret(sample) || prompt.is_some_and(|p| p.secret);
    let mut input =
        Input { is_secret: secret, format: format_of(name, sample).filter(|_| !secret), ..Input::default() };
    if let Some(prompt) = prompt {
        input.description = prompt.description.as_deref().map(|d| clean(d, 300)).filter(|d| !d.is_empty());
        let default = prompt.default.clone().filter(|d| !d.is_empty() && !secret);
        input.choices = Some(prompt.options.clone()).filter(|o| !o.is_empty());
        if let Some(default) = default {
            if input.format.is_none() {
                input.format = format_of(name, &default);
            }
            suggest(&mut input, &default);
        }
    } else if !secret && !sample.is_empty() && !sample.contains("${") && !sample.contains("{{") {
        let shown = clean(sample, 100);
        input.placeholder = Some(shown).filter(|s| s.chars().any(char::is_alphanumeric));
    }
    input
}

/// Sets a default, unless it is a sample path: a relative or foreign path would be wrong on the user's computer.
pub(super) fn suggest(input: &mut Input, value: &str) {
    if input.is_secret {
        return;
    }
    if input.format == Some(Format::Filepath) || is_placeholder(value) {
        input.placeholder = Some(clean(value, 100)).filter(|v| !v.is_empty() && !v.contains("${"));
    } else {
        input.default = Some(value.to_owned());
        input.placeholder = None;
    }
}

/// A variable of which a name and a value that works are known.
pub(crate) fn sample(name: &str, value: &str) -> Input {
    let mut input = open(name, value, &BTreeMap::new());
    if !value.is_empty() && !is_placeholder(value) {
        suggest(&mut input, value);
    }
    input
}

/// What a positional stands for, by its sample.
pub(super) fn hint(sample: &str) -> String {
    let inner = sample.trim_matches(|c| "<>{}[]$".contains(c)).trim_start_matches("input:");
    if looks_path(sample) || sample.contains("workspaceFolder") {
        return if looks_folder(sample) { "folder".to_owned() } else { "file".to_owned() };
    }
    if sample.contains("://") {
        let scheme = sample.split("://").next().unwrap_or_default();
        return if scheme.starts_with("http") { "url".to_owned() } else { "database_url".to_owned() };
    }
    let name = words(inner).join("_");
    let usable = !name.is_empty() && name.len() <= 40 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if usable { name } else { "argument".to_owned() }
}

/// A positional argument that the user fills.
pub(super) fn open_word(sample: &str, prompts: &BTreeMap<String, Prompt>) -> Argument {
    let hint = hint(sample);
    let mut input = open(&hint, sample, prompts);
    if sample.contains("://") && !sample.starts_with("http") {
        input.is_secret = true;
        input.placeholder = None;
    }
    Argument { kind: ArgumentKind::Positional, value_hint: Some(hint), input, ..Argument::default() }
}

/// A word that is always there as it stands.
pub(super) fn fixed_word(word: &str) -> Argument {
    let input = Input { value: Some(literal(word)), ..Input::default() };
    Argument { kind: ArgumentKind::Positional, input, ..Argument::default() }
}

/// A flag that is always there; with a value, the value too.
pub(super) fn fixed_flag(name: &str, value: Option<&str>, joined: bool) -> Argument {
    match value {
        Some(value) if joined => fixed_word(&format!("{name}={value}")),
        Some(value) => named(name, Input { value: Some(literal(value)), ..Input::default() }),
        None => named(name, Input::default()),
    }
}

/// A flag whose value the user fills. `--name=value` must stay one word, so it becomes a template.
pub(super) fn open_flag(name: &str, mut input: Input, joined: bool) -> Argument {
    if !joined {
        // Nothing said about it would make it a bare flag.
        if input == Input::default() {
            input.format = Some(Format::String);
        }
        return named(name, input);
    }
    let variable = words(name).join("_");
    let template = Input {
        value: Some(format!("{name}={{{variable}}}")),
        variables: BTreeMap::from([(variable, input)]),
        ..Input::default()
    };
    Argument { kind: ArgumentKind::Positional, input: template, ..Argument::default() }
}

fn named(name: &str, input: Input) -> Argument {
    Argument { kind: ArgumentKind::Named, name: Some(name.to_owned()), input, ..Argument::default() }
}

/// Braces have a meaning in `value` only where `variables` name them, so a literal may keep them.
fn literal(text: &str) -> String {
    text.to_owned()
}
