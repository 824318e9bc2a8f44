//! The accept loop: our own, for `axum::serve` has neither a header timeout nor a cap on connections.

mod patient;

use crate::front::Front;
use crate::limits::Limits;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use patient::Patient;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// tokio's 128 made some of 200 simultaneous clients wait a second for their SYN to be sent again (RESULTS.md).
const BACKLOG: u32 = 1024;
/// How long connections get to finish once the relay stops.
const DRAIN: Duration = Duration::from_secs(2);

/// Binds the address.
pub(crate) fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows the same option would let another program take the port from under us.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until told to stop, then lets them finish for a moment.
pub(crate) async fn run(listener: TcpListener, front: Arc<Front>, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let places = Arc::new(Semaphore::new(front.context.limits.connections));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                listener.accept().await.map(|(socket, _)| (place, socket))
            } => accepted,
        };
        match accepted {
            Ok((place, socket)) => {
                let (front, stop) = (Arc::clone(&front), stop.clone());
                // Answers are small and each is awaited: waiting to fill a packet only delays them.
                let _ = socket.set_nodelay(true);
                connections.spawn(async move {
                    serve(socket, front, stop).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of descriptors, mostly: it passes, and spinning would not help.
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(DRAIN, connections.wait()).await;
}

/// Serves one connection until it ends.
pub(crate) async fn serve<S>(socket: S, front: Arc<Front>, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let limits: Arc<Limits> = Arc::clone(&front.context.limits);
    let service = service_fn(move |request| {
        let front = Arc::clone(&front);
        async move { Ok::<_, Infallible>(front.serve(request).await) }
    });
    let io = TokioIo::new(Patient::new(socket, limits.write_stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .serve_connection(io, service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(DRAIN, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}
