//! What the user pasted along with a package: it outranks whatever anybody else says.

use super::build::{Part, fixed_flag, fixed_word, open, open_flag, open_word, parts};
use super::{Found, Inputs};
use crate::infer::{is_dangerous_env, is_placeholder};
use catwalk_domain::manifest::{Input, KeyValue};
use catwalk_domain::{Confidence, EvidenceSource, PackageRef};
use std::collections::BTreeMap;

/// Lays the pasted arguments and environment over what was learned elsewhere.
pub(crate) fn pasted(package: &PackageRef, learned: Inputs) -> Inputs {
    let mut out = learned;
    let none = BTreeMap::new();
    if !package.args.is_empty() {
        out.args.clear();
        for part in parts(&package.args) {
            let (argument, quote) = match part {
                Part::Word(word) if is_placeholder(&word) => {
                    let mut argument = open_word(&word, &none);
                    argument.input.is_required = true;
                    argument.input.is_secret |= word == "<secret>";
                    (argument, word)
                }
                Part::Word(word) => (fixed_word(&word), word),
                Part::Flag { name, value: Some(value), joined } if is_placeholder(&value) => {
                    let mut input = open(&name, &value, &none);
                    input.is_required = true;
                    (open_flag(&name, input, joined), format!("{name} {value}"))
                }
                Part::Flag { name, value, joined } => (fixed_flag(&name, value.as_deref(), joined), name),
            };
            out.args.push(said(argument, &quote));
        }
    }
    if package.env.is_empty() {
        return out;
    }
    // A snippet that sets some variables is how its author runs it: what it leaves out is not needed.
    for other in &mut out.env {
        other.item.input.is_required = false;
    }
    for (name, value) in &package.env {
        if is_dangerous_env(name) {
            out.dropped.push(format!("The variable {name} was left out: it could change which program runs."));
            continue;
        }
        let known = out.env.iter().position(|f| f.item.name == *name);
        let mut input = known.map_or_else(|| open(name, value, &none), |i| out.env[i].item.input.clone());
        if is_placeholder(value) {
            input.is_required = true;
        } else {
            input = Input { value: None, default: Some(value.clone()), is_required: false, ..input };
        }
        let entry = said(KeyValue { name: name.clone(), input }, name);
        match known {
            Some(index) => out.env[index] = entry,
            None => out.env.push(entry),
        }
    }
    out
}

fn said<T>(item: T, quote: &str) -> Found<T> {
    Found::new(item, EvidenceSource::Pasted, quote, Confidence::High)
}
