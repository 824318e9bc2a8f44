//! The bridge's session with the relay, and how it is made again.

use super::BridgeError;
use crate::message::Message;
use catwalk_domain::Secret;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use parking_lot::Mutex;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use url::Url;

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
/// Between two attempts to reach a relay that is away.
pub(super) const AGAIN: Duration = Duration::from_millis(250);
/// How long a message waits for the relay to come back before its caller is told.
pub(super) const PATIENCE: Duration = Duration::from_secs(55);
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// The bridge's side of the relay.
pub(super) struct Connection {
    http: reqwest::Client,
    url: Url,
    session: Mutex<Session>,
    /// Held while a new session is being made, so that many lost calls make one.
    renewing: tokio::sync::Mutex<()>,
    output: mpsc::Sender<Vec<u8>>,
    /// Counts calls in flight by its receivers.
    places: watch::Sender<()>,
    /// Ends the session's own stream.
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

impl Connection {
    pub(super) fn new(url: Url, token: &Secret<String>, output: mpsc::Sender<Vec<u8>>) -> Result<Self, BridgeError> {
        let mut headers = HeaderMap::new();
        let bearer = format!("Bearer {}", token.expose());
        let mut bearer = HeaderValue::try_from(bearer).map_err(|_| BridgeError::Token)?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        // The relay is on this computer: a system proxy has no business in between.
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.default_headers(headers).build()?;
        let (session, renewing, places) = (Mutex::default(), tokio::sync::Mutex::default(), watch::Sender::new(()));
        Ok(Self { http, url, session, renewing, output, places, closed: CancellationToken::new() })
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
        let request = self.request(reqwest::Method::POST, session).header(CONTENT_TYPE, "application/json");
        match request.body(body).send().await {
            Ok(response) => Posted::Answered(response),
            Err(error) if error.is_connect() => Posted::NotReached,
            Err(_) => Posted::Broken,
        }
    }

    /// Opens a stream: the session's own, or the one that broke after event `after`.
    pub(super) async fn get(&self, session: &Session, after: Option<&str>) -> Option<reqwest::Response> {
        let request = self.request(reqwest::Method::GET, session);
        let request = match after {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        request.send().await.ok()
    }

    fn request(&self, method: reqwest::Method, session: &Session) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, self.url.clone());
        if let Some(id) = &session.id {
            request = request.header(SESSION, id);
        }
        if let Some(version) = &session.version {
            request = request.header(VERSION, version);
        }
        request
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
            let _ = tokio::time::timeout(GOODBYE, self.request(reqwest::Method::DELETE, &session).send()).await;
        }
    }
}
