//! An event stream of a session: what was said on it, how far it was read, and by whom.
//!
//! A POST's stream begins undecided: if its answers are the first thing on it, they go out as plain JSON and the stream is
//! forgotten; anything else first, and it becomes server-sent events. A session's standalone stream (GET) never ends by
//! itself. A stream outlives its reader: a legacy client that drops comes back with `Last-Event-ID`.
//!
//! A slow reader never holds up the server that all clients share: a full stream drops notices, oldest first, never
//! answers or requests (each of which is bounded by a cap of its own).

use crate::limits::Limits;
use crate::message::Message;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

/// What a message is to its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The answer to a request of the client.
    Answer,
    /// A request to the client.
    Ask,
    /// A notification: the only kind that may be dropped.
    Notice,
}

/// How a POST is answered.
#[derive(Debug)]
pub(crate) enum Decision {
    /// With these answers as JSON.
    Json(Vec<Message>),
    /// With an event stream.
    Events,
}

/// One attached reader.
pub(crate) type ReaderKey = u64;

/// An event stream.
#[derive(Debug)]
pub(crate) struct Stream {
    /// Its number within the session, part of its event ids.
    pub(crate) key: u64,
    log: Mutex<Log>,
    max_events: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct Event {
    seq: u64,
    kind: Kind,
    message: Message,
}

#[derive(Debug)]
struct Log {
    events: VecDeque<Event>,
    bytes: usize,
    /// Number of the next event; the first is 1, so that 0 can stand for "before all".
    next: u64,
    /// Number of the next event to hand out.
    cursor: u64,
    /// Answers still to come; none for a standalone stream, which ends only when told.
    awaited: Option<usize>,
    /// Whether it is to be an event stream even if an answer comes first.
    open: bool,
    ended: bool,
    /// Who waits for the decision.
    undecided: Option<Waker>,
    /// Attached readers; the last gets what comes, for each message goes to one reader only.
    readers: Vec<(ReaderKey, Option<Waker>)>,
    next_reader: ReaderKey,
}

impl Stream {
    /// A POST's stream, that ends after so many answers.
    pub(crate) fn for_answers(key: u64, awaited: usize, limits: &Limits) -> Self {
        Self::new(key, Some(awaited), limits)
    }

    /// A session's own stream.
    pub(crate) fn standalone(limits: &Limits) -> Self {
        Self::new(0, None, limits)
    }

    fn new(key: u64, awaited: Option<usize>, limits: &Limits) -> Self {
        let log = Log {
            events: VecDeque::new(),
            bytes: 0,
            next: 1,
            cursor: 1,
            awaited,
            open: false,
            ended: false,
            undecided: None,
            readers: Vec::new(),
            next_reader: 0,
        };
        Self { key, log: Mutex::new(log), max_events: limits.stream_events, max_bytes: limits.stream_bytes }
    }

    /// Puts a message on the stream.
    pub(crate) fn push(&self, kind: Kind, message: Message) {
        let mut log = self.log.lock();
        if log.ended {
            return;
        }
        if kind == Kind::Answer {
            log.awaited = log.awaited.map(|left| left.saturating_sub(1));
        }
        log.bytes += message.len();
        let seq = log.next;
        log.next += 1;
        log.events.push_back(Event { seq, kind, message });
        log.evict(self.max_events, self.max_bytes);
        log.wake();
    }

    /// Makes it an event stream if that is still undecided.
    pub(crate) fn open(&self) {
        let mut log = self.log.lock();
        log.open = true;
        log.wake();
    }

    /// Ends it after what is on it.
    pub(crate) fn end(&self) {
        let mut log = self.log.lock();
        log.ended = true;
        for (_, waker) in &mut log.readers {
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        }
        log.wake();
    }

    /// An answer will not come: a POST's stream is over, a session's own goes on.
    pub(crate) fn forgo(&self) {
        if self.log.lock().awaited.is_some() {
            self.end();
        }
    }

    /// Whether an answer may still come.
    pub(crate) fn awaits(&self) -> bool {
        let log = self.log.lock();
        !log.ended && log.awaited != Some(0)
    }

    /// Whether so much waits to be read that no more should be asked for.
    pub(crate) fn is_full(&self) -> bool {
        let log = self.log.lock();
        log.events.len() > self.max_events || log.bytes > self.max_bytes
    }

    /// Waits until it is clear how the POST is answered.
    pub(crate) fn poll_decision(&self, cx: &mut Context<'_>) -> Poll<Decision> {
        let mut log = self.log.lock();
        let only_answers = log.events.iter().all(|event| event.kind == Kind::Answer);
        if log.awaited == Some(0) && only_answers && !log.open {
            log.ended = true;
            return Poll::Ready(Decision::Json(log.events.drain(..).map(|event| event.message).collect()));
        }
        if log.open || !only_answers || log.ended {
            log.open = true;
            return Poll::Ready(Decision::Events);
        }
        log.undecided = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Adds a reader that gets what comes from now on, or all after event `after`.
    pub(crate) fn attach(&self, after: Option<u64>) -> ReaderKey {
        let mut log = self.log.lock();
        if let Some(after) = after {
            log.cursor = log.next.min(after.saturating_add(1));
        }
        log.open = true;
        log.next_reader += 1;
        let key = log.next_reader;
        log.readers.push((key, None));
        key
    }

    /// Takes a reader away.
    pub(crate) fn detach(&self, reader: ReaderKey) {
        let mut log = self.log.lock();
        log.readers.retain(|(key, _)| *key != reader);
        log.wake();
    }

    /// The next message for `reader`, with its number; none at the end.
    pub(crate) fn poll_event(&self, reader: ReaderKey, cx: &mut Context<'_>) -> Poll<Option<(u64, Message)>> {
        let mut log = self.log.lock();
        let current = log.readers.last().is_some_and(|(key, _)| *key == reader);
        if current {
            let at = log.events.partition_point(|event| event.seq < log.cursor);
            if let Some(Event { seq, message, .. }) = log.events.get(at) {
                let found = (*seq, message.clone());
                log.cursor = found.0 + 1;
                log.evict(self.max_events, self.max_bytes);
                return Poll::Ready(Some(found));
            }
        }
        if log.ended || log.awaited == Some(0) {
            return Poll::Ready(None);
        }
        match log.readers.iter_mut().find(|(key, _)| *key == reader) {
            Some((_, waker)) => *waker = Some(cx.waker().clone()),
            None => return Poll::Ready(None),
        }
        Poll::Pending
    }

    /// The number of the last event handed out.
    pub(crate) fn position(&self) -> u64 {
        self.log.lock().cursor - 1
    }

    /// Whether somebody reads it.
    pub(crate) fn is_read(&self) -> bool {
        !self.log.lock().readers.is_empty()
    }
}

impl Log {
    /// Makes room: read messages go first, then the oldest unread notices.
    fn evict(&mut self, max_events: usize, max_bytes: usize) {
        while self.events.len() > max_events || self.bytes > max_bytes {
            let read = self.events.front().is_some_and(|event| event.seq < self.cursor);
            let victim = if read {
                0
            } else if let Some(at) = self.events.iter().position(|event| event.kind == Kind::Notice) {
                at
            } else {
                return;
            };
            if let Some(event) = self.events.remove(victim) {
                self.bytes -= event.message.len();
            }
        }
    }

    fn wake(&mut self) {
        let reader = self.readers.last_mut().and_then(|(_, waker)| waker.take());
        self.undecided.take().into_iter().chain(reader).for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests;
