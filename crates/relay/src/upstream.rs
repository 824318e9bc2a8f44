//! The server side: one MCP server per deployment, shared by all its clients.
//!
//! [`Server`] owns the table of calls in flight and is told of messages from both sides; its connection task
//! (`connection`) brings a [`Link`] up when somebody needs it and clears up after it ended. `outward` takes messages to
//! the server, `inward` from it; `pipes` and `http` move bytes and know nothing of clients.

mod alone;
mod annotations;
mod calls;
mod connection;
mod credentials;
mod era;
mod held;
mod http;
mod instead;
mod inward;
mod known;
mod link;
mod listeners;
mod lists;
mod notices;
mod outward;
mod parked;
mod pipes;
mod rounds;
mod server;
mod servers;
mod special;
pub(crate) mod translate;

pub use credentials::{Credentials, Refusal};
pub(crate) use known::CHANGED;
pub use known::Snapshot;
pub(crate) use listeners::Filter;
pub(crate) use lists::{Listing, Pages};
pub(crate) use outward::{Caller, Modern, Request};
pub(crate) use server::Server;
pub(crate) use servers::Servers;

use catwalk_domain::{DeploymentId, Secret};
use futures_util::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use url::Url;

/// Where servers come from. The relay does not know how one is started.
pub trait Upstreams: Send + Sync {
    /// A fresh connection to the deployment's server, not yet initialised. May take as long as starting it takes; the
    /// callers' patience is the relay's affair. Called again after the last connection ended, never while one is up.
    fn connect(&self, id: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>>;

    /// A connection to a process that serves one session of an isolated deployment alone. `instance` tells such
    /// processes apart; each gets a connection again after the last one ended. When the relay lets go of the connection,
    /// the process is to end.
    fn connect_alone(&self, id: DeploymentId, instance: u64) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        let _ = instance;
        self.connect(id)
    }
}

/// Takes a line that is no message.
pub type Stray = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// A connection to an MCP server.
pub enum Upstream {
    /// Newline-delimited JSON-RPC over a pair of pipes.
    Pipes {
        /// What the server writes.
        reader: Box<dyn AsyncRead + Send + Unpin>,
        /// What it reads.
        writer: Box<dyn AsyncWrite + Send + Unpin>,
        /// Takes its lines that are no JSON-RPC; they belong in its log. Must not block.
        stray: Stray,
    },
    /// A remote server.
    Http(Remote),
}

/// How to reach a remote server.
#[derive(Clone)]
pub struct Remote {
    /// Its endpoint.
    pub url: Url,
    /// Headers for every request, a fixed credential among them. A client's `Authorization` is never forwarded.
    pub headers: Vec<(String, Secret<String>)>,
    /// Whether to try the older HTTP+SSE first. The other transport is tried if the first is refused, so this is a hint.
    pub sse: bool,
    /// Where a credential comes from that changes: OAuth.
    pub credentials: Option<Arc<dyn Credentials>>,
}

impl Remote {
    /// A server at an address, without credentials.
    pub fn new(url: Url) -> Self {
        Self { url, headers: Vec::new(), sse: false, credentials: None }
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remote({})", self.url.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipes { .. } => f.write_str("Pipes"),
            Self::Http(remote) => write!(f, "Http({})", remote.url.host_str().unwrap_or_default()),
        }
    }
}

/// Why there is no connection. The words reach the client, so they are for people and name no paths.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ConnectError {
    /// The user stopped it.
    #[error("it is stopped")]
    Stopped,
    /// No such deployment.
    #[error("there is no such server")]
    Unknown,
    /// It could not be started.
    #[error("{why}")]
    Failed {
        /// What happened, in a few words.
        why: String,
    },
    /// A remote server cannot be reached over the network.
    #[error("it cannot be reached over the network")]
    Unreachable,
    /// It ended before the handshake was done.
    #[error("it ended while starting")]
    Ended,
    /// It did not finish the handshake in time.
    #[error("it did not answer `initialize` in time")]
    Silent,
    /// It refused the handshake.
    #[error("it refused `initialize`: {why}")]
    Refused {
        /// Its words.
        why: String,
    },
    /// A remote server refused the handshake as HTTP.
    #[error("it answered HTTP {0}")]
    Http(u16),
    /// A remote server wants a credential that only a person can get.
    #[error("it asks for a sign-in; sign in to it in Catwalk")]
    SignIn,
    /// The same, for permissions on top of those that it has been given.
    #[error("it asks for more permissions than it has been given; sign in to it again in Catwalk")]
    Consent,
    /// A transport or header that this relay cannot use.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
}
