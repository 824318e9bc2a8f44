//! Which files of a project are scanned: where programs begin, and where they are configured. A few, by their names.

use crate::files::{Files, parent};
use serde_json::Value;
use std::cmp::Reverse;

/// Most files of a project that are scanned.
pub(crate) const MAX_FILES: usize = 10;
/// How deep below the project's folder they may lie.
const MAX_DEPTH: usize = 4;

/// Parts of paths that are no program of the server: its tests, samples, tools, copies of others, and what was built.
const ELSEWHERE: [&str; 34] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "mock",
    "mocks",
    "testing",
    "testdata",
    "spec",
    "e2e",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "fixture",
    "fixtures",
    "benchmark",
    "benchmarks",
    "scripts",
    "script",
    "tools-dev",
    "docs",
    "doc",
    "vendor",
    "third_party",
    "node_modules",
    "dist",
    "build",
    "target",
    "templates",
    "evals",
    "website",
];

/// Names without extension, the likeliest first.
const LIKELY: [&str; 22] = [
    "config",
    "settings",
    "env",
    "environment",
    "main",
    "index",
    "server",
    "__main__",
    "cli",
    "app",
    "configuration",
    "args",
    "options",
    "cmd",
    "constants",
    "auth",
    "credentials",
    "client",
    "__init__",
    "stdio",
    "mcp",
    "run",
];

/// The files to scan for a project, the likeliest first. Its manifests, where they are read already, say which it starts.
pub(crate) fn choose(files: &Files, folder: &str) -> Vec<String> {
    let entries = entries(files, folder);
    let mut found: Vec<(usize, Reverse<usize>, &String)> = Vec::new();
    for path in &files.paths {
        let rest = if folder.is_empty() {
            Some(path.as_str())
        } else {
            path.strip_prefix(folder).and_then(|r| r.strip_prefix('/'))
        };
        if let Some(score) = rest.and_then(|rest| score(files, folder, path, rest, &entries)) {
            found.push((score, Reverse(path.len()), path));
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().take(MAX_FILES).map(|(.., path)| path.clone()).collect()
}

fn score(files: &Files, folder: &str, path: &str, rest: &str, entries: &[String]) -> Option<usize> {
    let tongue = super::syntax::Tongue::of(rest)?;
    let parts: Vec<&str> = rest.split('/').collect();
    let (name, folders) = parts.split_last()?;
    if folders.len() > MAX_DEPTH || path.chars().any(char::is_control) {
        return None;
    }
    let stem = name.rsplit_once('.').map_or(*name, |(stem, _)| stem).to_lowercase();
    let is_test = stem.starts_with("test_")
        || ["_test", ".test", ".spec", "_spec", ".config", ".stories"].iter().any(|e| stem.ends_with(e));
    let elsewhere = |part: &&&str| part.starts_with('.') || ELSEWHERE.contains(&part.to_lowercase().as_str());
    let entry = entries.iter().any(|e| e == self::stem(rest));
    if is_test || folders.iter().any(|f| elsewhere(&f)) && !entry || stem == "setup" || stem == "conftest" {
        return None;
    }
    let place = LIKELY.iter().position(|l| *l == stem);
    let settings = folders.last().is_some_and(|f| matches!(f.to_lowercase().as_str(), "config" | "settings" | "env"));
    let from_name = place.map(|p| 60 - p);
    let from_words = ["config", "settings", "env", "server"].iter().any(|w| stem.contains(w)).then_some(30);
    let named = from_name.or(from_words).or(settings.then_some(35));
    if named.is_none() && !entry {
        return None;
    }
    // Another project below this one answers for itself.
    let mut inner = parent(path);
    while inner.len() > folder.len() {
        if ["package.json", "pyproject.toml", "go.mod", "Cargo.toml"].iter().any(|m| files.has(inner, m)) && !entry {
            return None;
        }
        inner = parent(inner);
    }
    // The language of the project's manifest speaks for the server; others are its helpers.
    let own = match tongue {
        super::syntax::Tongue::Script => files.has(folder, "package.json"),
        super::syntax::Tongue::Python => {
            crate::python::FILES.iter().chain(&["requirements.txt"]).any(|f| files.has(folder, f))
        }
        super::syntax::Tongue::Go => files.has(folder, "go.mod"),
        super::syntax::Tongue::Rust => files.has(folder, "Cargo.toml"),
    };
    let score = named.unwrap_or_default() + if entry { 100 } else { 0 } + if own { 40 } else { 0 };
    Some(score.saturating_sub(folders.len() * 4))
}

/// Paths, without extension, of the files that the project's manifests start.
fn entries(files: &Files, folder: &str) -> Vec<String> {
    let mut out = Vec::new();
    let node =
        files.doc(folder, "package.json").and_then(|d| serde_json::from_str::<Value>(&d.text).ok()).unwrap_or_default();
    let bins = match &node["bin"] {
        Value::Object(map) => map.values().filter_map(Value::as_str).take(8).collect(),
        other => other.as_str().into_iter().collect::<Vec<_>>(),
    };
    for path in bins.into_iter().chain(node["main"].as_str()) {
        let stem = stem(path.trim_start_matches("./"));
        // What is built of `src/` lies elsewhere under the same name.
        let (first, rest) = stem.split_once('/').unwrap_or(("", stem));
        if !matches!(first, "dist" | "build" | "out") {
            out.push(stem.to_owned());
        }
        if !first.is_empty() {
            out.extend([format!("src/{}", rest.trim_start_matches("src/")), rest.to_owned()]);
        }
    }
    let python = crate::python::project(files, folder);
    for module in python.iter().flat_map(|(p, _)| &p.modules).take(8) {
        let path = module.replace('.', "/");
        out.extend([path.clone(), format!("src/{path}"), format!("{path}/__init__"), format!("src/{path}/__init__")]);
    }
    out
}

fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, extension)| if extension.contains('/') { path } else { stem })
}
