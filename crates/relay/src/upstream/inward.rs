//! From the server to its clients: answers by id, questions to the one client they can be meant for.

use super::calls::{Call, ClientReply, Effect, Reply};
use super::link::{self, Link};
use super::server::{Ask, Server, State};
use crate::envelope::{self, Envelope, Malformed, Outcome};
use crate::error::CallError;
use crate::message::Message;
use crate::session::Session;
use crate::stream::{Kind, Stream};
use bytes::Bytes;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// Questions that may wait at one client.
const MAX_ASKS: usize = 64;

impl Server {
    /// Takes a message of the server. An error means that it is none, but some stray output.
    pub(super) fn received(self: &Arc<Self>, link: &Arc<Link>, message: &Bytes) -> Result<(), Malformed> {
        if envelope::is_batch(message) {
            for member in envelope::batch(message)? {
                self.received_one(link, &message.slice_ref(member.get().as_bytes()))?;
            }
            return Ok(());
        }
        self.received_one(link, message)
    }

    fn received_one(self: &Arc<Self>, link: &Arc<Link>, message: &Bytes) -> Result<(), Malformed> {
        self.meter.received(message.len());
        match Envelope::parse(message)? {
            Envelope::Response { id, outcome } => self.answered(id, outcome, message),
            Envelope::Notification { method, params } => self.noticed(&method, params),
            Envelope::Request { id, method, params } => self.asked(link, id, &method, params),
        }
        Ok(())
    }

    /// An answer. One to nobody (cancelled, timed out) is dropped.
    fn answered(&self, id: &RawValue, outcome: Outcome<'_>, message: &Bytes) {
        let Ok(id) = id.get().parse::<u64>() else { return };
        let mut state = self.state.lock();
        let Some(call) = state.calls.remove(&id) else { return };
        if let Outcome::Result(result) = outcome {
            match &call.effect {
                Effect::None => {}
                Effect::Remember => state.known.remember(&call.method, result.get()),
                Effect::Subscribe(uri) => {
                    let session = call.client().map(|client| client.session.key);
                    let session = session.filter(|key| state.sessions.contains_key(key));
                    state.subscriptions.entry(uri.clone()).or_default().extend(session);
                    if let Some(client) = call.client() {
                        client.session.subscribed(uri);
                    }
                }
            }
        }
        drop(state);
        self.watched(&call, Ok(outcome));
        call.answer(outcome, message);
    }

    /// A call that got an error on the way.
    pub(super) fn failed(self: &Arc<Self>, id: u64, error: CallError) {
        let call = self.state.lock().calls.remove(&id);
        if let Some(call) = call {
            if matches!(error, CallError::OutcomeUnknown) {
                return self.lost(call);
            }
            self.give_up(call, error);
        }
    }

    /// An answer that was cut at the line cap. Whose it was, its ends tell; or there is only one it can be.
    pub(super) fn cut(self: &Arc<Self>, id: Option<u64>) {
        tracing::warn!(deployment = %self.id, ?id, "a message longer than the cap was dropped");
        let only = || {
            let state = self.state.lock();
            let mut ids = state.calls.keys();
            ids.next().copied().filter(|_| ids.next().is_none())
        };
        if let Some(id) = id.or_else(only) {
            self.failed(id, CallError::AnswerTooLong(self.context.limits.line));
        }
    }

    /// A question of the server.
    fn asked(self: &Arc<Self>, link: &Arc<Link>, id: &RawValue, method: &str, params: Option<&RawValue>) {
        if method == "ping" {
            // It asks whether its client is there. Its client is the relay.
            return link.send_own(link::response_line(id.get(), "result", "{}"), None);
        }
        let mut state = self.state.lock();
        let Some((session, stream)) = state.whom_to_ask(method) else {
            drop(state);
            let why = format!("no connected client can answer `{method}` now");
            let error = json!({ "code": -32601, "message": why }).to_string();
            return link.send_own(link::response_line(id.get(), "error", &error), None);
        };
        let ours = self.next_id();
        state.asks.insert(ours, Ask { id: id.get().into(), session: session.key, stream: Arc::clone(&stream) });
        stream.push(Kind::Ask, Message::request(ours, method, params.map(RawValue::get)));
    }

    /// Ends a call that gets no answer.
    pub(super) fn give_up(&self, call: Call, error: CallError) {
        self.watched(&call, Err(&error));
        call.fail(error);
    }

    /// Counts an ended call, and tells those who watch.
    fn watched(&self, call: &Call, outcome: Result<Outcome<'_>, &CallError>) {
        if !matches!(call.reply, Reply::Nobody) {
            self.meter.ended(call.started.elapsed(), outcome);
        }
        if self.context.activity.receiver_count() > 0
            && let Some(activity) = call.activity(self.id, outcome.ok())
        {
            let _ = self.context.activity.send(activity);
        }
    }
}

/// Whose work is in flight.
pub(super) enum AtWork<'a> {
    /// One session's; its newest call. None stands for Catwalk itself.
    One(Option<&'a ClientReply>),
    /// Nobody's, or several sessions'.
    Unclear,
}

impl State {
    /// Whose work is in flight.
    pub(super) fn at_work(&self) -> AtWork<'_> {
        let key = |call: &Call| call.client().map(|client| client.session.key);
        let work = || self.calls.iter().filter(|(_, call)| call.is_work());
        let newest = work().max_by_key(|(id, _)| **id).map(|(_, call)| call);
        match newest {
            Some(newest) if work().all(|(_, call)| key(call) == key(newest)) => AtWork::One(newest.client()),
            _ => AtWork::Unclear,
        }
    }

    /// The client that a question of the server is for, and where it reads.
    ///
    /// If one session alone has work in flight, the question is part of that work and for nobody else, even if that
    /// client cannot take it: what one client is asked must not be shown to another. Otherwise, the session used last
    /// that declared the capability and is reading.
    fn whom_to_ask(&self, method: &str) -> Option<(Arc<Session>, Arc<Stream>)> {
        let able = |session: &Arc<Session>| {
            session.serves(method) && self.asks.values().filter(|ask| ask.session == session.key).count() < MAX_ASKS
        };
        if let AtWork::One(client) = self.at_work() {
            let client = client.filter(|client| able(&client.session))?;
            return Some((Arc::clone(&client.session), Arc::clone(&client.stream)));
        }
        let mut able: Vec<_> = self.sessions.values().filter(|session| able(session)).collect();
        able.sort_unstable_by_key(|session| std::cmp::Reverse(session.last_active()));
        able.into_iter().find_map(|session| Some((Arc::clone(session), self.reads_at(session)?)))
    }

    /// A stream that a session reads: its newest call's, or its own if there is a reader.
    fn reads_at(&self, session: &Session) -> Option<Arc<Stream>> {
        let calls = self.calls.iter().filter_map(|(id, call)| Some((id, call.client()?)));
        let newest = calls.filter(|(_, client)| client.session.key == session.key).max_by_key(|(id, _)| **id);
        let stream = newest.map(|(_, client)| &client.stream);
        stream.or_else(|| session.standalone.is_read().then_some(&session.standalone)).map(Arc::clone)
    }
}

impl Ask {
    /// Tells the client that its answer is no longer wanted.
    pub(super) fn take_back(&self, id: u64) {
        let params = format!("{{\"requestId\":{id}}}");
        self.stream.push(Kind::Notice, Message::notification("notifications/cancelled", Some(&params)));
    }
}
