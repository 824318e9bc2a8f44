//! An open database.

use crate::{
    Analyses, Answers, Audit, Deployments, Error, Events, Links, Secrets, Sessions, Settings, SignIns, Snapshots,
    StoreUrl, Tokens, VaultKeys, open, snapshot,
};
use catwalk_domain::Millis;
use sqlx::{Any, AnyPool, Transaction};
use std::path::PathBuf;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file on this computer.
    Sqlite,
    /// A server.
    Postgres,
}

/// An open database, brought up to date. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: AnyPool,
    pub(crate) engine: Engine,
    pub(crate) file: Option<PathBuf>,
}

impl Store {
    /// Opens the database, makes a SQLite file when there is none, and applies the migrations that are missing (after
    /// a snapshot). A database of a newer Catwalk is refused unchanged.
    pub async fn open(url: &StoreUrl) -> Result<Self, Error> {
        match url {
            StoreUrl::Sqlite(path) => open::sqlite(path).await,
            StoreUrl::Postgres(url) => open::postgres(url).await,
        }
    }

    /// Opens a database as it is, to look at it: makes nothing and changes nothing. `None` when it lacks a migration, which
    /// [`Self::open`] would apply.
    pub async fn inspect(url: &StoreUrl) -> Result<Option<Self>, Error> {
        open::as_it_is(url).await
    }

    /// Puts the newest sound snapshot in place of a damaged SQLite file, which is kept under another name, and opens
    /// it. Gives the store and where the damaged file is now.
    pub async fn restore(url: &StoreUrl) -> Result<(Self, PathBuf), Error> {
        let StoreUrl::Sqlite(path) = url else { return Err(Error::Damaged { snapshot: None }) };
        let kept = snapshot::restore(path).await?;
        Ok((Self::open(url).await?, kept))
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Takes a snapshot of a SQLite database and drops all but the newest seven; for a daily call. `None` on
    /// Postgres, whose backups are its owner's.
    pub async fn snapshot(&self, now: Millis) -> Result<Option<PathBuf>, Error> {
        let Some(file) = &self.file else { return Ok(None) };
        let mut connection = self.pool.acquire().await?;
        snapshot::take(&mut connection, file, now).await.map(Some)
    }

    /// Closes all connections; what was committed is on disk.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Configured servers.
    pub fn deployments(&self) -> Deployments<'_> {
        Deployments(self)
    }

    /// Sealed answers.
    pub fn secrets(&self) -> Secrets<'_> {
        Secrets(self)
    }

    /// Status history.
    pub fn events(&self) -> Events<'_> {
        Events(self)
    }

    /// Settings by name.
    pub fn settings(&self) -> Settings<'_> {
        Settings(self)
    }

    /// Tokens of client apps.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(self)
    }

    /// Sessions of client apps with the relay.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// What servers last said of themselves.
    pub fn snapshots(&self) -> Snapshots<'_> {
        Snapshots(self)
    }

    /// Sealed sign-ins to hosted servers.
    pub fn sign_ins(&self) -> SignIns<'_> {
        SignIns(self)
    }

    /// Cached analyses.
    pub fn analyses(&self) -> Analyses<'_> {
        Analyses(self)
    }

    /// Cached answers of GitHub.
    pub fn answers(&self) -> Answers<'_> {
        Answers(self)
    }

    /// Entries written into client apps' files.
    pub fn links(&self) -> Links<'_> {
        Links(self)
    }

    /// Which key sealed the secrets.
    pub fn vault_key(&self) -> VaultKeys<'_> {
        VaultKeys(self)
    }

    /// Tamper-evident record of what was done.
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, Error> {
        Ok(match self.engine {
            // A transaction that reads first and writes later would fail at once, without waiting, when another
            // connection wrote in between.
            Engine::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => self.pool.begin().await?,
        })
    }
}
