//! From clients to the server: requests get an id of ours, notifications and responses find the server's.

use super::calls::{Call, ClientReply, Effect, Reply};
use super::held::Held;
use super::known::Known;
use super::link;
use super::server::Server;
use crate::envelope::{self, Outcome, ProgressToken};
use crate::error::{CallError, Fault};
use crate::message::Message;
use crate::session::{InFlight, Session};
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
}

impl Request {
    /// `params` as text.
    pub(super) fn params(&self) -> Option<&str> {
        self.params.as_deref().and_then(|params| std::str::from_utf8(params).ok())
    }

    /// The line for the server, with our progress token in the place of the client's.
    pub(super) fn line(&self, id: u64, token: bool) -> Vec<u8> {
        let params = self.params();
        if let Some(params) = params.filter(|_| token)
            && let ProgressToken::Raw(theirs) = envelope::progress_token(params)
        {
            let params = envelope::replace(params, theirs, &id.to_string());
            return link::line(Some(id), &self.method, Some(&params));
        }
        link::line(Some(id), &self.method, params)
    }
}

impl Server {
    /// Takes a client's request. The answer, or an error, comes on the caller's stream.
    pub(crate) fn call(self: &Arc<Self>, caller: Caller, request: Request) {
        let token = match request.params().map_or(ProgressToken::None, envelope::progress_token) {
            ProgressToken::None => None,
            ProgressToken::Raw(token) => Some(token.into()),
            ProgressToken::Unreadable => {
                let fault = Fault::from(CallError::Params);
                let error = Message::error(&caller.id, fault.answer().1, &fault.to_string(), None);
                return caller.stream.push(Kind::Answer, error);
            }
        };
        let Some((request, effect)) = self.special(&caller, request) else { return };
        let Caller { session, stream, id, place } = caller;
        let reply = Reply::Client(ClientReply { session, stream, id, token, _place: place });
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
        Call { reply, method, tool, effect, started: now, deadline, generation: 0, again, resent: false }
    }

    /// Sends now if the server is there and has room, else holds the call until then.
    fn dispatch(self: &Arc<Self>, call: Call, request: Request) {
        let link = self.state.lock().link.clone();
        let Some((link, room)) = link.and_then(|link| Some((link.clone(), link.try_room(request.size())?))) else {
            return self.hold(call, request);
        };
        let id = self.next_id();
        let bytes = request.line(id, call.has_token());
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
            _ => self.post(link::line(None, method, params.map(RawValue::get))),
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
            drop(state);
            return held.into_iter().for_each(Held::end);
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
        let (member, value) = outcome.member();
        self.post(link::response_line(&ask.id, member, value.get()));
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

impl Request {
    /// About how many bytes its line has.
    pub(super) fn size(&self) -> usize {
        self.params.as_ref().map_or(0, Bytes::len) + self.method.len() + 64
    }
}
