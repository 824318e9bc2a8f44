//! What a preview must not show: tokens, ours and everybody else's.

use crate::jsonc::{parse, split_bom};
use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use std::ops::Range;

const DOTS: &str = "••••";

/// Parts of names whose values are taken for secrets.
const TELLING: [&str; 10] =
    ["token", "secret", "password", "passwd", "apikey", "api_key", "api-key", "authorization", "credential", "cookie"];

fn telling(name: &str) -> bool {
    let name = name.to_lowercase();
    TELLING.iter().any(|part| name.contains(part))
}

/// The same text, line for line, without its secrets. Text that is no JSON is hidden as a whole.
pub(crate) fn mask(text: &str) -> String {
    let (bom, text) = split_bom(text);
    let Ok(doc) = parse(text) else { return dots_per_line(text) };
    let mut cuts = Vec::new();
    if let Some(root) = &doc.root {
        collect(root, false, &mut cuts);
    }
    let comments = doc.comments().map(|c| (c.start()..c.end(), doc.text_of(c)));
    cuts.extend(comments.filter(|(_, c)| telling(c)).map(|(range, c)| (range, dots_per_line(c))));
    cuts.sort_by_key(|(range, _)| range.start);
    let mut out = bom.to_owned();
    let mut done = 0;
    for (range, shown) in cuts {
        out.push_str(&text[done..range.start]);
        out.push_str(&shown);
        done = range.end;
    }
    out + &text[done..]
}

fn collect(value: &Value<'_>, secret: bool, cuts: &mut Vec<(Range<usize>, String)>) {
    match value {
        Value::Object(object) => {
            for property in &object.properties {
                let name = property.name.as_str();
                // The objects that carry credentials by design.
                let carrier = ["env", "environment", "headers", "http_headers"].contains(&name);
                collect(&property.value, secret || carrier || telling(name), cuts);
            }
        }
        Value::Array(array) => {
            let mut after_flag = false;
            for element in &array.elements {
                collect(element, secret || after_flag, cuts);
                let text = element.as_string_lit().map(|s| s.value.as_ref());
                after_flag = text.is_some_and(|t| t.starts_with('-') && !t.contains('=') && telling(t));
            }
        }
        Value::StringLit(text) => {
            let shown = if secret { hidden(&text.value) } else { visible(&text.value) };
            cuts.extend(shown.map(|shown| (text.range.start..text.range.end, format!("\"{shown}\""))));
        }
        Value::NumberLit(_) | Value::BooleanLit(_) | Value::NullKeyword(_) => {}
    }
}

/// A secret, with its scheme still readable.
fn hidden(text: &str) -> Option<String> {
    let scheme = ["Bearer ", "Basic ", "token "].iter().find(|s| text.starts_with(**s)).unwrap_or(&"");
    (!text.is_empty()).then(|| format!("{scheme}{DOTS}"))
}

/// `--api-key=…` and the query or user part of an address; `None` if there is nothing to hide.
fn visible(text: &str) -> Option<String> {
    let plain = |part: &str| serde_json::Value::from(part).to_string().trim_matches('"').to_owned();
    if let Some((name, _)) = text.split_once('=').filter(|(name, _)| telling(name)) {
        return Some(format!("{}={DOTS}", plain(name)));
    }
    let (scheme, rest) = text.split_once("://")?;
    let (place, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let host = place.split('/').next().unwrap_or(place);
    let user = host.rfind('@').map(|i| &place[..i]);
    if user.is_none() && query.is_empty() {
        return None;
    }
    let place = user.map_or_else(|| plain(place), |u| format!("{DOTS}{}", plain(&place[u.len()..])));
    let query = if query.is_empty() { String::new() } else { format!("?{DOTS}") };
    Some(format!("{}://{place}{query}", plain(scheme)))
}

fn dots_per_line(text: &str) -> String {
    let line = |l: &str| format!("{DOTS}{}", &l[l.trim_end_matches(['\n', '\r']).len()..]);
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn hides() {
        for (text, expect) in [
            (r#"{"headers": {"X": "Bearer abc"}}"#, r#"{"headers": {"X": "Bearer ••••"}}"#),
            (r#"{"env": {"A": "1", "B": ""}}"#, r#"{"env": {"A": "••••", "B": ""}}"#),
            (r#"{"oauth": {"accessToken": "a\"b"}}"#, r#"{"oauth": {"accessToken": "••••"}}"#),
            (r#"{"args": ["--api-key", "k", "--root", "r"]}"#, r#"{"args": ["--api-key", "••••", "--root", "r"]}"#),
            (r#"["--token=abc", "--x=abc"]"#, r#"["--token=••••", "--x=abc"]"#),
            (r#"["https://h/p?key=abc"]"#, r#"["https://h/p?••••"]"#),
            (r#"["postgres://u:p@h/db"]"#, r#"["postgres://••••@h/db"]"#),
            (r#"["https://h/a@b", "c:\\d"]"#, r#"["https://h/a@b", "c:\\d"]"#),
            ("{ /* my token:\r\n abc */ }", "{ ••••\r\n•••• }"),
            ("{ broken \n abc", "••••\n••••"),
        ] {
            assert_eq!(mask(text), expect, "{text}");
        }
    }
}
