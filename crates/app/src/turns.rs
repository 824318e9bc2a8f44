//! Heavy steps take turns: a computer that starts twenty servers at once starts none.

use crate::App;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Checks and installations at once.
const AT_ONCE: usize = 3;

/// The turns.
#[derive(Clone, Debug)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl App {
    /// Waits for a turn; dropping what it returns gives it back. `None` once the engine is stopping, when nobody minds.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        self.turns().0.clone().acquire_owned().await.ok()
    }
}
