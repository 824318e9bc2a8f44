//! From the server to its clients: answers by id, questions to the one client they can be meant for.

use super::calls::{Call, Effect, Reply};
use super::link::{self, Link};
use super::listeners::LISTEN;
use super::rounds::InputRequired;
use super::server::{Ask, Server, State, To};
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
            Envelope::Response { id, outcome } => self.answered(link, id, outcome, message),
            Envelope::Notification { method, params } => self.noticed(&method, params),
            Envelope::Request { id, method, params } => self.asked(link, id, &method, params),
        }
        Ok(())
    }

    /// An answer. One to nobody (cancelled, timed out) is dropped.
    fn answered(self: &Arc<Self>, link: &Link, id: &RawValue, outcome: Outcome<'_>, message: &Bytes) {
        let Ok(id) = id.get().parse::<u64>() else { return };
        let mut state = self.state.lock();
        let Some(call) = state.calls.remove(&id) else { return };
        if let Outcome::Result(result) = outcome {
            // Only a client with a session has left us what is needed to ask it.
            if call.params.is_some()
                && let Some(wanted) = InputRequired::of(result)
            {
                drop(state);
                return self.ask_round(call, &wanted);
            }
            if &*call.method == "tools/list" {
                state.known.learn(result.get(), call.effect == Effect::Remember);
            }
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
        if call.is_parked() {
            // Under the lock: its client may be coming back for it at this moment.
            return call.answer(outcome, message, link);
        }
        drop(state);
        self.watched(&call, Ok(outcome));
        call.answer(outcome, message, link);
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
            let mut ids = state.calls.iter().filter(|(_, call)| &*call.method != LISTEN).map(|(id, _)| *id);
            ids.next().filter(|_| ids.next().is_none())
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
        let asked = match state.whom_to_ask(method) {
            Some(Asked::Session(session, stream)) => {
                let (ours, to) = (self.next_ask(), To::Server(id.get().into()));
                state.asks.insert(ours, Ask { to, session: session.key, stream: Arc::clone(&stream) });
                stream.push(Kind::Ask, Message::request(ours, method, params.map(RawValue::get)));
                true
            }
            Some(Asked::Call(call)) => {
                drop(state);
                self.park(call, id.get(), method, params)
            }
            None => false,
        };
        if !asked {
            let why = format!("no connected client can answer `{method}` now");
            let error = json!({ "code": -32601, "message": why }).to_string();
            link.send_own(link::response_line(id.get(), "error", &error), None);
        }
    }

    /// Ends a call that gets no answer.
    pub(super) fn give_up(&self, call: Call, error: CallError) {
        self.watched(&call, Err(&error));
        call.fail(error);
    }

    /// Counts an ended call, and tells those who watch.
    fn watched(&self, call: &Call, outcome: Result<Outcome<'_>, &CallError>) {
        if call.is_upkeep() {
            return;
        }
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
    /// One client's, or Catwalk's; its newest call.
    One(u64, &'a Call),
    /// Nobody's, or several clients'.
    Unclear,
}

/// Whom a question of the server is for.
enum Asked {
    /// A client with a session, where it reads.
    Session(Arc<Session>, Arc<Stream>),
    /// The client of this call, which cannot be asked but by the call's result.
    Call(u64),
}

impl State {
    /// Whose work is in flight.
    pub(super) fn at_work(&self) -> AtWork<'_> {
        let work = || self.calls.iter().filter(|(_, call)| call.is_work());
        let newest = work().max_by_key(|(id, _)| **id);
        match newest {
            Some((id, newest)) if work().all(|(_, call)| call.session() == newest.session()) => {
                AtWork::One(*id, newest)
            }
            _ => AtWork::Unclear,
        }
    }

    /// The client that a question of the server is for, and where it reads.
    ///
    /// If one client alone has work in flight, the question is part of that work and for nobody else, even if that
    /// client cannot take it: what one client is asked must not be shown to another. Otherwise, the one used last that
    /// declared the capability and is reading.
    fn whom_to_ask(&self, method: &str) -> Option<Asked> {
        let able = |session: &Session| {
            session.serves(method) && self.asks.values().filter(|ask| ask.session == session.key).count() < MAX_ASKS
        };
        if let AtWork::One(id, call) = self.at_work() {
            return match &call.reply {
                Reply::Client(client) if client.modern.is_none() => {
                    let (session, stream) = (&client.session, &client.stream);
                    able(session).then(|| Asked::Session(Arc::clone(session), Arc::clone(stream)))
                }
                _ => call.takes(method).then_some(Asked::Call(id)),
            };
        }
        let mut able: Vec<_> = self.sessions.values().filter(|session| able(session)).collect();
        able.sort_unstable_by_key(|session| std::cmp::Reverse(session.last_active()));
        let session = able.into_iter().find_map(|session| Some((session, self.reads_at(session)?)));
        let calls = self.calls.iter().filter(|(_, call)| call.is_work() && call.takes(method));
        let newest = calls.max_by_key(|(id, _)| **id).and_then(|(id, call)| Some((*id, call.last_active()?)));
        match (session, newest) {
            (Some((session, stream)), newest) if newest.is_none_or(|(_, at)| at < session.last_active()) => {
                Some(Asked::Session(Arc::clone(session), stream))
            }
            (_, newest) => newest.map(|(id, _)| Asked::Call(id)),
        }
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
    /// Whether it is the one that the server gave this id.
    pub(super) fn is_servers(&self, theirs: &str) -> bool {
        matches!(&self.to, To::Server(id) if **id == *theirs)
    }

    /// Tells the client that its answer is no longer wanted.
    pub(super) fn take_back(&self, id: u64) {
        let params = format!("{{\"requestId\":{id}}}");
        self.stream.push(Kind::Notice, Message::notification("notifications/cancelled", Some(&params)));
    }
}
