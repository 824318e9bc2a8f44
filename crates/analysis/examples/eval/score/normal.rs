//! When two ways of writing a launch mean the same.

use serde_json::Value;

/// A field as text; empty when it is missing or null.
pub(super) fn text(value: &Value, key: &str) -> String {
    value.get(key).map(same_word).unwrap_or_default()
}

/// A scalar as a word.
pub(super) fn same_word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

pub(super) fn runtime(word: &str) -> String {
    let word = word.trim().to_lowercase();
    match word.as_str() {
        "node" | "nodejs" | "npx" => "npm".to_owned(),
        "python" | "uvx" | "pip" => "pypi".to_owned(),
        "docker" | "container" => "oci".to_owned(),
        "http" | "hosted" => "remote".to_owned(),
        "dotnet" => "nuget".to_owned(),
        "rust" => "cargo".to_owned(),
        _ => word,
    }
}

pub(super) fn transport(word: &str) -> String {
    let word = word.trim().to_lowercase();
    match word.as_str() {
        "http" | "streamablehttp" | "streamable_http" => "streamable-http".to_owned(),
        _ => word,
    }
}

/// A package without its version, in its registry's one spelling.
pub(super) fn package(runtime: &str, name: &str) -> String {
    let name = name.trim();
    if name.is_empty() {
        return String::new();
    }
    if runtime == "oci" {
        let name = name.to_lowercase();
        let name = name.strip_prefix("docker.io/").map_or(name.as_str(), |n| n.strip_prefix("library/").unwrap_or(n));
        let name = name.split("@sha256:").next().unwrap_or_default();
        let (head, tail) = name.rsplit_once('/').unwrap_or(("", name));
        let tail = tail.rsplit_once(':').map_or(tail, |(tail, _)| tail);
        return if head.is_empty() { tail.to_owned() } else { format!("{head}/{tail}") };
    }
    if name.starts_with("git+") || name.contains("://") {
        return repository(name);
    }
    match runtime {
        "pypi" => {
            let mut bare = name.to_owned();
            while let Some((start, end)) = bare.find('[').and_then(|s| Some((s, s + bare[s..].find(']')?))) {
                bare.replace_range(start..=end, "");
            }
            let bare = bare.split(|c| "=<>!~@ ".contains(c)).next().unwrap_or_default();
            let mut out = String::new();
            for c in bare.chars() {
                let dash = "-_.".contains(c);
                if !(dash && out.ends_with('-')) {
                    out.push(if dash { '-' } else { c });
                }
            }
            out.to_lowercase()
        }
        "npm" => {
            let cut = name.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(name.len(), |(i, _)| i);
            name[..cut].to_lowercase()
        }
        _ => match name.rsplit_once('@').filter(|(_, version)| !version.contains('/')) {
            Some((bare, _)) => bare.to_lowercase(),
            None => name.to_lowercase(),
        },
    }
}

/// A repository's address without `git+`, `.git`, reference and fragment.
fn repository(name: &str) -> String {
    let name = name.strip_prefix("git+").unwrap_or(name);
    let name = name.split('#').next().unwrap_or_default();
    let name = match name.rsplit_once('@').filter(|(_, reference)| !reference.is_empty() && !reference.contains('/')) {
        Some((name, _)) => name,
        None => name,
    };
    name.strip_suffix(".git").unwrap_or(name).to_lowercase().trim_end_matches('/').to_owned()
}

/// An address without query and fragment; every stand-in is the same.
pub(super) fn url(text: &str) -> String {
    let bare = text.trim().split('#').next().unwrap_or_default().split('?').next().unwrap_or_default();
    let mut out = String::new();
    let mut rest = bare;
    while let Some(c) = rest.chars().next() {
        let close = match c {
            '{' => rest.find('}'),
            '<' => rest.find('>'),
            _ => None,
        };
        if let Some(end) = close {
            out.push_str("{}");
            rest = &rest[end + 1..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out.trim_end_matches('/').to_lowercase()
}

/// The words of a launch that matter: no `-y`, no `@latest`, none of Docker's own.
pub(super) fn arguments(command: &str, args: &[String]) -> Vec<String> {
    let mut words: Vec<&str> = Some(command).filter(|c| !c.is_empty()).into_iter().collect();
    words.extend(args.iter().map(String::as_str));
    let Some((first, rest)) = words.split_first() else { return Vec::new() };
    let exe = first.rsplit('/').next().unwrap_or_default().to_lowercase();
    let exe = exe.strip_suffix(".cmd").or_else(|| exe.strip_suffix(".exe")).unwrap_or(&exe);
    if exe == "cmd" && rest.len() > 1 && ["/c", "/k"].contains(&rest[0].to_lowercase().as_str()) {
        return arguments(rest[1], &rest[2..].iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
    }
    let (exe, rest) = if exe == "docker" {
        (exe, image_words(rest))
    } else {
        let plain = rest.iter().filter(|w| !["-y", "--yes", "-q", "--quiet"].contains(w));
        let strip: fn(&str) -> String = match exe {
            "npx" | "bunx" => |w| without_version(w, true),
            "uvx" | "uv" => |w| without_version(w, false),
            _ => str::to_owned,
        };
        (if exe == "bunx" { "npx" } else { exe }, plain.map(|w| strip(w)).collect())
    };
    let flag = |w: String| match w.split_once('=').filter(|(n, _)| n.starts_with("--") && is_flag(&n[2..])) {
        Some((name, _)) => name.to_owned(),
        None => w,
    };
    std::iter::once(exe.to_owned()).chain(rest.into_iter().map(flag)).collect()
}

fn is_flag(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

fn image_words(rest: &[&str]) -> Vec<String> {
    const OWN: [&str; 9] = ["run", "-i", "--rm", "-t", "-it", "--init", "--interactive", "--pull=always", "-d"];
    const WITH_VALUE: [&str; 10] =
        ["-e", "--env", "-v", "--volume", "--mount", "-p", "--publish", "--name", "--platform", "--env-file"];
    let mut out: Vec<String> = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if OWN.contains(word) {
            continue;
        }
        if WITH_VALUE.contains(word) {
            words.next();
            continue;
        }
        if ["-e=", "--env=", "-v=", "--volume=", "--mount=", "-p="].iter().any(|p| word.starts_with(p)) {
            continue;
        }
        out.push((*word).to_owned());
    }
    if let Some(image) = out.first_mut() {
        *image = package("oci", image);
    }
    out
}

/// `name@1.2.3` and `name@latest` are `name`; npm also knows ranges.
fn without_version(word: &str, ranges: bool) -> String {
    let cuts = word.char_indices().filter(|(_, c)| *c == '@').map(|(i, _)| i);
    for at in cuts.filter(|i| !ranges || *i > 0) {
        let version = &word[at + 1..];
        let mut chars = version.chars();
        let starts = chars.next().is_some_and(|c| c.is_numeric() || ranges && "^~".contains(c));
        let body = chars.all(|c| c.is_alphanumeric() || "_.-+".contains(c));
        if version == "latest" || starts && body {
            return word[..at].to_owned();
        }
    }
    word.to_owned()
}
