//! Which of the two transports a remote server speaks: found out once, and kept.

use super::Streamable;
use super::older::Older;
use super::target::Target;
use crate::upstream::connection::Unsent;
use crate::upstream::link::{Carrier, Link};
use crate::upstream::server::Server;
use crate::upstream::{ConnectError, Remote};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A transport over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::upstream) enum Way {
    /// Streamable HTTP.
    Streamable,
    /// HTTP+SSE.
    Older,
}

impl Way {
    const fn other(self) -> Self {
        match self {
            Self::Streamable => Self::Older,
            Self::Older => Self::Streamable,
        }
    }
}

impl Server {
    /// Connects to a remote server by the transport it is known to speak. One not known yet is first tried as the app
    /// thinks, and then, if the server refuses that as one that does not know it would, the other way.
    pub(in crate::upstream) async fn reach(
        self: &Arc<Self>,
        generation: u64,
        close: &CancellationToken,
        remote: Remote,
    ) -> Result<(Arc<Link>, JoinHandle<Unsent>), ConnectError> {
        let known = self.state.lock().way;
        let first = known.unwrap_or(if remote.sse { Way::Older } else { Way::Streamable });
        let target = Arc::new(Target::new(self.context.http.clone(), remote)?);
        let refused = match self.attempt(first, generation, close, &target).await {
            Err(error) if known.is_none() && is_unknown_there(&error) => error,
            done => return done,
        };
        // What it said to our first guess tells more than what it says to the second.
        self.attempt(first.other(), generation, close, &target).await.map_err(|_| refused)
    }

    async fn attempt(
        self: &Arc<Self>,
        way: Way,
        generation: u64,
        close: &CancellationToken,
        target: &Arc<Target>,
    ) -> Result<(Arc<Link>, JoinHandle<Unsent>), ConnectError> {
        let (server, target, tracker) = (Arc::clone(self), Arc::clone(target), &self.context.tracker);
        let carrier = match way {
            Way::Streamable => Carrier::Streamable,
            Way::Older => Carrier::Older,
        };
        let connected = self.greet(generation, close, carrier, |link, lines| match way {
            Way::Streamable => tracker.spawn(Streamable::new(server, link, target).drive(lines)),
            Way::Older => tracker.spawn(Older { server, link, target }.drive(lines)),
        });
        let connected = connected.await?;
        self.state.lock().way = Some(way);
        Ok(connected)
    }
}

/// Whether a refusal is one that a server gives to a transport it does not know.
fn is_unknown_there(error: &ConnectError) -> bool {
    match error {
        ConnectError::Http(status) => matches!(status, 400 | 404 | 405 | 406 | 410 | 415 | 422 | 501),
        ConnectError::Refused { .. } => true,
        _ => false,
    }
}
