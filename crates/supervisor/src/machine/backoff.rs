//! When to try again, and when to give up.

use std::collections::VecDeque;

use catwalk_domain::Millis;

/// Seconds before the first, second, … retry; the last one stays.
const DELAYS: [Millis; 8] = [0, 1, 2, 4, 8, 16, 32, 60];
/// This many crashes…
const CRASHES: usize = 5;
/// …within this time mean giving up.
const WINDOW: Millis = 60_000;

#[derive(Clone, Debug)]
pub(super) struct Backoff {
    attempt: u32,
    crashes: VecDeque<Millis>,
    random: u64,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        // xorshift stands still at zero.
        Self { attempt: 0, crashes: VecDeque::new(), random: seed | 1 }
    }

    /// Failures in a row.
    pub(super) fn attempt(&self) -> u32 {
        self.attempt
    }

    pub(super) fn clear(&mut self) {
        self.attempt = 0;
        self.crashes.clear();
    }

    /// Counts a crash; true when it is one too many.
    pub(super) fn count(&mut self, now: Millis) -> bool {
        self.crashes.push_back(now);
        self.crashes.retain(|at| now - at <= WINDOW);
        self.crashes.len() >= CRASHES
    }

    /// The wait before the next try, ± 20 % so that many servers do not start in step.
    pub(super) fn next(&mut self) -> Millis {
        let delay = DELAYS[(self.attempt as usize).min(DELAYS.len() - 1)];
        self.attempt += 1;
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let percent = 80 + Millis::from(u8::try_from(self.random % 41).unwrap_or(20));
        delay * 10 * percent
    }

    /// The clock went back by `back`.
    pub(super) fn shift(&mut self, back: Millis) {
        self.crashes.iter_mut().for_each(|at| *at -= back);
    }
}
