//! Variables that a README sets in its code blocks outside of a launch: `export NAME=value`, `NAME=value`.

use super::build::{open, suggest};
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_http_mode, is_noise_env, is_placeholder, looks_path};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::KeyValue;
use std::collections::BTreeMap;

/// Most code blocks that are looked at.
const MOST: usize = 120;

/// The variables of one code block.
pub(super) struct Block {
    pub(super) inputs: Inputs,
    pub(super) kind: Kind,
}

/// What a code block with variables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It starts the server as well.
    Start,
    /// Nothing but a piece of a settings file.
    Piece,
    Other,
}

/// Reads them, each code block by itself, all optional. `starts` knows the server's own command lines.
pub(super) fn read(doc: &Doc, starts: impl Fn(&str) -> bool) -> Vec<Block> {
    let mut all = Vec::new();
    for (start, block) in doc.blocks().iter().take(MOST) {
        let mut out = Inputs::default();
        let (mut lines, mut pieces) = (0_usize, 0_usize);
        let settings = !block.contains("\"command\"") && !block.contains("\"url\"");
        for (line, text) in (start + 1..).zip(block.lines()) {
            lines += usize::from(!text.trim().is_empty());
            let piece = if settings { piece(text) } else { None };
            pieces += usize::from(piece.is_some());
            let Some((name, value)) = piece.or_else(|| assignment(text)) else { continue };
            if is_noise_env(name) || out.env.len() >= 30 || out.env.iter().any(|f| f.item.name == name) {
                continue;
            }
            let mut input = open(name, value, &BTreeMap::new());
            if !is_placeholder(value) && !looks_path(value) && !value.contains('$') {
                suggest(&mut input, value);
            }
            let quote = format!("{name}={}", if input.is_secret { "…" } else { value });
            let item = KeyValue { name: name.to_owned(), input };
            let mut found = Found::new(item, doc.at(Some(line)), quote, Confidence::Low).aside();
            found.special = is_proxy(name);
            out.env.push(found);
        }
        if out.env.is_empty() {
            continue;
        }
        let section = doc.section(*start);
        let serves = out.env.iter().any(|f| {
            let values = [&f.item.input.default, &f.item.input.placeholder];
            values.into_iter().flatten().any(|value| is_http_mode(&f.item.name, value))
        });
        for found in &mut out.env {
            found.special |= section.is_developers() || serves && !found.item.input.is_secret;
        }
        let kind = match () {
            () if lines == pieces => Kind::Piece,
            () if block.lines().take(200).any(|l| starts(l.trim().trim_start_matches("$ "))) => Kind::Start,
            () => Kind::Other,
        };
        all.push(Block { inputs: out, kind });
    }
    all
}

/// The proxy that a whole computer uses.
fn is_proxy(name: &str) -> bool {
    matches!(name, "HTTP_PROXY" | "HTTPS_PROXY" | "NO_PROXY" | "ALL_PROXY")
}

/// A line of a settings file's `env`: `"NAME": "value",`.
fn piece(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim().strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let (value, rest) = rest.strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim_start_matches([',', ' ']);
    let ends = rest.is_empty() || rest.starts_with("//") || rest.starts_with('#');
    (is_capitals(name) && is_env_name(name) && ends).then_some((name, value))
}

fn is_capitals(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// A line that only sets a variable, in whichever shell's words.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches("$ ");
    let line = ["export ", "set ", "$env:", "ENV "].iter().find_map(|w| line.strip_prefix(w)).unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let value = value.trim();
    let (value, rest) = match value.chars().next().filter(|c| "'\"".contains(*c)) {
        Some(quote) => value[1..].split_once(quote)?,
        None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
    };
    // More words after the value are a command that gets the variable: a launch, which is read elsewhere.
    let ends = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    (is_capitals(name) && is_env_name(name) && ends).then_some((name, value))
}
