//! Catwalk's own log: a rotating file, one per day, ten kept. No secret is ever formatted, so none is masked here.

use anyhow::Context;
use std::path::Path;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

/// Starts logging into `dir`. The guard flushes what is queued when it is dropped.
pub(crate) fn start(dir: &Path) -> anyhow::Result<WorkerGuard> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the log folder {}", dir.display()))?;
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("catwalk")
        .filename_suffix("log")
        .max_log_files(10)
        .build(dir)?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("CATWALK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter).init();
    std::panic::set_hook(Box::new(|panic| {
        // The payload may quote data; the place is enough to find the fault.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("a fault at {place}");
    }));
    Ok(guard)
}
