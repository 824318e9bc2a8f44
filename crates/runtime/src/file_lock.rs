//! One holder at a time, across tasks and processes. The system releases the lock when its holder dies.

use crate::{Error, blocking};
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often a taken lock is tried again. A blocking wait could not be cancelled.
const AGAIN: Duration = Duration::from_millis(150);

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct FileLock(#[expect(dead_code, reason = "kept open: closing the file releases the lock")] File);

/// Waits for the lock; calls `waiting` once if somebody else holds it.
pub(crate) async fn acquire(path: PathBuf, cancel: &CancellationToken, waiting: impl Fn()) -> Result<FileLock, Error> {
    let mut told = false;
    loop {
        let at = path.clone();
        if let Some(lock) = blocking::run(move || try_once(&at)).await? {
            return Ok(lock);
        }
        if !std::mem::replace(&mut told, true) {
            waiting();
        }
        cancel.run_until_cancelled(tokio::time::sleep(AGAIN)).await.ok_or(Error::Cancelled)?;
    }
}

fn try_once(path: &std::path::Path) -> Result<Option<FileLock>, Error> {
    let file =
        File::options().create(true).truncate(false).read(true).write(true).open(path).map_err(Error::io(path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(FileLock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(Error::io(path)(e)),
    }
}
