//! What a README says about a variable outside its code: tables and lists.

mod names;

use super::build::{open, suggest};
use super::merge::family;
use super::{Adds, Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_noise_env, is_operational, is_placeholder};
use crate::text::clean;
use catwalk_domain::Confidence;
use catwalk_domain::manifest::KeyValue;
use names::{after_words, numbered, variables};
use std::collections::BTreeMap;

/// Most variables of one document.
const MOST: usize = 40;
/// Most variables that are taken from one document.
const MAX_SAID: usize = 400;

/// More variables than this under one heading are for special uses, too.
const MAX_HEADED: usize = 5;
/// The group of all variables that have headings of their own.
const HEADINGS: u32 = u32::MAX;

/// A line of a table or list that speaks of a variable.
struct Said {
    name: String,
    text: String,
    line: u32,
    /// Line where its table or list begins.
    group: u32,
    /// Its heading says that these are the settings.
    headed: bool,
    /// It is about a use that few have: serving others, developing.
    special: bool,
    required: Option<bool>,
    default: Option<String>,
}

/// The variables that tables and lists name, each table and list by itself, and which of them are taken over.
pub(super) fn read(doc: &Doc) -> Vec<(Adds, Inputs)> {
    let mut out: Vec<(u32, bool, Inputs)> = Vec::new();
    let mut count = 0;
    for words in lines(doc) {
        if is_noise_env(&words.name) || count >= MOST {
            continue;
        }
        count += 1;
        let mut found = found(doc, &words);
        found.special = words.special;
        match out.iter_mut().find(|(group, ..)| *group == words.group) {
            Some((.., inputs)) => inputs.env.push(found),
            None => out.push((words.group, words.headed, Inputs { env: vec![found], ..Inputs::default() })),
        }
    }
    for (.., inputs) in &mut out {
        // Most of it is about operating the server: so is what stands alone among the rest.
        let used = inputs.env.iter().map(|f| &f.item.name).filter(|n| !is_operational(n));
        let families: Vec<String> = used.map(|n| family(n)).collect();
        if families.len() * 2 < inputs.env.len() {
            let alone = |name: &str| families.iter().filter(|f| **f == family(name)).count() < 2;
            inputs.env.iter_mut().filter(|f| alone(&f.item.name)).for_each(|f| f.special = true);
        }
    }
    let adds = |group: u32, headed: bool, inputs: &Inputs| {
        let few = inputs.env.iter().filter(|f| !is_operational(&f.item.name)).count() <= MAX_HEADED;
        if headed && (few || group == HEADINGS) { Adds::Used } else { Adds::Related }
    };
    out.into_iter().map(|(group, headed, inputs)| (adds(group, headed, &inputs), inputs)).collect()
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

/// Table rows, list items and headings whose first words are a variable's name.
fn lines(doc: &Doc) -> Vec<Said> {
    let mut out: Vec<Said> = Vec::new();
    let mut code = false;
    let mut header: Vec<String> = Vec::new();
    let mut group = 0;
    let mut settings = false;
    // Depth of the heading that says that variables follow.
    let mut variables_from = usize::MAX;
    let mut announced = false;
    // Whether the heading says that what follows must, or need not, be given.
    let mut must: Option<bool> = None;
    for (number, line) in (1..).zip(doc.text.lines()) {
        let raw = line;
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            code = !code;
        }
        if code || line.len() > 2000 {
            continue;
        }
        // A table ends with its last row, a list at the next heading or at a paragraph.
        let listed = line.starts_with(['-', '*', '+', '|', '`']) || numbered(line).is_some();
        if group == 0 && listed {
            group = number;
        } else if line.starts_with('#') || !listed && !line.is_empty() && !raw.starts_with([' ', '\t']) {
            group = 0;
        }
        if !listed && !line.is_empty() && !raw.starts_with([' ', '\t']) {
            announced = line.to_lowercase().contains("environment variable") && line.ends_with(':');
        }
        let mut new: Vec<Said> = Vec::new();
        if let Some(title) = line.strip_prefix("##") {
            // Headings that name variables belong together.
            let title_words = title.to_lowercase();
            let depth = line.len() - line.trim_start_matches('#').len();
            let speaks = title_words.contains("environment variable");
            if speaks {
                variables_from = depth;
            } else if depth <= variables_from {
                variables_from = usize::MAX;
            }
            must = match (title_words.contains("required"), title_words.contains("optional")) {
                (true, false) if !title_words.contains("not required") => Some(true),
                (false, true) => Some(false),
                _ => None,
            };
            settings = speaks
                || must.is_some() && title_words.contains("variable")
                || matches!(
                    title_words.trim_matches(|c: char| !c.is_alphabetic()),
                    "configuration" | "settings" | "configuration options"
                );
            let listed = variables_from != usize::MAX;
            let said = item(&format!("- {}", title.trim_start_matches('#').trim()), listed);
            new.extend(said.into_iter().map(|s| Said { group: HEADINGS, headed: listed, ..s }));
            header.clear();
        } else {
            let coded = settings && variables_from != usize::MAX || announced;
            let said = if line.starts_with('|') {
                let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
                if header.is_empty() {
                    header = cells.iter().map(|c| c.to_lowercase()).collect();
                }
                row(&cells, &header, coded)
            } else {
                header.clear();
                item(line, coded)
            };
            let placed = |s: Said| Said {
                group,
                headed: s.headed || settings,
                required: s.required.or(must.filter(|_| s.default.is_none())),
                ..s
            };
            new.extend(said.into_iter().map(placed));
        }
        let aside = !new.is_empty() && out.len() < MAX_SAID && doc.section(number).is_developers();
        for said in new {
            if out.len() < MAX_SAID && !out.iter().any(|s| s.name == said.name && s.group == said.group) {
                let special = aside || is_for_http(&said.text);
                out.push(Said { line: number, special, ..said });
            }
        }
    }
    out
}

