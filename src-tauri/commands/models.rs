//! The model provider, and the gaps of a draft that it fills.

use super::Answer;
use crate::engine::Engine;
use catwalk_app::views::{FillEstimate, FillResult, ModelInput, ModelSettings, ModelTrial};
use tauri::State;

/// Which provider and model are used.
#[tauri::command]
#[specta::specta]
pub async fn model_settings(engine: State<'_, Engine>) -> Answer<ModelSettings> {
    engine.app().await?.model_settings().await
}

/// Tries a provider without keeping it, and lists its models.
#[tauri::command]
#[specta::specta]
pub async fn try_model(engine: State<'_, Engine>, input: ModelInput) -> Answer<ModelTrial> {
    engine.app().await?.try_model(input).await
}

/// Uses a provider and model from now on.
#[tauri::command]
#[specta::specta]
pub async fn set_model(engine: State<'_, Engine>, input: ModelInput) -> Answer<()> {
    engine.app().await?.set_model(input).await
}

/// Uses no model any more and forgets the key.
#[tauri::command]
#[specta::specta]
pub async fn forget_model(engine: State<'_, Engine>) -> Answer<()> {
    engine.app().await?.forget_model().await
}

/// What filling the gaps of a draft would send and cost.
#[tauri::command]
#[specta::specta]
pub async fn estimate_fill(engine: State<'_, Engine>, draft: String) -> Answer<FillEstimate> {
    engine.app().await?.estimate_fill(&draft).await
}

/// Has the model fill the gaps of a draft.
#[tauri::command]
#[specta::specta]
pub async fn fill_gaps(engine: State<'_, Engine>, draft: String) -> Answer<FillResult> {
    engine.app().await?.fill_gaps(&draft).await
}

/// Stops waiting for the model.
#[tauri::command]
#[specta::specta]
pub async fn cancel_fill(engine: State<'_, Engine>) -> Answer<()> {
    engine.app().await?.cancel_fill();
    Ok(())
}
