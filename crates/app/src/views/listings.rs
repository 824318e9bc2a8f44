//! What a search shows.

use catwalk_domain::{Listing, Millis, Problem};
use serde::Serialize;

/// The answer to a search.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The best matches, best first.
    pub listings: Vec<Listing>,
    /// State of the copy that was searched.
    pub status: CatalogStatus,
}

/// State of the copy of the MCP Registry.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CatalogStatus {
    /// How many servers it has.
    pub entries: u32,
    /// Everything was read at least once.
    pub complete: bool,
    /// When it was last as new as the registry.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub synced_at: Option<Millis>,
    /// It is being brought up to date now.
    pub refreshing: bool,
    /// Why that failed last; what is there stays usable.
    pub problem: Option<Problem>,
}

/// Whether Glama is asked too.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GlamaView {
    /// It is.
    pub enabled: bool,
    /// Whether a key for it is kept.
    pub key_set: bool,
}
