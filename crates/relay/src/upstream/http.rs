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
use tokio_util::task::TaskTracker;
use url::Url;

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
/// POSTs in flight to one server.
const POSTS: usize = 64;
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
        Ok(Arc::new(Self { server, link, url, headers: map, session, greeted, unsent }))
    }

    /// Moves messages until the link is closed or the server has forgotten us. Returns what it refused for that.
    pub(super) async fn drive(self: Arc<Self>, mut lines: UnboundedReceiver<Line>) -> Unsent {
        let (posts, places) = (TaskTracker::new(), Arc::new(Semaphore::new(POSTS)));
        let closed = self.link.close.cancelled();
        tokio::pin!(closed);
        posts.spawn(Arc::clone(&self).listen());
        loop {
            let line = tokio::select! {
                () = &mut closed => break,
                line = lines.recv() => line,
            };
            let (Some(line), Ok(place)) = (line, Arc::clone(&places).acquire_owned().await) else { break };
            let remote = Arc::clone(&self);
            posts.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = remote.link.close.cancelled() => {}
                    () = remote.post(line) => {}
                }
            });
        }
        posts.close();
        posts.wait().await;
        self.end_session().await;
        let mut unsent = std::mem::take(&mut *self.unsent.lock());
        if !unsent.is_empty() {
            // Lines behind the refused one have not gone out at all.
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
        let fail = |error| call.map_or((), |id| self.server.failed(id, error));
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                let why = "it cannot be reached over the network".to_owned();
                return fail(CallError::Unavailable(Arc::new(ConnectError::Failed { why })));
            }
            Err(_) => return fail(CallError::OutcomeUnknown),
        };
        let had_session = self.session.lock().is_some();
        match response.status() {
            StatusCode::NOT_FOUND if had_session => {
                // It has forgotten our session and done nothing: shake hands again, then send this again.
                self.unsent.lock().extend(call.map(|id| (id, bytes)));
                self.session.lock().take();
                self.link.close.cancel();
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
