//! Opening: one connection first, whose errors are told as they are, then the pool.

use crate::url::PostgresUrl;
use crate::{Engine, Error, Store, StoreUrl, migrate, snapshot};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, ConnectOptions, Connection, Executor, Row};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a call waits for a connection before the database counts as away.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// SQLite before this can corrupt a WAL database when two connections reset the WAL at once.
const SQLITE_FLOOR: [u32; 3] = [3, 51, 3];
/// `busy_timeout` first: the next one may have to wait. `fullfsync` means something on macOS only.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA trusted_schema = OFF";

pub(crate) async fn sqlite(path: &Path) -> Result<Store, Error> {
    let path = std::path::absolute(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    prepare(&path)?;
    let options = sqlite_options(&path, "rwc")?;
    match first_sqlite(&options, &path).await {
        Err(Error::Damaged { .. }) => Err(Error::Damaged { snapshot: snapshot::newest_sound(&path).await }),
        Err(other) => Err(other),
        Ok(()) => {
            let pool = AnyPoolOptions::new().max_connections(4).acquire_timeout(PATIENCE);
            let pool = pool.after_connect(|connection, _| Box::pin(async move { pragmas(connection).await }));
            let pool = pool.connect_lazy_with(options);
            Ok(Store { pool, engine: Engine::Sqlite, file: Some(path) })
        }
    }
}

pub(crate) async fn postgres(url: &PostgresUrl) -> Result<Store, Error> {
    sqlx::any::install_default_drivers();
    let options = quiet(AnyConnectOptions::from_url(url.expose())?);
    let mut connection = in_time(options.connect()).await?;
    migrate::run(&mut connection).await?;
    connection.close().await?;
    let pool = AnyPoolOptions::new().max_connections(8).acquire_timeout(PATIENCE).connect_lazy_with(options);
    Ok(Store { pool, engine: Engine::Postgres, file: None })
}

pub(crate) async fn as_it_is(url: &StoreUrl) -> Result<Option<Store>, Error> {
    let (options, engine) = match url {
        StoreUrl::Sqlite(path) => (sqlite_options(path, "ro")?, Engine::Sqlite),
        StoreUrl::Postgres(url) => {
            sqlx::any::install_default_drivers();
            (quiet(AnyConnectOptions::from_url(url.expose())?), Engine::Postgres)
        }
    };
    let mut connection = in_time(options.connect()).await?;
    let complete = migrate::is_complete(&mut connection).await?;
    connection.close().await?;
    let pool = AnyPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_lazy_with(options);
    Ok(complete.then_some(Store { pool, engine, file: None }))
}

async fn first_sqlite(options: &AnyConnectOptions, path: &Path) -> Result<(), Error> {
    let is_new = std::fs::metadata(path).is_ok_and(|m| m.len() == 0);
    let mut connection = options.connect().await?;
    must_be_recent(&mut connection).await?;
    pragmas(&mut connection).await?;
    if !is_new {
        snapshot::must_be_sound(&mut connection).await?;
        if migrate::is_pending(&mut connection).await? {
            snapshot::take(&mut connection, path, now()).await?;
        }
    }
    migrate::run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Connection options for a SQLite file, with SQLite's word for what may be done to it. The path is written into a URL, so what is special there is escaped.
pub(crate) fn sqlite_options(path: &Path, mode: &str) -> Result<AnyConnectOptions, Error> {
    use std::fmt::Write;
    sqlx::any::install_default_drivers();
    let text = path.to_str().ok_or_else(|| Error::File {
        path: path.to_owned(),
        source: std::io::Error::other("the path is not Unicode"),
    })?;
    let mut url = String::from("sqlite:");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url.push_str("?mode=");
    url.push_str(mode);
    Ok(quiet(AnyConnectOptions::from_str(&url)?))
}

/// Statements are no news; slow ones are.
fn quiet(options: AnyConnectOptions) -> AnyConnectOptions {
    options.log_statements("trace".parse().unwrap_or_else(|_| unreachable!("a level of the `log` crate")))
}

pub(crate) async fn pragmas(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    connection.execute(PRAGMAS).await.map(drop)
}

async fn must_be_recent(connection: &mut AnyConnection) -> Result<(), Error> {
    let version: String = sqlx::query("SELECT sqlite_version()").fetch_one(connection).await?.try_get(0)?;
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if parts.as_slice() < SQLITE_FLOOR.as_slice() { Err(Error::OldSqlite(version)) } else { Ok(()) }
}

/// Makes folder and file, readable by this user alone (SQLite gives its side files the same mode).
pub(crate) fn prepare(path: &Path) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path: PathBuf = path.to_owned();
        move |source| Error::File { path, source }
    };
    if let Some(folder) = path.parent() {
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder).map_err(failed(folder))?;
    }
    let mut file = std::fs::OpenOptions::new();
    file.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop).map_err(failed(path))
}

async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Error> {
    // A server that neither accepts nor refuses would hold the app's start for minutes.
    let limit = PATIENCE * 3;
    Ok(tokio::time::timeout(limit, work).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?)
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
