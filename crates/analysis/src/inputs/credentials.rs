//! Credentials that a README only speaks of in running text.

use super::build::open;
use super::merge::family;
use super::{Found, Inputs};
use crate::doc::Doc;
use crate::infer::{is_env_name, is_secret_name};
use crate::text::words;
use catwalk_domain::Confidence;
use catwalk_domain::manifest::KeyValue;
use std::collections::BTreeMap;

/// Most that are taken.
const MOST: usize = 4;

/// Variables whose name is a credential's and begins with a word of the project's own names (`about`), or of a variable that
/// is known. While a secret is known, only one set in code letters is another way to sign in.
pub(crate) fn read(doc: &Doc, about: &[String], known: &Inputs) -> Inputs {
    let mut out = Inputs::default();
    let secret = known.env.iter().any(|f| f.item.input.is_secret)
        || known.args.iter().any(|f| f.item.input.is_secret || f.item.input.variables.values().any(|v| v.is_secret));
    let families: Vec<String> = known.env.iter().map(|f| family(&f.item.name)).collect();
    let mut fenced = false;
    for (number, line) in (1..).zip(doc.text.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if line.len() > 4000 || secret && fenced {
            continue;
        }
        for (at, name) in names(line) {
            let first = family(name);
            let own = families.contains(&first) || !secret && first.len() > 2 && about.contains(&first);
            let coded = line[..at].ends_with('`') && line[at + name.len()..].starts_with('`');
            let pair = words(name).last().is_some_and(|w| matches!(w.as_str(), "username" | "user" | "email"));
            let taken = out.env.iter().any(|f| f.item.name == name) || known.has_met(name);
            // `(not \`NAME\`)`
            let denied = line[..at].trim_end_matches(['`', '"', ' ']).to_lowercase().ends_with("not");
            if denied
                || !own
                || taken
                || out.env.len() >= MOST
                || !(is_secret_name(name) || name.ends_with("_CREDENTIALS") || secret && pair)
                || secret && !coded
            {
                continue;
            }
            let item = KeyValue { name: name.to_owned(), input: open(name, "", &BTreeMap::new()) };
            out.env.push(Found::new(item, doc.at(Some(number)), line.trim(), Confidence::Low).aside());
        }
    }
    out
}

/// Words of a line that are written as variables are.
fn names(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let parts = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map(move |word| {
        let start = at;
        at += word.len() + line[start + word.len()..].chars().next().map_or(0, char::len_utf8);
        (start, word)
    });
    parts.filter(|(_, word)| {
        let capitals = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        capitals && word.contains('_') && !word.starts_with("YOUR_") && !word.ends_with('_') && is_env_name(word)
    })
}
