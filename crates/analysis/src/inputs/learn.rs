//! What a server needs, learned from the launches that its README prints.
//!
//! The first launch of the right package is the model: its plain words stay, its stand-ins are asked for. What only other
//! launches show is optional. So a variable is required when most launches give it, and not when one example does.

use super::build::{Part, fixed_flag, fixed_word, open, open_flag, open_word, parts, suggest};
use super::merge::family;
use super::{Adds, Found, Inputs, prose};
use crate::doc::{Doc, Printed};
use crate::infer::{is_env_name, is_noise_env, is_operational, is_placeholder, is_secret_name, looks_path};
use crate::recipe::Runner;
use crate::source::name::normal;
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{Argument, ArgumentKind, Format, Input, KeyValue};
use std::collections::BTreeMap;

/// Most optional arguments and variables that are taken over.
const MAX_OPTIONAL: usize = 12;

/// A further launch with more new variables than this shows a special use.
const MAX_NEWS: usize = 3;

/// The package whose launches are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    pub(crate) npm: Option<String>,
    pub(crate) pypi: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) bins: Vec<String>,
    /// Other packages that are the same server.
    pub(crate) kin: Vec<String>,
}

/// How a launch relates to the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Known {
    /// It starts the package itself.
    Package,
    /// It starts a program of the same name.
    Program,
    /// It starts the same server in another form.
    Kin,
}

impl Known {
    /// Whether the launch is one of the target itself.
    pub(crate) fn is_itself(self) -> bool {
        self != Self::Kin
    }
}

impl Target {
    /// Whether a launch starts this package.
    pub(crate) fn knows(&self, runner: &Runner) -> Option<Known> {
        let bin = |name: &str| self.bins.iter().any(|b| b == name);
        let kin = |name: &str| self.kin.iter().any(|k| k == name).then_some(Known::Kin);
        match runner {
            Runner::Npm(spec) if self.npm.as_deref() == Some(&spec.name) => Some(Known::Package),
            Runner::Pypi(spec) if self.pypi.as_deref().is_some_and(|p| normal(p) == normal(&spec.name)) => {
                Some(Known::Package)
            }
            Runner::Docker { image } if self.image.as_deref().is_some_and(|i| untagged(i) == untagged(image)) => {
                Some(Known::Package)
            }
            Runner::Npm(spec) | Runner::Pypi(spec) => kin(&spec.name),
            Runner::Docker { .. } | Runner::Github { .. } => Some(Known::Kin),
            Runner::Module { name } => {
                let same = self.pypi.as_deref().is_some_and(|p| normal(p) == normal(name));
                Some(if same { Known::Program } else { Known::Kin })
            }
            Runner::Program { name } => {
                let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
                let script = ["js", "mjs", "ts", "py"].iter().any(|e| crate::source::has_extension(base, e));
                (bin(base) || script).then_some(Known::Program)
            }
            _ => None,
        }
    }
}

/// An image without tag and digest.
pub(crate) fn untagged(image: &str) -> String {
    let image = image.split('@').next().unwrap_or_default();
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    let (head, tail) = image.rsplit_once('/').unwrap_or(("", image));
    let tail = tail.split(':').next().unwrap_or_default();
    if head.is_empty() { tail.to_lowercase() } else { format!("{head}/{tail}").to_lowercase() }
}

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
    // The same server in another form knows the same keys; it needs them only if no launch here does without.
    let free = !ours.is_empty() && ours.iter().all(|p| p.recipe.env.is_empty());
    kin.retain(|p| !p.recipe.env.is_empty());
    let shown: Vec<&Printed> = kin.iter().copied().filter(|p| p.json).collect();
    let shown = if shown.is_empty() { kin } else { shown };
    let mut others = Inputs { env: environment(doc, &shown), ..Inputs::default() };
    if free {
        others.env.iter_mut().for_each(|f| f.item.input.is_required = false);
    }
    out = out.with(others, Adds::Related);
    for (headed, told) in prose::read(doc) {
        let few = told.env.iter().filter(|f| !is_operational(&f.item.name)).count() <= 5;
        out = out.with(told, if headed && few { Adds::Used } else { Adds::Related });
    }
    for told in super::assigned::read(doc) {
        out = out.with(told, Adds::Related);
    }
    out
}

