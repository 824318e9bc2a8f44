//! The launches that a document prints: JSON, TOML and YAML snippets, command lines, install links, commands in running text.

mod mentions;

use super::Doc;
use crate::recipe::Recipe;
use crate::source::{recognise, snippet, split};
use base64::Engine;
use serde_json::Value;

/// Most launches that are looked at.
const MAX_RECIPES: usize = 80;
/// Longest install link.
const MAX_LINK: usize = 8 << 10;

/// A launch as a document prints it.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    pub(crate) recipe: Recipe,
    /// 1-based line where its block begins.
    pub(crate) line: u32,
    /// From a snippet of settings rather than a shell line.
    pub(crate) json: bool,
    /// Only mentioned: an install link, or a command in running text. It names the package, but may leave things out.
    pub(crate) mention: bool,
}

pub(super) fn read(doc: &Doc) -> Vec<Printed> {
    if doc.is_json() {
        let json = |recipe| Printed { recipe, line: 1, json: true, mention: false };
        return snippet::all(&doc.text).into_iter().take(MAX_RECIPES).map(json).collect();
    }
    let mut out = Vec::new();
    for (line, block) in doc.blocks() {
        if out.len() >= MAX_RECIPES {
            break;
        }
        let settings = settings(block);
        let json = !settings.is_empty();
        let recipes = if json { settings } else { shell(block) };
        if recipes.is_empty() && block.len() < 300 {
            let hosted = block.lines().flat_map(mentions::read);
            out.extend(hosted.map(|recipe| Printed { recipe, line: *line, json: false, mention: true }));
        }
        out.extend(recipes.into_iter().map(|recipe| Printed { recipe, line: *line, json, mention: false }));
    }
    let mut code = false;
    for (number, line) in (1..).zip(doc.text.lines()) {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            code = !code;
        }
        if code || out.len() >= MAX_RECIPES || line.len() > 64 << 10 {
            continue;
        }
        let links = links(line).into_iter().chain(inline(line)).chain(mentions::read(line));
        out.extend(links.map(|recipe| Printed { recipe, line: number, json: false, mention: true }));
    }
    out
}

/// Snippets of an app's settings, in whichever language.
fn settings(block: &str) -> Vec<Recipe> {
    if block.contains('{') {
        let straight = block.replace(['“', '”'], "\"");
        let found = snippet::all(&straight);
        if !found.is_empty() {
            return found;
        }
    }
    if block.contains("command = ") || block.contains("url = ") {
        let table = block.parse::<toml::Table>().ok().and_then(|t| serde_json::to_value(t).ok());
        return table.map(|value| snippet::of(&value)).unwrap_or_default();
    }
    let yaml = ["command:", "cmd:", "url:", "uri:"].iter().any(|key| block.contains(key));
    // Aliases could make a small text huge.
    if yaml && !block.contains('{') && !block.contains("<<:") && !block.contains(": &") && !block.contains(": *") {
        let value = serde_yaml_ng::from_str::<Value>(block).ok();
        return value.map(|value| snippet::of(&value)).unwrap_or_default();
    }
    Vec::new()
}

fn shell(block: &str) -> Vec<Recipe> {
    let joined = block.replace("\\\r\n", " ").replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#') && l.len() < 4000);
    let words = lines.filter_map(|l| split(l.strip_prefix("$ ").unwrap_or(l)).ok());
    words.filter_map(|w| recognise(&w).ok()).collect()
}

/// Install links of editors: a snippet in the query, plain or in Base64.
fn links(line: &str) -> Vec<Recipe> {
    let mut out = Vec::new();
    for mark in ["mcp/install?", "install-mcp?", "mcp%2Finstall%3F"] {
        let mut rest = line;
        while let Some(at) = rest.find(mark) {
            let tail = &rest[at + mark.len()..];
            let end = tail.find(|c: char| c.is_whitespace() || "\"'<>)`".contains(c)).unwrap_or(tail.len());
            rest = &tail[end..];
            let query = &tail[..end];
            if query.len() <= MAX_LINK && out.len() < 8 {
                out.extend(linked(&if mark.contains('%') { crate::source::decode(query) } else { query.to_owned() }));
            }
        }
    }
    out
}

fn linked(query: &str) -> Vec<Recipe> {
    let query = query.replace("&amp;", "&");
    let config =
        url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "config").map(|(_, v)| v.into_owned());
    let json = match config {
        Some(text) if text.trim_start().starts_with('{') => text,
        Some(text) => {
            let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
            let bytes = engine.decode(text.replace(' ', "+").trim_end_matches('='));
            bytes.ok().and_then(|b| String::from_utf8(b).ok()).unwrap_or_default()
        }
        None => crate::source::decode(&query),
    };
    if json.contains('{') { snippet::all(&json) } else { Vec::new() }
}

/// Commands in running text.
fn inline(line: &str) -> Vec<Recipe> {
    const STARTS: [&str; 6] = ["npx ", "uvx ", "docker run ", "pipx run ", "uv tool run ", "bunx "];
    let mut out = Vec::new();
    for code in line.split('`').skip(1).step_by(2).filter(|c| STARTS.iter().any(|s| c.starts_with(s))) {
        if out.len() < 4 {
            out.extend(split(code).ok().and_then(|words| recognise(&words).ok()));
        }
    }
    out
}

/// Packages that the document says to install by hand, e.g. `pip install x`: (from npm?, name).
pub(crate) fn installs(doc: &Doc) -> Vec<(bool, String)> {
    let mut out = Vec::new();
    for line in doc.blocks().iter().flat_map(|(_, b)| b.lines()) {
        let words: Vec<&str> = line.trim().trim_start_matches("$ ").split_whitespace().collect();
        let (npm, rest) = match words.as_slice() {
            ["npm", "install" | "i", "-g" | "--global", rest @ ..] => (true, rest),
            ["pip" | "pip3" | "pipx", "install", rest @ ..] | ["uv", "tool" | "pip", "install", rest @ ..] => {
                (false, rest)
            }
            _ => continue,
        };
        let name = rest.iter().find(|w| !w.starts_with('-')).copied().unwrap_or_default();
        let spec = if npm {
            crate::source::name::npm(name)
        } else {
            crate::source::name::pypi(name.trim_matches(['"', '\'']))
        };
        if let Ok(spec) = spec
            && crate::signs::in_words(&spec.name)
            && out.len() < 5
        {
            out.push((npm, spec.name));
        }
    }
    out
}
