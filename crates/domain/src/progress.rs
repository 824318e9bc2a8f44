//! How far an analysis is.

use serde::{Deserialize, Serialize};

/// One step of an analysis under way, with real numbers where there are any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Which step.
    pub step: Step,
    /// How many of `total` are done.
    pub done: u32,
    /// How many there are; 0 while nobody knows.
    pub total: u32,
    /// What it is about: a repository, a package, a file.
    pub about: String,
}

/// Steps of an analysis, in their order. Not each occurs in every analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Repository, branch and commit are looked up.
    Resolve,
    /// The files of the repository are listed.
    Tree,
    /// The files that matter are read.
    Files,
    /// Packages are looked up in their registries.
    Packages,
    /// A hosted server is asked.
    Server,
    /// What was found is put together.
    Merge,
}
