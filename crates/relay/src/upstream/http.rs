//! A remote server over Streamable HTTP. Every line becomes a POST; what comes back, as JSON or as events, is a message
//! like one from a pipe. A stream that breaks off, or that the server closes for now, is come back to by its last event
//! id. A client's `Authorization` never gets here; redirects are not followed, so the credential goes nowhere else either.

mod modern;
mod older;
mod reach;
mod resume;
mod target;

use super::connection::Unsent;
use super::link::{Line, Link};
use super::server::Server;
use crate::error::CallError;
use crate::sse::{Place, Reader};
use ::http::header::{ACCEPT, CONTENT_TYPE};
use ::http::{HeaderValue, StatusCode};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use parking_lot::Mutex;
pub(super) use reach::Way;
use reqwest::{Method, RequestBuilder, Response};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use target::{Target, is_events, is_json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
/// POSTs in flight to one server.
const POSTS: usize = 64;
/// After a session expired, how long its other POSTs get to say how they ended.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// A refusal longer than this is no JSON-RPC error.
const REFUSAL: usize = 64 << 10;
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// The connection to a remote server.
pub(super) struct Streamable {
    server: Arc<Server>,
    link: Arc<Link>,
    target: Arc<Target>,
    session: Mutex<Option<HeaderValue>>,
    /// The handshake is over: the server's own stream may be opened.
    greeted: Notify,
    unsent: Mutex<Unsent>,
    /// Requests in flight, each with what ends it.
    running: Mutex<HashMap<u64, CancellationToken>>,
    /// The server has forgotten our session.
    expired: CancellationToken,
}

impl Streamable {
    fn new(server: Arc<Server>, link: Arc<Link>, target: Arc<Target>) -> Arc<Self> {
        let (session, greeted, unsent) = (Mutex::default(), Notify::new(), Mutex::default());
        let (running, expired) = (Mutex::default(), CancellationToken::new());
        Arc::new(Self { server, link, target, session, greeted, unsent, running, expired })
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
            let Some(line) = line else { break };
            if self.absorbs(&line) {
                continue;
            }
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
            // POSTs overtake each other, but nothing may overtake `notifications/initialized`.
            let first = line.call.is_none() && !greeted;
            greeted |= first;
            let remote = Arc::clone(&self);
            let (id, gone) = (line.call, self.link.close.child_token());
            self.running.lock().extend(id.map(|id| (id, gone.clone())));
            let post = posts.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = gone.cancelled() => {}
                    () = remote.post(line) => {}
                }
                id.map(|id| remote.running.lock().remove(&id));
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

    /// The session's headers.
    fn shaped(&self, request: RequestBuilder) -> RequestBuilder {
        let request = match self.session.lock().clone() {
            Some(session) => request.header(SESSION, session),
            None => request,
        };
        // The newest revision has it among the headers of each request.
        match self.link.version.get().filter(|_| !self.link.is_modern()) {
            Some(version) => request.header(VERSION, version),
            None => request,
        }
    }

    async fn send(
        &self,
        method: Method,
        more: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, CallError> {
        self.target.send(method, &self.target.url, |request| more(self.shaped(request))).await
    }

    async fn post(&self, line: Line) {
        let (call, bytes) = (line.call, Bytes::from(line.bytes));
        let (greeted, bore) = (self.link.version.get().is_some(), self.session.lock().is_some());
        let fail = |error| call.map_or((), |id| self.server.failed(id, error));
        if self.expired.is_cancelled() {
            // Another POST has heard it: this one need not go out to hear it too.
            return self.unsent.lock().extend(call.map(|id| (id, bytes.into())));
        }
        let mirrored = self.mirrored(&bytes);
        let sent = self.send(Method::POST, |request| {
            let request = request.header(CONTENT_TYPE, "application/json");
            let request = request.headers(mirrored.clone().unwrap_or_default());
            request.header(ACCEPT, "application/json, text/event-stream").body(bytes.clone())
        });
        let response = match sent.await {
            Ok(response) => response,
            Err(error) => return fail(error),
        };
        match response.status() {
            status if mirrored.is_some() && !status.is_success() => {
                // An error of the newest revision has a status that says the same.
                if is_json(&response) {
                    self.read(response).await;
                }
                fail(CallError::Http(status.as_u16()));
            }
            status if !status.is_success() => {
                if greeted && has_forgotten(response, bore).await && call.is_none_or(|id| self.server.is_first(id)) {
                    // It did nothing with this: shake hands again, then send it again.
                    self.unsent.lock().extend(call.map(|id| (id, bytes.into())));
                    self.expire();
                } else {
                    fail(CallError::Http(status.as_u16()));
                }
            }
            _ => {
                if let Some(session) = response.headers().get(SESSION) {
                    self.session.lock().get_or_insert_with(|| session.clone());
                }
                let place = self.read(response).await;
                if let Some(id) = call {
                    self.come_back(id, place).await;
                }
                // Whatever was to come has come; a call still in the table is lost.
                fail(CallError::OutcomeUnknown);
                if call.is_none() && greeted {
                    self.greeted.notify_one();
                }
            }
        }
    }

    /// Takes the messages of a response. Says where its stream was left.
    async fn read(&self, response: Response) -> Place {
        let max = self.server.context.limits.line;
        let mut place = Place::default();
        if is_events(&response) {
            let mut events = Reader::new(response.bytes_stream(), max);
            loop {
                match events.next().await {
                    Ok(Some(event)) => {
                        place.pass(&event);
                        if !event.data.is_empty() {
                            take(&self.server, &self.link, &event.data.into());
                        }
                    }
                    Ok(None) => return place,
                    Err(_) => {
                        self.server.cut(None);
                        return Place::default();
                    }
                }
            }
        }
        let (mut body, mut whole) = (response.bytes_stream(), BytesMut::new());
        while let Some(Ok(chunk)) = body.next().await {
            if whole.len() + chunk.len() > max {
                self.server.cut(None);
                return place;
            }
            whole.extend_from_slice(&chunk);
        }
        if !whole.is_empty() {
            take(&self.server, &self.link, &whole.freeze());
        }
        place
    }

    fn expire(&self) {
        // In this order: who finds no session finds that it has expired.
        self.expired.cancel();
        self.session.lock().take();
    }

    async fn end_session(&self) {
        if self.session.lock().is_some() {
            let _ = tokio::time::timeout(GOODBYE, self.send(Method::DELETE, |request| request)).await;
        }
    }
}

fn take(server: &Arc<Server>, link: &Arc<Link>, message: &Bytes) {
    if server.received(link, message).is_err() {
        tracing::debug!(deployment = %server.id, "a remote server sent something that is no JSON-RPC");
    }
}

/// Whether a refusal says that the server no longer knows our session. By the protocol that is a 404; many servers made
/// after the SDKs' examples say it with a 400 instead, to a request that `bore` a session.
async fn has_forgotten(mut response: Response, bore: bool) -> bool {
    match response.status() {
        StatusCode::NOT_FOUND => true,
        StatusCode::BAD_REQUEST if bore => {
            let mut text = Vec::new();
            while let Ok(Some(chunk)) = response.chunk().await {
                text.extend_from_slice(&chunk);
                if text.len() > REFUSAL {
                    return false;
                }
            }
            let text = String::from_utf8_lossy(&text);
            text.contains("\"jsonrpc\"") && text.to_ascii_lowercase().contains("session")
        }
        _ => false,
    }
}