/// What the launches of a settings file show.
pub(crate) fn configured(doc: &Doc, target: &Target) -> Inputs {
    let ours: Vec<&Printed> =
        doc.recipes().iter().filter(|p| target.knows(&p.recipe.runner) == Some(Known::Package)).collect();
    launches(doc, &ours)
}

/// Arguments and environment as launches of the package show them.
fn launches(doc: &Doc, all: &[&Printed]) -> Inputs {
    let serves_http = |p: &&Printed| {
        p.recipe
            .args
            .iter()
            .any(|a| ["sse", "http", "streamable-http", "streamableHttp", "--http", "--sse"].contains(&a.as_str()))
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
        // A command line shows variables, too, though seldom all of them.
        let rest: Vec<&Printed> = all.iter().copied().filter(|p| !set.iter().any(|s| std::ptr::eq(*s, *p))).collect();
        let mut rest = Inputs { env: environment(doc, &rest), ..Inputs::default() };
        if !out.env.is_empty() {
            rest.env.iter_mut().for_each(|f| f.item.input.is_required = false);
        }
        out = out.with(rest, Adds::Related);
    }
    out
}

/// Folders of the user's computer that a container is given.
fn volumes(doc: &Doc, primary: &Printed, out: &mut Inputs) {
    for volume in &primary.recipe.volumes {
        let Some((host, inside)) = volume.rsplit_once(":/") else { continue };
        if !is_placeholder(host) && !looks_path(host) {
            continue;
        }
        let name = "directory".to_owned();
        let input = Input { is_required: true, format: Some(Format::Filepath), ..Input::default() };
        let template = Input {
            value: Some(format!("{{{name}}}:/{inside}")),
            variables: BTreeMap::from([(name, input)]),
            ..Input::default()
        };
        let argument =
            Argument { kind: ArgumentKind::Named, name: Some("-v".to_owned()), input: template, ..Argument::default() };
        out.runtime.push(found(doc, primary, argument, volume));
    }
}

fn found<T>(doc: &Doc, printed: &Printed, item: T, quote: &str) -> Found<T> {
    Found::new(item, doc.at(Some(printed.line)), quote, Confidence::Medium)
}

fn open_words(printed: &Printed) -> usize {
    let open = |p: &Part| matches!(p, Part::Word(w) if is_placeholder(w) || looks_path(w));
    parts(&printed.recipe.args).iter().filter(|p| open(p)).count()
}

/// Whether most of the launches have something.
fn most(set: &[&Printed], has: impl Fn(&Printed) -> bool) -> bool {
    let count = set.iter().filter(|p| has(p)).count();
    count * 5 >= set.len() * 3
}

fn arguments(doc: &Doc, primary: &Printed, set: &[&Printed], out: &mut Inputs) {
    let prompts = &primary.recipe.prompts;
    for part in parts(&primary.recipe.args) {
        let (argument, quote) = match part {
            Part::Word(word) if is_placeholder(&word) || looks_path(&word) => {
                let mut argument = open_word(&word, prompts);
                argument.input.is_required = most(set, |p| open_words(p) > 0);
                let same = |last: &Found<Argument>| {
                    last.item.kind == ArgumentKind::Positional
                        && last.item.value_hint == argument.value_hint
                        && last.item.input.format == Some(Format::Filepath)
                };
                if let Some(last) = out.args.last_mut().filter(|l| same(l)) {
                    last.item.is_repeated = true;
                    last.quote = format!("{} {word}", last.quote);
                    continue;
                }
                (argument, word)
            }
            Part::Word(word) => (fixed_word(&word), word),
            Part::Flag { name, value: None, joined } => (fixed_flag(&name, None, joined), name),
            Part::Flag { name, value: Some(value), joined } => {
                let quote = format!("{name} {value}");
                (flag(&name, &value, joined, prompts, set), quote)
            }
        };
        out.args.push(found(doc, primary, argument, &quote));
    }
}

