//! The local copy of public lists of servers: a SQLite file of its own, beside whichever database is in use.
//!
//! It is a cache of what anybody can fetch again. So it is no part of backups, it has no migrations (a file of another
//! shape, or a damaged one, is made anew), and a lost last write is no loss.

use crate::convert::{Reader, json};
use crate::{Error, open};
use catwalk_domain::{Listing, Millis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Row, Transaction};
use std::path::{Path, PathBuf};

/// Shape of the file, as [`TABLES`] writes it down; another number means another shape.
const SHAPE: i64 = 2;
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA trusted_schema = OFF";
const TABLES: &str = "
    CREATE TABLE listings (
        name       TEXT   NOT NULL PRIMARY KEY,
        repository TEXT,
        listing    TEXT   NOT NULL,
        document   TEXT   NOT NULL,
        pass       BIGINT NOT NULL
    );
    CREATE TABLE keys (key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (key, name)) WITHOUT ROWID;
    CREATE INDEX keys_name ON keys (name);
    CREATE TABLE notes (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE icons (address TEXT NOT NULL PRIMARY KEY, picture TEXT, fetched_at BIGINT NOT NULL);
    PRAGMA user_version = 2;";
/// Where the reader's place is noted.
const PLACE: &str = "place";

/// The copy. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalog {
    pool: AnyPool,
}

/// A change of the copy.
#[derive(Clone, Debug)]
pub enum Change {
    /// An entry is new or another than before.
    Put {
        /// In short.
        listing: Box<Listing>,
        /// The whole `server.json`.
        document: String,
    },
    /// An entry was withdrawn.
    Remove {
        /// Its name.
        name: String,
    },
}

