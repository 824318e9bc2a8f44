//! An analysis while it is being put together: the manifest, and the evidence for each fact as it is set.

use crate::inputs::{self, Found, Inputs};
use crate::text::{clean, excerpt};
use catwalk_domain::manifest::{KeyValue, Meta, Package, Repository, RunHint, SCHEMA};
use catwalk_domain::{
    Analysis, Claim, Confidence, Dispute, Evidence, EvidenceSource, Fact, FactTopic, Gap, Manifest, Millis, Side,
    Source, Warning, WarningKind,
};

/// How old a version must be not to be called very new.
const COOLDOWN: Millis = 7 * 24 * 3600 * 1000;
/// Longest text of the schema's `description` and `title`.
const SHORT: usize = 100;

/// Most contradictions that are shown.
const MAX_DISPUTES: usize = 12;

/// An analysis while it is being put together.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) manifest: Manifest,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) publisher: Option<String>,
    pub(crate) published_at: Option<Millis>,
    pub(crate) commit: Option<String>,
    /// Files that were read, the most telling first.
    pub(crate) looked: Vec<String>,
    /// Whether its tools are known.
    pub(crate) tools: bool,
    /// What could not be looked at.
    pub(crate) unseen: Vec<Gap>,
    /// Where places differ.
    pub(crate) disputes: Vec<Dispute>,
}

impl Draft {
    /// Notes why a fact is believed.
    pub(crate) fn fact(&mut self, pointer: &str, origin: &EvidenceSource, quote: &str, confidence: Confidence) {
        let evidence =
            Evidence { pointer: pointer.to_owned(), source: origin.clone(), excerpt: excerpt(quote), confidence };
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
    }

