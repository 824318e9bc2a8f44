//! What an analysis looked for in vain.

use serde::{Deserialize, Serialize};

/// Something that was looked for and not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// What it is about.
    pub topic: GapTopic,
    /// What was looked for, a few words.
    pub sought: String,
    /// Where: files, registries, a few words each.
    pub places: Vec<String>,
    /// What that means and what the user can do, plain sentences.
    pub advice: String,
}

/// What a gap is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum GapTopic {
    /// What it does.
    Description,
    /// Which version it is.
    Version,
    /// Under which terms it may be used.
    Licence,
    /// Where its source is.
    Repository,
    /// Who publishes it.
    Publisher,
    /// When this version was published.
    Published,
    /// Who built the published files.
    Provenance,
    /// How it talks.
    Transport,
    /// What it can do.
    Tools,
    /// What it must be given.
    Settings,
    /// Files that the host's list of a large repository leaves out.
    Files,
}
