//! How many requests a client may make: a bucket per token that refills at a steady rate.
//!
//! Kept as one number, the time at which the bucket will be full again (GCRA), so that a request costs one atomic
//! exchange. Buckets outlive a change of routes: replacing the table gives nobody a full one.

use crate::error::Fault;
use crate::limits::Limits;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// One client's bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    since: Instant,
    /// When it is full again, in nanoseconds after `since`.
    full: AtomicU64,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { since: Instant::now(), full: AtomicU64::new(0) }
    }
}

impl Bucket {
    /// Takes one request out, or says how long the client must wait.
    pub(crate) fn take(&self, limits: &Limits) -> Result<(), Fault> {
        self.take_at(limits, self.since.elapsed())
    }

    fn take_at(&self, limits: &Limits, now: Duration) -> Result<(), Fault> {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let now = nanos(now);
        let each = 1_000_000_000 / u64::from(limits.rate.max(1));
        let size = each.saturating_mul(u64::from(limits.burst.max(1)));
        let taken = self.full.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full| {
            let full = full.max(now).saturating_add(each);
            (full - now <= size).then_some(full)
        });
        match taken {
            Ok(_) => Ok(()),
            Err(full) => Err(Fault::Rate(Duration::from_nanos((full + each).saturating_sub(now + size)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;
    use crate::error::Fault;
    use crate::limits::Limits;
    use std::time::Duration;

    #[test]
    fn a_burst_then_a_steady_rate() {
        let limits = Limits { rate: 10, burst: 3, ..Limits::default() };
        let bucket = Bucket::default();
        let at = |millis| bucket.take_at(&limits, Duration::from_millis(millis));
        assert!(at(0).is_ok() && at(0).is_ok() && at(0).is_ok(), "the burst");
        assert!(matches!(at(0), Err(Fault::Rate(wait)) if wait == Duration::from_millis(100)));
        assert!(matches!(at(40), Err(Fault::Rate(wait)) if wait == Duration::from_millis(60)));
        assert!(at(100).is_ok() && at(100).is_err(), "one more each tenth of a second");
        assert!(at(60_000).is_ok() && at(60_000).is_ok() && at(60_000).is_ok(), "full again after a rest");
        assert!(at(60_000).is_err(), "and no fuller than that");
    }
}
