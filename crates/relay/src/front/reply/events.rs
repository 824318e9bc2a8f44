//! A reader of a stream, as server-sent events.

use crate::stream::{ReaderKey, Stream};
use bytes::Bytes;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// What ends with a connection.
pub(crate) type Tied = Box<dyn Send + Sync>;

/// The body of an event stream. Dropping it leaves the stream to whoever comes back for it, if its revision has a way to.
pub(crate) struct Events {
    stream: Arc<Stream>,
    reader: ReaderKey,
    pieces: VecDeque<Bytes>,
    keep_alive: Pin<Box<Sleep>>,
    period: Duration,
    tied: Option<Tied>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("stream", &self.stream.key).finish_non_exhaustive()
    }
}

impl Events {
    /// Attaches a reader. A primed one opens with an event without data, whose id can be resumed from.
    pub(super) fn resumable(stream: Arc<Stream>, after: Option<u64>, primed: bool, period: Duration) -> Self {
        let reader = stream.attach(after);
        let first = if primed {
            format!("id: {}.{}\ndata:\n\n", stream.key, stream.position()).into()
        } else {
            // Something to send, so that the headers leave at once.
            Bytes::from_static(b":\n\n")
        };
        Self::opened(stream, reader, first, period)
    }

    /// Attaches a reader who cannot come back, so no event has an id. What is `tied` ends with it.
    pub(super) fn passing(stream: Arc<Stream>, first: Bytes, tied: Tied, period: Duration) -> Self {
        let reader = stream.attach(None);
        let mut events = Self::opened(stream, reader, first, period);
        events.tied = Some(tied);
        events
    }

    fn opened(stream: Arc<Stream>, reader: ReaderKey, first: Bytes, period: Duration) -> Self {
        let keep_alive = Box::pin(tokio::time::sleep(period));
        Self { stream, reader, pieces: VecDeque::from([first]), keep_alive, period, tied: None }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(piece) = self.pieces.pop_front() {
            return Poll::Ready(Some(piece));
        }
        match self.stream.poll_event(self.reader, cx) {
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some((seq, message))) => {
                let [head, body, tail] = message.parts();
                let mut first = match self.tied {
                    None => format!("id: {}.{seq}\ndata: ", self.stream.key).into_bytes(),
                    Some(_) => b"event: message\ndata: ".to_vec(),
                };
                first.extend_from_slice(&head);
                if body.is_empty() {
                    first.extend_from_slice(b"\n\n");
                } else {
                    self.pieces.extend([body, tail, Bytes::from_static(b"\n\n")]);
                }
                Poll::Ready(Some(first.into()))
            }
            Poll::Pending => {
                if self.keep_alive.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                let next = Instant::now() + self.period;
                self.keep_alive.as_mut().reset(next);
                Poll::Ready(Some(Bytes::from_static(b":\n\n")))
            }
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.stream.detach(self.reader);
    }
}
