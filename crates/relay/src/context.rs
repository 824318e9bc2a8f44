//! What every part of a running relay shares.

use crate::activity::Activity;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::seal::Seal;
use crate::upstream::Upstreams;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Shared by all servers and connections of one relay.
pub(crate) struct Context {
    /// The bounds.
    pub(crate) limits: Arc<Limits>,
    /// Where servers come from.
    pub(crate) upstreams: Arc<dyn Upstreams>,
    /// For remote servers: no redirects, no cookies.
    pub(crate) http: reqwest::Client,
    /// Seals what clients without sessions keep for us.
    pub(crate) seal: Seal,
    /// Who watches what passes.
    pub(crate) activity: broadcast::Sender<Activity>,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// Numbers for the questions of servers: a client that is asked by many must tell them apart.
    pub(crate) asks: AtomicU64,
    /// Numbers for the processes of isolated deployments.
    pub(crate) instances: AtomicU64,
    /// Every task of this relay.
    pub(crate) tracker: TaskTracker,
    /// Ends them.
    pub(crate) stop: CancellationToken,
}
