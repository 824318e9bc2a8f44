//! The settings page.

use crate::App;
use crate::database::{self, Database};
use crate::events::Tag;
use crate::views::{Appearance, DatabaseView, RelayView, SettingsView, VaultState};
use catwalk_domain::{Problem, Secret};
use catwalk_store::{Sealed, Store};

/// Where the sealed GitHub token stands among the settings.
const GITHUB: &str = "github-token";

impl App {
    /// Everything on the settings page.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn get_settings(&self) -> Result<SettingsView, Problem> {
        let preferences = self.config().preferences();
        let github_token_set = self.has_github_token().await?;
        let running = self.database();
        let next = Database::of(self.config());
        Ok(SettingsView {
            appearance: preferences.appearance,
            github_token_set,
            database: DatabaseView {
                kind: running.kind().to_owned(),
                location: running.shown(),
                pending: (next.shown() != running.shown()).then(|| next.shown()),
            },
            vault: if self.keys().is_unlocked() { VaultState::Unlocked } else { VaultState::Locked },
            relay: RelayView { url: self.relay_origin().to_owned() },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: self.config().data_dir().display().to_string(),
            log_dir: self.config().log_dir().display().to_string(),
        })
    }

    /// Light, dark, or as the system.
    ///
    /// # Errors
    /// When the settings cannot be saved.
    pub fn set_appearance(&self, appearance: Appearance) -> Result<(), Problem> {
        self.config().change_preferences(|p| p.appearance = appearance)?;
        self.events_out().stale(Tag::Settings);
        Ok(())
    }

    /// Keeps or forgets a GitHub token; it raises GitHub's limit from 60 to 5,000 requests an hour. One that GitHub refuses is
    /// not kept; when nobody can ask GitHub now, it is.
    ///
    /// # Errors
    /// When GitHub refuses it, the keychain is locked or the database refuses.
    pub async fn set_github_token(&self, token: Option<String>) -> Result<(), Problem> {
        let token = token.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).map(Secret::new);
        let settings = self.store().settings();
        let mut login = None;
        if let Some(token) = &token {
            login = match self.analyzer().github_login(token).await {
                Err(error @ catwalk_analysis::Error::TokenRefused { .. }) => return Err(error.problem()),
                other => other.ok(),
            };
            let Sealed { key_id, data } = self.keys().seal_named(GITHUB, token).await?;
            settings.set(GITHUB, &(key_id, data)).await.map_err(|e| e.problem())?;
        } else {
            settings.unset(GITHUB).await.map_err(|e| e.problem())?;
        }
        let act = if token.is_some() { "keep a GitHub token" } else { "forget the GitHub token" };
        self.audit_act(act, "").await;
        self.forget_answers().await;
        self.use_github_token(token);
        self.github().is_of(login);
        self.events_out().stale(Tag::Settings);
        Ok(())
    }

    /// Whether a GitHub token is kept.
    pub(crate) async fn has_github_token(&self) -> Result<bool, Problem> {
        let token: Option<(String, String)> = self.store().settings().get(GITHUB).await.map_err(|e| e.problem())?;
        Ok(token.is_some())
    }

    /// What one account was shown is forgotten with it.
    async fn forget_answers(&self) {
        if let Err(error) = self.store().answers().clear().await {
            tracing::warn!(%error, "what GitHub answered was not forgotten");
        }
    }

    /// The GitHub token, if one is kept and the vault is open.
    pub(crate) async fn load_github_token(&self) {
        let kept: Option<(String, String)> = self.store().settings().get(GITHUB).await.unwrap_or_default();
        let Some((key_id, data)) = kept else { return };
        match self.keys().open_named(GITHUB, Sealed { key_id, data }).await {
            Ok(token) => self.use_github_token(Some(token)),
            Err(problem) => tracing::warn!(code = ?problem.code, "the GitHub token cannot be read now"),
        }
    }

    /// Tries a database without keeping it: connects and brings its tables up to date.
    ///
    /// # Errors
    /// What is wrong with the address or the database.
    pub async fn test_database(&self, url: &str) -> Result<(), Problem> {
        let store = Store::open(&database::parse(url)?).await.map_err(|e| e.problem())?;
        store.close().await;
        Ok(())
    }

    /// Uses another database from the next start on; `None` is the built-in one.
    ///
    /// # Errors
    /// When it does not answer, or the keychain that keeps its password is locked.
    pub async fn set_database(&self, url: Option<String>) -> Result<(), Problem> {
        let database = match url.map(|u| u.trim().to_owned()).filter(|u| !u.is_empty()) {
            Some(url) => {
                self.test_database(&url).await?;
                Some(database::sealed(self.keys(), &url).await?)
            }
            None => None,
        };
        self.config().change_preferences(|p| p.postgres = database)?;
        self.audit_act("choose database", "").await;
        self.events_out().stale(Tag::Settings);
        Ok(())
    }

    /// Asks the system to unlock the keychain, then starts what waited for it.
    ///
    /// # Errors
    /// When it stays locked.
    pub async fn unlock_vault(&self) -> Result<(), Problem> {
        self.keys().unlock(true).await?;
        self.events_out().stale(Tag::Settings);
        self.load_github_token().await;
        self.refresh_bridge_file().await;
        self.retry_locked();
        Ok(())
    }

    /// Goes on with a new key in place of one that is lost for good. Credentials must be entered again; servers, their
    /// other answers and the connections of AI apps stay.
    ///
    /// # Errors
    /// When the key is not lost or no new one can be kept; then nothing changes.
    pub async fn start_over(&self) -> Result<(), Problem> {
        self.keys().start_over().await?;
        self.audit_act("start over with a new key", "").await;
        tracing::warn!("the user gave up the old key: credentials must be entered again");
        for name in [GITHUB, crate::models::KEY, crate::listings::GLAMA_KEY] {
            self.store().settings().unset(name).await.map_err(|e| e.problem())?;
        }
        self.forget_answers().await;
        self.use_github_token(None);
        self.github().is_of(None);
        self.events_out().stale(Tag::Settings);
        self.retry_locked();
        Ok(())
    }
}
