//! From clients to the server: requests get an id of ours, notifications and responses find the server's.

use super::calls::{Call, ClientReply, Effect, Reply};
use super::held::Held;
use super::known::Known;
use super::link;
use super::server::{Server, To};
use crate::envelope::{self, Outcome, ProgressToken};
use crate::error::{CallError, Fault};
use crate::message::Message;
use crate::session::{Capabilities, InFlight, Session, level_name};
use crate::stream::{Kind, Stream};
use bytes::Bytes;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;

/// A request, its `params` still raw. A slice of the body it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The method.
    pub(crate) method: Box<str>,
    /// `params`, valid JSON.
    pub(crate) params: Option<Bytes>,
}

/// A client, asking.
#[derive(Debug)]
pub(crate) struct Caller {
    /// Its session.
    pub(crate) session: Arc<Session>,
    /// Where the answer goes.
    pub(crate) stream: Arc<Stream>,
    /// Its id for the request, raw.
    pub(crate) id: Box<str>,
    /// Its place in the session.
    pub(crate) place: InFlight,
    /// What a request of 2026-07-28 says of its client; none for one in a session.
    pub(crate) modern: Option<Arc<Modern>>,
}

/// What each request of 2026-07-28 says anew of its client.
#[derive(Debug)]
pub(crate) struct Modern {
    /// What the client can be asked for.
    pub(crate) can: Capabilities,
    /// The least severity of log message it wants during the request; without one it wants none.
    pub(crate) level: Option<u8>,
}

impl Request {
    /// `params` as text.
    pub(crate) fn params(&self) -> Option<&str> {
        self.params.as_deref().and_then(|params| std::str::from_utf8(params).ok())
    }
}

impl Server {
    /// Takes a client's request. The answer, or an error, comes on the caller's stream.
    pub(crate) fn call(self: &Arc<Self>, caller: Caller, request: Request) {
        let token = match request.params().map_or(ProgressToken::None, envelope::progress_token) {
            ProgressToken::None => None,
            ProgressToken::Raw(token) => Some(token.into()),
            ProgressToken::Unreadable => return caller.refuse(CallError::Params),
        };
        let Some((request, effect)) = self.special(&caller, request) else { return };
        if let Some(level) = caller.modern.as_ref().and_then(|modern| modern.level) {
            self.want_level(level);
        }
        let Caller { session, stream, id, place, modern } = caller;
        let reply = Reply::Client(ClientReply { session, stream, id, token, modern, place });
        self.dispatch(self.prepare(reply, &request, effect), request);
    }

    /// A request of Catwalk itself, through the same table as the clients'.
    pub(crate) async fn call_own(self: &Arc<Self>, request: Request) -> Result<Bytes, CallError> {
        let (sender, answer) = oneshot::channel();
        let list = Known::is_list(&request.method, request.params());
        let effect = if list { Effect::Remember } else { Effect::None };
        self.dispatch(self.prepare(Reply::Own(sender), &request, effect), request);
        answer.await.unwrap_or(Err(CallError::Stopping))
    }

    fn prepare(&self, reply: Reply, request: &Request, effect: Effect) -> Call {
        let now = Instant::now();
        let watched = self.context.activity.receiver_count() > 0 && &*request.method == "tools/call";
        let tool = request.params.as_deref().filter(|_| watched).and_then(|params| {
            let params: &RawValue = serde_json::from_slice(params).ok()?;
            envelope::string_field(params, "name").map(|(name, _)| name)
        });
        let deadline = now + self.context.limits.call;
        let small = |params: &&Bytes| params.len() <= self.context.limits.again;
        let again = request.params.as_ref().filter(small).filter(|_| &*request.method == "tools/call").cloned();
        let method = request.method.clone();
        let (generation, params, rounds) = (0, None, 0);
        Call { reply, method, tool, effect, started: now, deadline, generation, again, resent: false, params, rounds }
    }

    /// Sends now if the server is there and has room, else holds the call until then.
    pub(super) fn dispatch(self: &Arc<Self>, mut call: Call, request: Request) {
        let link = self.state.lock().link.clone();
        let Some((link, room)) = link.and_then(|link| Some((link.clone(), link.try_room(request.size())?))) else {
            return self.hold(call, request);
        };
        let id = self.next_id();
        let bytes = call.line(id, &request, &link);
        let mut state = self.state.lock();
        if state.is_current(&link) {
            state.enter(&link, id, call, self.context.limits.call);
            link.send(bytes, Some(id), room);
        } else {
            drop(state);
            self.hold(call, request);
        }
    }

    /// Takes a client's notification.
    pub(crate) fn notify(self: &Arc<Self>, session: &Session, method: &str, params: Option<&RawValue>) {
        match method {
            // The relay did this for all of them.
            "notifications/initialized" => {}
            "notifications/cancelled" => self.cancel(session, params),
            _ if self.is_modern() => {}
            _ => self.post(link::line(None, method, params.map(RawValue::get))),
        }
    }

