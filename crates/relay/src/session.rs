//! A legacy session: what one client agreed on at `initialize`, its streams, and what it may still do.

mod guests;
mod kept;
mod registry;

pub use kept::{Keeper, KeptSession};
pub(crate) use registry::{Opened, Revived, Sessions};

use crate::limits::Limits;
use crate::message::Message;
use crate::peer::Peer;
use crate::routes::{Scope, TokenRule};
use crate::stream::{Kind, Stream};
use crate::version::Version;
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Identifies a session inside the process; the client knows it only by its random id.
pub(crate) type SessionKey = u64;

/// One client's session with one deployment, or with many as one.
#[derive(Debug)]
pub(crate) struct Session {
    /// Its number here.
    pub(crate) key: SessionKey,
    /// Its `Mcp-Session-Id`.
    pub(crate) id: Box<str>,
    /// The token that made it; nobody else's opens it.
    pub(crate) token: Arc<TokenRule>,
    /// What it was opened for.
    pub(crate) scope: Scope,
    /// The revision agreed on.
    pub(crate) version: Version,
    /// How its client reaches it.
    pub(crate) transport: Transport,
    /// Whom it talks to.
    pub(crate) peer: Peer,
    hello: OnceLock<Hello>,
    /// The standalone stream, read by GET.
    pub(crate) standalone: Arc<Stream>,
    streams: Mutex<VecDeque<Arc<Stream>>>,
    max_streams: usize,
    next_stream: AtomicU64,
    in_flight: AtomicUsize,
    level: AtomicU8,
    active: AtomicU64,
    /// How it is written down, if it is, and at which tick it last was.
    keeping: OnceLock<kept::Keeping>,
    noted: AtomicU64,
    /// The resources that it subscribed to.
    wishes: Mutex<BTreeSet<String>>,
    closed: AtomicBool,
}

/// A session belongs to the transport that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Streamable HTTP.
    Streamable,
    /// HTTP+SSE: everything comes on the session's own stream, and it ends with that.
    Sse,
    /// None: it stands for what a client of 2026-07-28 has in flight, and has no id.
    Guest,
}

/// What a client declared that servers may ask it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capabilities {
    roots: bool,
    sampling: bool,
    elicitation: bool,
}

impl Capabilities {
    /// From the `capabilities` of `initialize`.
    pub(crate) fn from_value(value: &Value) -> Self {
        let has = |name| value.get(name).is_some_and(Value::is_object);
        Self { roots: has("roots"), sampling: has("sampling"), elicitation: has("elicitation") }
    }

    /// Whether the client takes requests of this method.
    pub(crate) fn serves(self, method: &str) -> bool {
        match method.split('/').next() {
            Some("roots") => self.roots,
            Some("sampling") => self.sampling,
            Some("elicitation") => self.elicitation,
            _ => false,
        }
    }
}

/// What a client said of itself at `initialize`, and a server of 2026-07-28 wants to hear with every request.
#[derive(Clone, Debug)]
pub(crate) struct Hello {
    can: Capabilities,
    /// `clientInfo`, raw.
    pub(crate) info: Box<str>,
    /// `capabilities`, raw.
    pub(crate) capabilities: Box<str>,
}

impl Hello {
    /// From the `params` of `initialize`.
    pub(crate) fn from_params(params: &Value) -> Self {
        let raw = |name: &str| params.get(name).filter(|value| value.is_object()).map_or("{}".into(), Value::to_string);
        let can = Capabilities::from_value(&params["capabilities"]);
        Self { can, info: raw("clientInfo").into(), capabilities: raw("capabilities").into() }
    }
}

/// The severities of `notifications/message`, least first; RFC 5424's words.
const LEVELS: [&str; 8] = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
const NO_LEVEL: u8 = u8::MAX;

/// A severity's rank.
pub(crate) fn level_rank(name: &str) -> Option<u8> {
    LEVELS.iter().position(|level| *level == name).and_then(|rank| u8::try_from(rank).ok())
}

/// A rank's severity.
pub(crate) fn level_name(rank: u8) -> &'static str {
    LEVELS.get(usize::from(rank)).copied().unwrap_or("debug")
}

impl Session {
    /// Takes over what the client declares at `initialize`; the first time counts.
    pub(crate) fn declare(&self, hello: Hello) {
        let _ = self.hello.set(hello);
    }

    /// What it said of itself.
    pub(crate) fn hello(&self) -> Option<&Hello> {
        self.hello.get()
    }

    /// Whether its client takes requests of this method.
    pub(crate) fn serves(&self, method: &str) -> bool {
        self.hello.get().is_some_and(|hello| hello.can.serves(method))
    }

    /// Says something to its client that is part of no request.
    pub(crate) fn notify(&self, notice: &str) {
        self.standalone.push(Kind::Notice, Message::notification(notice, None));
    }

    /// A fresh stream for a POST with so many requests.
    pub(crate) fn stream(&self, awaited: usize, limits: &Limits) -> Arc<Stream> {
        let key = self.next_stream.fetch_add(1, Ordering::Relaxed);
        Arc::new(Stream::for_answers(key, awaited, limits))
    }

    /// Keeps a POST's stream so that the client may come back to it; the oldest makes room.
    pub(crate) fn keep(&self, stream: &Arc<Stream>) {
        let mut streams = self.streams.lock();
        if streams.len() >= self.max_streams {
            // One that nobody reads, if there is one: a reader would be cut off.
            let at = streams.iter().position(|stream| !stream.is_read()).unwrap_or(0);
            streams.remove(at);
        }
        streams.push_back(Arc::clone(stream));
        if self.closed.load(Ordering::Acquire) {
            stream.end();
        }
    }

    /// The stream and event that a `Last-Event-ID` names.
    pub(crate) fn resume(&self, event_id: &str) -> Option<(Arc<Stream>, u64)> {
        let (key, seq) = event_id.split_once('.')?;
        let (key, seq): (u64, u64) = (key.parse().ok()?, seq.parse().ok()?);
        let stream = if key == 0 {
            Arc::clone(&self.standalone)
        } else {
            Arc::clone(self.streams.lock().iter().find(|stream| stream.key == key)?)
        };
        Some((stream, seq))
    }

    /// Takes one of the session's places for a request in flight.
    pub(crate) fn begin(self: &Arc<Self>, max: usize) -> Option<InFlight> {
        let taken = self.in_flight.fetch_add(1, Ordering::AcqRel);
        let place = InFlight(Arc::clone(self));
        (taken < max).then_some(place)
    }

    /// Marks it as the one used last; `tick` only ever grows.
    pub(crate) fn touch(&self, tick: u64) {
        self.active.fetch_max(tick, Ordering::Relaxed);
    }

    /// When it was last used, in the registry's ticks.
    pub(crate) fn last_active(&self) -> u64 {
        self.active.load(Ordering::Relaxed)
    }

    /// Whether nothing of it is in use.
    pub(crate) fn is_idle(&self) -> bool {
        self.in_flight.load(Ordering::Acquire) == 0 && !self.standalone.is_read()
    }

    /// The least severity of log message it wants, if it said.
    pub(crate) fn level(&self) -> Option<u8> {
        Some(self.level.load(Ordering::Relaxed)).filter(|level| *level != NO_LEVEL)
    }

    /// Sets the least severity of log message it wants.
    pub(crate) fn set_level(&self, rank: u8) {
        self.level.store(rank, Ordering::Relaxed);
        self.note();
    }

    /// Whether it has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Ends every stream of it.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.standalone.end();
        for stream in self.streams.lock().drain(..) {
            stream.end();
        }
    }
}

/// A place in a session, given back when dropped.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Session>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}
