//! Where the relay gets its connections: from the actor that started the server, once it is there; of an isolated
//! deployment, from a start for that session alone.

use crate::lifecycle::Engine;
use catwalk_domain::DeploymentId;
use catwalk_relay::{ConnectError, Remote, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;

/// What an actor has for the relay.
#[derive(Debug, Default)]
pub(crate) enum Offer {
    /// Being installed or started: callers wait, the relay bounds how long.
    #[default]
    NotYet,
    /// A fresh connection, not taken yet.
    Ready(Upstream),
    /// A remote server. Whoever lost the connection to it may make another at any time.
    Remote(Remote),
    /// Nothing will come until somebody acts; the words are for the caller.
    Never(String),
    /// The user stopped it.
    Stopped,
}

/// One slot per deployment. A connection is taken once: pipes belong to one reader.
#[derive(Default)]
pub(crate) struct Connections {
    slots: Mutex<HashMap<DeploymentId, Slot>>,
    /// Who starts servers for one session alone.
    engine: OnceLock<Engine>,
}

#[derive(Default)]
struct Slot {
    offer: Offer,
    /// Counts the offers, to wake who waits.
    version: watch::Sender<u64>,
}

impl Connections {
    /// From now on there is somebody to start servers.
    pub(crate) fn serve(&self, engine: Engine) {
        let _ = self.engine.set(engine);
    }

    /// Replaces what an actor has.
    pub(crate) fn offer(&self, id: DeploymentId, offer: Offer) {
        let mut slots = self.slots();
        let slot = slots.entry(id).or_default();
        slot.offer = offer;
        slot.version.send_modify(|v| *v += 1);
    }

    /// The deployment is gone; whoever waits is told.
    pub(crate) fn forget(&self, id: DeploymentId) {
        self.slots().remove(&id);
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<DeploymentId, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is there, or gives what to wait for.
    fn take(&self, id: DeploymentId) -> Result<Result<Upstream, ConnectError>, watch::Receiver<u64>> {
        let mut slots = self.slots();
        let Some(slot) = slots.get_mut(&id) else { return Ok(Err(ConnectError::Unknown)) };
        match &slot.offer {
            Offer::NotYet => return Err(slot.version.subscribe()),
            Offer::Never(why) => return Ok(Err(ConnectError::Failed { why: why.clone() })),
            Offer::Stopped => return Ok(Err(ConnectError::Stopped)),
            Offer::Remote(remote) => return Ok(Ok(Upstream::Http(remote.clone()))),
            Offer::Ready(_) => {}
        }
        match std::mem::take(&mut slot.offer) {
            Offer::Ready(upstream) => Ok(Ok(upstream)),
            _ => Err(slot.version.subscribe()),
        }
    }
}

impl Upstreams for Connections {
    fn connect(&self, id: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async move {
            loop {
                match self.take(id) {
                    Ok(answer) => return answer,
                    Err(mut changes) => {
                        if changes.changed().await.is_err() {
                            return Err(ConnectError::Unknown);
                        }
                    }
                }
            }
        })
    }

    fn connect_alone(&self, id: DeploymentId, _: u64) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async move {
            let app = self.engine.get().and_then(Engine::app).ok_or(ConnectError::Stopped)?;
            app.start_alone(id).await
        })
    }
}
