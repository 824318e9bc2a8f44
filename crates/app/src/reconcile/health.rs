//! Health checks of a server that is ready: every 60 s, every 15 s after a miss.

use crate::App;
use catwalk_domain::{DeploymentId, Status};
use catwalk_supervisor::machine::Event;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

const WELL: Duration = Duration::from_mins(1);
const AFTER_A_MISS: Duration = Duration::from_secs(15);
/// A server that is not busy answers a ping by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// When the next check is due; none while the server is not ready or is being asked.
#[derive(Default)]
pub(super) struct Health(Option<Instant>);

impl Health {
    /// Resolves when a check is due.
    pub(super) async fn due(&self) {
        match self.0 {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    }

    /// A check is under way.
    pub(super) fn asked(&mut self) {
        self.0 = None;
    }

    /// Its answer decides when the next is due.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::HealthOk(_) => self.0 = Some(Instant::now() + WELL),
            Event::HealthMissed(_) => self.0 = Some(Instant::now() + AFTER_A_MISS),
            _ => {}
        }
    }

    /// Only a ready server is asked.
    pub(super) fn follow(&mut self, status: &Status) {
        self.0 = matches!(status, Status::Ready { .. }).then(|| Instant::now() + WELL);
    }
}

/// Whether the server answers, or is busy with a call, which is a sign of life as well.
pub(super) async fn answers(app: &App, id: DeploymentId) -> bool {
    let answered = timeout(PATIENCE, app.relay().ping(id)).await.is_ok_and(|pinged| pinged.is_ok());
    answered || app.relay().in_flight(id) > 0
}
