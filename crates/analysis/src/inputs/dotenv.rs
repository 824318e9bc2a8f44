//! `.env.example`: names and samples of variables, with the comments above them.

use super::build::{open, suggest};
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_noise_env, is_placeholder, is_switch};
use crate::text::clean;
use catwalk_domain::Confidence;
use catwalk_domain::manifest::KeyValue;
use std::collections::BTreeMap;

/// Variables of an example file, all optional: such a file tells what exists, not what must be.
pub(crate) fn read(doc: &Doc) -> Inputs {
    let mut out = Inputs::default();
    let mut comment = String::new();
    for (number, line) in (1..).zip(doc.text.lines()) {
        let line = line.trim();
        if let Some(words) = line.strip_prefix('#') {
            words.trim().clone_into(&mut comment);
            continue;
        }
        let pair = line.strip_prefix("export ").unwrap_or(line).split_once('=');
        let Some((name, value)) = pair.map(|(n, v)| (n.trim(), v)).filter(|(n, _)| is_env_name(n) && !is_noise_env(n))
        else {
            comment.clear();
            continue;
        };
        let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        let mut input = open(name, value, &BTreeMap::new());
        input.description = Some(clean(&comment, 200)).filter(|c| !c.is_empty());
        comment.clear();
        if !is_placeholder(value) {
            suggest(&mut input, value);
            // What runs elsewhere than on the author's computer is better left to the program's own default.
            input.placeholder = input.default.take().or(input.placeholder);
        }
        let known = out.env.iter().any(|f| f.item.name == name);
        if !known && out.env.len() < 20 {
            // Empty switches list what could be tuned; a public address is the service's own, as the program knows it.
            let words = crate::text::words(name);
            let place = words.last().is_some_and(|w| matches!(w.as_str(), "url" | "uri" | "endpoint" | "base"));
            let special = value.is_empty() && is_switch(name) || place && is_public(value);
            let item = KeyValue { name: name.to_owned(), input };
            let mut found = Found::new(item, doc.at(Some(number)), name, Confidence::Low);
            found.special = special;
            out.env.push(found);
        }
    }
    out
}

/// Whether a value is an address that is the same for everybody.
fn is_public(value: &str) -> bool {
    let host = value.strip_prefix("https://").unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    host.contains('.') && !is_placeholder(value) && !host.contains("example") && !host.starts_with("127.")
}
