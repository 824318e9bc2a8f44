//! Vault and store together: the only place where sealed rows are made and opened.

use catwalk_domain::{Answer, Answers, Deployment, DeploymentId, FieldKey, Problem, ProblemCode, Secret};
use catwalk_store::{Sealed as SealedRow, Store, VaultKey};
use catwalk_vault::{Error, KeyCheck, Sealed, State, Vault};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A secret of a deployment as the store keeps it.
pub(crate) type Row = (FieldKey, SealedRow);

/// Seals and opens what belongs to deployments and tokens.
#[derive(Clone)]
pub(crate) struct Keys {
    vault: Arc<Vault>,
    store: Store,
    /// The vault's key is the one that this store knows. An open vault alone does not say so: opening PostgreSQL needed
    /// a key before there was a store to ask.
    agreed: Arc<AtomicBool>,
}

impl Keys {
    pub(crate) fn new(vault: Arc<Vault>, store: Store) -> Self {
        Self { vault, store, agreed: Arc::default() }
    }

    pub(crate) fn is_unlocked(&self) -> bool {
        self.vault.state() == State::Unlocked && self.agreed.load(Ordering::Acquire)
    }

    /// Loads the master key, if it is not loaded. `ask`: the system may show its dialog.
    ///
    /// A key is made only when the store knows of none: locked never reads as absent.
    pub(crate) async fn unlock(&self, ask: bool) -> Result<(), Problem> {
        if self.is_unlocked() {
            return Ok(());
        }
        let known = self.store.vault_key().get().await.map_err(|e| e.problem())?;
        let first = known.is_none();
        let known = known.map(|k| KeyCheck { key_id: k.key_id, sealed: k.sealed });
        let check = self
            .blocking(move |vault| {
                if ask {
                    vault.request_unlock()?;
                }
                vault.unlock(known)
            })
            .await?;
        if first {
            let key = VaultKey { key_id: check.key_id, sealed: check.sealed };
            match self.store.vault_key().keep(&key, crate::clock::now()).await {
                Ok(kept) if kept == key => {}
                // Another Catwalk on this database was first: its key is the one.
                Ok(kept) => {
                    self.vault.lock();
                    let known = KeyCheck { key_id: kept.key_id, sealed: kept.sealed };
                    self.blocking(move |vault| vault.unlock(Some(known))).await?;
                }
                // Sealing with a key that the store does not know would lose secrets at the next start.
                Err(error) => {
                    self.vault.lock();
                    return Err(error.problem());
                }
            }
        }
        self.agreed.store(true, Ordering::Release);
        Ok(())
    }

    /// Makes a new key in place of one that is lost for good, and forgets what that one sealed.
    ///
    /// # Errors
    /// When the key is not lost: then nothing changes.
    pub(crate) async fn start_over(&self) -> Result<(), Problem> {
        match self.unlock(true).await {
            Ok(()) => {
                let text = "The key to your credentials is back in this computer's keychain, so nothing was given up.";
                return Err(Problem::new(ProblemCode::Internal, "There is no need to start over", text));
            }
            Err(problem) if problem.code == ProblemCode::KeyLost => {}
            Err(problem) => return Err(problem),
        }
        let check = self.blocking(Vault::start_over).await?;
        let key = VaultKey { key_id: check.key_id, sealed: check.sealed };
        if let Err(error) = self.store.vault_key().start_over(&key, crate::clock::now()).await {
            self.vault.lock();
            return Err(error.problem());
        }
        self.agreed.store(true, Ordering::Release);
        Ok(())
    }

    /// Whether this key sealed it.
    pub(crate) async fn sealed(&self, row: &SealedRow) -> Result<bool, Problem> {
        let known = self.store.vault_key().get().await.map_err(|e| e.problem())?;
        Ok(known.is_some_and(|key| key.key_id == row.key_id))
    }

    /// Seals the secret answers.
    pub(crate) async fn seal_all(&self, id: DeploymentId, answers: &Answers) -> Result<Vec<Row>, Problem> {
        let secrets = answers.0.iter().filter_map(|(k, a)| match a {
            Answer::Secret(s) => Some((k.clone(), s.clone())),
            Answer::Plain(_) => None,
        });
        let secrets: Vec<(FieldKey, Secret<String>)> = secrets.collect();
        if secrets.is_empty() {
            return Ok(Vec::new());
        }
        self.unlock(false).await?;
        let seal = |(field, secret): (FieldKey, Secret<String>)| {
            let sealed = self.vault.seal(id, &field, &secret).map_err(|e| e.problem())?;
            Ok((field, row(sealed)))
        };
        secrets.into_iter().map(seal).collect()
    }

    /// All answers of a deployment, secrets opened. Drop them soon.
    pub(crate) async fn open_all(&self, deployment: &Deployment) -> Result<Answers, Problem> {
        let plain = deployment.answers.iter().map(|(k, v)| (k.clone(), Answer::Plain(v.clone())));
        let mut answers = Answers(plain.collect());
        let rows = self.store.secrets().list(deployment.id).await.map_err(|e| e.problem())?;
        if rows.is_empty() {
            return Ok(answers);
        }
        self.unlock(false).await?;
        for (field, sealed) in rows {
            let secret = self.vault.open(deployment.id, &field, &unrow(sealed)).map_err(|e| e.problem())?;
            answers.0.insert(field, Answer::Secret(secret));
        }
        Ok(answers)
    }

    /// Seals a secret that belongs to no deployment.
    pub(crate) async fn seal_named(&self, purpose: &str, secret: &Secret<String>) -> Result<SealedRow, Problem> {
        self.unlock(false).await?;
        self.vault.seal_named(purpose, secret).map(row).map_err(|e| e.problem())
    }

    /// Opens what [`Self::seal_named`] sealed.
    pub(crate) async fn open_named(&self, purpose: &str, sealed: SealedRow) -> Result<Secret<String>, Problem> {
        self.unlock(false).await?;
        self.vault.open_named(purpose, &unrow(sealed)).map_err(|e| e.problem())
    }

    /// The record that recognises the master key.
    pub(crate) async fn check(&self) -> Result<String, Problem> {
        self.unlock(false).await?;
        let known = self.store.vault_key().get().await.map_err(|e| e.problem())?;
        known.map(|k| k.sealed).ok_or_else(crate::error::gone)
    }

    /// The keychain blocks, sometimes on a person.
    async fn blocking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Vault) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let vault = self.vault.clone();
        match tokio::task::spawn_blocking(move || ask(&vault)).await {
            Ok(answer) => answer.map_err(|e| e.problem()),
            Err(error) => Err(crate::error::internal("The keychain could not be asked", &error)),
        }
    }
}

fn row(sealed: Sealed) -> SealedRow {
    SealedRow { key_id: sealed.key_id, data: sealed.data }
}

fn unrow(row: SealedRow) -> Sealed {
    Sealed { key_id: row.key_id, data: row.data }
}
