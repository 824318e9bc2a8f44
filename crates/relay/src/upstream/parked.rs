//! A client of 2026-07-28, before a server with a session that asks something during a call. Such a client cannot be
//! asked; it gets the question as the result of its request, and calls again with the answer. Until then the call is
//! *parked*: in flight at the server, with nobody waiting.
//!
//! What the client gives back to go on is sealed (`seal.rs`). A parked call keeps its client's place among the requests
//! in flight, and its time is bounded, so who never comes back costs little and not for long.

use super::calls::{Call, ClientReply, Reply};
use super::connection::cancelled;
use super::link;
use super::outward::{Caller, Modern, Request};
use super::server::{Server, State};
use crate::envelope::{self, Envelope, ProgressToken};
use crate::error::{CallError, Fault};
use crate::message::Message;
use crate::seal::Sealed;
use crate::session::{InFlight, Session, SessionKey};
use crate::stream::Kind;
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Instant;

/// Questions that may wait for one parked call.
const MAX_QUESTIONS: usize = 64;

/// What is kept of a parked call besides the call itself.
#[derive(Debug)]
pub(super) struct Parked {
    session: SessionKey,
    method: Box<str>,
    round: u64,
    questions: Vec<Question>,
    deadline: Instant,
    outcome: Outcome,
}

/// How a call ended while nobody waited: the server's line, or why there is none.
type Outcome = Arc<Mutex<Option<Result<Bytes, CallError>>>>;

/// What the server asked.
#[derive(Debug)]
struct Question {
    key: String,
    /// The server's id.
    id: Box<str>,
    method: Box<str>,
    params: Option<Box<str>>,
    shown: bool,
}

/// Who gets the answer of a parked call: whoever comes back for it.
#[derive(Debug)]
pub(super) struct ParkedReply {
    pub(super) session: Arc<Session>,
    pub(super) modern: Arc<Modern>,
    pub(super) outcome: Outcome,
    _place: InFlight,
}

impl Server {
    /// Takes a question of the server during the call `call`. False if it cannot be put.
    pub(super) fn park(&self, call: u64, id: &str, method: &str, params: Option<&RawValue>) -> bool {
        let mut state = self.state.lock();
        let state = &mut *state;
        let Some(flying) = state.calls.get_mut(&call) else { return false };
        let key = format!("question-{}", self.next_id());
        let params = params.map(|params| params.get().into());
        let question = Question { key, id: id.into(), method: method.into(), params, shown: false };
        if let Reply::Parked(_) = &flying.reply {
            // Its client is answering another question; this one comes up next.
            let Some(parked) = state.parked.get_mut(&call) else { return false };
            let room = parked.questions.len() < MAX_QUESTIONS;
            if room {
                parked.questions.push(question);
            }
            return room;
        }
        let Reply::Client(client) = std::mem::replace(&mut flying.reply, Reply::Nobody) else { return false };
        let Some(modern) = client.modern.clone() else { return false };
        let mut parked = Parked {
            session: client.session.key,
            method: flying.method.clone(),
            round: 0,
            questions: vec![question],
            deadline: Instant::now() + self.context.limits.parked,
            outcome: Outcome::default(),
        };
        let answered = self.show(&mut parked, call, &client.session, &client.id);
        let ClientReply { session, stream, place, .. } = client;
        flying.reply =
            Reply::Parked(ParkedReply { session, modern, outcome: Arc::clone(&parked.outcome), _place: place });
        state.parked.insert(call, parked);
        stream.push(Kind::Answer, answered);
        true
    }

    /// The result that carries all questions not answered yet.
    fn show(&self, parked: &mut Parked, call: u64, session: &Session, id: &str) -> Message {
        parked.round += 1;
        parked.deadline = Instant::now() + self.context.limits.parked;
        let inputs: Vec<_> = parked
            .questions
            .iter_mut()
            .map(|question| {
                question.shown = true;
                let method = serde_json::Value::from(&*question.method).to_string();
                let mut set = vec![("method", &*method)];
                set.extend(question.params.as_deref().map(|params| ("params", params)));
                (question.key.clone(), envelope::edit("{}", &set, &[]))
            })
            .collect();
        let inputs: Vec<_> = inputs.iter().map(|(key, value)| (&**key, &**value)).collect();
        let inputs = envelope::edit("{}", &inputs, &[]);
        let (seal, what) = (&self.context.seal, Sealed { call, round: parked.round });
        let Some(state) = seal.seal(what, &session.token.id, self.id, self.context.limits.parked) else {
            return Message::error(id, -32603, "the system gives no random numbers", None);
        };
        let state = serde_json::Value::from(state).to_string();
        let set = [("resultType", "\"input_required\""), ("inputRequests", &*inputs), ("requestState", &*state)];
        Message::own_answer(id, &envelope::edit("{}", &set, &[]))
    }

