//! The model provider: which one, its key, and the gaps of a draft that it fills.

mod fill;
mod kept;

use crate::App;
use crate::events::Tag;
use crate::lock::lock;
use crate::views::{ModelInput, ModelSettings, ModelTrial, ModelView};
use catwalk_analysis::model::{self, Model, Provider};
use catwalk_domain::{Fix, Problem, ProblemCode, Secret};
pub(crate) use fill::Fill;
pub(crate) use kept::KEY;
use kept::{Choice, kind, load, provider_kind, view};
use std::sync::Mutex;

/// What was last read of the list of models: prices are in it.
#[derive(Debug, Default)]
pub(crate) struct Models {
    listed: Mutex<Vec<Model>>,
    pub(crate) fill: Fill,
}

impl App {
    /// Which provider and model are used, if any.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn model_settings(&self) -> Result<ModelSettings, Problem> {
        let key: Option<(String, String)> = self.store().settings().get(KEY).await.map_err(|e| e.problem())?;
        Ok(view(load(self).await?, key.is_some()))
    }

    /// Tries a provider without keeping it: the key, and which models there are. Without a key in the input the kept one is
    /// tried, if it is the same provider's.
    ///
    /// # Errors
    /// What is wrong with the address, the key or the way there.
    pub async fn try_model(&self, input: ModelInput) -> Result<ModelTrial, Problem> {
        let provider = self.provider(&input).await?;
        let key = model::check(&provider, self.http()).await.map_err(|e| e.problem())?;
        let models = model::models(&provider, self.http()).await.map_err(|e| e.problem())?;
        let views = models.iter().map(ModelView::of).collect();
        *lock(&self.models().listed) = models;
        Ok(ModelTrial { label: key.label, left: key.left, models: views })
    }

    /// Uses this provider and model from now on. A key is kept when one is given, and forgotten when an empty one is.
    ///
    /// # Errors
    /// When the address is wrong, the keychain is locked or the database refuses.
    pub async fn set_model(&self, input: ModelInput) -> Result<(), Problem> {
        let provider = self.provider(&input).await?;
        let id = input.model.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        let id = id.ok_or_else(|| {
            Problem::new(ProblemCode::AnswersInvalid, "No model is chosen", "Choose one of the provider's models.")
        })?;
        let listed = lock(&self.models().listed).iter().find(|m| m.id == id).cloned();
        let settings = self.store().settings();
        let before = load(self).await?;
        let is_other = before.is_some_and(|b| b.kind != provider.kind || b.base != provider.base);
        match input.key.map(|k| k.trim().to_owned()) {
            Some(key) if !key.is_empty() => {
                let sealed = self.keys().seal_named(KEY, &Secret::new(key)).await?;
                settings.set(KEY, &(sealed.key_id, sealed.data)).await.map_err(|e| e.problem())?;
            }
            // A key goes to whom it was given for, and to nobody else.
            Some(_) => settings.unset(KEY).await.map_err(|e| e.problem())?,
            None if is_other => settings.unset(KEY).await.map_err(|e| e.problem())?,
            None => {}
        }
        let choice = Choice {
            kind: provider.kind,
            base: provider.base,
            name: listed.as_ref().map_or_else(|| id.clone(), |m| m.name.clone()),
            price: listed.and_then(|m| m.price),
            model: id,
        };
        settings.set(kept::CHOICE, &choice).await.map_err(|e| e.problem())?;
        self.audit_act("choose model provider", choice.base.host_str().unwrap_or_default()).await;
        self.events_out().stale(Tag::Settings);
        Ok(())
    }

    /// Uses no model any more and forgets the key.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget_model(&self) -> Result<(), Problem> {
        for name in [KEY, kept::CHOICE] {
            self.store().settings().unset(name).await.map_err(|e| e.problem())?;
        }
        self.events_out().stale(Tag::Settings);
        Ok(())
    }

    /// The provider of an input, with the key that was given or kept for it.
    async fn provider(&self, input: &ModelInput) -> Result<Provider, Problem> {
        let kind = kind(input.provider);
        let base = input.base.as_deref().map(str::trim).filter(|b| !b.is_empty()).unwrap_or_else(|| kind.usual());
        let base = kept::address(base)?;
        let key = match input.key.as_deref().map(str::trim) {
            Some("") => None,
            Some(key) => Some(Secret::new(key.to_owned())),
            None => match load(self).await? {
                Some(kept) if kept.kind == kind && kept.base == base => kept::key(self).await?,
                _ => None,
            },
        };
        Ok(Provider { kind, base, key })
    }

    /// The provider and model that are used.
    async fn chosen_model(&self) -> Result<(Provider, Model), Problem> {
        let none = || {
            let text = "Choose OpenRouter, Anthropic, a compatible server or a local Ollama in the settings. Without one, Catwalk \
                        works as well; you fill in what it could not find.";
            Problem::new(ProblemCode::ModelUnusable, "No model is set up", text).fix(Fix::OpenSettings)
        };
        let choice = load(self).await?.ok_or_else(none)?;
        let key = kept::key(self).await?;
        let model = Model { id: choice.model, name: choice.name, context: None, price: choice.price };
        Ok((Provider { kind: choice.kind, base: choice.base, key }, model))
    }
}

impl ModelView {
    fn of(model: &Model) -> Self {
        let million = |price: f64| price * 1e6;
        Self {
            id: model.id.clone(),
            name: model.name.clone(),
            context: model.context.and_then(|c| u32::try_from(c).ok()),
            sent_price: model.price.map(|p| million(p.0)),
            received_price: model.price.map(|p| million(p.1)),
        }
    }
}

impl ModelSettings {
    fn none() -> Self {
        Self { provider: None, base: None, model: None, name: None, key_set: false }
    }

    fn of(choice: Choice, key_set: bool) -> Self {
        Self {
            provider: Some(provider_kind(choice.kind)),
            base: Some(choice.base.to_string()),
            model: Some(choice.model),
            name: Some(choice.name),
            key_set,
        }
    }
}