    /// A log message of this severity is wanted: a server with sessions is told, if it would not send it.
    fn want_level(&self, rank: u8) {
        let mut state = self.state.lock();
        if state.level.is_some_and(|level| level <= rank) || !state.known.declares("logging") {
            return;
        }
        let Some(link) = state.link.clone().filter(|link| !link.is_modern()) else { return };
        state.level = Some(rank);
        drop(state);
        let params = serde_json::json!({ "level": level_name(rank) }).to_string();
        self.send_own(&link, Reply::Nobody, "logging/setLevel", &params);
    }

    /// A client of 2026-07-28 has gone: what it waited for is cancelled.
    pub(crate) fn hung_up(self: &Arc<Self>, stream: &Arc<Stream>) {
        if stream.awaits() {
            stream.end();
            self.abandon_stream(stream);
        }
    }

    /// Cancels what waits on a stream that has ended.
    pub(crate) fn abandon_stream(self: &Arc<Self>, stream: &Arc<Stream>) {
        let theirs = |call: &Call| call.client().is_some_and(|client| Arc::ptr_eq(&client.stream, stream));
        let mut state = self.state.lock();
        let id = state.calls.iter().find(|(_, call)| theirs(call)).map(|(id, _)| *id);
        let call = id.and_then(|id| state.calls.remove(&id));
        let held: Vec<_> = state.held.extract_if(|_, held| theirs(&held.call)).map(|(_, held)| held).collect();
        drop(state);
        held.into_iter().for_each(Held::end);
        if let (Some(id), Some(_)) = (id, call) {
            let params = format!("{{\"requestId\":{id},\"reason\":\"the client went away\"}}");
            self.post(link::line(None, "notifications/cancelled", Some(&params)));
            self.meter.cancelled();
        }
    }

    /// A client takes a request back: its own, found by its own id.
    fn cancel(self: &Arc<Self>, session: &Session, params: Option<&RawValue>) {
        let Some(params) = params else { return };
        let Some(id) = envelope::field(params, "requestId") else { return };
        let theirs = |call: &Call| {
            call.client().is_some_and(|client| client.session.key == session.key && *client.id == *id.get())
        };
        let mut state = self.state.lock();
        let Some(ours) = state.calls.iter().find(|(_, call)| theirs(call)).map(|(id, _)| *id) else {
            // One that was not sent yet is simply not sent.
            let held: Vec<_> = state.held.extract_if(|_, held| theirs(&held.call)).map(|(_, held)| held).collect();
            let rounds = state.rounds_of(theirs);
            drop(state);
            held.into_iter().for_each(Held::end);
            return rounds.iter().for_each(|round| self.end_round(round));
        };
        let call = state.calls.remove(&ours);
        drop(state);
        self.post(link::line(
            None,
            "notifications/cancelled",
            Some(&envelope::replace(params.get(), id.get(), &ours.to_string())),
        ));
        self.meter.cancelled();
        // No answer is due to who no longer wants one.
        if let Some(client) = call.as_ref().and_then(Call::client) {
            client.stream.forgo();
        }
    }

    /// Takes a client's answer to a question of the server. Anybody else's answer, or a late one, is dropped.
    pub(crate) fn reply(self: &Arc<Self>, session: &Session, id: &RawValue, outcome: Outcome<'_>) {
        let Ok(id) = id.get().parse::<u64>() else { return };
        let mut state = self.state.lock();
        if state.asks.get(&id).is_none_or(|ask| ask.session != session.key) {
            return;
        }
        let Some(ask) = state.asks.remove(&id) else { return };
        drop(state);
        match ask.to {
            To::Server(id) => {
                let (member, value) = outcome.member();
                self.post(link::response_line(&id, member, value.get()));
            }
            To::Round(round, key) => self.told(&round, key, outcome),
        }
    }

    /// Sends a line that no answer is due to; without a connection nobody is there to care.
    pub(super) fn post(self: &Arc<Self>, bytes: Vec<u8>) {
        let Some(link) = self.state.lock().link.clone() else { return };
        if let Some(room) = link.try_room(bytes.len()) {
            return link.send(bytes, None, room);
        }
        self.context.tracker.spawn(async move {
            if let Some(room) = link.room(bytes.len()).await {
                link.send(bytes, None, room);
            }
        });
    }
}

impl Caller {
    /// Answers with a result of our own.
    pub(crate) fn answer(&self, result: &str) {
        self.stream.push(Kind::Answer, Message::own_answer(&self.id, result));
    }

    /// Answers with why there is no result.
    pub(crate) fn refuse(&self, why: impl Into<Fault>) {
        let fault: Fault = why.into();
        let (_, code) = fault.answer();
        let message = Message::error(&self.id, code, &fault.to_string(), fault.data().as_ref());
        self.stream.push(Kind::Answer, message);
    }
}

impl Request {
    /// About how many bytes its line has.
    pub(super) fn size(&self) -> usize {
        self.params.as_ref().map_or(0, Bytes::len) + self.method.len() + 64
    }
}
