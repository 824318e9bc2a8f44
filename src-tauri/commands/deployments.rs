//! Deployments: look, control, edit, try.

use super::Answer;
use crate::engine::Engine;
use catwalk_app::views::{AnswerInput, DeploymentView, FormView, LogLineView, ToolResult, ToolView};
use catwalk_domain::{DeploymentId, StatusEvent};
use tauri::{AppHandle, State, Url};
use tauri_plugin_opener::OpenerExt;

/// All deployments, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn list_deployments(engine: State<'_, Engine>) -> Answer<Vec<DeploymentView>> {
    engine.app().await?.list_deployments().await
}

/// One deployment.
#[tauri::command]
#[specta::specta]
pub async fn get_deployment(engine: State<'_, Engine>, id: DeploymentId) -> Answer<DeploymentView> {
    engine.app().await?.get_deployment(id).await
}

/// Wants it running.
#[tauri::command]
#[specta::specta]
pub async fn start_deployment(engine: State<'_, Engine>, id: DeploymentId) -> Answer<()> {
    engine.app().await?.start_deployment(id).await
}

/// Wants it stopped.
#[tauri::command]
#[specta::specta]
pub async fn stop_deployment(engine: State<'_, Engine>, id: DeploymentId) -> Answer<()> {
    engine.app().await?.stop_deployment(id).await
}

/// Stops and starts it.
#[tauri::command]
#[specta::specta]
pub async fn restart_deployment(engine: State<'_, Engine>, id: DeploymentId) -> Answer<()> {
    engine.app().await?.restart_deployment(id).await
}

/// Signs in to a hosted server in the user's browser; answers when that is done.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(app: AppHandle, engine: State<'_, Engine>, id: DeploymentId) -> Answer<()> {
    let open = |page: &Url| app.opener().open_url(page.as_str(), None::<&str>).map_err(|e| e.to_string());
    engine.app().await?.sign_in(id, open).await
}

/// Stops a sign-in that waits for the browser.
#[tauri::command]
#[specta::specta]
pub async fn cancel_sign_in(engine: State<'_, Engine>, id: DeploymentId) -> Answer<()> {
    engine.app().await?.cancel_sign_in(id);
    Ok(())
}

/// Forgets what signing in gave.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(engine: State<'_, Engine>, id: DeploymentId) -> Answer<()> {
    engine.app().await?.sign_out(id).await
}

/// Installs once more with the named packages' scripts allowed, and starts it.
#[tauri::command]
#[specta::specta]
pub async fn allow_scripts(engine: State<'_, Engine>, id: DeploymentId, packages: Vec<String>) -> Answer<()> {
    engine.app().await?.allow_scripts(id, packages).await
}

/// Stops it and removes everything of it: entries in AI apps, files, secrets, rows.
#[tauri::command]
#[specta::specta]
pub async fn delete_deployment(engine: State<'_, Engine>, id: DeploymentId) -> Answer<()> {
    engine.app().await?.delete_deployment(id).await
}

/// Gives it another name for people.
#[tauri::command]
#[specta::specta]
pub async fn rename_deployment(engine: State<'_, Engine>, id: DeploymentId, title: String) -> Answer<DeploymentView> {
    engine.app().await?.rename_deployment(id, &title).await
}

/// Gives each session a process of its own, or all of them one again.
#[tauri::command]
#[specta::specta]
pub async fn set_isolated(engine: State<'_, Engine>, id: DeploymentId, isolated: bool) -> Answer<()> {
    engine.app().await?.set_isolated(id, isolated).await
}

/// Its form with what has been answered.
#[tauri::command]
#[specta::specta]
pub async fn deployment_form(engine: State<'_, Engine>, id: DeploymentId) -> Answer<FormView> {
    engine.app().await?.deployment_form(id).await
}

/// Replaces answers (a secret field that is not sent keeps its value) and restarts it.
#[tauri::command]
#[specta::specta]
pub async fn update_answers(
    engine: State<'_, Engine>,
    id: DeploymentId,
    answers: Vec<AnswerInput>,
) -> Answer<DeploymentView> {
    engine.app().await?.update_answers(id, answers).await
}

/// Its tools.
#[tauri::command]
#[specta::specta]
pub async fn list_tools(engine: State<'_, Engine>, id: DeploymentId) -> Answer<Vec<ToolView>> {
    engine.app().await?.list_tools(id).await
}

/// Calls a tool with arguments as JSON text.
#[tauri::command]
#[specta::specta]
pub async fn call_tool(
    engine: State<'_, Engine>,
    id: DeploymentId,
    name: String,
    arguments_json: String,
) -> Answer<ToolResult> {
    engine.app().await?.call_tool(id, &name, &arguments_json).await
}

/// The last lines of its log.
#[tauri::command]
#[specta::specta]
pub async fn read_log(engine: State<'_, Engine>, id: DeploymentId, lines: u32) -> Answer<Vec<LogLineView>> {
    engine.app().await?.read_log(id, lines).await
}

/// Its changes of status, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn status_history(engine: State<'_, Engine>, id: DeploymentId) -> Answer<Vec<StatusEvent>> {
    engine.app().await?.status_history(id).await
}
