//! JSON snippets as READMEs print them: `mcpServers`, `servers` with `inputs`, and bare fragments of either, with comments
//! and trailing commas.

use super::{ParseProblem, address, recognise, split};
use crate::recipe::{Prompt, Recipe, Runner};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Deeper nesting than any snippet has; a parser's stack is not for strangers.
const MAX_DEPTH: usize = 32;
/// Keys under which apps keep their servers.
const WRAPPERS: [&str; 8] =
    ["mcpServers", "servers", "context_servers", "mcp.servers", "mcp", "amp.mcpServers", "mcp_servers", "extensions"];

/// Whether the text may be JSON, whole or a fragment.
pub(super) fn looks_like(text: &str) -> bool {
    let bare = text.starts_with('"') && text.contains(':') && text.contains('{');
    text.starts_with('{') || text.starts_with("//") && text.contains('{') || text.starts_with('[') || bare
}

/// The one server of a snippet.
pub(super) fn only(text: &str) -> Result<Recipe, ParseProblem> {
    let value = read(text).map_err(ParseProblem::BadSnippet)?;
    let mut servers = entries(&value);
    match servers.len() {
        0 => Err(ParseProblem::Wrong("This JSON describes no server: it has neither a `command` nor a `url`.")),
        1 => servers.remove(0),
        _ => {
            let names =
                find(&value, 0).iter().map(|(n, _)| n.clone().unwrap_or_default()).collect::<Vec<_>>().join(", ");
            let sources = servers.into_iter().take(24).filter_map(|r| super::convert::from_recipe(r.ok()?).ok());
            let choices = sources.map(|s| super::choice_of(&s)).collect();
            Err(ParseProblem::Several { names: crate::text::clean(&names, 120), choices })
        }
    }
}

/// Every server of a snippet that can be understood; for READMEs.
pub(crate) fn all(text: &str) -> Vec<Recipe> {
    read(text).map(|value| of(&value)).unwrap_or_default()
}

/// The same of settings that were read from another language than JSON.
pub(crate) fn of(value: &Value) -> Vec<Recipe> {
    if !nested(value, 0) {
        return Vec::new();
    }
    let mut found: Vec<Recipe> = entries(value).into_iter().filter_map(Result::ok).collect();
    found.extend(find(value, 0).into_iter().filter_map(|(_, entry)| wrapped(entry)));
    found
}

/// What a shell is told to look for and start: only the package's coordinates are taken, the shell's words are not.
fn wrapped(entry: &Map<String, Value>) -> Option<Recipe> {
    let shell = entry.get("command").and_then(Value::as_str)?.rsplit('/').next()?;
    if !matches!(shell, "sh" | "bash" | "zsh") {
        return None;
    }
    let script = entry.get("args")?.as_array()?.iter().filter_map(Value::as_str).find(|w| w.contains(' '))?;
    let words: Vec<String> = script
        .split([' ', ';', '\n'])
        .map(|w| w.trim_matches(['"', '\'']).to_owned())
        .filter(|w| !w.is_empty())
        .collect();
    let line: Vec<String> = if let Some(at) = words.iter().position(|w| w == "--from") {
        ["uvx".to_owned()].into_iter().chain(words.iter().skip(at).take(3).cloned()).collect()
    } else {
        let at = words.iter().rposition(|w| w == "npx" || w == "uvx")?;
        let ends = |w: &&String| matches!(w.as_str(), "&&" | "||" | "|" | "done" | "fi");
        words.iter().skip(at).take_while(|w| !ends(w)).cloned().collect()
    };
    let mut recipe = recognise(&line).ok()?;
    recipe.env.extend(entry.get("env").map(pairs).unwrap_or_default());
    Some(recipe)
}

/// Whether nothing in it is nested too deeply.
fn nested(value: &Value, depth: usize) -> bool {
    depth <= MAX_DEPTH
        && match value {
            Value::Array(items) => items.iter().all(|v| nested(v, depth + 1)),
            Value::Object(map) => map.values().all(|v| nested(v, depth + 1)),
            _ => true,
        }
}

fn entries(value: &Value) -> Vec<Result<Recipe, ParseProblem>> {
    let prompts = prompts(value);
    let make = |(name, entry): (Option<String>, &Map<String, Value>)| {
        let mut recipe = entry_recipe(entry)?;
        recipe.title = name;
        recipe.prompts = prompts.clone();
        Ok(recipe)
    };
    find(value, 0).into_iter().map(make).collect()
}

