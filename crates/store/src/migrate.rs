//! The migrations, compiled in from `/migrations`. They only ever grow; `FROZEN` beside them holds their hashes.

use crate::Error;
use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{AnyConnection, Row};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");
const TABLE: &str = "_sqlx_migrations";

/// Applies what is missing, each migration in a transaction of its own.
pub(crate) async fn run(connection: &mut AnyConnection) -> Result<(), Error> {
    match MIGRATIONS.run_direct(None, connection, false).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(database)) if database > newest() => {
            Err(Error::NewerSchema { database, known: newest() })
        }
        Err(other) => Err(other.into()),
    }
}

/// Whether a SQLite database lacks a migration.
pub(crate) async fn is_pending(connection: &mut AnyConnection) -> Result<bool, Error> {
    let table = sqlx::query("SELECT COUNT(*) FROM sqlite_master WHERE name = $1").bind(TABLE);
    if table.fetch_one(&mut *connection).await?.try_get::<i64, _>(0)? == 0 {
        return Ok(true);
    }
    let applied = connection.list_applied_migrations(TABLE).await?;
    Ok(applied.iter().map(|m| m.version).max().unwrap_or(0) < newest())
}

/// Whether a database has every migration.
pub(crate) async fn is_complete(connection: &mut AnyConnection) -> Result<bool, Error> {
    // An error: there is no table of them yet.
    let applied = connection.list_applied_migrations(TABLE).await.unwrap_or_default();
    match applied.iter().map(|m| m.version).max().unwrap_or(0) {
        database if database > newest() => Err(Error::NewerSchema { database, known: newest() }),
        database => Ok(database == newest()),
    }
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}
