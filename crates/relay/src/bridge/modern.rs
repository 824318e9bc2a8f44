//! A request of 2026-07-28: it has no session, so it can be carried to any relay. What HTTP says in headers is made from
//! its body, and what stdio says with a cancel is said by hanging up.

use super::connection::{AGAIN, Connection, PATIENCE, Posted};
use super::post::{AWAY, UNKNOWN, is_events};
use crate::envelope::{self, Envelope, Outcome};
use crate::mirror::{self, Annotations};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::Method;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const META: &str = "_meta";
const KEY: &str = "io.modelcontextprotocol/protocolVersion";
const LISTEN: &str = "subscriptions/listen";
/// Headers that do not say what the body says.
const MISMATCH: i64 = -32020;
/// Pages of tools that are asked for; a server that goes on is at fault.
const PAGES: usize = 100;

/// A listener that ends sooner than this, twice in a row, has been ended by its server.
const BRIEF: Duration = Duration::from_secs(1);

/// The revision that a request names.
fn version(params: Option<&RawValue>) -> Option<&RawValue> {
    envelope::field(envelope::field(params?, META)?, KEY)
}

/// Whether a request is one of this revision.
pub(super) fn is(params: Option<&RawValue>) -> bool {
    version(params).is_some()
}

/// A call in flight, as it can be taken back.
pub(super) struct Call {
    id: Box<str>,
    number: u64,
    back: CancellationToken,
}

/// Which of two calls with the same id it is.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

impl Connection {
    /// Enters a call in the table of those that can be taken back.
    pub(super) fn enter(&self, id: &RawValue) -> Call {
        let (back, number) = (CancellationToken::new(), NUMBERS.fetch_add(1, Ordering::Relaxed));
        self.calls.lock().insert(id.get().into(), (number, back.clone()));
        Call { id: id.get().into(), number, back }
    }

    /// Takes a call back, as `notifications/cancelled` says.
    pub(super) fn take_back(&self, params: Option<&RawValue>) {
        let id = params.and_then(|params| envelope::field(params, "requestId"));
        if let Some((_, back)) = id.and_then(|id| self.calls.lock().remove(id.get())) {
            back.cancel();
        }
    }

    /// Carries one request and prints what comes back for it, unless it is taken back.
    pub(super) async fn carry_modern(&self, line: Bytes, call: Call) {
        tokio::select! {
            biased;
            () = call.back.cancelled() => {}
            () = self.closed.cancelled() => {}
            () = self.ask(line, &call.id) => {}
        }
        let mut calls = self.calls.lock();
        if calls.get(&call.id).is_some_and(|(number, _)| *number == call.number) {
            calls.remove(&call.id);
        }
    }

    async fn ask(&self, line: Bytes, id: &str) {
        let Ok(Envelope::Request { method, params, .. }) = Envelope::parse(&line) else { return };
        // A listener changes nothing, so it is always brought back.
        let listens = method == LISTEN;
        let deadline = Instant::now() + PATIENCE;
        let (mut learnt, mut looked, mut brief) = (false, false, 0);
        loop {
            match self.send_modern(&method, params, line.clone()).await {
                Posted::Answered(response) if is_events(&response) => {
                    let opened = Instant::now();
                    let answer = self.events(response, Some(id)).await.answer;
                    brief = if opened.elapsed() < BRIEF { brief + 1 } else { 0 };
                    match answer {
                        // A relay that stops ends its listeners in good order; the next one goes on.
                        _ if listens && brief < 2 => {}
                        Some(answer) => return self.print(answer).await,
                        None => return self.refuse(id, -32000, UNKNOWN).await,
                    }
                }
                Posted::Answered(response) if response.status() == StatusCode::UNAUTHORIZED && !looked => {
                    looked = true;
                    self.look();
                    continue;
                }
                Posted::Answered(response) => {
                    let status = response.status();
                    let Ok(body) = response.bytes().await else { return self.refuse(id, -32000, UNKNOWN).await };
                    match Envelope::parse(&body) {
                        Ok(Envelope::Response { outcome: Outcome::Error(error), .. })
                            if is_mismatch(error) && method == "tools/call" && !learnt =>
                        {
                            // Its parameters are repeated in headers, and we have not seen yet which.
                            learnt = true;
                            self.learn_tools(params).await;
                            continue;
                        }
                        Ok(Envelope::Response { id: answered, outcome }) if answered.get() == id => {
                            if let Outcome::Result(result) = outcome
                                && method == "tools/list"
                            {
                                let first = params.and_then(|params| envelope::field(params, "cursor")).is_none();
                                self.annotations.lock().learn(result.get(), first);
                            }
                            return self.print(body.into()).await;
                        }
                        _ => return self.explain(Some(id), status, &body).await,
                    }
                }
                Posted::NotReached if Instant::now() < deadline => self.wake(),
                Posted::NotReached if listens => self.look(),
                Posted::NotReached => return self.refuse(id, -32000, AWAY).await,
                Posted::Broken if listens => {}
                Posted::Broken => return self.refuse(id, -32000, UNKNOWN).await,
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn send_modern(&self, method: &str, params: Option<&RawValue>, body: impl Into<reqwest::Body>) -> Posted {
        let headers = headers(method, params, &self.annotations.lock());
        let request = self.request(Method::POST).headers(headers).header(CONTENT_TYPE, "application/json");
        self.posted(request.body(body)).await
    }

    /// Asks for the tools under the `_meta` of a call, to know which of their parameters are repeated in headers.
    async fn learn_tools(&self, params: Option<&RawValue>) {
        let meta = params.and_then(|params| envelope::field(params, META)).map_or("{}", RawValue::get);
        let mut cursor = None;
        for page in 0..PAGES {
            let of = cursor.map_or_else(String::new, |cursor: Value| format!(",\"cursor\":{cursor}"));
            let params = format!("{{\"_meta\":{meta}{of}}}");
            let body = format!(r#"{{"jsonrpc":"2.0","id":"catwalk","method":"tools/list","params":{params}}}"#);
            let Ok(params) = serde_json::from_str::<&RawValue>(&params) else { return };
            let Posted::Answered(response) = self.send_modern("tools/list", Some(params), body).await else {
                return;
            };
            let Ok(answer) = response.bytes().await else { return };
            let Ok(Envelope::Response { outcome: Outcome::Result(result), .. }) = Envelope::parse(&answer) else {
                return;
            };
            self.annotations.lock().learn(result.get(), page == 0);
            let next = envelope::field(result, "nextCursor").and_then(|raw| serde_json::from_str(raw.get()).ok());
            match next {
                Some(Value::Null) | None => return,
                next => cursor = next,
            }
        }
    }
}

fn headers(method: &str, params: Option<&RawValue>, known: &Annotations) -> HeaderMap {
    let mut headers = mirror::headers(method, params, known);
    let version = version(params).and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    if let Some(version) = version.and_then(|version| HeaderValue::try_from(version).ok()) {
        headers.insert(mirror::VERSION, version);
    }
    headers
}

fn is_mismatch(error: &RawValue) -> bool {
    envelope::field(error, "code").is_some_and(|code| code.get() == MISMATCH.to_string())
}
