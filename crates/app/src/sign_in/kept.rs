//! The tokens of one deployment: sealed in the store, open in memory, and nowhere else.

use crate::keys::Keys;
use crate::lock::lock;
use async_trait::async_trait;
use catwalk_domain::{DeploymentId, Problem, ProblemCode, Secret};
use catwalk_store::Store;
use catwalk_supervisor::Log;
use oauth2::TokenResponse;
use rmcp::transport::auth::{AuthError, CredentialStore, StoredCredentials};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard};
use url::Url;

/// What a sign-in gave.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Grant {
    /// The server that the tokens are for. They are shown to no other, whatever the deployment's answers become.
    pub(super) resource: Url,
    /// The secret of a client that the authorization server registered with one.
    pub(super) client_secret: Option<String>,
    /// Tokens, their age and scopes, client and issuer, as the library keeps them.
    pub(super) stored: StoredCredentials,
}

impl Grant {
    /// The access token.
    pub(super) fn token(&self) -> Option<Secret<String>> {
        Some(Secret::new(self.stored.token_response.as_ref()?.access_token().secret().clone()))
    }

    /// Whether there is a way to another token without a person.
    pub(super) fn is_renewable(&self) -> bool {
        self.stored.token_response.as_ref().is_some_and(|tokens| tokens.refresh_token().is_some())
    }

    /// Seconds since the tokens were given.
    pub(super) fn age(&self) -> u64 {
        let now = u64::try_from(crate::clock::now() / 1000).unwrap_or_default();
        now.saturating_sub(self.stored.token_received_at.unwrap_or(now))
    }

    /// Seconds for which the access token was given, if that was said.
    pub(super) fn life(&self) -> Option<u64> {
        Some(self.stored.token_response.as_ref()?.expires_in()?.as_secs())
    }

    fn secrets(&self) -> Vec<Secret<String>> {
        let refresh = self.stored.token_response.as_ref().and_then(|tokens| tokens.refresh_token());
        let refresh = refresh.map(|token| token.secret().clone());
        let others = refresh.into_iter().chain(self.client_secret.clone()).map(Secret::new);
        self.token().into_iter().chain(others).collect()
    }
}

/// Where the grant of one deployment is. Cheap to clone.
#[derive(Clone)]
pub(super) struct Kept(Arc<Inner>);

struct Inner {
    keys: Keys,
    store: Store,
    id: DeploymentId,
    resource: Url,
    grant: Mutex<Option<Grant>>,
    log: Mutex<Option<Masked>>,
}

/// The server's log.
struct Masked {
    log: Arc<Log>,
    /// What is masked in it besides tokens.
    others: Vec<Secret<String>>,
}

impl Kept {
    pub(super) fn new(keys: Keys, store: Store, id: DeploymentId, resource: Url) -> Self {
        Self(Arc::new(Inner { keys, store, id, resource, grant: Mutex::default(), log: Mutex::default() }))
    }

    /// Opens what an earlier run has kept. A row that does not open is as good as none: the user signs in again.
    pub(super) async fn load(&self) -> Result<(), Problem> {
        let row = self.0.store.sign_ins().get(self.0.id).await.map_err(|e| e.problem())?;
        let Some(row) = row else { return Ok(()) };
        let opened = match self.0.keys.open_named(&purpose(self.0.id), row).await {
            Err(problem) if matches!(problem.code, ProblemCode::KeychainLocked | ProblemCode::KeyLost) => {
                return Err(problem);
            }
            Err(problem) => {
                tracing::warn!(id = %self.0.id, code = ?problem.code, "a sign-in cannot be opened");
                return Ok(());
            }
            Ok(opened) => opened,
        };
        let grant: Option<Grant> = serde_json::from_str(opened.expose()).ok();
        *self.open() = grant.filter(|grant| grant.resource == self.0.resource);
        self.mask();
        Ok(())
    }

    /// The grant in force.
    pub(super) fn grant(&self) -> Option<Grant> {
        self.open().clone()
    }

    /// Puts a grant in force and writes it down.
    pub(super) async fn keep(&self, grant: Grant) -> Result<(), Problem> {
        let text = serde_json::to_string(&grant).map(Secret::new);
        let text = text.map_err(|e| crate::error::internal("The sign-in could not be kept", &e))?;
        *self.open() = Some(grant);
        self.mask();
        let sealed = self.0.keys.seal_named(&purpose(self.0.id), &text).await?;
        self.0.store.sign_ins().put(self.0.id, &sealed).await.map_err(|e| e.problem())
    }

    /// Forgets the grant, here and in the store.
    pub(super) async fn forget(&self) -> Result<(), Problem> {
        *self.open() = None;
        self.0.store.sign_ins().forget(self.0.id).await.map_err(|e| e.problem())
    }

    /// Masks the tokens of now and of later in a log, beside the deployment's other secrets.
    pub(super) fn mask_in(&self, log: Arc<Log>, others: Vec<Secret<String>>) {
        *lock(&self.0.log) = Some(Masked { log, others });
        self.mask();
    }

    fn mask(&self) {
        let tokens = self.grant().map(|grant| grant.secrets()).unwrap_or_default();
        if let Some(Masked { log, others }) = &*lock(&self.0.log) {
            log.set_masks(&[others.clone(), tokens].concat());
        }
    }

    fn open(&self) -> MutexGuard<'_, Option<Grant>> {
        lock(&self.0.grant)
    }
}

#[async_trait]
impl CredentialStore for Kept {
    async fn load(&self) -> Result<Option<StoredCredentials>, AuthError> {
        Ok(self.grant().map(|grant| grant.stored))
    }

    /// Called after a renewal. The old refresh token is void by now, so the new one is in force even if it cannot be
    /// written down.
    async fn save(&self, stored: StoredCredentials) -> Result<(), AuthError> {
        let Some(grant) = self.grant() else { return Err(AuthError::AuthorizationRequired) };
        if let Err(problem) = self.keep(Grant { stored, ..grant }).await {
            tracing::error!(id = %self.0.id, code = ?problem.code, "renewed tokens were not written down");
        }
        Ok(())
    }

    async fn clear(&self) -> Result<(), AuthError> {
        self.forget().await.map_err(|problem| AuthError::CredentialStoreError(problem.title))
    }
}

fn purpose(id: DeploymentId) -> String {
    format!("sign-in:{id}")
}
