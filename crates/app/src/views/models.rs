//! The model provider and what it fills in.

use super::Analyzed;
use serde::{Deserialize, Serialize};

/// Providers by dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ProviderKind {
    /// openrouter.ai.
    OpenRouter,
    /// Anthropic.
    Anthropic,
    /// OpenAI and what speaks like it.
    OpenAi,
    /// Ollama.
    Ollama,
}

/// A provider on its way in.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelInput {
    /// Which dialect.
    pub provider: ProviderKind,
    /// Its address; the usual one when there is none.
    pub base: Option<String>,
    /// A new key; `None` keeps the one that is there, an empty one forgets it.
    pub key: Option<String>,
    /// The model; not needed to try the provider.
    pub model: Option<String>,
}

/// The provider in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelSettings {
    /// Its dialect, if one is in use.
    pub provider: Option<ProviderKind>,
    /// Its address.
    pub base: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The model's name for people.
    pub name: Option<String>,
    /// Whether a key is kept.
    pub key_set: bool,
}

/// What trying a provider told.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelTrial {
    /// What the key is called there.
    pub label: Option<String>,
    /// US dollars that may still be spent with it.
    pub left: Option<f64>,
    /// The models to choose from.
    pub models: Vec<ModelView>,
}

/// A model to choose.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelView {
    /// What the provider calls it.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// How many tokens it takes at once.
    pub context: Option<u32>,
    /// US dollars for a million tokens sent.
    pub sent_price: Option<f64>,
    /// US dollars for a million tokens received.
    pub received_price: Option<f64>,
}

/// What filling the gaps would send and cost.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FillEstimate {
    /// Who would get the files.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// Nothing would leave this computer's own model server.
    pub local: bool,
    /// The files that would be sent.
    pub files: Vec<String>,
    /// What is not known yet, as short phrases.
    pub gaps: Vec<String>,
    /// Tokens that would be sent, about.
    pub tokens: u32,
    /// US dollars at most, where the price is known.
    pub dollars: Option<f64>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FillResult {
    /// The draft with its gaps filled, under the same id.
    pub analyzed: Analyzed,
    /// Pointers of the facts that are from the model.
    pub facts: Vec<String>,
    /// Names that the model gave and no file bears out.
    pub left_out: Vec<String>,
    /// Tokens both ways.
    pub tokens: u32,
    /// US dollars, where the provider tells or the price is known.
    pub dollars: Option<f64>,
}
