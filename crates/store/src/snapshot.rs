//! Snapshots of a SQLite database: whole, consistent copies beside it, each verified by opening.

use crate::{Error, open};
use catwalk_domain::Millis;
use sqlx::{AnyConnection, ConnectOptions, Connection, Row};
use std::path::{Path, PathBuf};

const KEPT: usize = 7;

/// Copies the database into `snapshots/` beside it and drops all but the newest [`KEPT`].
pub(crate) async fn take(connection: &mut AnyConnection, file: &Path, now: Millis) -> Result<PathBuf, Error> {
    let folder = folder(file);
    std::fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
    // Zero-padded, so that names sort by age.
    let target = folder.join(format!("{}-{now:015}.db", stem(file)));
    if target.exists() {
        return Ok(target);
    }
    let text = target.to_string_lossy().into_owned();
    let taken = sqlx::query("VACUUM INTO $1").bind(text).execute(connection).await;
    if let Err(error) = taken {
        // Half a copy is no snapshot.
        let _ = std::fs::remove_file(&target);
        return Err(error.into());
    }
    private(&target);
    if !is_sound(&target).await {
        let _ = std::fs::remove_file(&target);
        return Err(Error::Damaged { snapshot: None });
    }
    for old in all(file).into_iter().skip(KEPT) {
        let _ = std::fs::remove_file(old);
    }
    Ok(target)
}

/// The newest snapshot that opens and passes its check.
pub(crate) async fn newest_sound(file: &Path) -> Option<PathBuf> {
    for snapshot in all(file) {
        if is_sound(&snapshot).await {
            return Some(snapshot);
        }
    }
    None
}

/// Moves the damaged file and its side files away and puts the newest sound snapshot in its place.
pub(crate) async fn restore(file: &Path) -> Result<PathBuf, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { path, source }
    };
    let file = &std::path::absolute(file).map_err(failed(file))?;
    let snapshot = newest_sound(file).await.ok_or(Error::Damaged { snapshot: None })?;
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", file.display()));
    let mark = format!(".damaged-{:015}", open::now());
    // Copied first: if the disk is full, the damaged file still stands where it was.
    let fresh = beside(".restoring");
    std::fs::copy(&snapshot, &fresh).map_err(failed(&fresh))?;
    for side in ["-wal", "-shm"] {
        // A WAL of the damaged file must never be replayed into the snapshot.
        if beside(side).exists() {
            std::fs::rename(beside(side), beside(&format!("{mark}{side}"))).map_err(failed(&beside(side)))?;
        }
    }
    let kept = beside(&mark);
    std::fs::rename(file, &kept).map_err(failed(file))?;
    std::fs::rename(&fresh, file).map_err(failed(file))?;
    Ok(kept)
}

/// Fails with [`Error::Damaged`] when the database's structure is broken.
pub(crate) async fn must_be_sound(connection: &mut AnyConnection) -> Result<(), Error> {
    let verdict: String = sqlx::query("PRAGMA quick_check(1)").fetch_one(connection).await?.try_get(0)?;
    if verdict == "ok" {
        return Ok(());
    }
    tracing::error!(verdict, "the database is damaged");
    Err(Error::Damaged { snapshot: None })
}

async fn is_sound(file: &Path) -> bool {
    let check = async {
        let mut connection = open::sqlite_options(file, "rwc")?.connect().await?;
        must_be_sound(&mut connection).await?;
        connection.close().await?;
        Ok::<_, Error>(())
    };
    check.await.is_ok()
}

/// All snapshots of a database, newest first.
fn all(file: &Path) -> Vec<PathBuf> {
    let prefix = format!("{}-", stem(file));
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix(&prefix).and_then(|n| n.strip_suffix(".db")).is_some_and(|n| n.parse::<i64>().is_ok())
    };
    let entries = std::fs::read_dir(folder(file)).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_ours).collect();
    found.sort();
    found.reverse();
    found
}

fn folder(file: &Path) -> PathBuf {
    file.with_file_name("snapshots")
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn private(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = file;
}
