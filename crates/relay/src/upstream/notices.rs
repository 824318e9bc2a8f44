//! The server's notifications, each to those it concerns.

use super::inward::AtWork;
use super::listeners::LISTEN;
use super::server::{Server, State};
use crate::envelope;
use crate::message::Message;
use crate::session::{Session, level_rank};
use crate::stream::Kind;
use serde_json::value::RawValue;
use std::time::Instant;

impl Server {
    /// Takes a notification of the server.
    pub(super) fn noticed(&self, method: &str, params: Option<&RawValue>) {
        let mut state = self.state.lock();
        match method {
            "notifications/progress" => state.progress(params, self.context.limits.call),
            "notifications/cancelled" => state.taken_back(params),
            "notifications/subscriptions/acknowledged" => self.acknowledged(&state, params),
            "notifications/message" => state.log_message(params),
            "notifications/resources/updated" => state.updated(params),
            _ => {
                state.known.forget(method);
                // What is on its way may be from before.
                state.listings.clear();
                state.tell_listeners(method, params);
                let message = Message::notification(method, params.map(RawValue::get));
                for session in state.sessions.values() {
                    session.standalone.push(Kind::Notice, message.clone());
                }
            }
        }
    }
}

impl State {
    /// Progress, to the call whose token it names. A sign of life moves the call's deadline.
    fn progress(&mut self, params: Option<&RawValue>, patience: std::time::Duration) {
        let Some(params) = params else { return };
        let Some(ours) = envelope::field(params, "progressToken") else { return };
        let call = ours.get().parse().ok().and_then(|id: u64| self.calls.get_mut(&id));
        let Some(call) = call else { return };
        call.deadline = Instant::now() + patience;
        if let Some((client, token)) = call.client().and_then(|client| Some((client, client.token.as_ref()?))) {
            let params = envelope::replace(params.get(), ours.get(), token);
            client.stream.push(Kind::Notice, Message::notification("notifications/progress", Some(&params)));
        }
    }

    /// The server takes one of its questions back.
    fn taken_back(&mut self, params: Option<&RawValue>) {
        let Some(theirs) = params.and_then(|params| envelope::field(params, "requestId")) else { return };
        // One of 2026-07-28 has no questions; it ends a stream of changes in this way.
        if let Some(id) =
            theirs.get().parse().ok().filter(|id| self.calls.get(id).is_some_and(|call| &*call.method == LISTEN))
        {
            self.calls.remove(&id);
            return;
        }
        let found = self.asks.iter().find(|(_, ask)| ask.is_servers(theirs.get())).map(|(id, _)| *id);
        if let Some(ask) = found.and_then(|id| self.asks.remove(&id).map(|ask| (id, ask))) {
            ask.1.take_back(ask.0);
        }
    }

    /// A log message: part of the work of the only session that has some, else for everybody; each by its level.
    fn log_message(&self, params: Option<&RawValue>) {
        let level = params.and_then(|params| level_rank(&envelope::string_field(params, "level")?.0));
        let message = Message::notification("notifications/message", params.map(RawValue::get));
        if let AtWork::One(_, call) = self.at_work() {
            if let Some(client) = call.client().filter(|client| client.wants(level)) {
                client.stream.push(Kind::Notice, message);
            }
            return;
        }
        let wants = |session: &Session| session.level().is_none_or(|least| level.is_none_or(|level| level >= least));
        for session in self.sessions.values().filter(|session| wants(session)) {
            session.standalone.push(Kind::Notice, message.clone());
        }
    }

    /// A resource changed, for those who subscribed to it.
    fn updated(&self, params: Option<&RawValue>) {
        let Some((uri, _)) = params.and_then(|params| envelope::string_field(params, "uri")) else { return };
        self.tell_listeners("notifications/resources/updated", params);
        // A server may name a part of what was subscribed to; who subscribed to the whole is told too.
        let concerns = |subscribed: &str| uri == subscribed || uri.starts_with(&format!("{subscribed}/"));
        let keys = self.subscriptions.iter().filter(|(subscribed, _)| concerns(subscribed)).flat_map(|(_, keys)| keys);
        let message = Message::notification("notifications/resources/updated", params.map(RawValue::get));
        let mut told = std::collections::HashSet::new();
        for session in keys.filter(|key| told.insert(**key)).filter_map(|key| self.sessions.get(key)) {
            session.standalone.push(Kind::Notice, message.clone());
        }
    }
}
