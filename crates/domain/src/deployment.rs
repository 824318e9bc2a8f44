//! A configured server on a target.

use crate::{FieldKey, Manifest, Millis, Source, Warning};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Identifies a deployment for good (UUID v7, so ids sort by age).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct DeploymentId(#[cfg_attr(feature = "specta", specta(type = String))] pub Uuid);

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DeploymentId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// The deployment's name in its endpoint: `[a-z0-9]` and inner `-`, 1 to 40 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    const MAX: usize = 40;

    /// Makes a slug from any text; `server` when nothing usable is left.
    pub fn from_text(text: &str) -> Self {
        let mut slug = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.ends_with('-') && !slug.is_empty() {
                slug.push('-');
            }
            if slug.len() == Self::MAX {
                break;
            }
        }
        let slug = slug.trim_end_matches('-');
        Self(if slug.is_empty() { "server" } else { slug }.to_owned())
    }

    /// The same slug with a number, for when the plain one is taken. `n` starts at 2.
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        let suffix = format!("-{n}");
        let stem: String = self.0.chars().take(Self::MAX - suffix.len()).collect();
        Self(format!("{}{suffix}", stem.trim_end_matches('-')))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a deployment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// A process on this computer.
    Local,
    /// Somebody else hosts it; nothing runs here.
    Remote,
}

/// What the user wants of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Desired {
    /// Keep it running.
    Running,
    /// Keep it stopped.
    Stopped,
}

/// What `runtime` put on disk, enough to start it again without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Installed {
    /// Exact version.
    pub version: String,
    /// Absolute path of the executable to start.
    pub program: String,
    /// Arguments that come before the deployment's own (e.g. the script for `node`).
    pub leading_args: Vec<String>,
    /// Folder that holds the installation.
    pub dir: String,
    /// SHA-256 (hex) of the lock file: what was allowed is what runs.
    pub lock_sha256: String,
    /// Extra environment the toolchain itself needs.
    pub env: BTreeMap<String, String>,
}

/// A configured server on a target. Secrets are not in here; the store keeps them sealed beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its identity.
    pub id: DeploymentId,
    /// Its name in the endpoint, unique.
    pub slug: Slug,
    /// Its name for people.
    pub title: String,
    /// Where it runs.
    pub target: Target,
    /// What the user pasted.
    pub source: Source,
    /// What it is and needs.
    pub manifest: Manifest,
    /// The commit of the repository the analysis read, for sources built from GitHub.
    pub commit: Option<String>,
    /// Answers that are not secret.
    pub answers: BTreeMap<FieldKey, Vec<String>>,
    /// Packages whose install or build scripts the user allowed by name.
    pub allow_scripts: Vec<String>,
    /// What analysis said to know about it.
    pub warnings: Vec<Warning>,
    /// What the user wants.
    pub desired: Desired,
    /// Whether each session of an AI app gets a process of its own.
    pub isolated: bool,
    /// What is on disk, once installed.
    pub installed: Option<Installed>,
    /// When it was made.
    pub created_at: Millis,
}

#[cfg(test)]
mod tests {
    use super::Slug;

    #[test]
    fn slugs() {
        for (text, expect) in [
            ("@modelcontextprotocol/server-memory", "modelcontextprotocol-server-memory"),
            ("Größe & Co", "gr-e-co"),
            ("…", "server"),
            ("A  B", "a-b"),
        ] {
            assert_eq!(Slug::from_text(text).as_str(), expect, "{text}");
        }
        let long = Slug::from_text(&"x".repeat(60));
        assert_eq!(long.as_str().len(), 40);
        assert_eq!(long.numbered(12).as_str().len(), 40);
    }
}
