//! How often GitHub still answers this hour, and when it may be asked again. Refusals are remembered: asking on would make
//! the wait longer.

use crate::fetch::Reply;
use catwalk_domain::Millis;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What GitHub last said of its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Questions an hour.
    pub limit: u32,
    /// Left of them.
    pub remaining: u32,
    /// When the hour is over.
    pub reset: Millis,
}

/// A time in which nothing is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) until: Millis,
    /// The hour's questions are used up; otherwise we were too fast.
    pub(super) primary: bool,
    pub(super) said: String,
}

#[derive(Default)]
pub(super) struct Budget(Mutex<State>);

#[derive(Default)]
struct State {
    allowance: Option<Allowance>,
    closed: Option<Closed>,
}

impl Budget {
    /// Takes note of the headers of an answer.
    pub(super) fn note(&self, reply: &Reply) {
        let number = |name: &str| reply.header(name).and_then(|v| v.parse::<i64>().ok());
        let small = |name: &str| number(name).and_then(|n| u32::try_from(n).ok());
        if reply.header("x-ratelimit-resource").is_some_and(|r| r != "core") {
            return;
        }
        let (limit, remaining) = (small("x-ratelimit-limit"), small("x-ratelimit-remaining"));
        if let (Some(limit), Some(remaining), Some(reset)) = (limit, remaining, number("x-ratelimit-reset")) {
            self.state().allowance = Some(Allowance { limit, remaining, reset: reset.saturating_mul(1000) });
        }
    }

    /// Nothing is asked until then.
    pub(super) fn close(&self, closed: Closed) {
        self.state().closed = Some(closed);
    }

    /// Whether nothing may be asked now.
    pub(super) fn closed(&self, now: Millis) -> Option<Closed> {
        self.state().closed.clone().filter(|c| now < c.until)
    }

    pub(super) fn allowance(&self) -> Option<Allowance> {
        self.state().allowance
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
