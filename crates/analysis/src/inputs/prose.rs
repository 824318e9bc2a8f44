//! What a README says about a variable outside its code: tables and lists.

use super::build::{open, suggest};
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_noise_env, is_placeholder};
use crate::text::clean;
use catwalk_domain::Confidence;
use catwalk_domain::manifest::KeyValue;
use std::collections::BTreeMap;

/// Most variables of one document.
const MOST: usize = 40;
/// Most variables that are taken from one document.
const MAX_SAID: usize = 400;

/// A line of a table or list that speaks of a variable.
struct Said {
    name: String,
    text: String,
    line: u32,
    /// Line where its table or list begins.
    group: u32,
    /// Its heading says that these are the settings.
    headed: bool,
    required: Option<bool>,
    default: Option<String>,
}

/// The variables that tables and lists name, each table and list by itself; whether it is headed as the configuration.
pub(super) fn read(doc: &Doc) -> Vec<(bool, Inputs)> {
    let mut out: Vec<(u32, bool, Inputs)> = Vec::new();
    let mut count = 0;
    for words in lines(&doc.text) {
        if is_noise_env(&words.name) || count >= MOST {
            continue;
        }
        count += 1;
        let found = found(doc, &words);
        match out.iter_mut().find(|(group, ..)| *group == words.group) {
            Some((.., inputs)) => inputs.env.push(found),
            None => out.push((words.group, words.headed, Inputs { env: vec![found], ..Inputs::default() })),
        }
    }
    out.into_iter().map(|(_, headed, inputs)| (headed, inputs)).collect()
}

fn found(doc: &Doc, words: &Said) -> Found<KeyValue> {
    let mut input = open(&words.name, "", &BTreeMap::new());
    let must = words.required.or(words.default.is_some().then_some(false));
    input.is_required = must == Some(true);
    if let Some(default) = &words.default {
        suggest(&mut input, default);
    }
    input.description = Some(words.text.clone()).filter(|t| !t.is_empty());
    let item = KeyValue { name: words.name.clone(), input };
    let quote = format!("{}: {}", words.name, words.text);
    Found::new(item, doc.at(Some(words.line)), quote, Confidence::Medium).saying(must).aside()
}

/// Table rows and list items whose first words are a variable's name.
fn lines(text: &str) -> Vec<Said> {
    let mut out: Vec<Said> = Vec::new();
    let mut code = false;
    let mut header: Vec<String> = Vec::new();
    let mut group = 0;
    let mut settings = false;
    for (number, line) in (1..).zip(text.lines()) {
        let raw = line;
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            code = !code;
        }
        if code || line.len() > 2000 {
            continue;
        }
        // A table ends with its last row, a list at the next heading or at a paragraph.
        let listed = line.starts_with(['-', '*', '+', '|', '`']);
        if group == 0 && listed {
            group = number;
        } else if line.starts_with('#') || !listed && !line.is_empty() && !raw.starts_with([' ', '\t']) {
            group = 0;
        }
        if let Some(title) = line.strip_prefix("##") {
            // Headings that name variables belong together.
            let title_words = title.to_lowercase();
            settings = title_words.contains("environment variable")
                || matches!(
                    title_words.trim_matches(|c: char| !c.is_alphabetic()),
                    "configuration" | "settings" | "configuration options"
                );
            let said = item(&format!("- {}", title.trim_start_matches('#').trim()), number);
            if let Some(said) = said.filter(|s| !out.iter().any(|o| o.name == s.name)) {
                out.push(Said { group: u32::MAX, ..said });
            }
            header.clear();
            continue;
        }
        let said = if line.starts_with('|') {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            if header.is_empty() {
                header = cells.iter().map(|c| c.to_lowercase()).collect();
            }
            row(&cells, &header, number)
        } else {
            header.clear();
            item(line, number)
        };
        if let Some(said) = said.map(|s| Said { group, headed: settings, ..s })
            && out.len() < MAX_SAID
            && !out.iter().any(|s| s.name == said.name)
        {
            out.push(said);
        }
    }
    out
}

/// A variable's name: capitals with an underscore, in a text's first word.
fn variable(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['*', '`', '-', '+', ' ', '_']);
    let end = text.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let good = name.len() >= 5
        && name.contains('_')
        && !name.ends_with('_')
        && is_env_name(name)
        && !rest.starts_with(|c: char| c.is_alphanumeric());
    good.then_some((name, rest))
}

fn row(cells: &[&str], header: &[String], line: u32) -> Option<Said> {
    let (name, _) = variable(cells.first()?)?;
    let column = |words: &[&str]| {
        let index = header.iter().position(|h| words.iter().any(|w| h.contains(w)))?;
        cells.get(index).copied().filter(|_| index > 0)
    };
    let required = column(&["required", "mandatory"]).map(|cell| {
        let cell = cell.to_lowercase();
        (cell.contains("yes")
            || cell.contains('✅')
            || cell.contains("true")
            || cell.starts_with("required")
            || cell.contains('✓'))
            && !cell.contains("if ")
            && !cell.contains("no")
            && !cell.contains('*')
    });
    let text = column(&["description", "purpose", "meaning", "what"])
        .or_else(|| cells.iter().skip(1).copied().max_by_key(|c| c.len()));
    let text = text.map(plain).unwrap_or_default();
    let default = column(&["default"]).map(plain).filter(|d| usable_default(d));
    let required = required.or_else(|| requirement(&text));
    Some(Said { name: name.to_owned(), text, line, group: 0, headed: false, required, default })
}

fn item(line: &str, number: u32) -> Option<Said> {
    if !line.starts_with(['-', '*', '+', '`']) {
        return None;
    }
    let (name, rest) = variable(line)?;
    let text = plain(rest.trim_start_matches(['`', '*', ':', '-', '–', '—', ' ', '=']));
    Some(Said {
        name: name.to_owned(),
        required: requirement(&text),
        text,
        line: number,
        group: 0,
        headed: false,
        default: None,
    })
}

fn requirement(text: &str) -> Option<bool> {
    let lower = text.to_lowercase();
    let start: String = lower.chars().take(60).collect();
    if lower.contains("optional") || lower.contains("default") || lower.contains("not required") {
        Some(false)
    } else if start.contains("(required)") || start.starts_with("required") || start.contains("**required**") {
        Some(true)
    } else {
        None
    }
}

fn usable_default(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 100
        && !["-", "—", "–", "none", "n/a", "null", "required", "unset", "not set", "auto", "(none)", "empty"]
            .contains(&text.to_lowercase().as_str())
        && !is_placeholder(text)
        && !text.contains(' ')
}

/// Markdown marks off, one short line. Links keep their address: people are shown where to get a key.
fn plain(text: &str) -> String {
    let mut out = text.replace(['`', '*'], "").replace("](", " (");
    out.retain(|c| c != '[');
    clean(&out, 200)
}
