//! Requests that the relay answers itself, or that mean something else once a server has many clients.

use super::calls::{ClientReply, Effect, Reply};
use super::connection::cancelled;
use super::known::Known;
use super::link;
use super::outward::{Caller, Request};
use super::server::{Server, State, To};
use crate::envelope;
use crate::error::CallError;
use crate::session::{Session, level_name, level_rank};
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

impl Server {
    /// Answers a request here (then there is nothing left to send), or says what to send and what its success changes.
    pub(super) fn special(self: &Arc<Self>, caller: &Caller, mut request: Request) -> Option<(Request, Effect)> {
        let answer = |result: &str| caller.answer(result);
        if self.instead(caller, &request) {
            return None;
        }
        let params: Option<&RawValue> = request.params().and_then(|params| match &*request.method {
            "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe" => serde_json::from_str(params).ok(),
            _ => None,
        });
        let mut effect = Effect::None;
        match &*request.method {
            // Whether the relay is there is what a client's ping asks; the app watches the servers.
            "ping" => {
                answer("{}");
                return None;
            }
            "logging/setLevel" => {
                let rank = params.and_then(|params| level_rank(&envelope::string_field(params, "level")?.0));
                if let Some(rank) = rank {
                    caller.session.set_level(rank);
                    let mut state = self.state.lock();
                    let least = state.least_level();
                    if state.level == least && state.known.declares("logging") {
                        drop(state);
                        answer("{}");
                        return None;
                    }
                    state.level = least;
                    drop(state);
                    request.params = least.map(|least| json!({ "level": level_name(least) }).to_string().into());
                }
            }
            "resources/subscribe" => {
                if let Some((uri, _)) = params.and_then(|params| envelope::string_field(params, "uri")) {
                    let max = self.context.limits.subscriptions;
                    if caller.session.subscriptions() >= max {
                        caller.refuse(CallError::Subscriptions(max));
                        return None;
                    }
                    if let Some(subscribers) = self.state.lock().subscriptions.get_mut(&uri) {
                        subscribers.insert(caller.session.key);
                        caller.session.subscribed(&uri);
                        answer("{}");
                        return None;
                    }
                    effect = Effect::Subscribe(uri);
                }
            }
            "resources/unsubscribe" => {
                if let Some((uri, _)) = params.and_then(|params| envelope::string_field(params, "uri")) {
                    caller.session.unsubscribed(&uri);
                    let mut state = self.state.lock();
                    if state.unsubscribe(&uri, caller.session.key) == Left::Others {
                        drop(state);
                        answer("{}");
                        return None;
                    }
                }
            }
            method if Known::is_list(method, request.params()) => {
                let state = self.state.lock();
                if let Some(list) = state.known.list(method).filter(|_| state.link.is_none()) {
                    let list = std::str::from_utf8(list).unwrap_or("{}");
                    match &caller.modern {
                        Some(_) => answer(&state.known.completed(list, method)),
                        None => answer(list),
                    }
                    drop(state);
                    self.want();
                    return None;
                }
                effect = Effect::Remember;
            }
            _ => {}
        }
        Some((request, effect))
    }

    /// A session joins again that an earlier relay knew, with what it had asked of the server.
    pub(crate) fn rejoin(&self, session: &Arc<Session>, subscriptions: &[String]) {
        self.join(session);
        let mut state = self.state.lock();
        let fresh: Vec<_> = subscriptions.iter().filter(|uri| !state.subscriptions.contains_key(*uri)).collect();
        for uri in subscriptions.iter().take(self.context.limits.subscriptions) {
            state.subscriptions.entry(uri.clone()).or_default().insert(session.key);
            session.subscribed(uri);
        }
        let link = state.link.clone();
        drop(state);
        // One that is not up yet hears of it when it is.
        let Some(link) = link else { return };
        if link.is_modern() {
            return self.wishes.send_modify(|wish| *wish += u64::from(!fresh.is_empty()));
        }
        for uri in fresh {
            self.send_own(&link, Reply::Nobody, "resources/subscribe", &json!({ "uri": uri }).to_string());
        }
        self.heed_levels();
    }

