//! One message's way to the relay and its answer's way back.

use super::MAX_LINE;
use super::connection::{AGAIN, Connection, PATIENCE, Posted, Session};
use crate::envelope::Envelope;
use crate::sse::Parser;
use bytes::Bytes;
use futures_util::StreamExt;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What a caller hears when the relay was lost after it had the message.
pub(super) const UNKNOWN: &str =
    "the connection to Catwalk broke during the call; the action may or may not have happened";
/// What a caller hears when it could not be reached at all.
pub(super) const AWAY: &str = "Catwalk is not running; start it and try again";

/// The longest time between two looks for the session's own stream.
const LONGEST: Duration = Duration::from_secs(4);

/// How reading a stream of events ended.
pub(super) struct Ended {
    /// The awaited answer, if it came. It has not been printed.
    pub(super) answer: Option<Vec<u8>>,
    /// The last event's id.
    last: Option<String>,
}

impl Connection {
    /// Carries one message and prints what comes back for it.
    pub(super) async fn carry(&self, line: Bytes) {
        let envelope = Envelope::parse(&line);
        let greeting = matches!(&envelope, Ok(Envelope::Request { method, .. }) if method == "initialize");
        let id = match &envelope {
            Ok(Envelope::Request { id, .. }) => Some(id.get()),
            _ => None,
        };
        let deadline = Instant::now() + PATIENCE;
        let mut looked = false;
        loop {
            let session = if greeting { Session::default() } else { self.session() };
            match self.post(&session, line.clone()).await {
                Posted::Answered(response) => match response.status() {
                    // The relay has restarted or forgotten us; it did nothing with this.
                    StatusCode::NOT_FOUND if session.generation > 0 => match self.renew(&session).await {
                        Ok(()) => continue,
                        Err(StatusCode::BAD_GATEWAY) if Instant::now() < deadline => {}
                        Err(status) => return self.explain(id, status, &[]).await,
                    },
                    // The token may be another by now.
                    StatusCode::UNAUTHORIZED if !looked => {
                        looked = true;
                        self.look();
                        continue;
                    }
                    StatusCode::ACCEPTED => return,
                    status if status.is_success() => return self.answered(&session, id, greeting, response).await,
                    status => {
                        let body = response.bytes().await.unwrap_or_default();
                        return self.explain(id, status, &body).await;
                    }
                },
                Posted::NotReached if Instant::now() < deadline => self.wake(),
                Posted::NotReached => return self.refuse_call(id, AWAY).await,
                Posted::Broken => return self.refuse_call(id, UNKNOWN).await,
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn answered(&self, session: &Session, id: Option<&str>, greeting: bool, response: reqwest::Response) {
        if is_events(&response) {
            return self.follow(session, id, response).await;
        }
        let headers = response.headers().clone();
        match response.bytes().await {
            Ok(answer) => {
                if greeting {
                    self.greeted(&headers, &answer);
                }
                self.print(answer.into()).await;
            }
            Err(_) => self.refuse_call(id, UNKNOWN).await,
        }
    }

    /// Prints a call's events; if they break off, comes back for the rest.
    async fn follow(&self, session: &Session, id: Option<&str>, response: reqwest::Response) {
        let mut next = Some(response);
        let mut last = None;
        while let Some(response) = next.take() {
            let ended = self.events(response, id).await;
            if let Some(answer) = ended.answer {
                return self.print(answer).await;
            }
            if id.is_none() {
                return;
            }
            last = ended.last.or(last);
            if last.is_some() {
                let response = self.get(session, last.as_deref()).await;
                next = response.filter(|response| response.status().is_success() && is_events(response));
            }
        }
        self.refuse_call(id, UNKNOWN).await;
    }

    /// Prints the events of a response, up to the answer that is waited for.
    pub(super) async fn events(&self, response: reqwest::Response, id: Option<&str>) -> Ended {
        let mut ended = Ended { answer: None, last: None };
        let mut parser = Parser::new(MAX_LINE);
        let mut body = response.bytes_stream();
        while let Some(Ok(chunk)) = body.next().await {
            let Ok(events) = parser.feed(&chunk) else { return ended };
            for event in events {
                ended.last = event.id.or(ended.last);
                if event.data.is_empty() {
                    continue;
                }
                let answered = match Envelope::parse(event.data.as_bytes()) {
                    Ok(Envelope::Response { id: answered, .. }) => Some(answered.get()) == id,
                    _ => false,
                };
                if answered {
                    ended.answer = Some(event.data.into_bytes());
                    return ended;
                }
                self.print(event.data.into_bytes()).await;
            }
        }
        ended
    }

    /// Keeps the session's own stream open, in whatever session there is.
    pub(super) async fn listen(self: Arc<Self>) {
        tokio::select! {
            () = self.closed.cancelled() => {}
            () = self.keep_listening() => {}
        }
    }

    async fn keep_listening(&self) {
        let (mut last, mut of, mut pause) = (None, 0, AGAIN);
        loop {
            let session = self.session();
            if session.generation != of {
                (last, of) = (None, session.generation);
            }
            let answer = self.get(&session, last.as_deref()).await;
            pause = if answer.is_some() { AGAIN } else { (pause * 2).min(LONGEST) };
            match answer {
                Some(response) if response.status() == StatusCode::NOT_FOUND => {
                    let _ = self.renew(&session).await;
                }
                Some(response) if response.status() == StatusCode::METHOD_NOT_ALLOWED => return,
                Some(response) if response.status().is_success() && is_events(&response) => {
                    last = self.events(response, None).await.last.or(last);
                }
                // An event id that the relay no longer knows.
                Some(_) => last = None,
                // Nobody starts it for this: only calls do.
                None => self.look(),
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// An HTTP refusal, as an answer to the call it was for.
    pub(super) async fn explain(&self, id: Option<&str>, status: StatusCode, body: &[u8]) {
        let told: Value = serde_json::from_slice(body).unwrap_or_default();
        let why = told["error"]["message"].as_str().map_or_else(|| format!("Catwalk answered {status}"), str::to_owned);
        self.refuse_call(id, &why).await;
    }

    async fn refuse_call(&self, id: Option<&str>, why: &str) {
        if let Some(id) = id {
            self.refuse(id, -32000, why).await;
        } else {
            tracing::warn!(why, "a message was lost");
        }
    }
}

/// Whether a response is a stream of events.
pub(super) fn is_events(response: &reqwest::Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.to_ascii_lowercase().starts_with("text/event-stream")
}
