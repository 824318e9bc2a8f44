//! What printed launches of the package show: the first is the model, the others tell what may be left out.

use super::arguments::{arguments, optional_flags, volumes};
use super::environment::environment;
use super::target::{Known, Target};
use super::{Adds, Found, Inputs};
use crate::doc::{Doc, Printed};
use crate::infer::{is_http_mode, is_operational};
use crate::recipe::Runner;
use catwalk_domain::Confidence;

/// What the launches of a settings file show.
pub(crate) fn configured(doc: &Doc, target: &Target) -> Inputs {
    let ours: Vec<&Printed> =
        doc.recipes().iter().filter(|p| target.knows(&p.recipe.runner) == Some(Known::Package)).collect();
    launches(doc, &ours)
}

/// Arguments and environment as launches of the package show them.
pub(super) fn launches(doc: &Doc, all: &[&Printed]) -> Inputs {
    let serves_http = |p: &&Printed| {
        let words = ["sse", "http", "streamable-http", "streamableHttp", "--http", "--sse", "--listen"];
        p.recipe.args.iter().any(|a| words.contains(&a.as_str()))
            || p.recipe.env.iter().any(|(name, value)| is_http_mode(name, value))
    };
    let mut ours = all.to_vec();
    if ours.iter().any(|p| !serves_http(p)) {
        ours.retain(|p| !serves_http(p));
    }
    let mut set: Vec<&Printed> = ours.iter().copied().filter(|p| p.json).collect();
    if set.is_empty() {
        set.clone_from(&ours);
    }
    let mut out = Inputs::default();
    if let Some(primary) = set.first() {
        if let Runner::Npm(spec) | Runner::Pypi(spec) = &primary.recipe.runner {
            out.bin.clone_from(&spec.bin);
        }
        arguments(doc, primary, &set, &mut out);
        optional_flags(doc, primary, &ours, &mut out);
        volumes(doc, primary, &mut out);
        out.env = environment(doc, &set);
        if set.iter().all(serves_http) {
            out.env.retain(|f| !is_operational(&f.item.name));
        }
        // A command line shows variables, too, though seldom all of them.
        let others = all.iter().copied().filter(|p| !set.iter().any(|s| std::ptr::eq(*s, *p)));
        let rest: Vec<&Printed> = others.collect();
        let served = |name: &str| rest.iter().filter(|p| p.recipe.env.iter().any(|(n, _)| n == name)).all(serves_http);
        let mut more = Inputs { env: environment(doc, &rest), ..Inputs::default() };
        if !out.env.is_empty() {
            for found in &mut more.env {
                found.item.input.is_required = false;
                found.special = served(&found.item.name) && !found.item.input.is_secret;
            }
        }
        out = out.with(more, Adds::Related);
    }
    out
}

/// A fact that a launch shows.
pub(super) fn found<T>(doc: &Doc, printed: &Printed, item: T, quote: &str) -> Found<T> {
    Found::new(item, doc.at(Some(printed.line)), quote, Confidence::Medium)
}

/// Whether most of the launches have something.
pub(super) fn most(set: &[&Printed], has: impl Fn(&Printed) -> bool) -> bool {
    let count = set.iter().filter(|p| has(p)).count();
    count * 5 >= set.len() * 3
}
