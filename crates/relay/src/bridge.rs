//! stdio to the relay, for clients that can only start a command: what `catwalk bridge` does.
//!
//! Newline-delimited JSON-RPC comes in on stdin and goes out on stdout, and nothing else ever does. Each message is a
//! POST; what comes back, as JSON or as events, is printed. Until 2025-11-25 the bridge keeps the client's `initialize`:
//! when the relay restarts or has forgotten the session, it shakes hands again by itself and the client notices nothing
//! but a pause (`post.rs`). A request of 2026-07-28 needs no more than its headers; taking it back is dropping it
//! (`modern.rs`). Where nobody listens, the bridge has the relay started and waits. A message is sent again only if the
//! relay surely did not take it; otherwise its caller hears that the outcome is unknown.

mod connection;
mod modern;
mod post;

use crate::envelope::{self, Envelope};
use crate::lines::{Item, Lines};
use catwalk_domain::Secret;
use connection::Connection;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use url::Url;

/// Bytes of one message from the client.
const MAX_LINE: usize = 64 << 20;
/// Messages that wait for the client to read them.
const OUTPUT: usize = 64;
/// After stdin closed, calls in flight get this long: clients kill us after two seconds.
const LAST_ANSWERS: Duration = Duration::from_millis(1500);

/// Where the relay is, and how it is started.
pub trait Relays: Send + Sync {
    /// The way in as it is now; both its parts may change while the relay is away.
    fn find(&self) -> Option<Door>;

    /// Somebody wants an answer and nobody listens there: starts whatever runs the relay, without waiting for it.
    fn wake(&self) {}
}

/// The way in to one deployment.
#[derive(Clone, Debug)]
pub struct Door {
    /// The relay's endpoint, `http://127.0.0.1:PORT/mcp/SLUG`.
    pub url: Url,
    /// The client's token.
    pub token: Secret<String>,
}

impl Relays for Door {
    fn find(&self) -> Option<Door> {
        Some(self.clone())
    }
}

/// What a bridge joins.
pub struct BridgeConfig<I, O> {
    /// Where the relay is.
    pub relays: Arc<dyn Relays>,
    /// Where the client writes.
    pub stdin: I,
    /// Where it reads.
    pub stdout: O,
}

impl<I, O> fmt::Debug for BridgeConfig<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BridgeConfig")
    }
}

/// Why a bridge ended early.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// stdin broke.
    #[error("cannot read from the client")]
    Stdin(#[source] io::Error),
    /// stdout broke.
    #[error("cannot write to the client")]
    Stdout(#[source] io::Error),
    /// No HTTP client.
    #[error("cannot make an HTTP client")]
    Http(#[from] reqwest::Error),
    /// Nobody knows where the relay is.
    #[error("the address of Catwalk is not known")]
    Address,
}

/// Carries messages until stdin ends.
pub async fn run<I, O>(config: BridgeConfig<I, O>) -> Result<(), BridgeError>
where
    I: AsyncRead + Send + Unpin,
    O: AsyncWrite + Send + Unpin + 'static,
{
    rustls::crypto::ring::default_provider().install_default().ok();
    let (output, messages) = mpsc::channel(OUTPUT);
    let connection = Arc::new(Connection::new(config.relays, output)?);
    let tasks = TaskTracker::new();
    let writing = tasks.spawn(print(config.stdout, messages));
    let reading = read(config.stdin, &connection, &tasks);
    tokio::pin!(writing);
    tokio::select! {
        read = reading => read?,
        // The client reads no more: nothing is left to do.
        written = &mut writing => return written.unwrap_or(Ok(())),
    }
    tasks.close();
    let _ = tokio::time::timeout(LAST_ANSWERS, connection.settled()).await;
    connection.closed.cancel();
    connection.end().await;
    drop(connection);
    // Ends by itself once nobody can print any more.
    let _ = tokio::time::timeout(LAST_ANSWERS, writing).await;
    Ok(())
}

/// Takes messages from the client. The handshake goes first and alone; after it, no message waits for another.
async fn read(
    mut stdin: impl AsyncRead + Unpin,
    connection: &Arc<Connection>,
    tasks: &TaskTracker,
) -> Result<(), BridgeError> {
    let mut lines = Lines::new(MAX_LINE);
    while lines.fill(&mut stdin).await.map_err(BridgeError::Stdin)? {
        while let Some(item) = lines.next() {
            take(item, connection, tasks).await;
        }
    }
    if let Some(item) = lines.rest() {
        take(item, connection, tasks).await;
    }
    Ok(())
}

async fn take(item: Item, connection: &Arc<Connection>, tasks: &TaskTracker) {
    let line = match item {
        Item::Line(line) => line,
        Item::Cut(_) => return connection.refuse("null", -32600, "this message is too long").await,
    };
    match Envelope::parse(&line) {
        Ok(Envelope::Request { method, params, .. }) if method == "initialize" && !modern::is(params) => {
            connection.remember(params.map(|params| params.get().to_owned()));
            connection.carry(line).await;
        }
        Ok(Envelope::Request { id, method, params }) if modern::is(params) => {
            // A listener never has its answer: nobody waits for it in the end.
            let place = (method != "subscriptions/listen").then(|| connection.place());
            // Entered before the next line is read, for that may take it back.
            let call = connection.enter(id);
            let (connection, line) = (Arc::clone(connection), line.clone());
            tasks.spawn(async move {
                connection.carry_modern(line, call).await;
                drop(place);
            });
        }
        Ok(Envelope::Notification { method, params }) if !connection.has_session() => {
            // Without a session the only one is a cancel; there, to take back is to hang up.
            if method == "notifications/cancelled" {
                connection.take_back(params);
            }
        }
        Ok(Envelope::Notification { method, .. }) if method == "notifications/initialized" => {
            connection.carry(line).await;
            tasks.spawn(Arc::clone(connection).listen());
        }
        Err(_) if line.iter().all(u8::is_ascii_whitespace) => {}
        Err(_) if !envelope::is_batch(&line) => {
            connection.refuse("null", -32700, "this is no JSON-RPC 2.0 message").await;
        }
        _ => {
            let connection = Arc::clone(connection);
            let place = connection.place();
            tasks.spawn(async move {
                connection.carry(line).await;
                drop(place);
            });
        }
    }
}

async fn print(mut stdout: impl AsyncWrite + Unpin, mut messages: mpsc::Receiver<Vec<u8>>) -> Result<(), BridgeError> {
    while let Some(mut message) = messages.recv().await {
        // One message, one line: raw line breaks are only white space in valid JSON.
        for byte in &mut message {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        message.push(b'\n');
        stdout.write_all(&message).await.map_err(BridgeError::Stdout)?;
        stdout.flush().await.map_err(BridgeError::Stdout)?;
    }
    Ok(())
}
