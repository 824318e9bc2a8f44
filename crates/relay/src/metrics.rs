//! What the relay counts: per deployment, in atomics that a call touches a handful of times.
//!
//! Labels are names of deployments, outcomes and statuses, all of our own making: nothing that a client or a server sends
//! becomes one, so nobody can make the list long.

mod histogram;
mod text;

use crate::envelope::Outcome;
use crate::error::{CallError, Fault};
use catwalk_domain::DeploymentId;
use histogram::Histogram;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
pub(crate) use text::{Seen, write};

/// How calls end. The order is that of [`Meter`]'s counters.
const ENDS: [&str; 7] = ["ok", "error", "unavailable", "timeout", "lost", "cancelled", "refused"];

/// The statuses of refusals; the last place is for any other.
const STATUSES: [u16; 12] = [400, 401, 403, 404, 405, 406, 408, 413, 415, 429, 503, 0];

/// What is counted of one deployment.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    ends: [AtomicU64; ENDS.len()],
    durations: Histogram,
    /// Bytes of messages to and from the server.
    sent: AtomicU64,
    received: AtomicU64,
    restarts: AtomicU64,
    resent: AtomicU64,
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

impl Meter {
    /// A call was answered or will not be.
    pub(crate) fn ended(&self, took: Duration, how: Result<Outcome<'_>, &CallError>) {
        let end = match how {
            Ok(Outcome::Result(_)) => 0,
            Ok(Outcome::Error(_)) => 1,
            Err(error) => match error {
                CallError::Unavailable(_) | CallError::NotReady(_) | CallError::Stopping => 2,
                CallError::TimedOut(_) => 3,
                CallError::OutcomeUnknown => 4,
                _ => 6,
            },
        };
        add(&self.ends[end], 1);
        self.durations.add(took);
    }

    /// A client took its call back.
    pub(crate) fn cancelled(&self) {
        add(&self.ends[5], 1);
    }

    /// A message goes to the server.
    pub(crate) fn sent(&self, bytes: usize) {
        add(&self.sent, bytes as u64);
    }

    /// A message came from the server.
    pub(crate) fn received(&self, bytes: usize) {
        add(&self.received, bytes as u64);
    }

    /// How many bytes the server has said so far.
    pub(crate) fn heard(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// The server was connected anew.
    pub(crate) fn restarted(&self) {
        add(&self.restarts, 1);
    }

    /// A call that was lost is sent again.
    pub(crate) fn resent(&self) {
        add(&self.resent, 1);
    }
}

/// All that is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    meters: RwLock<HashMap<DeploymentId, Arc<Meter>>>,
    refusals: [AtomicU64; STATUSES.len()],
}

impl Metrics {
    /// The meter of a deployment.
    pub(crate) fn meter(&self, id: DeploymentId) -> Arc<Meter> {
        if let Some(meter) = self.meters.read().get(&id) {
            return Arc::clone(meter);
        }
        Arc::clone(self.meters.write().entry(id).or_default())
    }

    /// Forgets deployments that are gone.
    pub(crate) fn retain(&self, keep: impl Fn(DeploymentId) -> bool) {
        self.meters.write().retain(|id, _| keep(*id));
    }

    /// A request was refused as HTTP.
    pub(crate) fn refused(&self, fault: &Fault) {
        let status = fault.answer().0.as_u16();
        let at = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len() - 1);
        add(&self.refusals[at], 1);
    }
}