/// Whether what is said of a variable is that it only matters to who serves others over HTTP.
fn is_for_http(text: &str) -> bool {
    const ABOUT: [&str; 13] = [
        "http/sse",
        "sse/http",
        "http or sse",
        "sse or http",
        "sse and http",
        "http and sse",
        "sse server",
        "host header",
        "http transport only",
        "only for http",
        "only in http",
        "http-only",
        "http mode only",
    ];
    let lower = text.to_lowercase();
    ABOUT.iter().any(|w| lower.contains(w)) || lower.contains("only used when") && lower.contains("transport")
}

fn said(name: &str, text: String, required: Option<bool>, default: Option<String>) -> Said {
    Said { name: name.to_owned(), text, line: 0, group: 0, headed: false, special: false, required, default }
}

fn row(cells: &[&str], header: &[String], coded: bool) -> Vec<Said> {
    let Some((names, _)) = cells.first().and_then(|cell| variables(cell, coded)) else { return Vec::new() };
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
    names.into_iter().map(|name| said(name, text.clone(), required, default.clone())).collect()
}

fn item(line: &str, coded: bool) -> Vec<Said> {
    let Some(line) = numbered(line).or_else(|| Some(line).filter(|l| l.starts_with(['-', '*', '+', '`']))) else {
        return Vec::new();
    };
    // A paragraph may begin with a name; in a list or not, what follows says whether it is explained here.
    let explained = |rest: &str| {
        let rest = rest.trim_start_matches(['`', '*', ' ']);
        !rest.starts_with(|c: char| c.is_alphabetic() || c == ',') || !line.starts_with('`')
    };
    let found = variables(line, coded).filter(|(_, rest)| explained(rest)).map(|(names, rest)| (names, rest, ""));
    let Some((names, rest, before)) = found.or_else(|| after_words(line)) else { return Vec::new() };
    let text = plain(rest.trim_start_matches(['`', '*', ':', '-', '–', '—', ' ', '=']));
    let required = requirement(&text).or_else(|| requirement(before));
    let text = if before.is_empty() { text } else { plain(&format!("{before} {text}")) };
    let headed = !before.is_empty();
    names.into_iter().map(|name| Said { headed, ..said(name, text.clone(), required, None) }).collect()
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
