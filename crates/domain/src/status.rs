//! What a deployment is doing, as plain data for people.

use crate::{Millis, Problem};
use serde::{Deserialize, Serialize};

/// Observed state of a deployment. Every change is an event with a timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Status {
    /// Waiting for its turn.
    Queued,
    /// Looking at answers, keys and what is on disk.
    Checking,
    /// Putting software on disk.
    #[serde(rename_all = "camelCase")]
    Installing {
        /// What is being fetched or built, one short line.
        step: String,
        /// Bytes so far, if the step is a download.
        #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
        done: Option<u64>,
        /// Bytes in all, if known.
        #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
        total: Option<u64>,
    },
    /// The process is being started.
    Starting,
    /// A real `initialize` and `tools/list` are under way.
    Testing,
    /// Answers calls.
    #[serde(rename_all = "camelCase")]
    Ready {
        /// How many tools it lists.
        tools: u32,
    },
    /// Runs, but no longer answers.
    Unhealthy,
    /// Waiting to start again after a crash.
    #[serde(rename_all = "camelCase")]
    Restarting {
        /// When the next start is due.
        #[cfg_attr(feature = "specta", specta(type = f64))]
        at: Millis,
        /// Crashes in a row.
        attempt: u32,
    },
    /// Given up after repeated crashes; a user action starts it again.
    #[serde(rename_all = "camelCase")]
    Paused {
        /// Why.
        problem: Problem,
    },
    /// Being stopped.
    Stopping,
    /// Not running, as wanted.
    Stopped,
    /// Cannot run until something is fixed.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why, and the way out.
        problem: Problem,
    },
}

impl Status {
    /// Whether it will change without anybody doing anything.
    pub fn is_moving(&self) -> bool {
        !matches!(
            self,
            Self::Ready { .. } | Self::Paused { .. } | Self::Stopped | Self::Failed { .. } | Self::Unhealthy
        )
    }

    /// Name of the state, as in the store and the event log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Checking => "checking",
            Self::Installing { .. } => "installing",
            Self::Starting => "starting",
            Self::Testing => "testing",
            Self::Ready { .. } => "ready",
            Self::Unhealthy => "unhealthy",
            Self::Restarting { .. } => "restarting",
            Self::Paused { .. } => "paused",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Failed { .. } => "failed",
        }
    }
}

/// One change of status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    /// When.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub at: Millis,
    /// The new status.
    pub status: Status,
}
