//! How much a server may write to disk: a bucket that refills.

use std::time::Instant;

#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
    most: u64,
    per_second: u64,
    filled: Instant,
}

impl Budget {
    pub(super) fn new(most: u64, per_second: u64) -> Self {
        Self { left: most, most, per_second: per_second.max(1), filled: Instant::now() }
    }

    /// Takes `bytes` if they are there. Standing still during sleep, as `Instant` may, does no harm here.
    pub(super) fn allows(&mut self, bytes: u64) -> bool {
        if self.left < bytes {
            let due = u64::try_from(self.filled.elapsed().as_millis()).unwrap_or(u64::MAX);
            // In steps of a tenth of a second: asking the clock a million times must not round every refill to nothing.
            if due >= 100 {
                self.left = self.left.saturating_add(due.saturating_mul(self.per_second) / 1000).min(self.most);
                self.filled = Instant::now();
            }
        }
        let allowed = self.left >= bytes;
        if allowed {
            self.left -= bytes;
        }
        allowed
    }
}
