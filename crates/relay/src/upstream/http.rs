//! A remote server over Streamable HTTP. Every line becomes a POST; what comes back, as JSON or as events, is a message
//! like one from a pipe. A client's `Authorization` never gets here; redirects are not followed, so the credential goes
//! nowhere else either.

use super::ConnectError;
use super::connection::Unsent;
use super::link::{Line, Link};
use super::server::Server;
use crate::error::CallError;
use crate::sse::Parser;
use ::http::header::{ACCEPT, CONTENT_TYPE};
use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::{Bytes, BytesMut};
use catwalk_domain::Secret;
use futures_util::StreamExt;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
/// POSTs in flight to one server.
const POSTS: usize = 64;
/// After a session expired, how long its other POSTs get to say how they ended.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// Before the stream for the server's own messages is opened again.
const REOPEN: Duration = Duration::from_secs(2);

/// The connection to a remote server.
pub(super) struct Remote {
    server: Arc<Server>,
    link: Arc<Link>,
    url: Url,
    headers: HeaderMap,
    session: Mutex<Option<HeaderValue>>,
    /// The handshake is over: the server's own stream may be opened.
    greeted: Notify,
    unsent: Mutex<Unsent>,
    /// The server has forgotten our session.
    expired: CancellationToken,
}

impl Remote {
    /// Checks what the app gave us.
    pub(super) fn new(
        server: Arc<Server>,
        link: Arc<Link>,
        url: Url,
        headers: &[(String, Secret<String>)],
    ) -> Result<Arc<Self>, ConnectError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::try_from(name).map_err(|_| ConnectError::Unsupported("this header's name"))?;
            let value = HeaderValue::try_from(value.expose());
            let mut value = value.map_err(|_| ConnectError::Unsupported("this header's value"))?;
            value.set_sensitive(true);
            map.append(name, value);
        }
        let (session, greeted, unsent) = (Mutex::default(), Notify::new(), Mutex::default());
        let expired = CancellationToken::new();
        Ok(Arc::new(Self { server, link, url, headers: map, session, greeted, unsent, expired }))
    }

    /// Moves messages until the link is closed or the server has forgotten us. Returns what it refused for that.
    pub(super) async fn drive(self: Arc<Self>, mut lines: UnboundedReceiver<Line>) -> Unsent {
        let (posts, listening) = (TaskTracker::new(), TaskTracker::new());
        let places = Arc::new(Semaphore::new(POSTS));
        listening.spawn(Arc::clone(&self).listen());
        listening.close();
        let mut greeted = false;
        loop {
            let line = tokio::select! {
                () = self.link.close.cancelled() => break,
                () = self.expired.cancelled() => break,
                line = lines.recv() => line,
            };
            let (Some(line), Ok(place)) = (line, Arc::clone(&places).acquire_owned().await) else { break };
            // POSTs overtake each other, but nothing may overtake `notifications/initialized`.
            let first = line.call.is_none() && !greeted;
            greeted |= first;
            let remote = Arc::clone(&self);
            let post = posts.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = remote.link.close.cancelled() => {}
                    () = remote.post(line) => {}
                }
            });
            if first {
                let _ = post.await;
            }
        }
        // Other POSTs of an expired session get their own answer, be it that they too were not acted on.
        posts.close();
        let _ = tokio::time::timeout(LAST_ANSWERS, posts.wait()).await;
        self.server.unlink();
        self.link.close.cancel();
        posts.wait().await;
        listening.wait().await;
        self.end_session().await;
        let mut unsent = std::mem::take(&mut *self.unsent.lock());
        if self.expired.is_cancelled() {
            // These have not gone out at all.
            while let Ok(line) = lines.try_recv() {
                unsent.extend(line.call.map(|id| (id, line.bytes)));
            }
        }
        unsent
    }

    fn request(&self, method: reqwest::Method) -> reqwest::RequestBuilder {
        let mut request = self.server.context.http.request(method, self.url.clone()).headers(self.headers.clone());
        if let Some(session) = self.session.lock().clone() {
            request = request.header(SESSION, session);
        }
        if let Some(version) = self.link.version.get() {
            request = request.header(VERSION, version);
        }
        request
    }

    async fn post(&self, line: Line) {
        let (call, bytes) = (line.call, line.bytes);
        let request = self.request(reqwest::Method::POST).header(CONTENT_TYPE, "application/json");
        let request = request.header(ACCEPT, "application/json, text/event-stream").body(bytes.clone());
        let had_session = self.link.version.get().is_some();
        let fail = |error| call.map_or((), |id| self.server.failed(id, error));
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                let why = "it cannot be reached over the network".to_owned();
                return fail(CallError::Unavailable(Arc::new(ConnectError::Failed { why })));
            }
            Err(_) => return fail(CallError::OutcomeUnknown),
        };
        match response.status() {
            StatusCode::NOT_FOUND if had_session => {
                // It has forgotten our session and done nothing: shake hands again, then send this again.
                self.unsent.lock().extend(call.map(|id| (id, bytes)));
                self.session.lock().take();
                self.expired.cancel();
            }
            status if !status.is_success() => fail(CallError::Http(status.as_u16())),
            _ => {
                if let Some(session) = response.headers().get(SESSION) {
                    self.session.lock().get_or_insert_with(|| session.clone());
                }
                self.read(response).await;
                // Whatever was to come on this response has come; a call still in the table is lost.
                fail(CallError::OutcomeUnknown);
                if call.is_none() && self.link.version.get().is_some() {
                    self.greeted.notify_one();
                }
            }
        }
    }

    /// Takes the messages of a response.
    async fn read(&self, response: reqwest::Response) {
        let events = response.headers().get(CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
        });
        let max = self.server.context.limits.line;
        let mut body = response.bytes_stream();
        let (mut parser, mut whole) = (Parser::new(max), BytesMut::new());
        while let Some(Ok(chunk)) = body.next().await {
            if events {
                let Ok(events) = parser.feed(&chunk) else { return };
                for event in events.into_iter().filter(|event| !event.data.is_empty()) {
                    self.take(&event.data.into());
                }
            } else if whole.len() + chunk.len() > max {
                return self.server.cut(None);
            } else {
                whole.extend_from_slice(&chunk);
            }
        }
        if !whole.is_empty() {
            self.take(&whole.freeze());
        }
    }

    fn take(&self, message: &Bytes) {
        if self.server.received(&self.link, message).is_err() {
            tracing::debug!(deployment = %self.server.id, "a remote server sent something that is no JSON-RPC");
        }
    }

    /// Keeps the stream for the server's own messages open, if it offers one.
    async fn listen(self: Arc<Self>) {
        let listening = async {
            self.greeted.notified().await;
            loop {
                let request = self.request(reqwest::Method::GET).header(ACCEPT, "text/event-stream");
                match request.send().await {
                    Ok(response) if response.status().is_success() => self.read(response).await,
                    Ok(response) if response.status().is_client_error() => return,
                    _ => {}
                }
                tokio::time::sleep(REOPEN).await;
            }
        };
        tokio::select! {
            () = self.link.close.cancelled() => {}
            () = listening => {}
        }
    }

    async fn end_session(&self) {
        if self.session.lock().is_some() {
            let _ = tokio::time::timeout(REOPEN, self.request(reqwest::Method::DELETE).send()).await;
        }
    }
}
