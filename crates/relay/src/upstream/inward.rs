//! From the server to its clients: answers by id, questions to the one client they can be meant for.

use super::calls::{Call, Effect};
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
use std::collections::HashMap;
use std::sync::Arc;

/// Questions that may wait at one client.
const MAX_ASKS: usize = 64;

impl Server {
    /// Takes a message of the server. An error means that it is none, but some stray output.
    pub(super) fn received(self: &Arc<Self>, link: &Arc<Link>, line: &Bytes) -> Result<(), Malformed> {
        if envelope::is_batch(line) {
            for member in envelope::batch(line)? {
                self.received_one(link, &line.slice_ref(member.get().as_bytes()))?;
            }
            return Ok(());
        }
        self.received_one(link, line)
    }

    fn received_one(self: &Arc<Self>, link: &Arc<Link>, line: &Bytes) -> Result<(), Malformed> {
        match Envelope::parse(line)? {
            Envelope::Response { id, outcome } => self.answered(id, outcome, line),
            Envelope::Notification { method, params } => self.noticed(&method, params),
            Envelope::Request { id, method, params } => self.asked(link, id, &method, params),
        }
        Ok(())
    }

    /// An answer. One to nobody (cancelled, timed out) is dropped.
    fn answered(&self, id: &RawValue, outcome: Outcome<'_>, line: &Bytes) {
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
                }
            }
        }
        drop(state);
        self.watched(&call, Some(outcome));
        call.answer(outcome, line);
    }

    /// A call that got an error on the way.
    pub(super) fn failed(&self, id: u64, error: CallError) {
        let call = self.state.lock().calls.remove(&id);
        if let Some(call) = call {
            self.watched(&call, None);
            call.fail(error);
        }
    }

    /// An answer that was cut at the line cap. Whose it was, its ends tell; or there is only one it can be.
    pub(super) fn cut(&self, id: Option<u64>) {
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
        match state.whom_to_ask(method) {
            Some((session, stream)) => {
                let ours = self.next_id();
                let ask = Ask { id: id.get().into(), session: session.key, stream: Arc::clone(&stream) };
                state.asks.insert(ours, ask);
                stream.push(Kind::Ask, Message::request(ours, method, params.map(RawValue::get)));
            }
            None => {
                drop(state);
                let message = format!("no connected client can answer `{method}` now");
                let error = json!({ "code": -32601, "message": message }).to_string();
                link.send_own(link::response_line(id.get(), "error", &error), None);
            }
        }
    }

    /// Tells those who watch of an answered call.
    pub(super) fn watched(&self, call: &Call, outcome: Option<Outcome<'_>>) {
        if self.context.activity.receiver_count() > 0
            && let Some(activity) = call.activity(self.id, outcome)
        {
            let _ = self.context.activity.send(activity);
        }
    }
}

impl State {
    /// The client that a question of the server is for, and where it reads.
    ///
    /// If one session alone has work in flight, the question is part of that work and for nobody else, even if that
    /// client cannot take it: what one client is asked must not be shown to another. Otherwise, the session used last
    /// that declared the capability and is reading.
    fn whom_to_ask(&self, method: &str) -> Option<(Arc<Session>, Arc<Stream>)> {
        let mut working: HashMap<u64, (u64, Option<(&Arc<Session>, &Arc<Stream>)>)> = HashMap::new();
        for (id, call) in self.calls.iter().filter(|(_, call)| call.is_work()) {
            let client = call.client().map(|client| (&client.session, &client.stream));
            let key = client.map_or(0, |(session, _)| session.key);
            let newest = working.entry(key).or_insert((*id, client));
            if *id > newest.0 {
                *newest = (*id, client);
            }
        }
        let able = |session: &Arc<Session>| {
            session.can.serves(method) && self.asks.values().filter(|ask| ask.session == session.key).count() < MAX_ASKS
        };
        let chosen = if working.len() == 1 {
            working.into_values().next()?.1.map(|(session, stream)| (session, Arc::clone(stream)))
        } else {
            let place = |session: &Arc<Session>| match working.get(&session.key) {
                Some((_, Some((_, stream)))) => Some(Arc::clone(stream)),
                _ => session.standalone.is_read().then(|| Arc::clone(&session.standalone)),
            };
            let there = self.sessions.values().filter(|session| able(session));
            there
                .filter_map(|session| Some((session, place(session)?)))
                .max_by_key(|(session, _)| session.last_active())
        };
        chosen.filter(|(session, _)| able(session)).map(|(session, stream)| (Arc::clone(session), stream))
    }
}

impl Ask {
    /// Tells the client that its answer is no longer wanted.
    pub(super) fn take_back(&self, id: u64) {
        let params = format!("{{\"requestId\":{id}}}");
        self.stream.push(Kind::Notice, Message::notification("notifications/cancelled", Some(&params)));
    }
}