fn flag(
    name: &str,
    value: &str,
    joined: bool,
    prompts: &std::collections::BTreeMap<String, crate::recipe::Prompt>,
    set: &[&Printed],
) -> Argument {
    let sample = |v: &str| is_placeholder(v) || looks_path(v) || is_secret_name(name);
    let given = |p: &Printed| {
        parts(&p.recipe.args).into_iter().find_map(|part| match part {
            Part::Flag { name: n, value: Some(v), .. } if n == name => Some(v),
            _ => None,
        })
    };
    if !sample(value) {
        if ["stdio", "--transport", "--mode"].iter().any(|f| *f == value || *f == name) {
            return fixed_flag(name, Some(value), joined);
        }
        let mut input = open(name, value, prompts);
        suggest(&mut input, value);
        return open_flag(name, input, joined);
    }
    let mut input = open(name, value, prompts);
    // A sample that is a plain path (`~/test.db`) shows a choice; a stand-in (`/path/to/db`) must be filled.
    let id = value.strip_prefix("${input:").and_then(|s| s.strip_suffix('}'));
    let prompted = id.and_then(|id| prompts.get(id)).is_some_and(|p| p.default.as_ref().is_some_and(|d| !d.is_empty()));
    let must = is_placeholder(value) && !prompted && set.iter().all(|p| given(p).is_some());
    input.is_required = must && set.iter().filter_map(|p| given(p)).all(|v| is_placeholder(&v));
    open_flag(name, input, joined)
}

/// Flags that other launches show become optional questions.
fn optional_flags(doc: &Doc, primary: &Printed, ours: &[&Printed], out: &mut Inputs) {
    let model = parts(&primary.recipe.args);
    let mut names: Vec<String> = model
        .iter()
        .filter_map(|p| match p {
            Part::Flag { name, .. } => Some(name.clone()),
            Part::Word(_) => None,
        })
        .collect();
    for other in ours {
        let theirs = parts(&other.recipe.args);
        // Another subcommand has flags of its own.
        let foreign =
            |p: &Part| matches!(p, Part::Word(w) if !model.contains(p) && !is_placeholder(w) && !looks_path(w));
        if theirs.iter().any(foreign) {
            continue;
        }
        for part in theirs {
            let Part::Flag { name, value, joined } = part else { continue };
            let plain = ["--help", "-h", "--version", "--port", "-p", "--host", "--transport"].contains(&name.as_str());
            if plain || names.contains(&name) || names.len() > MAX_OPTIONAL {
                continue;
            }
            let mut input = open(&name, value.as_deref().unwrap_or_default(), &other.recipe.prompts);
            if value.is_none() {
                input.format = Some(Format::Boolean);
            }
            let joined = joined && value.is_some();
            out.args.push(found(doc, other, open_flag(&name, input, joined), &name));
            names.push(name);
        }
    }
    // Positionals first would change their place: flags learned elsewhere go before the model's words.
    let (flags, model): (Vec<_>, Vec<_>) = std::mem::take(&mut out.args).into_iter().partition(|f| {
        f.item.kind == ArgumentKind::Named
            && !model.iter().any(|p| matches!(p, Part::Flag { name, .. } if f.item.name.as_ref() == Some(name)))
    });
    let repeated = model.iter().any(|f| f.item.is_repeated);
    out.args =
        if repeated { flags.into_iter().chain(model).collect() } else { model.into_iter().chain(flags).collect() };
}

fn environment(doc: &Doc, set: &[&Printed]) -> Vec<Found<KeyValue>> {
    let mut out = Vec::new();
    let Some(primary) = set.iter().find(|p| !p.recipe.env.is_empty()) else { return out };
    let in_primary = |name: &str| primary.recipe.env.iter().any(|(n, _)| n == name);
    // Nobody has an account everywhere: of many services each takes those that he uses.
    let many =
        primary.recipe.env.iter().filter(|(n, v)| is_secret_name(n) && (is_placeholder(v) || v.is_empty())).count() > 5;
    let bare = primary.recipe.env.iter().all(|(n, _)| is_operational(n) || is_noise_env(n));
    let with_env = set.iter().filter(|p| !p.recipe.env.is_empty()).count();
    let related = |name: &str, printed: &Printed| {
        let news = printed.recipe.env.iter().filter(|(n, _)| !in_primary(n) && !is_secret_name(n)).count();
        let usual = set.iter().filter(|p| p.recipe.env.iter().any(|(n, _)| n == name)).count() * 2 > with_env;
        let same = primary.recipe.env.iter().any(|(n, _)| family(n) == family(name));
        if bare { usual } else { same && (news <= MAX_NEWS || usual || is_secret_name(name)) }
    };
    let mut seen: Vec<String> = Vec::new();
    for printed in std::iter::once(primary).chain(set) {
        for (name, value) in &printed.recipe.env {
            if seen.contains(name) || is_noise_env(name) || !is_env_name(name) || seen.len() > 30 {
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
