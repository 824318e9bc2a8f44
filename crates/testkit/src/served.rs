//! What every fake is made of: a router on a free port of loopback that ends with it, and state that tests change meanwhile.

use anyhow::{Context, Result};
use axum::Router;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A router that is served. It ends when dropped.
#[derive(Debug)]
pub(crate) struct Served(JoinHandle<()>);

impl Served {
    pub(crate) fn new(listener: TcpListener, router: Router) -> Self {
        #[expect(clippy::disallowed_methods, reason = "aborted when the fake is dropped")]
        Self(tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        }))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A free port of loopback, and its address, which a router may need to know before it is served.
pub(crate) async fn bind() -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("binding a port for a fake")?;
    let addr = listener.local_addr()?;
    Ok((listener, addr))
}

/// A test that fails while it holds the lock has told why already.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
