//! Health checks of a server that is ready: every 60 s, every 15 s after a miss.

use crate::App;
use catwalk_domain::{DeploymentId, Status};
use catwalk_relay::CallError;
use catwalk_supervisor::machine::Event;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

const WELL: Duration = Duration::from_mins(1);
const AFTER_A_MISS: Duration = Duration::from_secs(15);
/// A server that is not busy answers a ping by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that works on calls and says nothing at all for this long does not work, it hangs.
const BUSY: Duration = Duration::from_mins(5);

/// When the next check is due, and what was heard at the last.
#[derive(Default)]
pub(super) struct Health {
    /// None while the server is not ready or is being asked.
    due: Option<Instant>,
    heard: Arc<Mutex<Heard>>,
}

/// How many bytes a server had said, and since when it has said no more.
#[derive(Clone, Copy, Default)]
struct Heard {
    bytes: u64,
    since: Option<Instant>,
}

impl Health {
    /// Resolves when a check is due.
    pub(super) async fn due(&self) {
        match self.due {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    }

    /// Makes a check, which takes a while: whether the server lives.
    pub(super) fn check(&mut self, app: &App, id: DeploymentId) -> impl Future<Output = bool> + Send + use<> {
        self.due = None;
        let (app, heard) = (app.clone(), self.heard.clone());
        async move { lives(&app, id, &heard).await }
    }

    /// Its answer decides when the next is due.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::HealthOk(_) => self.due = Some(Instant::now() + WELL),
            Event::HealthMissed(_) => self.due = Some(Instant::now() + AFTER_A_MISS),
            _ => {}
        }
    }

    /// Only a ready server is asked.
    pub(super) fn follow(&mut self, status: &Status) {
        self.due = matches!(status, Status::Ready { .. }).then(|| Instant::now() + WELL);
        self.heard = Arc::default();
    }
}

/// Whether the server answers. Refusing the question is an answer too, for not every server knows `ping`; so is anything
/// else that it says meanwhile, and one that is busy with a client's call may keep silent for a while.
async fn lives(app: &App, id: DeploymentId, heard: &Mutex<Heard>) -> bool {
    let pinged = timeout(PATIENCE, app.relay().ping(id)).await;
    let answered = matches!(pinged, Ok(Ok(()) | Err(CallError::Server { .. } | CallError::Answer(_))));
    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let (bytes, now) = (app.relay().heard(id), Instant::now());
    if answered || bytes != heard.bytes {
        *heard = Heard { bytes, since: Some(now) };
        return true;
    }
    let silent = now - *heard.since.get_or_insert(now);
    app.relay().in_flight(id) > 0 && silent < BUSY
}
