//! What a server needs, learned from the launches that its README prints.
//!
//! The first launch of the right package is the model: its plain words stay, its stand-ins are asked for. What only other
//! launches show is optional. So a variable is required when most launches give it, and not when one example does.

use super::assigned::{self, Kind};
use super::environment::environment;
use super::launches::launches;
use super::merge::family;
use super::target::{Known, Target};
use super::{Adds, Found, Inputs, prose};
use crate::doc::{Doc, Printed};
use crate::infer::is_operational;
use crate::recipe::Runner;
use catwalk_domain::EvidenceSource;
use catwalk_domain::manifest::KeyValue;

/// More variables than this in one piece of code are for a special use.
const MAX_NEWS: usize = 3;

/// Lays what a README says under what is known: its launches, its tables and lists, its assignments.
pub(crate) fn learn(doc: &Doc, target: &Target, known: Inputs) -> Inputs {
    let printed = doc.recipes();
    let of = |kind: Known| {
        let wanted = |p: &&Printed| !p.mention && target.knows(&p.recipe.runner) == Some(kind);
        printed.iter().filter(wanted).collect::<Vec<_>>()
    };
    let mut ours = of(Known::Package);
    let mut kin = of(Known::Kin);
    if ours.is_empty() {
        ours = of(Known::Program);
    } else {
        kin.extend(of(Known::Program));
    }
    let mut out = known.with(launches(doc, &ours), Adds::All);
    if out.env.iter().all(|f| is_operational(&f.item.name)) {
        // The link that installs it may carry what the snippets leave out.
        let ours = |p: &&Printed| p.mention && target.knows(&p.recipe.runner) == Some(Known::Package);
        let links: Vec<&Printed> = printed.iter().filter(ours).filter(|p| !p.recipe.env.is_empty()).collect();
        let mut linked = Inputs { env: environment(doc, &links), ..Inputs::default() };
        for found in &mut linked.env {
            (found.main, found.item.input.is_required) = (false, false);
        }
        out = out.with(linked, Adds::Used);
    }
    // The same server in another form knows the same keys; it needs them only if no launch here does without.
    let free = !ours.is_empty() && ours.iter().all(|p| p.recipe.env.is_empty());
    kin.retain(|p| !p.recipe.env.is_empty());
    let shown: Vec<&Printed> = kin.iter().copied().filter(|p| p.json).collect();
    let shown = if shown.is_empty() { kin } else { shown };
    let mut others = Inputs { env: environment(doc, &shown), ..Inputs::default() };
    if target.image.is_none() && out.env.iter().any(|f| f.main && !is_operational(&f.item.name)) {
        // A container has nothing of its user's computer: what only containers are given stands in for that.
        let elsewhere =
            |name: &str| shown.iter().any(|p| !is_container(p) && p.recipe.env.iter().any(|(n, _)| n == name));
        others.env.iter_mut().for_each(|f| f.special = !elsewhere(&f.item.name));
    }
    if free {
        others.env.iter_mut().for_each(|f| f.item.input.is_required = false);
    }
    out = out.with(others, Adds::Related);
    for (adds, mut told) in prose::read(doc) {
        features(&mut told, &out, target);
        out = out.with(told, adds);
    }
    let starts = |line: &str| target.bins.iter().any(|b| line.split_whitespace().next() == Some(b));
    for mut block in assigned::read(doc, starts) {
        let few = block.inputs.env.len() <= MAX_NEWS;
        // A container has nothing of its user's computer, so it must be given more.
        let contained = |f: &Found<KeyValue>| {
            let line = if let EvidenceSource::File { line, .. } = &f.origin { line.unwrap_or_default() } else { 0 };
            target.image.is_none() && doc.section(line).is_container()
        };
        block.inputs.env.retain(|f| out.has_met(&f.item.name) || !contained(f));
        features(&mut block.inputs, &out, target);
        let names_known = block.inputs.env.iter().any(|b| out.env.iter().any(|f| f.item.name == b.item.name));
        let adds = match block.kind {
            Kind::Start if few => Adds::Used,
            Kind::Piece if few && !names_known => Adds::Family,
            _ => Adds::Related,
        };
        out = out.with(block.inputs, adds);
    }
    out
}

/// Sets aside what configures one feature: several variables of a known service with the same second word, which neither
/// the known ones nor the server's name have.
fn features(told: &mut Inputs, known: &Inputs, target: &Target) {
    let own = target.words();
    let prefix = |name: &str| name.match_indices('_').nth(1).map(|(at, _)| name[..at].to_owned());
    let prefixes: Vec<String> = told.env.iter().filter_map(|f| prefix(&f.item.name)).collect();
    let total = told.env.len();
    for found in &mut told.env {
        let Some(mine) = prefix(&found.item.name) else { continue };
        let count = prefixes.iter().filter(|p| **p == mine).count();
        let several = count >= MAX_NEWS && count * 2 > total;
        let second = mine.split('_').next_back().unwrap_or_default().to_lowercase();
        let main = || known.env.iter().filter(|f| f.main);
        let service = main().any(|f| family(&f.item.name) == family(&mine));
        let feature = !main().any(|f| f.item.name.starts_with(&mine)) && !own.contains(&second);
        found.special |= several && service && feature && found.said != Some(true);
    }
}

fn is_container(printed: &Printed) -> bool {
    matches!(printed.recipe.runner, Runner::Docker { .. })
}
