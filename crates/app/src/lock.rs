//! The one way in which this crate takes a short lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Nothing is left half-changed when a holder panics, so a poisoned lock is as good as any.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
