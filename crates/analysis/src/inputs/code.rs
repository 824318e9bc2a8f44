//! What the program's own source shows, where nothing published says it. The weakest origin: a variable that only the
//! source names is an extra, unless nothing else is known at all.

use super::build::{open, open_flag};
use super::{Adds, Found, Inputs};
use crate::doc::Doc;
use crate::infer::{format_of, is_noise_env, is_secret_name};
use crate::scan::{Facts, Flag, Read, is_developers};
use crate::text::{clean, words};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{Argument, ArgumentKind, Input, KeyValue};
use std::collections::BTreeMap;

/// Most variables that are taken over when nothing else names any.
const MOST: usize = 10;
/// Most of them that the program does not need.
const MOST_OPTIONAL: usize = 6;
/// Most arguments.
const MOST_ARGUMENTS: usize = 4;

/// Lays what the sources show under what is known. `shown` says that a published launch of the server was seen, whose
/// arguments are complete.
pub(crate) fn complete(inputs: Inputs, sources: &[&Doc], shown: bool) -> Inputs {
    let mut code = read(sources);
    if shown {
        code.args.clear();
    }
    inputs.with(code, Adds::Gap)
}

/// What the sources show by themselves, the most needed first.
fn read(sources: &[&Doc]) -> Inputs {
    let mut reads: Vec<(&Doc, Read)> = Vec::new();
    for doc in sources {
        for read in &doc.facts().reads {
            if is_developers(&read.name) || is_noise_env(&read.name) {
                continue;
            }
            match reads.iter_mut().find(|(_, known)| known.name == read.name) {
                Some((_, known)) => {
                    known.must |= read.must;
                    known.default = known.default.take().or(read.default.clone());
                    known.description = known.description.take().or(read.description.clone());
                    known.must &= known.default.is_none();
                }
                None => reads.push((doc, read.clone())),
            }
        }
    }
    reads.sort_by_key(|(_, read)| rank(read));
    let mut out = Inputs::default();
    let mut optional = 0;
    for (doc, read) in reads.into_iter().take(MOST) {
        optional += usize::from(!read.must);
        if read.must || optional <= MOST_OPTIONAL {
            let quote = read.name.clone();
            let line = Some(read.line);
            let said = read.must.then_some(true);
            out.env.push(Found::new(variable(read), doc.at(line), quote, Confidence::Medium).saying(said));
        }
    }
    out.args = arguments(sources);
    out
}

/// What the program stops without, then keys, then where it connects to, then the rest.
fn rank(read: &Read) -> u8 {
    const PLACES: [&str; 16] = [
        "url",
        "uri",
        "host",
        "endpoint",
        "domain",
        "user",
        "username",
        "email",
        "account",
        "org",
        "organization",
        "project",
        "region",
        "workspace",
        "database",
        "tenant",
    ];
    match () {
        () if read.must => 0,
        () if is_secret_name(&read.name) => 1,
        () if words(&read.name).iter().any(|w| PLACES.contains(&w.as_str())) => 2,
        () if read.default.is_none() => 3,
        () => 4,
    }
}

fn variable(read: Read) -> KeyValue {
    let mut input = open(&read.name, "", &BTreeMap::new());
    let default = read.default.map(|d| clean(&d, 100)).filter(|d| !d.is_empty() && !input.is_secret);
    if let Some(default) = default {
        // The program takes it by itself, so it is shown and not sent.
        input.format = input.format.or(format_of(&read.name, &default));
        input.placeholder = Some(default);
    }
    input.is_required = read.must;
    input.description = read.description.map(|d| clean(&d, 200)).filter(|d| !d.is_empty());
    KeyValue { name: read.name, input }
}

/// Words of the command line that the program stops without.
fn arguments(sources: &[&Doc]) -> Vec<Found<Argument>> {
    let flags = |doc: &&'_ Doc| -> Vec<(Flag, u32)> {
        let Facts { flags, .. } = doc.facts();
        flags.iter().filter(|f| f.must && f.default.is_none() && !f.bare).map(|f| (f.clone(), f.line)).collect()
    };
    // One program's words only: those of the likeliest file that has any.
    let Some(doc) = sources.iter().find(|d| !d.facts().flags.is_empty()) else { return Vec::new() };
    let argument = |(flag, line): (Flag, u32)| {
        let mut input: Input = open(&flag.name, "", &BTreeMap::new());
        input.is_required = true;
        input.description = flag.description.as_deref().map(|d| clean(d, 200)).filter(|d| !d.is_empty());
        let mut item = if flag.name.starts_with('-') {
            open_flag(&flag.name, input, false)
        } else {
            Argument {
                kind: ArgumentKind::Positional,
                value_hint: Some(flag.name.clone()),
                input,
                ..Argument::default()
            }
        };
        item.is_repeated = flag.repeated;
        Found::new(item, doc.at(Some(line)), flag.name, Confidence::Medium)
    };
    flags(doc).into_iter().take(MOST_ARGUMENTS).map(argument).collect()
}
