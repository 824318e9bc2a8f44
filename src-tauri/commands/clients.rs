//! AI apps: found, connect, undo; endpoint and token.

use super::Answer;
use crate::engine::Engine;
use catwalk_app::Scope;
use catwalk_app::views::{ClientLink, ClientView, ConnectPlan, EndpointView, SetView};
use catwalk_domain::DeploymentId;
use tauri::State;

/// The AI apps Catwalk knows, with what was found on this computer.
#[tauri::command]
#[specta::specta]
pub async fn list_clients(engine: State<'_, Engine>) -> Answer<Vec<ClientView>> {
    engine.app().await?.list_clients().await
}

/// The exact change that connecting would make.
#[tauri::command]
#[specta::specta]
pub async fn plan_connect(engine: State<'_, Engine>, kind: String, scope: Scope) -> Answer<ConnectPlan> {
    engine.app().await?.plan_connect(&kind, &scope).await
}

/// The entry to paste by hand where the app's file cannot be changed safely.
#[tauri::command]
#[specta::specta]
pub async fn paste_entry(engine: State<'_, Engine>, kind: String, scope: Scope) -> Answer<String> {
    engine.app().await?.paste_entry(&kind, &scope).await
}

/// The exact change that disconnecting would make.
#[tauri::command]
#[specta::specta]
pub async fn plan_disconnect(engine: State<'_, Engine>, kind: String, scope: Scope) -> Answer<ConnectPlan> {
    engine.app().await?.plan_disconnect(&kind, &scope).await
}

/// Makes a planned change, after a backup. `None` when the change was a disconnect.
#[tauri::command]
#[specta::specta]
pub async fn apply_connect(engine: State<'_, Engine>, plan_id: String) -> Answer<Option<ClientLink>> {
    engine.app().await?.apply_connect(&plan_id).await
}

/// Takes a change back.
#[tauri::command]
#[specta::specta]
pub async fn undo_connect(engine: State<'_, Engine>, link_id: String) -> Answer<()> {
    engine.app().await?.undo_connect(&link_id).await
}

/// Changes that can be undone.
#[tauri::command]
#[specta::specta]
pub async fn client_links(engine: State<'_, Engine>) -> Answer<Vec<ClientLink>> {
    engine.app().await?.client_links().await
}

/// Address of a deployment; with its token when `reveal` is set.
#[tauri::command]
#[specta::specta]
pub async fn endpoint(engine: State<'_, Engine>, id: DeploymentId, reveal: bool) -> Answer<EndpointView> {
    engine.app().await?.endpoint(id, reveal).await
}

/// Address of all servers as one, or of a set of them; with its token when `reveal` is set.
#[tauri::command]
#[specta::specta]
pub async fn endpoint_of_many(engine: State<'_, Engine>, set: Option<String>, reveal: bool) -> Answer<EndpointView> {
    engine.app().await?.endpoint_of_many(set.as_deref(), reveal).await
}

/// The named sets of servers.
#[tauri::command]
#[specta::specta]
pub async fn list_sets(engine: State<'_, Engine>) -> Answer<Vec<SetView>> {
    engine.app().await?.list_sets().await
}

/// Makes a set, or puts these servers in the place of those it had.
#[tauri::command]
#[specta::specta]
pub async fn save_set(engine: State<'_, Engine>, name: String, servers: Vec<DeploymentId>) -> Answer<SetView> {
    engine.app().await?.save_set(&name, servers).await
}

/// Removes a set, and the entries that lead to it from AI apps.
#[tauri::command]
#[specta::specta]
pub async fn delete_set(engine: State<'_, Engine>, name: String) -> Answer<()> {
    engine.app().await?.delete_set(&name).await
}

/// Where the relay's counters are for Prometheus; with their own token when `reveal` is set.
#[tauri::command]
#[specta::specta]
pub async fn metrics(engine: State<'_, Engine>, reveal: bool) -> Answer<EndpointView> {
    engine.app().await?.metrics(reveal).await
}

/// Replaces the token that the user copies by hand; the old one stops working at once.
#[tauri::command]
#[specta::specta]
pub async fn rotate_token(engine: State<'_, Engine>) -> Answer<()> {
    engine.app().await?.rotate_token().await
}
