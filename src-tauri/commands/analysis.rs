//! Paste, analysis, draft.

use super::Answer;
use crate::engine::Engine;
use catwalk_app::views::{Analyzed, AnswerInput, DeploymentView};
use catwalk_domain::{FieldProblem, Preview};
use tauri::State;

/// Analyses what the user pasted; `again`: without what is known from before.
#[tauri::command]
#[specta::specta]
pub async fn analyze(engine: State<'_, Engine>, text: String, again: bool) -> Answer<Analyzed> {
    let app = engine.app().await?;
    if again { app.analyze_again(&text).await } else { app.analyze(&text).await }
}

/// Stops an analysis that is under way.
#[tauri::command]
#[specta::specta]
pub async fn cancel_analysis(engine: State<'_, Engine>) -> Answer<()> {
    engine.app().await?.cancel_analysis();
    Ok(())
}

/// The exact command with the answers so far.
#[tauri::command]
#[specta::specta]
pub async fn preview_draft(engine: State<'_, Engine>, draft: String, answers: Vec<AnswerInput>) -> Answer<Preview> {
    engine.app().await?.preview_draft(&draft, answers)
}

/// Lets a draft follow another side where places differ about what the server needs.
#[tauri::command]
#[specta::specta]
pub async fn take_side(engine: State<'_, Engine>, draft: String, dispute: u32, side: u32) -> Answer<Analyzed> {
    engine.app().await?.take_side(&draft, dispute, side)
}

/// What is wrong with the answers so far.
#[tauri::command]
#[specta::specta]
pub async fn validate_draft(
    engine: State<'_, Engine>,
    draft: String,
    answers: Vec<AnswerInput>,
) -> Answer<Vec<FieldProblem>> {
    engine.app().await?.validate_draft(&draft, answers)
}

/// Turns the draft into a deployment and starts it. `allow_scripts`: the user agreed that the package's own build or
/// install step may run.
#[tauri::command]
#[specta::specta]
pub async fn deploy(
    engine: State<'_, Engine>,
    draft: String,
    title: String,
    answers: Vec<AnswerInput>,
    allow_scripts: bool,
) -> Answer<DeploymentView> {
    engine.app().await?.deploy(&draft, &title, answers, allow_scripts).await
}
