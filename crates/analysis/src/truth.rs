//! What a registry says of a package that no manifest holds: who built it and from what, how old and how much used it is, what
//! it needs, and whether its name is almost another's. Each is a fact with its source or a warning; none decides.

mod lookalike;
mod npm;
mod pypi;
mod statement;

use crate::draft::Draft;
use catwalk_domain::{EvidenceSource, FactTopic, Millis, WarningKind};
pub(crate) use lookalike::is_almost_the_repository;
use lookalike::resembles;
pub(crate) use npm::ask_npm;
pub(crate) use pypi::ask_pypi;

/// Longest wait for an answer that is good to have and not needed, seconds.
const PATIENCE: u64 = 3;
const DAY: Millis = 24 * 3600 * 1000;
/// A package younger than this is called new.
const YOUNG: Millis = 14 * DAY;

/// Who built the published files, as a signed statement in the registry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Built {
    /// Owner and name on GitHub, in lower case.
    pub(crate) repository: (String, String),
    pub(crate) commit: Option<String>,
    /// Where the statement was read.
    pub(crate) url: String,
}

/// Tells who built it, and warns when that is not the repository that the package names.
fn built(draft: &mut Draft, who: &str, built: &Built, named: Option<(String, String)>) {
    let (owner, repo) = &built.repository;
    let commit =
        built.commit.as_deref().and_then(|c| c.get(..7)).map(|c| format!(" at commit {c}")).unwrap_or_default();
    let text = format!("{who} keeps a signed statement that it was built from github.com/{owner}/{repo}{commit}.");
    draft.tell(FactTopic::Provenance, &text, &EvidenceSource::Api { name: who.to_owned(), url: built.url.clone() });
    let same = |(o, r): &(String, String)| o.eq_ignore_ascii_case(owner) && r.eq_ignore_ascii_case(repo);
    if let Some(other) = named.filter(|n| !same(n)) {
        draft.warn(
            WarningKind::Unverified,
            format!("It says that it comes from {}/{}, but it was built from {owner}/{repo}.", other.0, other.1),
        );
    }
}

/// Tells how long a package exists and how often it was published.
fn age(draft: &mut Draft, first: Millis, versions: usize, source: &EvidenceSource, now: Millis) {
    let days = (now - first).max(0) / DAY;
    let since = match days {
        0 => "since today".to_owned(),
        1 => "for one day".to_owned(),
        n if n < 60 => format!("for {n} days"),
        n if n < 730 => format!("for {} months", n / 30),
        n => format!("for {} years", n / 365),
    };
    let count = if versions == 1 { "one version".to_owned() } else { format!("{versions} versions") };
    draft.tell(FactTopic::Age, &format!("The package exists {since}, in {count}."), source);
    if now - first < YOUNG {
        let text = format!("The package exists only {since}: hardly anybody can have looked at it yet.");
        draft.warn(WarningKind::VeryNew, text);
    }
}

/// Warns of a name that is almost a well-known one.
fn lookalike(draft: &mut Draft, registry: &str, name: &str) {
    if let Some(known) = resembles(registry, name) {
        let text = format!(
            "“{name}” is almost the name of the well-known package “{known}”. Make sure that it is the one you want."
        );
        draft.warn(WarningKind::LookAlike, text);
    }
}
