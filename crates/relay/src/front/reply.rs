//! HTTP responses: JSON in one piece, events as they come, and refusals.

mod events;

use crate::error::{Fault, seconds};
use crate::front::headers;
use crate::front::sse::Visit;
use crate::limits::Limits;
use crate::message::Message;
use crate::session::Session;
use crate::stream::Stream;
use bytes::Bytes;
use events::{Events, Tied};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A response of the relay.
pub(crate) type Reply = Response<Body>;

/// The body of one.
pub(crate) enum Body {
    /// A message's parts, as they are: the server's bytes go out without a copy.
    Parts { parts: [Bytes; 3], next: usize, left: u64 },
    /// An event stream.
    Events(Box<Events>),
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Parts { parts, next, left } => {
                while let Some(part) = parts.get_mut(*next) {
                    *next += 1;
                    if !part.is_empty() {
                        *left -= part.len() as u64;
                        return Poll::Ready(Some(Ok(Frame::data(std::mem::take(part)))));
                    }
                }
                Poll::Ready(None)
            }
            Self::Events(events) => events.poll(cx).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Parts { left: 0, .. })
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Parts { left, .. } => SizeHint::with_exact(*left),
            Self::Events(_) => SizeHint::default(),
        }
    }
}

impl Body {
    fn message(message: Message) -> Self {
        let left = message.len() as u64;
        Self::Parts { parts: message.parts(), next: 0, left }
    }

    fn empty() -> Self {
        Self::Parts { parts: [const { Bytes::new() }; 3], next: 3, left: 0 }
    }
}

fn with_status(status: StatusCode, body: Body) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply
}

fn set(reply: &mut Reply, name: HeaderName, value: &'static str) {
    reply.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// A message as JSON.
pub(crate) fn json(message: Message) -> Reply {
    let mut reply = with_status(StatusCode::OK, Body::message(message));
    set(&mut reply, CONTENT_TYPE, "application/json");
    reply
}

/// The same, with the id of a new session.
pub(crate) fn with_session(mut reply: Reply, session: &Session) -> Reply {
    if let Ok(id) = HeaderValue::from_str(&session.id) {
        reply.headers_mut().insert(headers::SESSION, id);
    }
    reply
}

/// Plain text, as Prometheus reads it.
pub(crate) fn plain(text: String) -> Reply {
    let left = text.len() as u64;
    let body = Body::Parts { parts: [text.into(), Bytes::new(), Bytes::new()], next: 0, left };
    let mut reply = with_status(StatusCode::OK, body);
    set(&mut reply, CONTENT_TYPE, "text/plain; version=0.0.4");
    set(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

/// What came was taken, and has no answer.
pub(crate) fn accepted() -> Reply {
    with_status(StatusCode::ACCEPTED, Body::empty())
}

/// The session is over.
pub(crate) fn ended() -> Reply {
    with_status(StatusCode::NO_CONTENT, Body::empty())
}

/// An event stream, from now on or from after event `after`.
pub(crate) fn events(session: &Arc<Session>, stream: &Arc<Stream>, after: Option<u64>, limits: &Limits) -> Reply {
    let primed = session.version.primes_streams();
    event_stream(Events::resumable(Arc::clone(stream), after, primed, limits.keep_alive))
}

/// The stream of an HTTP+SSE session, which opens with the address for its messages.
pub(crate) fn visit(visit: Visit, address: &str, limits: &Limits) -> Reply {
    let stream = Arc::clone(&visit.session().standalone);
    let first = format!("event: endpoint\ndata: {address}\n\n").into();
    event_stream(Events::passing(stream, first, Box::new(visit), limits.keep_alive))
}

/// A stream that ends with its connection, together with what is tied to it.
pub(crate) fn passing_events(stream: &Arc<Stream>, tied: Tied, limits: &Limits) -> Reply {
    event_stream(Events::passing(Arc::clone(stream), Bytes::from_static(b":\n\n"), tied, limits.keep_alive))
}

fn event_stream(events: Events) -> Reply {
    let mut reply = with_status(StatusCode::OK, Body::Events(Box::new(events)));
    set(&mut reply, CONTENT_TYPE, "text/event-stream");
    set(&mut reply, CACHE_CONTROL, "no-cache, no-transform");
    // Proxies such as nginx hold responses back unless told not to.
    set(&mut reply, HeaderName::from_static("x-accel-buffering"), "no");
    reply
}

/// A refusal: status and code from the one table, never a CORS header.
pub(crate) fn refusal(fault: &Fault) -> Reply {
    let (status, code) = fault.answer();
    let mut reply = json(Message::error("null", code, &fault.to_string(), fault.data().as_ref()));
    *reply.status_mut() = status;
    match fault {
        Fault::TokenMissing => set(&mut reply, WWW_AUTHENTICATE, "Bearer realm=\"Catwalk\""),
        Fault::TokenUnknown => {
            set(&mut reply, WWW_AUTHENTICATE, "Bearer realm=\"Catwalk\", error=\"invalid_token\"");
        }
        Fault::Rate(wait) => {
            reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds(*wait)));
        }
        Fault::HttpMethod(allowed) => set(&mut reply, ALLOW, allowed),
        _ => {}
    }
    reply
}
