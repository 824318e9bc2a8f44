//! A server as a public list of servers has it, in the few words that a search shows.

use crate::Millis;
use serde::{Deserialize, Serialize};

/// One entry of the MCP Registry or of another list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// Its identity in its list, e.g. `io.github.ada/notes`.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// What it does.
    pub description: String,
    /// The newest version.
    pub version: String,
    /// Who published it: a domain, or a user of GitHub.
    pub publisher: String,
    /// The publisher has proved to own the domain that the name begins with; a user of GitHub is no such proof.
    pub official: bool,
    /// Page of its source.
    pub repository: Option<String>,
    /// Ways to run it on a computer.
    pub packages: Vec<ListedPackage>,
    /// Somebody hosts it: it can be used without running anything.
    pub hosted: bool,
    /// Its author advises against using it; the words say why, and may be empty.
    pub deprecated: Option<String>,
    /// Address of its picture. Never loaded by the window: the engine fetches and checks it.
    pub icon: Option<String>,
    /// When the list last heard of it.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub updated_at: Millis,
    /// Which list it is from.
    pub origin: Origin,
    /// What to analyse to get it.
    pub paste: String,
}

/// A way to run a listed server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListedPackage {
    /// `npm`, `pypi`, `oci`, …
    pub registry_type: String,
    /// Name in that registry.
    pub identifier: String,
}

/// Which list an entry is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Origin {
    /// The official MCP Registry.
    Registry,
    /// Glama, whose terms ask for a link to its page.
    #[serde(rename_all = "camelCase")]
    Glama {
        /// The page.
        link: String,
    },
}
