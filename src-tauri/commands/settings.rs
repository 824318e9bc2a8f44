//! Settings, vault, engine state.

use super::Answer;
use crate::engine::Engine;
use catwalk_app::views::{AppState, Appearance, GithubCode, GithubView, SettingsView};
use tauri::State;

/// Whether the engine runs, and why not. Answers at once.
#[tauri::command]
#[specta::specta]
pub async fn app_state(engine: State<'_, Engine>) -> Answer<AppState> {
    Ok(engine.state().await)
}

/// Starts the engine again after a problem.
#[tauri::command]
#[specta::specta]
pub async fn retry_start(engine: State<'_, Engine>) -> Answer<()> {
    engine.retry();
    Ok(())
}

/// Moves the relay to a free port and starts the engine again.
#[tauri::command]
#[specta::specta]
pub async fn use_another_port(engine: State<'_, Engine>) -> Answer<()> {
    engine.use_another_port().await
}

/// Goes back to the built-in database and starts the engine again.
#[tauri::command]
#[specta::specta]
pub async fn use_built_in_database(engine: State<'_, Engine>) -> Answer<()> {
    engine.use_built_in_database().await
}

/// Goes back to the last sound copy of the built-in database and starts the engine again.
#[tauri::command]
#[specta::specta]
pub async fn restore_database(engine: State<'_, Engine>) -> Answer<()> {
    engine.restore_database().await
}

/// Everything on the settings page.
#[tauri::command]
#[specta::specta]
pub async fn get_settings(engine: State<'_, Engine>) -> Answer<SettingsView> {
    engine.app().await?.get_settings().await
}

/// Light, dark, or as the system.
#[tauri::command]
#[specta::specta]
pub async fn set_appearance(engine: State<'_, Engine>, appearance: Appearance) -> Answer<()> {
    engine.app().await?.set_appearance(appearance)
}

/// Keeps or forgets a GitHub token.
#[tauri::command]
#[specta::specta]
pub async fn set_github_token(engine: State<'_, Engine>, token: Option<String>) -> Answer<()> {
    engine.app().await?.set_github_token(token).await
}

/// The user's account on GitHub and what is left of its limit.
#[tauri::command]
#[specta::specta]
pub async fn github_account(engine: State<'_, Engine>) -> Answer<GithubView> {
    engine.app().await?.github_account().await
}

/// Begins to sign in to GitHub; the answer is what the user types there. `private_too`: not only public repositories.
#[tauri::command]
#[specta::specta]
pub async fn github_sign_in(engine: State<'_, Engine>, private_too: bool) -> Answer<GithubCode> {
    engine.app().await?.github_sign_in(private_too).await
}

/// Stops a sign-in to GitHub that waits for the user.
#[tauri::command]
#[specta::specta]
pub async fn cancel_github_sign_in(engine: State<'_, Engine>) -> Answer<()> {
    engine.app().await?.cancel_github_sign_in();
    Ok(())
}

/// Tries a database URL without keeping it.
#[tauri::command]
#[specta::specta]
pub async fn test_database(engine: State<'_, Engine>, url: String) -> Answer<()> {
    engine.app().await?.test_database(&url).await
}

/// Uses another database from the next start on; `None` is the built-in one.
#[tauri::command]
#[specta::specta]
pub async fn set_database(engine: State<'_, Engine>, url: Option<String>) -> Answer<()> {
    engine.app().await?.set_database(url).await
}

/// Asks the system to unlock the keychain.
#[tauri::command]
#[specta::specta]
pub async fn unlock_vault(engine: State<'_, Engine>) -> Answer<()> {
    engine.app().await?.unlock_vault().await
}

/// Goes on with a new key in place of a lost one.
#[tauri::command]
#[specta::specta]
pub async fn start_over(engine: State<'_, Engine>) -> Answer<()> {
    engine.app().await?.start_over().await
}
