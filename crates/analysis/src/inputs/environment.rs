//! The variables that launches show: those of the first belong to it, those of the others must be related to be taken.

use super::Found;
use super::build::{open, suggest};
use super::launches::{found, most};
use super::merge::family;
use crate::doc::{Doc, Printed};
use crate::infer::{is_ambient, is_env_name, is_noise_env, is_operational, is_placeholder, is_secret_name, looks_path};
use catwalk_domain::manifest::KeyValue;

/// A further launch with more new variables than this shows a special use.
const MAX_NEWS: usize = 3;

/// Most variables that are taken over.
const MOST: usize = 30;

/// The variables of a set of launches, the first one's first.
pub(super) fn environment(doc: &Doc, set: &[&Printed]) -> Vec<Found<KeyValue>> {
    let mut out = Vec::new();
    let Some(primary) = set.iter().find(|p| !p.recipe.env.is_empty()) else { return out };
    let in_primary = |name: &str| primary.recipe.env.iter().any(|(n, _)| n == name);
    // Nobody has an account everywhere: of many services each takes those that he uses.
    let many =
        primary.recipe.env.iter().filter(|(n, v)| is_secret_name(n) && (is_placeholder(v) || v.is_empty())).count() > 5;
    let bare = primary.recipe.env.iter().all(|(n, _)| is_operational(n) || is_noise_env(n));
    let with_env = set.iter().filter(|p| !p.recipe.env.is_empty()).count();
    if bare && with_env * 2 < set.len() {
        // What most launches do without, and has nothing to do with using the server.
        return out;
    }
    let related = |name: &str, printed: &Printed| {
        let news = printed.recipe.env.iter().filter(|(n, _)| !in_primary(n) && !is_secret_name(n)).count();
        let usual = set.iter().filter(|p| p.recipe.env.iter().any(|(n, _)| n == name)).count() * 2 > with_env;
        let same = primary.recipe.env.iter().any(|(n, _)| family(n) == family(name));
        // Without anything in common it is another use, unless it is another way to sign in.
        let shares = printed.recipe.env.iter().any(|(n, _)| in_primary(n) && !is_operational(n) || is_secret_name(n));
        if bare { usual } else { same && (shares && news <= MAX_NEWS || usual || is_secret_name(name)) }
    };
    let mut seen: Vec<String> = Vec::new();
    for printed in std::iter::once(primary).chain(set) {
        for (name, value) in &printed.recipe.env {
            if seen.contains(name) || is_noise_env(name) || !is_env_name(name) || seen.len() > MOST {
                continue;
            }
            // Another launch shows another use: what has nothing to do with the first is not for everybody.
            if !in_primary(name) && (is_operational(name) || !related(name, printed)) {
                continue;
            }
            seen.push(name.clone());
            // `docker run -e NAME` names it, the settings beside it show a sample.
            let samples = printed.recipe.env.iter().filter(|(n, v)| n == name && !v.is_empty());
            let value = samples.map(|(_, v)| v).next_back().unwrap_or(value);
            let mut input = open(name, value, &printed.recipe.prompts);
            let sample = is_placeholder(value) || input.is_secret;
            let prompted = input.default.is_some();
            let open_everywhere = || {
                let values = set.iter().flat_map(|p| &p.recipe.env).filter(|(n, _)| n == name);
                values.into_iter().all(|(_, v)| is_placeholder(v) || is_secret_name(name))
            };
            input.is_required = sample
                && !many
                && !prompted
                && !is_ambient(name)
                && in_primary(name)
                && most(set, |p| p.recipe.env.iter().any(|(n, _)| n == name))
                && open_everywhere();
            if !sample && in_primary(name) && !looks_path(value) {
                suggest(&mut input, value);
            }
            let quote = format!("{name}={}", if input.is_secret { "…" } else { value });
            let item = found(doc, printed, KeyValue { name: name.clone(), input }, &quote);
            out.push(if in_primary(name) { item } else { item.aside() });
        }
    }
    out
}
