//! A response body as its events, one by one.

use super::{Event, Parser, TooLong};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use std::collections::VecDeque;

/// Reads events from a stream of chunks.
#[derive(Debug)]
pub(crate) struct Reader<S> {
    body: S,
    parser: Parser,
    ready: VecDeque<Event>,
}

impl<S: Stream<Item = Result<Bytes, E>> + Unpin, E> Reader<S> {
    /// Events of up to `max` bytes.
    pub(crate) fn new(body: S, max: usize) -> Self {
        Self { body, parser: Parser::new(max), ready: VecDeque::new() }
    }

    /// The next event; none at the end, however it came.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, TooLong> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            let Some(Ok(chunk)) = self.body.next().await else { return Ok(None) };
            self.ready.extend(self.parser.feed(&chunk)?);
        }
    }
}

/// Where a stream was left, and when to come back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// The last event's id, if it can be come back to.
    pub(crate) last: Option<String>,
    /// How long to wait before, in milliseconds, if the server said so.
    pub(crate) retry: Option<u64>,
}

impl Place {
    /// Goes on to an event.
    pub(crate) fn pass(&mut self, event: &Event) {
        if let Some(id) = &event.id {
            self.last = Some(id.clone()).filter(|id| !id.is_empty());
        }
        self.retry = event.retry.or(self.retry);
    }
}
