//! Who is connected, and hears of what concerns everybody.

use rmcp::model::ResourceUpdatedNotificationParam;
use rmcp::service::{Peer, RoleServer, SubscriptionSink};
use std::collections::HashSet;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// The resources that a session subscribed to.
pub(crate) type Watched = Arc<Mutex<HashSet<String>>>;

/// All clients of the process.
#[derive(Default)]
pub(crate) struct Everybody {
    /// How many calls were taken back.
    pub(crate) taken_back: AtomicUsize,
    sessions: Mutex<Vec<(Peer<RoleServer>, Watched)>>,
    listeners: Mutex<Vec<SubscriptionSink>>,
}

/// What is in a mutex, whoever broke while holding it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Everybody {
    /// A session has begun.
    pub(crate) fn joined(&self, peer: Peer<RoleServer>, watched: Watched) {
        lock(&self.sessions).push((peer, watched));
    }

    /// A client of the newer era listens.
    pub(crate) fn listens(&self, sink: SubscriptionSink) {
        lock(&self.listeners).push(sink);
    }

    /// The list of tools has changed. Who has gone meanwhile hears nothing.
    pub(crate) async fn tools_changed(&self) {
        let (sessions, listeners) = (lock(&self.sessions).clone(), lock(&self.listeners).clone());
        for (peer, _) in sessions {
            peer.notify_tool_list_changed().await.ok();
        }
        for sink in listeners {
            sink.notify_tool_list_changed().await.ok();
        }
    }

    /// A resource has changed.
    pub(crate) async fn resource_updated(&self, uri: &str) {
        let (sessions, listeners) = (lock(&self.sessions).clone(), lock(&self.listeners).clone());
        for (peer, _) in sessions.into_iter().filter(|(_, watched)| lock(watched).contains(uri)) {
            peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await.ok();
        }
        for sink in listeners {
            sink.notify_resource_updated(uri).await.ok();
        }
    }
}
