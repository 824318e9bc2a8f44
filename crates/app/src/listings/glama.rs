//! Glama beside the copy: only if the user wants it, asked while they search, and quiet when it does not want to answer.

use crate::App;
use crate::clock::now;
use crate::events::Tag;
use crate::lock::lock;
use crate::views::GlamaView;
use catwalk_analysis::glama;
use catwalk_domain::{Listing, Millis, Problem, Secret};
use catwalk_store::Sealed;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Mutex;

/// Where the choice and the sealed key stand among the settings.
const CHOICE: &str = "glama";
pub(crate) const KEY: &str = "glama-key";
/// Answers that are used again, and for how long.
const KEPT: usize = 64;
const LIFE: Millis = 10 * 60 * 1000;
/// Who refused is left alone for so long.
const SULK: Millis = 15 * 60 * 1000;

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Glama {
    answers: Mutex<VecDeque<(String, Millis, Vec<Listing>)>>,
    not_before: Mutex<Millis>,
    /// Single flight.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Choice {
    enabled: bool,
}

impl Glama {
    fn kept(&self, question: &str, now: Millis) -> Option<Vec<Listing>> {
        let answers = lock(&self.answers);
        let found = answers.iter().find(|(asked, at, _)| asked == question && (0..LIFE).contains(&(now - at)));
        found.map(|(_, _, listings)| listings.clone())
    }

    fn keep(&self, question: &str, now: Millis, listings: &[Listing]) {
        let mut answers = lock(&self.answers);
        answers.retain(|(asked, _, _)| asked != question);
        answers.push_back((question.to_owned(), now, listings.to_vec()));
        if answers.len() > KEPT {
            answers.pop_front();
        }
    }

    fn forget(&self) {
        lock(&self.answers).clear();
        *lock(&self.not_before) = 0;
    }
}

impl App {
    /// What Glama has besides what the copy of the registry has. Nothing when it is switched off or does not want to.
    ///
    /// # Errors
    /// When the settings or the copy cannot be read; a failure of Glama is none.
    pub async fn search_glama(&self, question: &str) -> Result<Vec<Listing>, Problem> {
        let question = question.trim().to_lowercase();
        if question.chars().count() < 2 || !self.glama_choice().await?.enabled {
            return Ok(Vec::new());
        }
        let state = &self.listings().glama;
        let _turn = state.turn.lock().await;
        let now = now();
        let found = match state.kept(&question, now) {
            Some(kept) => kept,
            None if now < *lock(&state.not_before) => return Ok(Vec::new()),
            None => {
                let key = self.glama_key().await;
                match glama::search(self.http(), &self.config().endpoints().glama, key.as_ref(), &question, now).await {
                    Ok(found) => {
                        state.keep(&question, now, &found);
                        found
                    }
                    Err(error) => {
                        tracing::info!(%error, "Glama is left alone for a while");
                        *lock(&state.not_before) = now + SULK;
                        return Ok(Vec::new());
                    }
                }
            }
        };
        // What the registry has too is shown once, from there.
        let catalog = self.listings().catalog().await?;
        let mut out: Vec<Listing> = Vec::new();
        for listing in found {
            let keys = listing.keys();
            let is_known = out.iter().any(|other| other.keys().iter().any(|key| keys.contains(key)))
                || catalog.has_key(&keys, false).await.map_err(|e| e.problem())?
                || catalog.has_key(&glama::name_keys(&listing), true).await.map_err(|e| e.problem())?;
            if !is_known {
                out.push(listing);
            }
        }
        Ok(out)
    }

    /// Whether Glama is asked, and whether a key for it is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn glama_settings(&self) -> Result<GlamaView, Problem> {
        let key: Option<(String, String)> = self.store().settings().get(KEY).await.map_err(|e| e.problem())?;
        Ok(GlamaView { enabled: self.glama_choice().await?.enabled, key_set: key.is_some() })
    }

    /// Asks Glama too from now on, or no more. A key is kept when one is given, and forgotten when an empty one is.
    ///
    /// # Errors
    /// When the keychain is locked or the database refuses.
    pub async fn set_glama(&self, enabled: bool, key: Option<String>) -> Result<(), Problem> {
        let settings = self.store().settings();
        if let Some(key) = key.map(|k| k.trim().to_owned()) {
            if key.is_empty() {
                settings.unset(KEY).await.map_err(|e| e.problem())?;
            } else {
                let Sealed { key_id, data } = self.keys().seal_named(KEY, &Secret::new(key)).await?;
                settings.set(KEY, &(key_id, data)).await.map_err(|e| e.problem())?;
            }
        }
        settings.set(CHOICE, &Choice { enabled }).await.map_err(|e| e.problem())?;
        self.listings().glama.forget();
        self.events_out().stale(Tag::Settings);
        Ok(())
    }

    async fn glama_choice(&self) -> Result<Choice, Problem> {
        let choice = self.store().settings().get(CHOICE).await.map_err(|e| e.problem())?;
        Ok(choice.unwrap_or_default())
    }

    async fn glama_key(&self) -> Option<Secret<String>> {
        let (key_id, data): (String, String) = self.store().settings().get(KEY).await.ok()??;
        self.keys().open_named(KEY, Sealed { key_id, data }).await.ok()
    }
}