    /// Notes something to know that has no place in the manifest.
    pub(crate) fn tell(&mut self, topic: FactTopic, text: &str, source: &EvidenceSource) {
        let fact = Fact { topic, text: clean(text, 200), source: source.clone() };
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    /// Tells its terms in the words of whoever knows them; who is asked first counts.
    pub(crate) fn licence(&mut self, name: &str, source: &EvidenceSource) {
        let known = self.facts.iter().any(|f| f.topic == FactTopic::Licence);
        let name = clean(name.lines().next().unwrap_or_default(), 60);
        if known || name.is_empty() || ["NOASSERTION", "UNKNOWN", "OTHER"].contains(&name.to_uppercase().as_str()) {
            return;
        }
        let text = match name.as_str() {
            "UNLICENSED" => "Its author gives no licence: others may not copy or change it.".to_owned(),
            _ => format!("It may be used under the terms of {name}."),
        };
        self.tell(FactTopic::Licence, &text, source);
    }

    /// Adds a warning once.
    pub(crate) fn warn(&mut self, kind: WarningKind, text: impl Into<String>) {
        let warning = Warning { kind, text: text.into() };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Sets the description, cut to what the schema allows.
    pub(crate) fn describe(&mut self, text: &str, origin: &EvidenceSource, confidence: Confidence) {
        let short = clean(text, SHORT);
        if self.manifest.description.is_empty() && !short.is_empty() {
            self.fact("/description", origin, &short, confidence);
            self.manifest.description = short;
        }
    }

    /// Sets the title for people.
    pub(crate) fn title(&mut self, text: &str, origin: &EvidenceSource) {
        let short = clean(text, SHORT);
        if self.manifest.title.is_none() && !short.is_empty() {
            self.fact("/title", origin, &short, Confidence::Medium);
            self.manifest.title = Some(short);
        }
    }

    /// Sets the repository on GitHub.
    pub(crate) fn repository(&mut self, owner: &str, repo: &str, folder: Option<&str>, origin: &EvidenceSource) {
        let url = format!("https://github.com/{owner}/{repo}");
        self.fact("/repository/url", origin, &url, Confidence::High);
        let subfolder = folder.map(|f| f.trim_matches('/').to_owned()).filter(|f| !f.is_empty());
        self.manifest.repository = Some(Repository { url, source: "github".to_owned(), id: None, subfolder });
    }

    /// Sets the one package, how it is started, and what it must be given.
    pub(crate) fn package(&mut self, mut package: Package, hint: RunHint, inputs: Inputs) {
        for sentence in inputs.dropped {
            self.warn(WarningKind::Dropped, sentence);
        }
        self.disputes = inputs.disputes.iter().filter_map(|d| disputed(d, &inputs.env)).take(MAX_DISPUTES).collect();
        package.package_arguments = self.found("packageArguments", inputs.args);
        package.runtime_arguments = self.found("runtimeArguments", inputs.runtime);
        package.environment_variables = self.found("environmentVariables", inputs.env);
        self.manifest.packages = vec![package];
        self.manifest.meta = Some(Meta { run: Some(hint) });
    }

    /// The items of a list of the package, each with everything that supports it.
    fn found<T>(&mut self, list: &str, items: Vec<Found<T>>) -> Vec<T> {
        let each = |(index, found): (usize, Found<T>)| {
            let pointer = format!("/packages/0/{list}/{index}");
            self.fact(&pointer, &found.origin, &found.quote, found.confidence);
            for (origin, quote, confidence) in &found.more {
                self.fact(&pointer, origin, quote, *confidence);
            }
            found.item
        };
        items.into_iter().enumerate().map(each).collect()
    }

    /// Warns of a version younger than the cooldown.
    pub(crate) fn age(&mut self, published: Option<Millis>, now: Millis) {
        self.published_at = published;
        if let Some(published) = published.filter(|p| now - p < COOLDOWN) {
            let days = (now - published).max(0) / (24 * 3600 * 1000);
            let age = match days {
                0 => "less than a day".to_owned(),
                1 => "one day".to_owned(),
                n => format!("{n} days"),
            };
            self.warn(
                WarningKind::VeryNew,
                format!("This version is only {age} old. Harmful versions are mostly found out within a week."),
            );
        }
    }

    /// The finished analysis: what the schema demands is filled in.
    pub(crate) fn finish(mut self, source: Source, fallback_name: &str) -> Analysis {
        let gaps = crate::gaps::gaps(&self, &source);
        let manifest = &mut self.manifest;
        SCHEMA.clone_into(&mut manifest.schema);
        if !is_server_name(&manifest.name) {
            manifest.name = server_name(fallback_name);
        }
        if manifest.description.is_empty() {
            "An MCP server; its author gives no description.".clone_into(&mut manifest.description);
        }
        if manifest.version.is_empty() {
            "0.0.0".clone_into(&mut manifest.version);
        }
        manifest.version = clean(&manifest.version, 255);
        manifest.website_url =
            manifest.website_url.take().filter(|u| u.starts_with("https://") && url::Url::parse(u).is_ok());
        // The strongest support of a fact comes first.
        self.evidence.sort_by(|a, b| a.pointer.cmp(&b.pointer).then(b.confidence.cmp(&a.confidence)));
        Analysis {
            source,
            manifest: self.manifest,
            evidence: self.evidence,
            facts: self.facts,
            warnings: self.warnings,
            gaps,
            disputes: self.disputes,
            publisher: self.publisher.map(|p| clean(&p, SHORT)).filter(|p| !p.is_empty()),
            published_at: self.published_at,
            commit: self.commit,
        }
    }
}

/// A contradiction as it is shown: with its variable's place, and the side that the manifest follows.
fn disputed(dispute: &inputs::Dispute, env: &[Found<KeyValue>]) -> Option<Dispute> {
    let (index, found) = env.iter().enumerate().find(|(_, f)| f.item.name == dispute.name)?;
    let input = &found.item.input;
    let holds = |side: &Side| match &side.says {
        Claim::Required => input.is_required,
        Claim::Optional => !input.is_required,
        Claim::Default { value } => input.default.as_ref() == Some(value),
    };
    let taken = dispute.sides.iter().position(holds).filter(|_| !input.is_secret || !dispute.is_about_value())?;
    // A value that would have to be changed to be shown cannot be offered.
    let fit = |side: &Side| match &side.says {
        Claim::Default { value } => clean(value, 200) == *value,
        _ => true,
    };
    dispute.sides.iter().all(fit).then_some(Dispute {
        pointer: format!("/packages/0/environmentVariables/{index}"),
        sides: dispute.sides.clone(),
        taken: u32::try_from(taken).ok()?,
    })
}

/// Whether a text is a reverse-DNS name of the schema.
pub(crate) fn is_server_name(text: &str) -> bool {
    let good = |s: &str, more: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    text.len() <= 200 && text.split_once('/').is_some_and(|(space, name)| good(space, ".-") && good(name, "._-"))
}

/// A name that fits the schema, from `kind/some thing`.
fn server_name(text: &str) -> String {
    let (space, name) = text.split_once('/').unwrap_or(("local", text));
    let keep = |s: &str, more: &str| -> String {
        let kept: String =
            s.chars().map(|c| if c.is_ascii_alphanumeric() || more.contains(c) { c } else { '-' }).collect();
        kept.trim_matches('-').chars().take(90).collect()
    };
    let (space, name) = (keep(space, ".-"), keep(name, "._-"));
    format!("{}/{}", if space.is_empty() { "local" } else { &space }, if name.is_empty() { "server" } else { &name })
}