/// Parses leniently: comments of three kinds, trailing commas, missing outer braces.
fn read(text: &str) -> Result<Value, String> {
    let lines = text.lines().filter(|l| !l.trim_start().starts_with('#') && !matches!(l.trim(), "..." | "…"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = text.trim().trim_end_matches([',', ';']).trim();
    if depth(text) > MAX_DEPTH {
        return Err("it is nested too deeply.".to_owned());
    }
    let wrapped = format!("{{{text}}}");
    let whole = json5::from_str::<Value>(text);
    match whole {
        Ok(value) if value.is_object() || value.is_array() => Ok(value),
        Ok(_) => json5::from_str(&wrapped).map_err(|e| reason(&e)),
        Err(error) => json5::from_str(&wrapped).map_err(|_| reason(&error)),
    }
}

/// How deep brackets lie in each other. Those in strings and comments are none, as the parser sees it: a closing one there
/// must not hide how deep the next one lies.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            '"' | '\'' => {
                while let Some(inner) = chars.next().filter(|inner| *inner != c) {
                    if inner == '\\' {
                        chars.next();
                    }
                }
            }
            '/' if chars.peek() == Some(&'/') => {
                while chars.next().is_some_and(|inner| !matches!(inner, '\n' | '\r' | '\u{2028}' | '\u{2029}')) {}
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut star = false;
                while let Some(inner) = chars.next().filter(|inner| !(star && *inner == '/')) {
                    star = inner == '*';
                }
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn reason(error: &json5::Error) -> String {
    crate::text::clean(&error.to_string(), 120)
}

/// Maps that start something, with the names that lead to them.
fn find(value: &Value, depth: usize) -> Vec<(Option<String>, &Map<String, Value>)> {
    if let Value::Array(items) = value {
        return items.iter().flat_map(|item| find(item, depth + 1)).collect();
    }
    let Some(map) = value.as_object().filter(|_| depth < 6) else {
        return Vec::new();
    };
    if is_entry(map) {
        let name = map.get("name").and_then(Value::as_str).map(str::to_owned);
        return vec![(name, map)];
    }
    for wrapper in WRAPPERS {
        if let Some(inner) = map.get(wrapper) {
            return find(inner, depth + 1);
        }
    }
    let mut found = Vec::new();
    for (name, inner) in map {
        for (deeper, entry) in find(inner, depth + 1) {
            found.push((deeper.or_else(|| Some(name.clone())), entry));
        }
    }
    found
}

fn is_entry(map: &Map<String, Value>) -> bool {
    let text = |key: &str| map.get(key).is_some_and(Value::is_string);
    let command = map.get("command").is_some_and(|c| c.is_string() || c.is_array() || c.get("path").is_some());
    command || text("cmd") || text("url") || text("serverUrl") || text("httpUrl") || text("uri")
}

fn entry_recipe(map: &Map<String, Value>) -> Result<Recipe, ParseProblem> {
    let text = |keys: &[&str]| keys.iter().find_map(|k| map.get(*k)).and_then(Value::as_str);
    let kind = text(&["type", "transport"]).unwrap_or_default();
    let inner = map.get("command").and_then(Value::as_object);
    let field = |key: &str| map.get(key).or_else(|| inner.and_then(|i| i.get(key)));
    let mut recipe =
        if let Some(url) = text(&["url", "serverUrl", "httpUrl", "uri"]).filter(|_| !map.contains_key("command")) {
            let sse = (!kind.is_empty()).then(|| kind.eq_ignore_ascii_case("sse"));
            let mut recipe = address::remote(url, sse)?;
            let nested = map.get("requestOptions").and_then(|o| o.get("headers"));
            if let Runner::Remote { headers, .. } = &mut recipe.runner {
                *headers = ["headers", "http_headers"]
                    .iter()
                    .find_map(|k| map.get(*k))
                    .or(nested)
                    .map(pairs)
                    .unwrap_or_default()
                    .into_iter()
                    .collect();
            }
            recipe
        } else {
            recognise(&argv(field("args"), map.get("command").or(map.get("cmd")))?)?
        };
    for key in ["env", "environment", "envs"] {
        recipe.env.extend(field(key).map(pairs).unwrap_or_default());
    }
    Ok(recipe)
}

fn argv(args: Option<&Value>, command: Option<&Value>) -> Result<Vec<String>, ParseProblem> {
    let mut words = match command {
        Some(Value::String(line)) if line.contains(' ') && !line.contains('\\') => split(line)?,
        Some(Value::String(word)) => vec![word.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(scalar).collect(),
        Some(Value::Object(map)) => map.get("path").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    };
    match args {
        Some(Value::Array(list)) => words.extend(list.iter().filter_map(scalar)),
        Some(Value::String(line)) => words.extend(split(line)?),
        _ => {}
    }
    Ok(words)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let map = value.as_object().into_iter().flatten();
    map.filter_map(|(key, value)| scalar(value).map(|v| (key.clone(), v))).collect()
}

/// VS Code's `inputs`, wherever they stand.
fn prompts(value: &Value) -> BTreeMap<String, Prompt> {
    let list = ["/inputs", "/mcp/inputs"].iter().find_map(|p| value.pointer(p)).and_then(Value::as_array);
    let mut out = BTreeMap::new();
    for input in list.into_iter().flatten() {
        let text = |key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
        let Some(id) = text("id") else { continue };
        let option = |o: &Value| scalar(o).or_else(|| o.get("value").and_then(scalar));
        let options = input.get("options").and_then(Value::as_array).into_iter().flatten().filter_map(option).collect();
        let secret = input.get("password").and_then(Value::as_bool).unwrap_or_default();
        out.insert(id, Prompt { description: text("description"), default: text("default"), secret, options });
    }
    out
}
