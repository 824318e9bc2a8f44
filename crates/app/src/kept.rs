//! What the relay would forget when Catwalk ends: the sessions of AI apps, and what servers said of themselves.

use crate::App;
use crate::clock::now;
use catwalk_domain::{DeploymentId, Millis};
use catwalk_relay::{Keeper, KeptSession, Limits, Snapshot};
use catwalk_store::{SessionRow, Store};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Sessions that have changed and are not written yet. A session that changes often is written once.
#[derive(Default)]
pub(crate) struct Sessions {
    changed: Mutex<HashMap<String, Option<KeptSession>>>,
    any: Notify,
}

impl Keeper for Sessions {
    fn keep(&self, session: KeptSession) {
        self.changed().insert(session.hash.clone(), Some(session));
        self.any.notify_one();
    }

    fn forget(&self, hash: &str) {
        self.changed().insert(hash.to_owned(), None);
        self.any.notify_one();
    }
}

impl Sessions {
    fn changed(&self) -> MutexGuard<'_, HashMap<String, Option<KeptSession>>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what has changed. What cannot be written is lost at the next restart at worst: its client begins anew.
    async fn write(&self, store: &Store) {
        let changed = std::mem::take(&mut *self.changed());
        for (hash, session) in changed {
            let written = match session {
                Some(session) => {
                    let (token, used_at) = (session.token.clone(), session.used_at);
                    store.sessions().put(&SessionRow { hash, token, session, used_at }).await
                }
                None => store.sessions().forget(&hash).await,
            };
            if let Err(error) = written {
                tracing::warn!(%error, "a session was not written down");
            }
        }
    }
}

impl App {
    /// Gives the relay what an earlier run knew, and from now on writes down what it tells.
    pub(crate) async fn remember(&self) {
        self.restore_snapshots().await;
        let (limits, sessions) = (Limits::default(), Arc::new(Sessions::default()));
        let idle = Millis::try_from(limits.session_idle.as_millis()).unwrap_or(Millis::MAX);
        let after = now() - idle;
        if let Err(error) = self.store().sessions().prune(after).await {
            tracing::warn!(%error, "old sessions stay");
        }
        let most = u32::try_from(limits.sessions).unwrap_or(u32::MAX);
        // Nothing is worth not starting for: whose session is lost begins another.
        let kept = self.store().sessions().list(after, most).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the sessions of AI apps are lost");
            Vec::new()
        });
        self.relay().keep_sessions(sessions.clone(), kept.into_iter().map(|row| row.session).collect());
        let (store, shutdown) = (self.store().clone(), self.shutdown().clone());
        self.tasks().spawn(async move {
            loop {
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    () = sessions.any.notified() => sessions.write(&store).await,
                }
            }
            sessions.write(&store).await;
        });
    }

    async fn restore_snapshots(&self) {
        match self.store().snapshots().list::<Snapshot>().await {
            Ok(all) => all.iter().for_each(|(id, snapshot)| self.relay().restore(*id, snapshot)),
            Err(error) => tracing::warn!(%error, "lists will come when their servers are up"),
        }
    }

    /// Writes down what a server has said of itself, if that is news.
    pub(crate) async fn keep_snapshot(&self, id: DeploymentId) {
        let Some(snapshot) = self.relay().snapshot(id) else { return };
        if self.snapshots().get(&id) == Some(&snapshot) {
            return;
        }
        // A server may say its own secrets, and those are written nowhere in the clear.
        let text = serde_json::to_string(&snapshot).unwrap_or_default();
        if self.actor(id).is_none_or(|actor| actor.log().mask(&text) != text) {
            return;
        }
        match self.store().snapshots().put(id, &snapshot, now()).await {
            Ok(()) => drop(self.snapshots().insert(id, snapshot)),
            Err(error) => tracing::warn!(%error, "what a server said of itself was not written down"),
        }
    }
}