    /// A request that goes on with an earlier one: here, if its state was made here; else it is for the server.
    pub(crate) async fn resume(
        self: &Arc<Self>,
        caller: Caller,
        request: Request,
        state: &RawValue,
        responses: Option<&RawValue>,
    ) -> Result<(), Fault> {
        let text: Option<String> = serde_json::from_str(state.get()).ok();
        let (seal, token) = (&self.context.seal, &caller.session.token);
        if let Some(sealed) = text.and_then(|text| seal.open(&text, &token.id, self.id)) {
            return self.go_on(caller, &request, sealed, responses);
        }
        let deadline = tokio::time::Instant::now() + self.context.limits.hold;
        if self.link(deadline).await?.is_modern() {
            self.call(caller, request);
            return Ok(());
        }
        // A server with sessions has never made one. To call it anew might do a thing twice.
        Err(Fault::RequestState)
    }

    fn go_on(
        self: &Arc<Self>,
        caller: Caller,
        request: &Request,
        sealed: Sealed,
        responses: Option<&RawValue>,
    ) -> Result<(), Fault> {
        let mut state = self.state.lock();
        let state_now = &mut *state;
        let mine = |parked: &&mut Parked| {
            parked.session == caller.session.key && parked.round == sealed.round && parked.method == request.method
        };
        let parked = state_now.parked.get_mut(&sealed.call).filter(mine).ok_or(Fault::RequestState)?;
        let given = responses.and_then(|raw| envelope::members(raw.get())).unwrap_or_default();
        let answer = |question: &Question| {
            let found = given.iter().find(|(key, _)| *key == question.key).map(|(_, value)| value.get());
            found.filter(|value| value.starts_with('{'))
        };
        if parked.questions.iter().any(|question| question.shown && answer(question).is_none()) {
            let again = self.show(parked, sealed.call, &caller.session, &caller.id);
            caller.stream.push(Kind::Answer, again);
            return Ok(());
        }
        let answered = parked.questions.extract_if(.., |question| question.shown);
        let lines: Vec<_> = answered
            .filter_map(|question| Some(link::response_line(&question.id, "result", answer(&question)?)))
            .collect();
        // A call that has ended has no use for answers, and ids of a process that has ended may be another's.
        let flying = state_now.calls.contains_key(&sealed.call);
        if parked.questions.is_empty() {
            let outcome = state_now.parked.remove(&sealed.call).and_then(|parked| parked.outcome.lock().take());
            state_now.unpark(sealed.call, caller, request, outcome, self.context.limits.call);
        } else {
            let next = self.show(parked, sealed.call, &caller.session, &caller.id);
            caller.stream.push(Kind::Answer, next);
        }
        drop(state);
        if flying {
            for line in lines {
                self.post(line);
            }
        }
        Ok(())
    }

    /// Gives up parked calls whose client did not come back.
    pub(super) fn sweep_parked(&self) {
        let now = Instant::now();
        let mut state = self.state.lock();
        let state = &mut *state;
        let late: Vec<_> = state.parked.extract_if(|_, parked| parked.deadline < now).collect();
        for (id, parked) in late {
            state.abandon(id, parked);
        }
    }
}

impl State {
    /// Gives the answer, or the call, to who came back for it.
    fn unpark(
        &mut self,
        id: u64,
        caller: Caller,
        request: &Request,
        outcome: Option<Result<Bytes, CallError>>,
        patience: std::time::Duration,
    ) {
        let token = match request.params().map_or(ProgressToken::None, envelope::progress_token) {
            ProgressToken::Raw(token) => Some(token.into()),
            ProgressToken::None | ProgressToken::Unreadable => None,
        };
        let Caller { session, stream, id: theirs, place, modern } = caller;
        let reply = ClientReply { session, stream, id: theirs, token, modern, place };
        let info = self.link.as_ref().and_then(|link| link.info.get().map(|info| &**info));
        match outcome {
            Some(Ok(line)) => {
                if let Ok(Envelope::Response { outcome, .. }) = Envelope::parse(&line) {
                    reply.answer(&request.method, outcome, &line, info, false);
                }
            }
            Some(Err(error)) => reply.fail(error),
            None => match self.calls.get_mut(&id) {
                Some(call) => {
                    call.reply = Reply::Client(reply);
                    call.deadline = Instant::now() + patience;
                }
                None => reply.fail(CallError::OutcomeUnknown),
            },
        }
    }

    /// The server's questions get an error, and its call is cancelled, if it has not ended yet.
    pub(super) fn abandon(&mut self, id: u64, parked: Parked) {
        let (Some(_), Some(link)) = (self.calls.remove(&id), &self.link) else { return };
        for question in parked.questions {
            let gone = json!({ "code": -32000, "message": "the client did not come back with an answer" }).to_string();
            link.send_own(link::response_line(&question.id, "error", &gone), None);
        }
        link.send_own(link::line(None, "notifications/cancelled", Some(&cancelled(id))), None);
    }

    /// Abandons what a client has parked, for it is gone for good.
    pub(super) fn abandon_all(&mut self, session: SessionKey) {
        let all: Vec<_> = self.parked.extract_if(|_, parked| parked.session == session).collect();
        for (id, parked) in all {
            self.abandon(id, parked);
        }
    }
}

impl Call {
    /// Whether nobody waits for it now.
    pub(super) fn is_parked(&self) -> bool {
        matches!(self.reply, Reply::Parked(_))
    }
}
