//! What goes up to the window: a tag that says what became stale, with the small payloads that save a round trip.

use crate::views::{ActivityView, LogLineView};
use catwalk_domain::{DeploymentId, Progress, StatusEvent};
use serde::Serialize;
use tokio::sync::broadcast;

/// One event. The window refetches by `tag`; `status`, `line` and `activity` are shown at once.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Which noun became stale.
    pub tag: Tag,
    /// Which deployment, if one.
    pub id: Option<DeploymentId>,
    /// Its new status.
    pub status: Option<StatusEvent>,
    /// A new line of its log.
    pub line: Option<LogLineView>,
    /// A call it answered.
    pub activity: Option<ActivityView>,
    /// How far the analysis is.
    pub progress: Option<Progress>,
}

/// Nouns that can become stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Tag {
    /// Deployments and their status.
    Deployments,
    /// Connected AI apps.
    Clients,
    /// The copy of the lists of servers.
    Listings,
    /// Settings, vault, relay.
    Settings,
    /// A log line; nothing to refetch.
    Log,
    /// A call; nothing to refetch.
    Activity,
    /// A step of an analysis; nothing to refetch.
    Analysis,
    /// Whether the engine runs.
    App,
}

impl Event {
    /// An event that only says what became stale.
    pub fn stale(tag: Tag) -> Self {
        Self { tag, id: None, status: None, line: None, activity: None, progress: None }
    }
}

/// Sends events; nobody listening is fine.
#[derive(Clone, Debug)]
pub(crate) struct Events(broadcast::Sender<Event>);

impl Events {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(1024).0)
    }

    pub(crate) fn send(&self, event: Event) {
        self.0.send(event).ok();
    }

    pub(crate) fn stale(&self, tag: Tag) {
        self.send(Event::stale(tag));
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
