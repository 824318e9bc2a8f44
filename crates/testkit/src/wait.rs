//! Waiting for a condition instead of sleeping: a test says what it waits for and for how long at most.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(10);

/// Calls `probe` until it gives a value; panics with `what` after `limit`.
pub async fn eventually<T>(what: &str, limit: Duration, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        tokio::time::sleep(EVERY).await;
    }
}

/// Calls `probe` until it equals `expect`; panics with the last value seen after `limit`.
pub async fn eventually_eq<T: PartialEq + Debug>(
    what: &str,
    limit: Duration,
    expect: T,
    mut probe: impl AsyncFnMut() -> T,
) {
    let start = Instant::now();
    loop {
        let seen = probe().await;
        if seen == expect {
            return;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} for {what} to be {expect:?}, last seen {seen:?}");
        tokio::time::sleep(EVERY).await;
    }
}

/// [`eventually`] for code without an async runtime.
pub fn eventually_blocking<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        std::thread::sleep(EVERY);
    }
}
