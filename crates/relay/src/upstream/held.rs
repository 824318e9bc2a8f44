//! Calls that wait: for a server that is not up yet, for room in its outbox, or, after a crash, for their second chance.
//!
//! They stand in a table of their own, under the id they will be sent with, so that a cancel or the end of their session
//! finds them as it finds calls in flight. Each has a task, so a client that drops does not take its call with it.

use super::calls::Call;
use super::link::Link;
use super::outward::Request;
use super::server::{Server, State};
use crate::error::CallError;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

/// A call that waits.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) call: Call,
    /// Ends the task that waits with it.
    pub(super) gone: CancellationToken,
}

impl Held {
    /// Ends it without an answer, for who no longer wants one.
    pub(super) fn end(self) {
        self.gone.cancel();
        if let Some(client) = self.call.client() {
            client.stream.forgo();
        }
    }
}

impl Server {
    /// Keeps a call until it can be sent.
    pub(super) fn hold(self: &Arc<Self>, call: Call, request: Request) {
        let (id, gone) = (self.next_id(), CancellationToken::new());
        self.state.lock().held.insert(id, Held { call, gone: gone.clone() });
        let server = Arc::clone(self);
        self.context.tracker.spawn(async move {
            tokio::select! {
                () = gone.cancelled() => {}
                () = server.send_when_possible(id, request) => {}
            }
        });
    }

    /// Waits for the server, then sends. After a while the client hears that its call is being held.
    async fn send_when_possible(&self, id: u64, request: Request) {
        let limits = &self.context.limits;
        let (deadline, stream) = {
            let state = self.state.lock();
            let Some(Held { call, .. }) = state.held.get(&id) else { return };
            let deadline = Instant::now() + limits.hold;
            // One that was in flight before has used up a part of its client's patience.
            let deadline = if call.resent { deadline.min(call.deadline.into()) } else { deadline };
            (deadline, call.client().map(|client| Arc::clone(&client.stream)))
        };
        let sending = self.send_held(id, request, deadline);
        tokio::pin!(sending);
        let sent = tokio::select! {
            sent = &mut sending => sent,
            () = sleep(limits.keep_alive) => {
                if let Some(stream) = &stream {
                    stream.open();
                }
                sending.await
            }
        };
        if let (Err(error), Some(Held { call, .. })) = (sent, self.state.lock().held.remove(&id)) {
            let error = if call.resent { CallError::OutcomeUnknown } else { error };
            self.give_up(call, error);
        }
    }

    async fn send_held(&self, id: u64, request: Request, deadline: Instant) -> Result<(), CallError> {
        let late = || CallError::NotReady(self.context.limits.hold);
        loop {
            let link = self.link(deadline).await?;
            let room = timeout_at(deadline, link.room(request.size())).await.ok().flatten().ok_or_else(late)?;
            let mut state = self.state.lock();
            if !state.is_current(&link) {
                continue;
            }
            let Some(Held { mut call, .. }) = state.held.remove(&id) else { return Ok(()) };
            let bytes = call.line(id, &request, &link);
            state.enter(&link, id, call, self.context.limits.call);
            link.send(bytes, Some(id), room);
            return Ok(());
        }
    }

    /// A call whose server ended before it answered: sent once more if the server called its tool safe to repeat, else
    /// its client hears that the outcome is unknown.
    pub(super) fn lost(self: &Arc<Self>, mut call: Call) {
        let parked = call.is_parked();
        let again = call.again.take().filter(|params| {
            let state = self.state.lock();
            !self.stop.is_cancelled() && !parked && state.known.may_repeat(params)
        });
        if let Some(params) = again {
            call.resent = true;
            self.meter.resent();
            let request = Request { method: call.method.clone(), params: Some(params) };
            return self.hold(call, request);
        }
        self.give_up(call, if self.stop.is_cancelled() { CallError::Stopping } else { CallError::OutcomeUnknown });
    }
}

impl State {
    /// Whether a link is the one in force.
    pub(super) fn is_current(&self, link: &Link) -> bool {
        self.link.as_ref().is_some_and(|current| current.generation == link.generation)
    }

    /// Enters a call into the table. Send its line under the same lock, so that who ends the link finds the line if it
    /// finds the call.
    pub(super) fn enter(&mut self, link: &Link, id: u64, mut call: Call, patience: Duration) {
        call.generation = link.generation;
        if !call.resent {
            call.deadline = std::time::Instant::now() + patience;
        }
        self.calls.insert(id, call);
    }
}
