//! Variables that a README sets in its code blocks outside of a launch: `export NAME=value`, `NAME=value`.

use super::build::{open, suggest};
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_noise_env, is_placeholder, looks_path};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::KeyValue;
use std::collections::BTreeMap;

/// Most code blocks that are looked at.
const MOST: usize = 120;

/// Reads them, each code block by itself, all optional.
pub(super) fn read(doc: &Doc) -> Vec<Inputs> {
    let mut all = Vec::new();
    for (start, block) in doc.blocks().iter().take(MOST) {
        let mut out = Inputs::default();
        for (line, text) in (start + 1..).zip(block.lines()) {
            let Some((name, value)) = assignment(text) else { continue };
            if is_noise_env(name) || out.env.len() >= 30 || out.env.iter().any(|f| f.item.name == name) {
                continue;
            }
            let mut input = open(name, value, &BTreeMap::new());
            if !is_placeholder(value) && !looks_path(value) && !value.contains('$') {
                suggest(&mut input, value);
            }
            let quote = format!("{name}={}", if input.is_secret { "…" } else { value });
            let item = KeyValue { name: name.to_owned(), input };
            out.env.push(Found::new(item, doc.at(Some(line)), quote, Confidence::Low).aside());
        }
        if !out.env.is_empty() {
            all.push(out);
        }
    }
    all
}

/// A line that only sets a variable, in whichever shell's words.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches("$ ");
    let line = ["export ", "set ", "$env:", "ENV "].iter().find_map(|w| line.strip_prefix(w)).unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let capitals = name.contains('_') && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let value = value.trim();
    let (value, rest) = match value.chars().next().filter(|c| "'\"".contains(*c)) {
        Some(quote) => value[1..].split_once(quote)?,
        None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
    };
    // More words after the value are a command that gets the variable: a launch, which is read elsewhere.
    let ends = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    (capitals && is_env_name(name) && ends).then_some((name, value))
}
