//! The bridge's session with the relay, and how it is made again.

use super::{BridgeError, Door, Relays};
use crate::message::Message;
use crate::mirror::Annotations;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use parking_lot::Mutex;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
/// Between two attempts to reach a relay that is away.
pub(super) const AGAIN: Duration = Duration::from_millis(250);
/// How long a message waits for the relay to come back before its caller is told.
pub(super) const PATIENCE: Duration = Duration::from_secs(55);
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// After the relay was woken, how long before it is woken again.
const WAKE_AGAIN: Duration = Duration::from_secs(20);

/// The bridge's side of the relay.
pub(super) struct Connection {
    http: reqwest::Client,
    relays: Arc<dyn Relays>,
    door: Mutex<Door>,
    /// When the relay was woken, if it has not been heard of since.
    woken: Mutex<Option<Instant>>,
    session: Mutex<Session>,
    /// Held while a new session is being made, so that many lost calls make one.
    renewing: tokio::sync::Mutex<()>,
    output: mpsc::Sender<Vec<u8>>,
    /// Counts calls in flight by its receivers.
    places: watch::Sender<()>,
    /// Calls of 2026-07-28 in flight, by their raw ids.
    pub(super) calls: Mutex<HashMap<Box<str>, (u64, CancellationToken)>>,
    /// Which tool parameters are repeated in headers, as far as lists of tools have passed here.
    pub(super) annotations: Mutex<Annotations>,
    /// Ends the session's own stream and what else goes on without a call.
    pub(super) closed: CancellationToken,
}

/// What the last handshake gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Which handshake it was.
    pub(super) generation: u64,
    id: Option<HeaderValue>,
    version: Option<HeaderValue>,
    /// `params` of the client's own `initialize`.
    hello: Option<String>,
}

/// A response, or how it failed.
pub(super) enum Posted {
    /// The relay answered.
    Answered(reqwest::Response),
    /// It was not reached: nothing was sent.
    NotReached,
    /// It was reached, and then something broke.
    Broken,
}

impl Session {
    fn shape(&self, mut request: RequestBuilder) -> RequestBuilder {
        if let Some(id) = &self.id {
            request = request.header(SESSION, id);
        }
        if let Some(version) = &self.version {
            request = request.header(VERSION, version);
        }
        request
    }
}

impl Connection {
    pub(super) fn new(relays: Arc<dyn Relays>, output: mpsc::Sender<Vec<u8>>) -> Result<Self, BridgeError> {
        let door = relays.find().ok_or(BridgeError::Address)?;
        // The relay is on this computer: no proxy has any business in between, and no certificate is ever looked at.
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.tls_certs_only([]).build()?;
        Ok(Self {
            http,
            relays,
            door: Mutex::new(door),
            woken: Mutex::default(),
            session: Mutex::default(),
            renewing: tokio::sync::Mutex::default(),
            output,
            places: watch::Sender::new(()),
            calls: Mutex::default(),
            annotations: Mutex::default(),
            closed: CancellationToken::new(),
        })
    }

    /// Nobody listens there: looks where the relay is by now.
    pub(super) fn look(&self) {
        if let Some(door) = self.relays.find() {
            *self.door.lock() = door;
        }
    }

    /// The same, for a call: has the relay started too.
    pub(super) fn wake(&self) {
        let mut woken = self.woken.lock();
        if woken.is_none_or(|at| at.elapsed() > WAKE_AGAIN) {
            *woken = Some(Instant::now());
            self.relays.wake();
        }
        drop(woken);
        self.look();
    }

    /// Whether the client has shaken hands, or tried to.
    pub(super) fn has_session(&self) -> bool {
        self.session.lock().hello.is_some()
    }

    /// Keeps the client's `initialize` for later handshakes.
    pub(super) fn remember(&self, hello: Option<String>) {
        *self.session.lock() = Session { hello, ..Session::default() };
    }

    /// A call in flight, while it is held.
    pub(super) fn place(&self) -> watch::Receiver<()> {
        self.places.subscribe()
    }

    /// Waits until no call is in flight.
    pub(super) async fn settled(&self) {
        self.places.closed().await;
    }

    /// The session in force.
    pub(super) fn session(&self) -> Session {
        self.session.lock().clone()
    }

    /// Sends a message in a session.
    pub(super) async fn post(&self, session: &Session, body: impl Into<reqwest::Body>) -> Posted {
        let request = session.shape(self.request(Method::POST)).header(CONTENT_TYPE, "application/json");
        self.posted(request.body(body)).await
    }

    /// Sends a request, and says how that went.
    pub(super) async fn posted(&self, request: RequestBuilder) -> Posted {
        match request.send().await {
            Ok(response) => {
                *self.woken.lock() = None;
                Posted::Answered(response)
            }
            Err(error) if error.is_connect() => Posted::NotReached,
            Err(_) => Posted::Broken,
        }
    }

    /// Opens a stream: the session's own, or the one that broke after event `after`.
    pub(super) async fn get(&self, session: &Session, after: Option<&str>) -> Option<reqwest::Response> {
        let request = session.shape(self.request(Method::GET));
        let request = match after {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        request.send().await.ok()
    }

    /// A request with what every one has.
    pub(super) fn request(&self, method: Method) -> RequestBuilder {
        let Door { url, token } = self.door.lock().clone();
        let request = self.http.request(method, url).bearer_auth(token.expose());
        request.header(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"))
    }

    /// Takes over what an answer to `initialize` says, if it opened a session.
    pub(super) fn greeted(&self, headers: &HeaderMap, answer: &[u8]) {
        let Some(id) = headers.get(SESSION) else { return };
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let mut session = self.session.lock();
        session.id = Some(id.clone());
        let version = answer["result"]["protocolVersion"].as_str();
        session.version = version.and_then(|version| HeaderValue::from_str(version).ok());
        session.generation += 1;
    }

    /// A new session in place of a lost one. Whoever comes second finds it made.
    pub(super) async fn renew(&self, lost: &Session) -> Result<(), StatusCode> {
        let _renewing = self.renewing.lock().await;
        let session = self.session();
        if session.generation != lost.generation {
            return Ok(());
        }
        let hello = session.hello.as_deref().unwrap_or("{}");
        let body = format!("{{\"jsonrpc\":\"2.0\",\"id\":\"catwalk\",\"method\":\"initialize\",\"params\":{hello}}}");
        let Posted::Answered(response) = self.post(&Session::default(), body).await else {
            return Err(StatusCode::BAD_GATEWAY);
        };
        if !response.status().is_success() || !response.headers().contains_key(SESSION) {
            return Err(response.status());
        }
        let headers = response.headers().clone();
        let answer = response.bytes().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        self.greeted(&headers, &answer);
        let done = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        self.post(&self.session(), done).await;
        Ok(())
    }

    /// Prints a message.
    pub(super) async fn print(&self, message: Vec<u8>) {
        let _ = self.output.send(message).await;
    }

    /// Prints an error.
    pub(super) async fn refuse(&self, id: &str, code: i64, why: &str) {
        self.print(Message::error(id, code, why, None).parts().concat()).await;
    }

    /// Ends the session at the relay.
    pub(super) async fn end(self: &Arc<Self>) {
        let session = self.session();
        if session.id.is_some() {
            let goodbye = session.shape(self.request(Method::DELETE)).send();
            let _ = tokio::time::timeout(GOODBYE, goodbye).await;
        }
    }
}
