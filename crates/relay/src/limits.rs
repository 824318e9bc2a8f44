//! Every bound of the relay in one place. Nothing in this crate grows with what the other side sends.

use std::time::Duration;

/// The relay's bounds. The defaults suit one person's computer; each can be set apart.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once; more wait in the listener's backlog.
    pub connections: usize,
    /// A request's head must be complete by then, or the connection ends. Idle connections end by it too.
    pub header_timeout: Duration,
    /// A request's body must be complete by then.
    pub body_timeout: Duration,
    /// A client that takes no byte for this long while we have some for it is cut off.
    pub write_stall: Duration,
    /// Bytes of a request's body.
    pub body: usize,
    /// Bytes of one message from a server; a longer one is cut and its caller told.
    pub line: usize,
    /// Bytes of requests that wait for a server to read them; callers wait beyond that.
    pub outbox: usize,
    /// Sessions in all; the longest idle one makes room.
    pub sessions: usize,
    /// A session unused for this long is forgotten.
    pub session_idle: Duration,
    /// Sessions of an isolated deployment, each with a process; the longest idle one makes room.
    pub isolated: usize,
    /// A session of an isolated deployment that is unused for this long is forgotten, and its process ends.
    pub isolated_idle: Duration,
    /// Requests per second and client in the long run. More than an honest client makes: it is for one that ran away.
    pub rate: u32,
    /// Requests that a client may make at once beyond that.
    pub burst: u32,
    /// Resources that a session may subscribe to.
    pub subscriptions: usize,
    /// How long the lists of many servers wait for one of them that has never given its own.
    pub gather: Duration,
    /// The same, for one whose list is remembered.
    pub gather_known: Duration,
    /// Pages of a server's list that are asked for.
    pub list_pages: usize,
    /// Bytes of a server's list beyond which no more pages are asked for.
    pub list_bytes: usize,
    /// Tools, prompts or resources of many servers on one page.
    pub page: usize,
    /// Requests in flight per session.
    pub in_flight: usize,
    /// A call that waits for its server to be there fails clearly by then (clients give up at 60 s).
    pub hold: Duration,
    /// A call without an answer or a sign of progress fails clearly by then, and is cancelled at the server.
    pub call: Duration,
    /// Bytes of `params` of a call that is kept for a second try after a crash; larger ones are not tried again.
    pub again: usize,
    /// A server that has not said by then whether it is of 2026-07-28 is asked as one with sessions as well.
    pub probe: Duration,
    /// How often a server may want to know more before it answers a call.
    pub rounds: usize,
    /// A call whose client has not come back by then with the answer to its server's question is given up.
    pub parked: Duration,
    /// A server's handshake must be complete by then.
    pub handshake: Duration,
    /// Silence on an event stream before a comment is sent. A call in flight for this long gets an event stream.
    pub keep_alive: Duration,
    /// Messages kept per event stream, for a slow or returning reader.
    pub stream_events: usize,
    /// Bytes kept per event stream. Answers are never dropped for it, notices are.
    pub stream_bytes: usize,
    /// Event streams of calls that a session may return to.
    pub streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            write_stall: Duration::from_secs(30),
            body: 4 << 20,
            line: 64 << 20,
            outbox: 32 << 20,
            sessions: 4096,
            session_idle: Duration::from_hours(24),
            isolated: 16,
            isolated_idle: Duration::from_mins(30),
            rate: 20_000,
            burst: 100_000,
            subscriptions: 256,
            gather: Duration::from_secs(5),
            gather_known: Duration::from_secs(1),
            list_pages: 100,
            list_bytes: 16 << 20,
            page: 1000,
            in_flight: 128,
            hold: Duration::from_secs(55),
            call: Duration::from_secs(55),
            again: 64 << 10,
            probe: Duration::from_secs(1),
            rounds: 10,
            parked: Duration::from_mins(10),
            handshake: Duration::from_secs(30),
            keep_alive: Duration::from_secs(15),
            stream_events: 256,
            stream_bytes: 4 << 20,
            streams: 16,
        }
    }
}
