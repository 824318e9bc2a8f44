//! Which database to open. A PostgreSQL address holds a password, so it is kept sealed; as the record that recognises
//! the sealing key is itself in a database, a copy of it stands beside the sealed address.

use crate::Config;
use crate::keys::Keys;
use catwalk_domain::{Fix, Problem, ProblemCode, Secret};
use catwalk_store::{Store, StoreUrl};
use catwalk_vault::{KeyCheck, Sealed, Vault};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// What the vault binds the sealed address to.
pub(crate) const PURPOSE: &str = "database-url";

/// A PostgreSQL address as the preferences keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedUrl {
    /// The address without its password, for people.
    shown: String,
    key_id: String,
    data: String,
    /// Recognises the key.
    check: String,
}

/// The database in use.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    Postgres(SealedUrl),
}

impl Database {
    pub(crate) fn of(config: &Config) -> Self {
        match config.preferences().postgres {
            Some(sealed) => Self::Postgres(sealed),
            None => Self::Sqlite(config.data_dir().join("catwalk.db")),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(sealed) => sealed.shown.clone(),
        }
    }

    /// The address to open; a PostgreSQL one needs the keychain.
    pub(crate) async fn url(&self, vault: &Arc<Vault>) -> Result<StoreUrl, Problem> {
        let sealed = match self {
            Self::Sqlite(path) => return Ok(StoreUrl::Sqlite(path.clone())),
            Self::Postgres(sealed) => sealed.clone(),
        };
        let vault = vault.clone();
        let opened = tokio::task::spawn_blocking(move || {
            vault.unlock(Some(KeyCheck { key_id: sealed.key_id.clone(), sealed: sealed.check }))?;
            vault.open_named(PURPOSE, &Sealed { key_id: sealed.key_id, data: sealed.data })
        });
        let opened = opened.await.map_err(|e| crate::error::internal("The keychain could not be asked", &e))?;
        parse(opened.map_err(|e| e.problem())?.expose())
    }
}

/// Puts the newest sound snapshot in place of the damaged built-in database, for the next start.
///
/// # Errors
/// When there is none, or it cannot be copied; then the damaged file still stands where it was.
pub async fn restore_database(config: &Config) -> Result<(), Problem> {
    let Database::Sqlite(path) = Database::of(config) else { return Err(crate::error::gone()) };
    let (store, kept) = Store::restore(&StoreUrl::Sqlite(path)).await.map_err(|e| e.problem())?;
    tracing::warn!(damaged = %kept.display(), "went back to a snapshot of the database");
    store.close().await;
    Ok(())
}

/// Seals an address for the preferences.
pub(crate) async fn sealed(keys: &Keys, url: &str) -> Result<SealedUrl, Problem> {
    let shown = parse(url)?.to_string();
    let sealed = keys.seal_named(PURPOSE, &Secret::new(url.to_owned())).await?;
    Ok(SealedUrl { shown, key_id: sealed.key_id, data: sealed.data, check: keys.check().await? })
}

/// Reads an address that the user typed; only PostgreSQL can be chosen, SQLite is built in.
pub(crate) fn parse(url: &str) -> Result<StoreUrl, Problem> {
    let refuse = |why: String| {
        let text = "Give an address such as postgres://user:password@host:5432/database.";
        Problem::new(ProblemCode::Storage, "This is no database address", text).evidence([why]).fix(Fix::OpenSettings)
    };
    match url.parse() {
        // Any word is a path to the store, which would then make that file.
        Ok(StoreUrl::Sqlite(_)) => Err(refuse("It does not begin with postgres:// or postgresql://".to_owned())),
        Ok(url) => Ok(url),
        Err(error) => Err(refuse(catwalk_store::BadUrl::to_string(&error))),
    }
}
