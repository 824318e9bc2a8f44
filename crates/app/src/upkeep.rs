//! What the database needs once a day: a copy to fall back on, and an end to history that nobody reads.

use crate::App;
use crate::clock::now;
use catwalk_domain::Millis;
use catwalk_store::Error;
use std::time::Duration;

/// The setting that says when it was last done.
const DONE: &str = "upkeep";
const DAY: Millis = 24 * 60 * 60 * 1000;
/// How often to look whether a day has passed. Not one timer of a day: those stand still while a computer sleeps.
const LOOK: Duration = Duration::from_mins(30);
/// Status changes older than this go, but for each server's newest; of one that changes all the time younger ones go too.
const HISTORY: Millis = 90 * DAY;
const HISTORY_KEPT: u32 = 500;
const HISTORY_MOST: u32 = 5000;
/// Analyses are used again for a much shorter time than this.
const ANALYSES: Millis = 7 * DAY;

impl App {
    /// Does it when it is due, from now until the engine stops.
    pub(crate) fn keep_up(&self) {
        let (app, shutdown) = (self.clone(), self.shutdown().clone());
        self.tasks().spawn(async move {
            loop {
                if let Err(error) = app.upkeep(now()).await {
                    tracing::warn!(%error, "the daily upkeep of the database failed; it is tried again");
                }
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
    }

    async fn upkeep(&self, now: Millis) -> Result<(), Error> {
        let store = self.store();
        let last: Option<Millis> = store.settings().get(DONE).await?;
        // A clock that was set back must not put it off for longer than a day.
        if last.is_some_and(|last| (0..DAY).contains(&(now - last))) {
            return Ok(());
        }
        let events = store.events().prune(now - HISTORY, HISTORY_KEPT, HISTORY_MOST).await?;
        let analyses = store.analyses().prune(now - ANALYSES).await?;
        let answers = store.answers().prune(now - ANALYSES).await?;
        let snapshot = store.snapshot(now).await?;
        store.settings().set(DONE, &now).await?;
        tracing::info!(events, analyses, answers, ?snapshot, "the daily upkeep of the database is done");
        Ok(())
    }
}
