//! File work off the async threads.

use crate::Error;

/// Runs blocking work on tokio's pool.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Crashed { what: e.to_string() })?
}
