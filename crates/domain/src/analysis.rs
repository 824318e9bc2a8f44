//! What analysis of a source found.

use crate::{Dispute, Evidence, EvidenceSource, Gap, Manifest, Millis, Source};
use serde::{Deserialize, Serialize};

/// The result of analysing a source. It is kept for a while: what an earlier release did not write yet has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Analysis {
    /// What was analysed.
    pub source: Source,
    /// What the server is and needs. Exactly one way to run it: `packages[0]` or, without packages, `remotes[0]`.
    pub manifest: Manifest,
    /// Support for the manifest's facts.
    pub evidence: Vec<Evidence>,
    /// What registries and GitHub say about it that has no place in a manifest.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// What the user should know before allowing it.
    pub warnings: Vec<Warning>,
    /// What was looked for and not found.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Where places differ about what the server needs.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// Who published it, as the registry or GitHub says.
    pub publisher: Option<String>,
    /// When the chosen version was published.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub published_at: Option<Millis>,
    /// The commit the repository was read at (40 hex), if it was a repository.
    pub commit: Option<String>,
}

/// Something to know that is no part of the manifest, and who says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// What it is about.
    pub topic: FactTopic,
    /// One plain sentence.
    pub text: String,
    /// Where it was read.
    pub source: EvidenceSource,
}

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum FactTopic {
    /// Whether package and repository name each other.
    PointsBack,
    /// Who built the published files, where the registry keeps a signed statement of it.
    Provenance,
    /// How long the package exists and how often it was published.
    Age,
    /// How often it is downloaded.
    Downloads,
    /// The Node.js or Python that it wants.
    Requires,
    /// How people who have its language's tools install it.
    Install,
    /// Under which terms it may be used.
    Licence,
    /// The repository has another name now.
    Moved,
}

/// Something to know before saying yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// Which kind, for the icon and for tests.
    pub kind: WarningKind,
    /// One plain sentence.
    pub text: String,
}

/// Kinds of warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum WarningKind {
    /// The package is marked as deprecated or yanked by its author.
    Deprecated,
    /// The version is younger than the release-age cooldown.
    VeryNew,
    /// The package wants to run a script while it is installed; Catwalk does not run it.
    InstallScript,
    /// The package does not point back to the repository that led to it.
    Unverified,
    /// Something had to be guessed.
    Guessed,
    /// The pasted text asked for something that Catwalk leaves out, e.g. a dangerous flag.
    Dropped,
    /// The repository is archived.
    Archived,
    /// The repository was renamed or moved since the link was made.
    Moved,
    /// The name is almost that of another, well-known package.
    LookAlike,
    /// The registry lists known vulnerabilities of this version.
    Vulnerable,
}

#[cfg(test)]
mod tests {
    use super::Analysis;
    use crate::{Manifest, Source};

    #[test]
    fn what_an_earlier_release_kept_can_be_read() {
        let kept = serde_json::json!({
            "source": Source::Folder { path: "/x".to_owned() }, "manifest": Manifest::default(), "evidence": [],
            "warnings": [], "publisher": null, "publishedAt": null, "commit": null,
        });
        let read: Analysis = serde_json::from_value(kept).expect("it is an analysis");
        assert!(read.facts.is_empty() && read.gaps.is_empty() && read.disputes.is_empty());
    }
}
