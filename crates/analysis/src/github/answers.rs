//! Answers of the API, kept with their `ETag`: asking again costs nothing when nothing has changed. Of two who ask the same
//! at the same time, one asks.

use crate::fetch::Reply;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

/// Largest answer that is kept, and how much all may take.
const MAX_ONE: usize = 4 << 20;
const MAX_ALL: usize = 16 << 20;

/// The question: address and form. A token belongs to an analyzer, so it is no part of it.
pub(super) type Question = (String, String);

/// An answer that may still be true.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) tag: String,
    pub(super) reply: Reply,
    /// When GitHub last said that it is true.
    pub(super) at: Instant,
}

#[derive(Default)]
pub(super) struct Answers(Mutex<State>);

#[derive(Default)]
struct State {
    kept: HashMap<Question, Kept>,
    order: VecDeque<Question>,
    bytes: usize,
    turns: HashMap<Question, Weak<tokio::sync::Mutex<()>>>,
}

impl Answers {
    /// The turn of whoever asks this.
    pub(super) fn turn(&self, question: &Question) -> Arc<tokio::sync::Mutex<()>> {
        let mut state = self.state();
        state.turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = state.turns.get(question).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        state.turns.insert(question.clone(), Arc::downgrade(&turn));
        turn
    }

    pub(super) fn get(&self, question: &Question) -> Option<Kept> {
        self.state().kept.get(question).cloned()
    }

    /// Keeps an answer if it has a tag and is small; the oldest make room.
    pub(super) fn keep(&self, question: &Question, reply: &Reply) {
        let Some(tag) = reply.header("etag").map(str::to_owned) else { return };
        if reply.cut || reply.body.len() > MAX_ONE {
            return;
        }
        let mut state = self.state();
        state.forget(question);
        state.bytes += reply.body.len();
        state.kept.insert(question.clone(), Kept { tag, reply: reply.clone(), at: Instant::now() });
        state.order.push_back(question.clone());
        while state.bytes > MAX_ALL {
            let Some(oldest) = state.order.front().cloned() else { break };
            state.forget(&oldest);
        }
    }

    /// Notes that an answer was still true; one that an earlier run had is kept again.
    pub(super) fn confirm(&self, question: &Question, reply: &Reply) {
        let known = self.state().kept.get_mut(question).map(|kept| kept.at = Instant::now());
        if known.is_none() {
            self.keep(question, reply);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, question: &Question) {
        if let Some(old) = self.kept.remove(question) {
            self.bytes -= old.reply.body.len();
            self.order.retain(|q| q != question);
        }
    }
}
