//! Variables that running text calls by that name: "set the `NAME` environment variable".

use super::build::open;
use super::merge::family;
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_noise_env, is_operational, is_switch};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::KeyValue;
use std::collections::BTreeMap;

/// Most that are taken.
const MOST: usize = 6;
/// Longest paragraph that is looked at.
const MAX_PARAGRAPH: usize = 4000;

/// A name in code letters: where the letters begin and end, marks included.
#[derive(Clone, Copy)]
struct Span<'a> {
    start: usize,
    end: usize,
    name: &'a str,
}

/// Those of the project's own family (`about`: words of its names) or of one that is known; any, while none is known.
pub(crate) fn read(doc: &Doc, about: &[String], known: &Inputs) -> Inputs {
    let mut out = Inputs::default();
    if known.is_listed() {
        return out;
    }
    let families: Vec<String> = known.env.iter().map(|f| family(&f.item.name)).collect();
    let nothing = known.env.iter().all(|f| is_operational(&f.item.name));
    for (line, paragraph) in paragraphs(&doc.text) {
        if !paragraph.contains('_') || out.env.len() >= MOST {
            continue;
        }
        for span in called(&paragraph) {
            let first = family(span.name);
            let own = nothing || families.contains(&first) || first.len() > 2 && about.contains(&first);
            let taken = known.has_met(span.name) || out.env.iter().any(|f| f.item.name == span.name);
            if !own || taken || out.env.len() >= MOST || is_noise_env(span.name) || is_switch(span.name) {
                continue;
            }
            if doc.section(line).is_developers() {
                break;
            }
            let below = paragraph[..span.start].matches('\n').count();
            let line = line + u32::try_from(below).unwrap_or_default();
            let item = KeyValue { name: span.name.to_owned(), input: open(span.name, "", &BTreeMap::new()) };
            let quote = paragraph.lines().nth(below).unwrap_or_default().trim();
            out.env.push(Found::new(item, doc.at(Some(line)), quote, Confidence::Low).aside());
        }
    }
    out
}

/// Paragraphs outside of code, each with its first line.
fn paragraphs(text: &str) -> Vec<(u32, String)> {
    let mut out: Vec<(u32, String)> = Vec::new();
    let (mut code, mut open) = (false, false);
    for (number, line) in (1..).zip(text.lines()) {
        let bare = line.trim();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            code = !code;
            open = false;
        } else if code || bare.is_empty() || bare.starts_with(['#', '|']) {
            open = false;
        } else if line.len() <= MAX_PARAGRAPH {
            match out.last_mut().filter(|(_, text)| open && text.len() + line.len() < MAX_PARAGRAPH) {
                Some((_, text)) => {
                    text.push('\n');
                    text.push_str(line);
                }
                None => out.push((number, line.to_owned())),
            }
            open = true;
        }
    }
    out
}

/// The names beside which stands that they are environment variables; several may share the words.
fn called(paragraph: &str) -> Vec<Span<'_>> {
    const WORDS: [&str; 3] = ["environment variable", "env var", "env variable"];
    let before = |text: &str| {
        let text = text.trim_end().trim_end_matches([':', 's']);
        let text = text[text.ceil_char_boundary(text.len().saturating_sub(24))..].to_lowercase();
        WORDS.iter().any(|w| text.ends_with(w))
    };
    let after = |text: &str| {
        let text: String = text.trim_start().chars().take(24).collect::<String>().to_lowercase();
        WORDS.iter().any(|w| text.starts_with(w))
    };
    let spans = spans(paragraph);
    let runs = spans.chunk_by(|a, b| joins(&paragraph[a.end..b.start]));
    let named = |run: &&[Span<'_>]| match (run.first(), run.last()) {
        (Some(first), Some(last)) => before(&paragraph[..first.start]) || after(&paragraph[last.end..]),
        _ => false,
    };
    runs.filter(named).flatten().copied().collect()
}

fn joins(between: &str) -> bool {
    let words = between.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    matches!(words.as_str(), "," | "and" | "or" | "/" | ", and" | ", or" | "and/or" | "&")
}

fn spans(paragraph: &str) -> Vec<Span<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    for (index, part) in paragraph.split('`').enumerate() {
        let (start, end) = (at, at + part.len());
        at = end + 1;
        let capitals = part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if index % 2 == 1 && capitals && part.contains('_') && part.len() > 4 && is_env_name(part) {
            out.push(Span { start: start - 1, end: (end + 1).min(paragraph.len()), name: part });
        }
    }
    out
}
