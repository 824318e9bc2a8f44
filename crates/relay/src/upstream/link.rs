//! A connection while it is up, seen from the callers' side: where lines go in.

use crate::metrics::Meter;
use crate::version::Version;
use std::sync::{Arc, OnceLock};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Room for the relay's own small lines (pongs, refusals, cancels), apart from the clients': the task that reads the
/// server must never wait for the server to read.
const OWN_ROOM: usize = 1 << 20;

/// One connection to a server.
#[derive(Debug)]
pub(crate) struct Link {
    /// Which connection this is; a call belongs to one of them.
    pub(super) generation: u64,
    /// Ends the connection.
    pub(super) close: CancellationToken,
    /// The protocol revision the server chose, once it has.
    pub(super) version: OnceLock<String>,
    /// What it calls itself, raw.
    pub(super) info: OnceLock<Box<str>>,
    /// What it goes over.
    pub(super) carrier: Carrier,
    lines: UnboundedSender<Line>,
    room: Arc<Semaphore>,
    own_room: Arc<Semaphore>,
    size: usize,
    meter: Arc<Meter>,
}

/// What a link goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Pipes: any revision.
    Pipes,
    /// Streamable HTTP: any revision; in the newest, requests repeat in headers what is in their bodies.
    Streamable,
    /// HTTP+SSE, which ended long before the newest.
    Older,
}

/// One message for the server, ending in a line feed.
#[derive(Debug)]
pub(super) struct Line {
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// The call it makes, if it is a request.
    pub(super) call: Option<u64>,
    _room: Room,
}

/// Room in the outbox, given back when the line has been written.
pub(super) type Room = OwnedSemaphorePermit;

impl Link {
    /// A link and the end its lines come out of. The channel has no bound of its own: the bytes in it have.
    pub(super) fn new(
        generation: u64,
        size: usize,
        meter: Arc<Meter>,
        carrier: Carrier,
        close: CancellationToken,
    ) -> (Arc<Self>, UnboundedReceiver<Line>) {
        let (lines, out) = unbounded_channel();
        let (room, own_room) = (Arc::new(Semaphore::new(size)), Arc::new(Semaphore::new(OWN_ROOM)));
        let (version, info) = (OnceLock::new(), OnceLock::new());
        (Arc::new(Self { generation, close, version, info, carrier, lines, room, own_room, size, meter }), out)
    }

    /// Whether the server is one of 2026-07-28.
    pub(super) fn is_modern(&self) -> bool {
        self.version.get().is_some_and(|version| version == Version::MODERN.as_str())
    }

    /// Room for so many bytes, if there is some at once.
    pub(super) fn try_room(&self, bytes: usize) -> Option<Room> {
        Arc::clone(&self.room).try_acquire_many_owned(self.share(bytes)).ok()
    }

    /// Room for so many bytes, when there is some. None never: the semaphore is not closed.
    pub(super) async fn room(&self, bytes: usize) -> Option<Room> {
        Arc::clone(&self.room).acquire_many_owned(self.share(bytes)).await.ok()
    }

    /// Queues a line. If the connection just ended, whoever clears up finds the call in the table.
    pub(super) fn send(&self, bytes: Vec<u8>, call: Option<u64>, room: Room) {
        self.meter.sent(bytes.len());
        let _ = self.lines.send(Line { bytes, call, _room: room });
    }

    /// Queues a line of the relay's own, or drops it if the server has not read a mebibyte of them.
    pub(super) fn send_own(&self, bytes: Vec<u8>, call: Option<u64>) {
        let share = u32::try_from(bytes.len().min(OWN_ROOM)).unwrap_or(u32::MAX);
        if let Ok(room) = Arc::clone(&self.own_room).try_acquire_many_owned(share) {
            self.send(bytes, call, room);
        } else {
            tracing::warn!("the server reads nothing; a line of the relay's own was dropped");
        }
    }

    /// A message larger than all the room takes all of it.
    fn share(&self, bytes: usize) -> u32 {
        u32::try_from(bytes.min(self.size)).unwrap_or(u32::MAX)
    }
}

/// A request or notification as a line.
pub(super) fn line(id: Option<u64>, method: &str, params: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(params.map_or(0, str::len) + method.len() + 80);
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\"");
    if let Some(id) = id {
        out.extend_from_slice(format!(",\"id\":{id}").as_bytes());
    }
    out.extend_from_slice(b",\"method\":");
    out.extend_from_slice(serde_json::Value::from(method).to_string().as_bytes());
    if let Some(params) = params {
        out.extend_from_slice(b",\"params\":");
        extend_one_line(&mut out, params);
    }
    out.extend_from_slice(b"}\n");
    out
}

/// A response as a line, under the server's own id.
pub(super) fn response_line(id: &str, member: &str, value: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + id.len() + 48);
    for part in ["{\"jsonrpc\":\"2.0\",\"id\":", id, ",\"", member, "\":"] {
        out.extend_from_slice(part.as_bytes());
    }
    extend_one_line(&mut out, value);
    out.extend_from_slice(b"}\n");
    out
}

/// Raw line breaks are only white space in valid JSON, but would end the line early.
fn extend_one_line(out: &mut Vec<u8>, json: &str) {
    let mut rest = json.as_bytes();
    while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
        out.extend_from_slice(&rest[..at]);
        out.push(b' ');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn lines_are_lines() {
        let got = line(Some(7), "a\"b", Some("{\r\n\"x\":\n1}"));
        assert_eq!(got, b"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"a\\\"b\",\"params\":{  \"x\": 1}}\n");
    }
}
