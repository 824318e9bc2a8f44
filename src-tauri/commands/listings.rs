//! Search of the public lists of servers.

use super::Answer;
use crate::engine::Engine;
use catwalk_app::views::{CatalogStatus, Found, GlamaView};
use catwalk_domain::Listing;
use tauri::State;

/// Searches the copy of the MCP Registry.
#[tauri::command]
#[specta::specta]
pub async fn search_listings(engine: State<'_, Engine>, question: String) -> Answer<Found> {
    engine.app().await?.search_listings(&question).await
}

/// What Glama has besides, if it is asked at all.
#[tauri::command]
#[specta::specta]
pub async fn search_glama(engine: State<'_, Engine>, question: String) -> Answer<Vec<Listing>> {
    engine.app().await?.search_glama(&question).await
}

/// Brings the copy up to date now.
#[tauri::command]
#[specta::specta]
pub async fn refresh_listings(engine: State<'_, Engine>) -> Answer<CatalogStatus> {
    engine.app().await?.refresh_listings().await
}

/// How old the copy is.
#[tauri::command]
#[specta::specta]
pub async fn listings_status(engine: State<'_, Engine>) -> Answer<CatalogStatus> {
    engine.app().await?.listings_status().await
}

/// A listed server's picture as a `data:` address.
#[tauri::command]
#[specta::specta]
pub async fn listing_icon(engine: State<'_, Engine>, name: String) -> Answer<Option<String>> {
    engine.app().await?.listing_icon(&name).await
}

/// Whether Glama is asked too.
#[tauri::command]
#[specta::specta]
pub async fn glama_settings(engine: State<'_, Engine>) -> Answer<GlamaView> {
    engine.app().await?.glama_settings().await
}

/// Asks Glama too, or no more; keeps or forgets its key.
#[tauri::command]
#[specta::specta]
pub async fn set_glama(engine: State<'_, Engine>, enabled: bool, key: Option<String>) -> Answer<()> {
    engine.app().await?.set_glama(enabled, key).await
}
