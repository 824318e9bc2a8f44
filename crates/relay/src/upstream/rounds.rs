//! A client with a session, before a server of 2026-07-28 that wants to know something before it goes on with a call:
//! the relay asks the client, as such a server's elders would have, and calls again with the answers.

use super::calls::Call;
use super::outward::Request;
use super::server::{Ask, Server, State, To};
use crate::envelope::{self, Outcome, decoded};
use crate::error::CallError;
use crate::message::Message;
use crate::stream::Kind;
use memchr::memmem;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;

/// Before a call is made again that the server put off without a question; doubles each time.
const BACK_OFF: Duration = Duration::from_millis(50);

/// An `input_required` result.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InputRequired<'a> {
    #[serde(borrow)]
    result_type: &'a RawValue,
    #[serde(borrow)]
    input_requests: Option<&'a RawValue>,
    #[serde(borrow)]
    request_state: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Input<'a> {
    #[serde(borrow)]
    method: &'a RawValue,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

impl<'a> InputRequired<'a> {
    /// A result that is one. Looks for the letters first: nearly none has them.
    pub(super) fn of(result: &'a RawValue) -> Option<Self> {
        memmem::find(result.get().as_bytes(), b"\"input_required\"")?;
        let wanted: Self = serde_json::from_str(result.get()).ok()?;
        (wanted.result_type.get() == "\"input_required\"").then_some(wanted)
    }
}

/// A call while its client is being asked.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) call: Call,
    /// The call's `params`, to be sent again with the answers.
    params: String,
    /// The server's `requestState`, as it came.
    state: Option<Box<str>>,
    /// By the server's keys.
    answers: Vec<(String, Box<str>)>,
    left: usize,
}

/// Shared by the questions of one round; whoever ends the round takes it out.
pub(super) type SharedRound = Arc<Mutex<Option<Round>>>;

impl Server {
    /// Asks a call's client what its server wants to know.
    pub(super) fn ask_round(self: &Arc<Self>, mut call: Call, wanted: &InputRequired<'_>) {
        call.rounds += 1;
        let max = self.context.limits.rounds;
        if call.rounds > max {
            return self.give_up(call, CallError::Rounds(max));
        }
        let params = call.params.take();
        let params = params.as_deref().and_then(|params| std::str::from_utf8(params).ok()).unwrap_or("{}").to_owned();
        let inputs = wanted.input_requests.and_then(|raw| envelope::members(raw.get())).unwrap_or_default();
        let inputs: Option<Vec<_>> = inputs
            .iter()
            .map(|(key, raw)| {
                let input: Input<'_> = serde_json::from_str(raw.get()).ok()?;
                Some((key.clone().into_owned(), decoded(input.method)?.into_owned(), input.params))
            })
            .collect();
        let Some(inputs) = inputs else { return self.give_up(call, CallError::Answer("input_required")) };
        let Some(client) = call.client() else { return };
        let (session, stream) = (Arc::clone(&client.session), Arc::clone(&client.stream));
        if let Some((_, method, _)) = inputs.iter().find(|(_, method, _)| !session.serves(method)) {
            let why = format!("it does not take `{method}`");
            return self.give_up(call, CallError::Unanswered(why));
        }
        let state = wanted.request_state.map(|raw| raw.get().into());
        let round = Round { call, params, state, answers: Vec::new(), left: inputs.len() };
        if inputs.is_empty() {
            let server = Arc::clone(self);
            self.context.tracker.spawn(async move {
                tokio::time::sleep(BACK_OFF * 2_u32.pow(round.call.rounds.min(3).try_into().unwrap_or(3))).await;
                server.again(round);
            });
            return;
        }
        let round = Arc::new(Mutex::new(Some(round)));
        let mut tables = self.state.lock();
        if !tables.sessions.contains_key(&session.key) {
            // It left meanwhile.
            return;
        }
        for (key, method, params) in inputs {
            let ours = self.next_ask();
            let to = To::Round(Arc::clone(&round), key);
            tables.asks.insert(ours, Ask { to, session: session.key, stream: Arc::clone(&stream) });
            stream.push(Kind::Ask, Message::request(ours, &method, params.map(RawValue::get)));
        }
    }

    /// Takes a client's answer to one of the questions; after the last, the call is made again.
    pub(super) fn told(self: &Arc<Self>, shared: &SharedRound, key: String, outcome: Outcome<'_>) {
        let mut place = shared.lock();
        let Some(round) = place.as_mut() else { return };
        match outcome {
            Outcome::Result(result) => {
                round.answers.push((key, result.get().into()));
                round.left -= 1;
                if round.left == 0
                    && let Some(round) = place.take()
                {
                    drop(place);
                    self.again(round);
                }
            }
            Outcome::Error(error) => {
                let why = envelope::string_field(error, "message").map_or_else(String::new, |(words, _)| words);
                let Some(round) = place.take() else { return };
                drop(place);
                self.forget_round(shared);
                self.give_up(round.call, CallError::Unanswered(why));
            }
        }
    }

    /// Takes the other questions of a round back.
    pub(super) fn forget_round(&self, shared: &SharedRound) {
        let ours = |ask: &Ask| matches!(&ask.to, To::Round(round, _) if Arc::ptr_eq(round, shared));
        let asks: Vec<_> = self.state.lock().asks.extract_if(|_, ask| ours(ask)).collect();
        for (id, ask) in asks {
            ask.take_back(id);
        }
    }

    /// Ends a round whose client no longer wants the answer.
    pub(super) fn end_round(&self, shared: &SharedRound) {
        let round = shared.lock().take();
        self.forget_round(shared);
        if let Some(client) = round.as_ref().and_then(|round| round.call.client()) {
            client.stream.forgo();
        }
    }

    /// Makes the call again, with the answers and the server's own state.
    fn again(self: &Arc<Self>, round: Round) {
        let Round { call, params, state, answers, .. } = round;
        if call.client().is_none_or(|client| !client.stream.awaits()) {
            return;
        }
        let answers: Vec<_> = answers.iter().map(|(key, value)| (&**key, &**value)).collect();
        let answers = envelope::edit("{}", &answers, &[]);
        let mut set = vec![("inputResponses", &*answers)];
        set.extend(state.as_deref().map(|state| ("requestState", state)));
        let params = envelope::edit(&params, &set, &["requestState"]);
        let request = Request { method: call.method.clone(), params: Some(params.into()) };
        self.dispatch(call, request);
    }
}

impl State {
    /// The rounds of the calls that `theirs` picks.
    pub(super) fn rounds_of(&self, theirs: impl Fn(&Call) -> bool) -> Vec<SharedRound> {
        let mut found: Vec<SharedRound> = Vec::new();
        for ask in self.asks.values() {
            if let To::Round(round, _) = &ask.to
                && round.lock().as_ref().is_some_and(|round| theirs(&round.call))
                && !found.iter().any(|other| Arc::ptr_eq(other, round))
            {
                found.push(Arc::clone(round));
            }
        }
        found
    }
}
