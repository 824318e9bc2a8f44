//! Why we believe a fact of the manifest.

use serde::{Deserialize, Serialize};

/// One fact's support. Several may stand for the same `pointer`; the strongest comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// JSON Pointer (RFC 6901) of the fact in the manifest, e.g. `/packages/0/identifier`.
    pub pointer: String,
    /// Where it was read.
    pub source: EvidenceSource,
    /// The words it was read from, at most 200 characters, control characters removed.
    pub excerpt: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// Where a fact was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum EvidenceSource {
    /// A file of the repository or package.
    #[serde(rename_all = "camelCase")]
    File {
        /// Path inside the repository.
        path: String,
        /// 1-based line, if the fact has one.
        line: Option<u32>,
        /// A web page that shows it.
        url: Option<String>,
    },
    /// An API's answer.
    #[serde(rename_all = "camelCase")]
    Api {
        /// Short name for people, e.g. `npm registry`.
        name: String,
        /// The address asked.
        url: String,
    },
    /// The pasted text itself.
    Pasted,
    /// A language model, which took it from a file. Nothing that it says is trusted with more than words and questions.
    #[serde(rename_all = "camelCase")]
    Model {
        /// The model.
        model: String,
        /// The file it named, in which the excerpt was found.
        path: String,
        /// 1-based line of the excerpt.
        line: Option<u32>,
        /// A web page that shows it.
        url: Option<String>,
    },
}

/// How sure we are of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Confidence {
    /// A guess by convention.
    Low,
    /// Read from prose or an example.
    Medium,
    /// Stated by a typed file or API.
    High,
}