impl Catalog {
    /// Opens the file; one that cannot be used is made anew.
    ///
    /// # Errors
    /// When it can neither be read nor made.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let path = std::path::absolute(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        match Self::attempt(&path).await {
            Ok(catalog) => return Ok(catalog),
            Err(error @ (Error::Busy(_) | Error::Full(_) | Error::ReadOnly(_) | Error::File { .. })) => {
                return Err(error);
            }
            Err(error) => tracing::warn!(%error, "the copy of the registry cannot be used"),
        }
        tracing::info!(file = %path.display(), "the copy of the registry is begun anew");
        for end in ["", "-wal", "-shm"] {
            let mut file = path.clone().into_os_string();
            file.push(end);
            std::fs::remove_file(PathBuf::from(file)).ok();
        }
        Self::attempt(&path).await
    }

    async fn attempt(path: &Path) -> Result<Self, Error> {
        open::prepare(path)?;
        let options = open::sqlite_options(path, "rwc")?;
        let mut connection = AnyConnection::connect_with(&options).await?;
        connection.execute(PRAGMAS).await?;
        let shape: i64 =
            connection.fetch_one("SELECT CAST(user_version AS INTEGER) FROM pragma_user_version").await?.try_get(0)?;
        match shape {
            SHAPE => {
                connection.fetch_optional("SELECT value FROM notes LIMIT 1").await?;
                connection.fetch_optional("SELECT listing FROM listings LIMIT 1").await?;
            }
            0 => {
                let mut all = connection.begin().await?;
                all.execute(TABLES).await?;
                all.commit().await?;
            }
            _ => return Err(Error::Damaged { snapshot: None }),
        }
        connection.close().await?;
        let pool = AnyPoolOptions::new().max_connections(2).acquire_timeout(open::PATIENCE);
        let pool =
            pool.after_connect(|connection, _| Box::pin(async move { connection.execute(PRAGMAS).await.map(drop) }));
        Ok(Self { pool: pool.connect_lazy_with(options) })
    }

    /// Keeps what a page told, and the place behind it, in one transaction. With `sweep`, entries that no change of this
    /// or a later pass has named are removed.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing is changed.
    pub async fn keep<P: Serialize + ?Sized>(
        &self,
        changes: &[Change],
        pass: i64,
        place: &P,
        sweep: bool,
    ) -> Result<u64, Error> {
        let mut count = 0;
        let mut all = self.pool.begin().await?;
        for change in changes {
            count += match change {
                Change::Put { listing, document } => put(&mut all, listing, document, pass).await?,
                Change::Remove { name } => {
                    unlock(&mut all, name).await?;
                    let gone = sqlx::query("DELETE FROM listings WHERE name = $1").bind(name);
                    gone.execute(&mut *all).await?.rows_affected()
                }
            };
        }
        if sweep {
            let keys = "DELETE FROM keys WHERE name IN (SELECT name FROM listings WHERE pass < $1)";
            sqlx::query(keys).bind(pass).execute(&mut *all).await?;
            let gone = sqlx::query("DELETE FROM listings WHERE pass < $1").bind(pass);
            count += gone.execute(&mut *all).await?.rows_affected();
        }
        note(&mut all, PLACE, &json(place)?).await?;
        all.commit().await?;
        Ok(count)
    }

    /// The place that was kept last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn place<P: DeserializeOwned>(&self) -> Result<Option<P>, Error> {
        let query = sqlx::query("SELECT value FROM notes WHERE name = $1").bind(PLACE);
        let row = query.fetch_optional(&self.pool).await?;
        // A place of another release is as good as none.
        Ok(row.and_then(|row| serde_json::from_str(&row.try_get::<String, _>("value").ok()?).ok()))
    }

    /// Every entry in short.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn all(&self) -> Result<Vec<Listing>, Error> {
        let rows = sqlx::query("SELECT listing FROM listings").fetch_all(&self.pool).await?;
        Ok(rows.iter().filter_map(|row| Reader { table: "listings", row }.json("listing").ok()).collect())
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn count(&self) -> Result<i64, Error> {
        Ok(sqlx::query("SELECT count(*) FROM listings").fetch_one(&self.pool).await?.try_get(0)?)
    }

    /// The named entries in short, in the order of the names.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn named(&self, names: &[&str]) -> Result<Vec<Listing>, Error> {
        let mut out = Vec::with_capacity(names.len());
        let mut connection = self.pool.acquire().await?;
        for name in names {
            let query = sqlx::query("SELECT listing FROM listings WHERE name = $1").bind(*name);
            if let Some(row) = query.fetch_optional(&mut *connection).await? {
                out.push(Reader { table: "listings", row: &row }.json("listing")?);
            }
        }
        Ok(out)
    }

    /// An entry with its whole document, by a name in any case.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn document(&self, name: &str) -> Result<Option<(Listing, String)>, Error> {
        let query = sqlx::query("SELECT listing, document FROM listings WHERE name = $1 OR lower(name) = $2");
        let row = query.bind(name).bind(name.to_ascii_lowercase()).fetch_optional(&self.pool).await?;
        row.map(|row| {
            let reader = Reader { table: "listings", row: &row };
            Ok((reader.json("listing")?, reader.text("document")?))
        })
        .transpose()
    }

    /// Whether an entry has one of these keys (`Listing::keys`); with `unplaced`, only one whose source is not known.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn has_key(&self, keys: &[String], unplaced: bool) -> Result<bool, Error> {
        let mut connection = self.pool.acquire().await?;
        for key in keys {
            let query = sqlx::query(
                "SELECT 1 FROM keys JOIN listings ON listings.name = keys.name \
                 WHERE keys.key = $1 AND ($2 = 0 OR listings.repository IS NULL) LIMIT 1",
            );
            if query.bind(key).bind(i64::from(unplaced)).fetch_optional(&mut *connection).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A picture that was fetched after a moment: `Some(None)` when there was none to be had.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn icon(&self, address: &str, after: Millis) -> Result<Option<Option<String>>, Error> {
        let query = sqlx::query("SELECT picture FROM icons WHERE address = $1 AND fetched_at > $2");
        let row = query.bind(address).bind(after).fetch_optional(&self.pool).await?;
        row.map(|row| Reader { table: "icons", row: &row }.text_if("picture")).transpose()
    }

    /// Keeps a picture, and forgets the oldest beyond `most`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn keep_icon(&self, address: &str, picture: Option<&str>, now: Millis, most: i64) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO icons (address, picture, fetched_at) VALUES ($1, $2, $3) \
             ON CONFLICT (address) DO UPDATE SET picture = excluded.picture, fetched_at = excluded.fetched_at",
        );
        query.bind(address).bind(picture).bind(now).execute(&self.pool).await?;
        let old = "DELETE FROM icons WHERE address IN (SELECT address FROM icons ORDER BY fetched_at DESC LIMIT -1 OFFSET $1)";
        sqlx::query(old).bind(most).execute(&self.pool).await?;
        Ok(())
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Writes an entry; 0 when it was there already just so.
async fn put(all: &mut Transaction<'_, Any>, listing: &Listing, document: &str, pass: i64) -> Result<u64, Error> {
    let short = json(listing)?;
    let query = sqlx::query("UPDATE listings SET pass = $1 WHERE name = $2 AND listing = $3 AND document = $4");
    let same = query.bind(pass).bind(&listing.name).bind(&short).bind(document).execute(&mut **all).await?;
    if same.rows_affected() > 0 {
        return Ok(0);
    }
    let query = sqlx::query(
        "INSERT INTO listings (name, repository, listing, document, pass) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (name) DO UPDATE SET repository = excluded.repository, listing = excluded.listing, \
         document = excluded.document, pass = excluded.pass",
    );
    let query = query.bind(&listing.name).bind(listing.repository.as_deref()).bind(short).bind(document).bind(pass);
    let count = query.execute(&mut **all).await?.rows_affected();
    unlock(all, &listing.name).await?;
    for key in listing.keys() {
        let query = sqlx::query("INSERT INTO keys (key, name) VALUES ($1, $2)").bind(key).bind(&listing.name);
        query.execute(&mut **all).await?;
    }
    Ok(count)
}

/// Forgets by what an entry is recognised.
async fn unlock(all: &mut Transaction<'_, Any>, name: &str) -> Result<(), Error> {
    sqlx::query("DELETE FROM keys WHERE name = $1").bind(name).execute(&mut **all).await?;
    Ok(())
}

async fn note(all: &mut Transaction<'_, Any>, name: &str, value: &str) -> Result<(), Error> {
    let query = sqlx::query(
        "INSERT INTO notes (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    );
    query.bind(name).bind(value).execute(&mut **all).await?;
    Ok(())
}
