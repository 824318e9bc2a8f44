//! What a relay is made from.

use crate::accept;
use crate::context::Context;
use crate::error::Error;
use crate::front::Front;
use crate::guard::host::Hosts;
use crate::guard::origin::Origins;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::relay::Relay;
use crate::seal::Seal;
use crate::session::Sessions;
use crate::upstream::{Servers, Upstreams};
use parking_lot::RwLock;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Records of activity that a slow watcher may be behind.
const ACTIVITY: usize = 1024;

/// Where a relay listens and what it bears.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address, loopback. Port 0 takes any.
    pub addr: SocketAddr,
    /// The bounds.
    pub limits: Limits,
    /// Hosts served besides the loopback names at our port, each `name:port`.
    pub hosts: Vec<String>,
    /// Origins served besides our own, as browsers write them.
    pub origins: Vec<String>,
}

impl Config {
    /// The defaults at an address.
    pub fn new(addr: SocketAddr) -> Self {
        Self { addr, limits: Limits::default(), hosts: Vec::new(), origins: Vec::new() }
    }

    /// Binds the address and makes the relay. Nothing is served before [`Relay::spawn`].
    #[expect(clippy::unused_async, reason = "binding needs the runtime that will serve, so callers are async")]
    pub async fn build(self, upstreams: Arc<dyn Upstreams>) -> Result<Relay, Error> {
        if !self.addr.ip().is_loopback() {
            return Err(Error::NotLoopback(self.addr));
        }
        let bind_error = |source: std::io::Error| match source.kind() {
            ErrorKind::AddrInUse => Error::PortInUse(self.addr),
            _ => Error::Bind { addr: self.addr, source },
        };
        let listener = accept::bind(self.addr).map_err(bind_error)?;
        let addr = listener.local_addr().map_err(bind_error)?;
        // reqwest is built without a TLS provider; a second installation is refused, which is fine.
        rustls::crypto::ring::default_provider().install_default().ok();
        let limits = Arc::new(self.limits);
        let context = Arc::new(Context {
            limits: Arc::clone(&limits),
            upstreams,
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?,
            seal: Seal::new().ok_or(Error::Key)?,
            activity: broadcast::Sender::new(ACTIVITY),
            metrics: Metrics::default(),
            asks: 1.into(),
            instances: 1.into(),
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
        });
        let front = Arc::new(Front {
            hosts: Hosts::new(addr, &self.hosts),
            origins: Origins::new(addr, self.origins),
            routes: RwLock::default(),
            sessions: Sessions::new(limits),
            servers: Arc::new(Servers::new(Arc::clone(&context))),
            context,
            strangers: 0.into(),
        });
        Ok(Relay { listener, addr, front })
    }
}
