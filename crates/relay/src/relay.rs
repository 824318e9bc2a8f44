//! A relay, bound but not yet serving, and how it runs and stops.

use crate::accept;
use crate::front::Front;
use crate::handle::Handle;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often sessions are looked at for having been idle too long.
const EXPIRY: Duration = Duration::from_mins(1);

/// A relay that listens. [`Relay::spawn`] makes it serve.
pub struct Relay {
    pub(crate) listener: TcpListener,
    pub(crate) addr: SocketAddr,
    pub(crate) front: Arc<Front>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("addr", &self.addr).finish_non_exhaustive()
    }
}

impl Relay {
    /// Where it listens, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// The app's side of it.
    pub fn handle(&self) -> Handle {
        Handle { front: Arc::clone(&self.front) }
    }

    /// Serves until `shutdown`; then ends every session and connection, calls in flight with an error. The task on
    /// `tracker` ends when all is ended.
    pub fn spawn(self, tracker: &TaskTracker, shutdown: CancellationToken) {
        let Self { listener, front, .. } = self;
        tracker.spawn(async move {
            let accepting = accept::run(listener, Arc::clone(&front), shutdown.clone());
            let stopping = async {
                expire(&front, &shutdown).await;
                front.context.stop.cancel();
                front.sessions.note_used();
                front.sessions.drain().iter().for_each(|session| session.close());
            };
            tokio::join!(accepting, stopping);
            front.context.tracker.close();
            front.context.tracker.wait().await;
        });
    }
}

/// Forgets idle sessions until the relay stops.
async fn expire(front: &Front, shutdown: &CancellationToken) {
    let mut due = tokio::time::interval(EXPIRY);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = due.tick() => {
                front.sessions.expire().iter().for_each(|session| front.servers.leave(session));
                for session in front.sessions.with_many().iter().filter(|session| front.sessions.is_idle_alone(session)) {
                    session.peer.release(session, &front.servers);
                }
                front.servers.reap_alone();
                front.sessions.note_used();
            }
        }
    }
}
