//! Coming back to a stream: a call's that broke off or that the server closed for now, and the session's own.

use super::Streamable;
use super::target::is_events;
use crate::error::CallError;
use crate::sse::Place;
use crate::upstream::ConnectError;
use ::http::StatusCode;
use ::http::header::ACCEPT;
use reqwest::{Method, Response};
use std::sync::Arc;
use std::time::Duration;

/// Before coming back to a stream, if the server does not say when.
const RETRY: Duration = Duration::from_millis(250);
/// Before the session's own stream is opened again; doubled each time that fails.
const REOPEN: Duration = Duration::from_secs(2);
/// The longest such wait, whoever asks for it.
const LONGEST: Duration = Duration::from_mins(1);

impl Streamable {
    /// Comes back for a call's answer as long as somebody waits for it and the server knows the stream.
    pub(super) async fn come_back(&self, call: u64, mut place: Place) {
        while self.server.awaits(call)
            && let Some(last) = place.last.clone()
        {
            tokio::time::sleep(wait(&place, RETRY)).await;
            match self.get(Some(&last)).await {
                Ok(response) if response.status().is_success() && is_events(&response) => {
                    let left = self.read(response).await;
                    place = Place { last: left.last.or(place.last), retry: left.retry.or(place.retry) };
                }
                // It is away for now, or in front of it something is.
                Ok(response) if response.status().is_server_error() => {}
                Err(CallError::Unavailable(error)) if matches!(*error, ConnectError::Unreachable) => {}
                Err(CallError::OutcomeUnknown) => {}
                _ => return,
            }
        }
    }

    /// Keeps the stream for the server's own messages open, if it offers one.
    pub(super) async fn listen(self: Arc<Self>) {
        tokio::select! {
            () = self.link.close.cancelled() => {}
            () = self.keep_listening() => {}
        }
    }

    async fn keep_listening(&self) {
        self.greeted.notified().await;
        let (mut place, mut was_open, mut pause) = (Place::default(), false, REOPEN);
        loop {
            match self.get(place.last.as_deref()).await {
                Ok(response) if response.status().is_success() => {
                    was_open = true;
                    let left = self.read(response).await;
                    place = Place { last: left.last.or(place.last), retry: left.retry };
                    pause = wait(&place, REOPEN);
                }
                Ok(response) if response.status() == StatusCode::NOT_FOUND && was_open => return self.expire(),
                Ok(response) if response.status().is_client_error() => {
                    // It does not know that event any more; or it offers no such stream.
                    if place.last.take().is_none() {
                        return;
                    }
                }
                Err(CallError::Unavailable(error))
                    if matches!(*error, ConnectError::SignIn | ConnectError::Consent) =>
                {
                    return;
                }
                _ => pause = (pause * 2).min(LONGEST),
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn get(&self, last: Option<&str>) -> Result<Response, CallError> {
        let sent = self.send(Method::GET, |request| {
            let request = request.header(ACCEPT, "text/event-stream");
            match last {
                Some(last) => request.header("last-event-id", last),
                None => request,
            }
        });
        sent.await
    }
}

fn wait(place: &Place, otherwise: Duration) -> Duration {
    place.retry.map_or(otherwise, Duration::from_millis).min(LONGEST)
}
