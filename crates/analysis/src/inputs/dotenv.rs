//! `.env.example`: names and samples of variables, with the comments above them.

use super::build::{open, suggest};
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_noise_env, is_placeholder};
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
            let item = KeyValue { name: name.to_owned(), input };
            out.env.push(Found::new(item, doc.at(Some(number)), name, Confidence::Low));
        }
    }
    out
}