    /// The sessions may want other log messages than the server was told.
    pub(crate) fn heed_levels(&self) {
        let mut state = self.state.lock();
        let Some(level) = state.least_level().filter(|least| state.level != Some(*least)) else { return };
        state.level = Some(level);
        let Some(link) = state.link.clone().filter(|link| !link.is_modern()) else { return };
        if state.known.declares("logging") {
            drop(state);
            let params = json!({ "level": level_name(level) }).to_string();
            self.send_own(&link, Reply::Nobody, "logging/setLevel", &params);
        }
    }

    /// A session goes on without this server, which it may no longer reach. What it has in flight here it gets.
    pub(crate) fn part(&self, session: &Session) {
        let mut state = self.state.lock();
        state.sessions.remove(&session.key);
        state.owed.remove(&session.key);
        let keys = state.drop_listeners(session.key);
        let uris: Vec<String> = state.subscriptions.keys().cloned().collect();
        let gone = |uri: &String| {
            let mut keys = keys.iter().chain([&session.key]);
            keys.any(|key| state.unsubscribe(uri, *key) == Left::Nobody)
        };
        let alone: Vec<_> = uris.into_iter().filter(gone).collect();
        let link = state.link.clone();
        drop(state);
        if let Some(link) = link {
            self.unsubscribed(&link, alone);
        }
    }

    /// A session ends: what only it wanted is taken back.
    pub(crate) fn leave(self: &Arc<Self>, session: &Session) {
        let mut state = self.state.lock();
        state.sessions.remove(&session.key);
        state.owed.remove(&session.key);
        state.end_listeners(Some(session.key));
        state.abandon_all(session.key);
        let uris: Vec<String> = state.subscriptions.keys().cloned().collect();
        let alone: Vec<_> =
            uris.into_iter().filter(|uri| state.unsubscribe(uri, session.key) == Left::Nobody).collect();
        let calls: Vec<_> = state
            .calls
            .extract_if(|_, call| call.client().is_some_and(|client| client.session.key == session.key))
            .collect();
        let held: Vec<_> = state
            .held
            .extract_if(|_, held| held.call.client().is_some_and(|client| client.session.key == session.key))
            .collect();
        let asks: Vec<_> = state.asks.extract_if(|_, ask| ask.session == session.key).collect();
        let link = state.link.clone();
        drop(state);
        for (_, held) in held {
            held.end();
        }
        for (_, call) in &calls {
            if let Reply::Client(ClientReply { stream, .. }) = &call.reply {
                stream.end();
            }
        }
        let Some(link) = link else { return };
        self.unsubscribed(&link, alone);
        for (id, _) in calls {
            link.send_own(link::line(None, "notifications/cancelled", Some(&cancelled(id))), None);
        }
        for (_, ask) in asks {
            let gone = json!({ "code": -32000, "message": "the client went away" }).to_string();
            match ask.to {
                To::Server(id) => link.send_own(link::response_line(&id, "error", &gone), None),
                To::Round(round, _) => self.end_round(&round),
            }
        }
    }
}

/// Who is left after one unsubscribed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Somebody else is still subscribed.
    Others,
    /// It was the last one.
    Nobody,
    /// It was never subscribed.
    Never,
}

impl State {
    /// The least severity that any session wants.
    fn least_level(&self) -> Option<u8> {
        self.sessions.values().filter_map(|session| session.level()).min()
    }

    pub(super) fn unsubscribe(&mut self, uri: &str, session: u64) -> Left {
        let Some(subscribers) = self.subscriptions.get_mut(uri) else { return Left::Never };
        let was = subscribers.remove(&session);
        match (subscribers.is_empty(), was) {
            (true, _) => {
                self.subscriptions.remove(uri);
                Left::Nobody
            }
            (false, true) => Left::Others,
            (false, false) => Left::Never,
        }
    }
}
