//! One install under way: the request with what everybody needs to carry it out.

use crate::{Error, Progress, Request, Runtime, clock};
use std::future::Future;
use tokio_util::sync::CancellationToken;

/// Passed by reference through the whole install.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) request: &'a Request,
    pub(crate) progress: &'a (dyn Fn(Progress) + Send + Sync),
    pub(crate) cancel: &'a CancellationToken,
}

impl Job<'_> {
    /// Says what is going on.
    pub(crate) fn step(&self, step: impl Into<String>) {
        (self.progress)(Progress { step: step.into(), done: None, total: None });
    }

    /// Says how far a download is.
    pub(crate) fn bytes(&self, step: &str, done: u64, total: Option<u64>) {
        (self.progress)(Progress { step: step.to_owned(), done: Some(done), total });
    }

    /// Awaits something unless the user cancels first.
    pub(crate) async fn race<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        self.cancel.run_until_cancelled(work).await.ok_or(Error::Cancelled)
    }

    /// The newest publication time a dependency may have, in milliseconds.
    pub(crate) fn cutoff(&self) -> i64 {
        let cooldown = i64::try_from(self.runtime.config.cooldown.as_millis()).unwrap_or(i64::MAX);
        self.request.now.saturating_sub(cooldown)
    }

    /// The same, as tools want it.
    pub(crate) fn cutoff_iso(&self) -> String {
        clock::iso(self.cutoff())
    }

    /// Whether the user allowed this package's scripts.
    pub(crate) fn allows(&self, package: &str) -> bool {
        self.request.allow_scripts.iter().any(|p| p.eq_ignore_ascii_case(package))
    }

    /// The exact version asked for.
    pub(crate) fn version(&self) -> Result<&str, Error> {
        let package = &self.request.package;
        package
            .version
            .as_deref()
            .ok_or_else(|| Error::BadCoordinate { what: format!("{} without an exact version", package.identifier) })
    }
}
