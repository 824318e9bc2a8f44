//! Bringing the copy up to date: one at a time, page by page, with patience, and later again after a failure.

use super::lock;
use crate::App;
use crate::clock::now;
use crate::events::Tag;
use crate::views::CatalogStatus;
use catwalk_analysis::Error;
use catwalk_analysis::registry::{Bookmark, Item, Page, next_page};
use catwalk_domain::{Millis, Problem};
use catwalk_store::Change;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The registry asks to be asked about once an hour.
const EVERY: Millis = 3600 * 1000;
/// How often to look whether that is over. Not one timer of an hour: those stand still while a computer sleeps.
const LOOK: Duration = Duration::from_mins(5);
/// After a failure: five minutes, ten, … and half a day at most.
const FIRST_WAIT: Millis = 5 * 60 * 1000;
const LONGEST_WAIT: Millis = 12 * 3600 * 1000;
/// Tries of one page, and the longest wait between them.
const TRIES: u32 = 3;
const PATIENCE: Millis = 20 * 1000;

/// What is being done.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Single flight: the second waits for the first, and finds its work done.
    turn: tokio::sync::Mutex<()>,
    is_kept: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    refreshing: bool,
    problem: Option<Problem>,
    failures: u32,
    not_before: Millis,
}

impl Progress {
    /// Whether it goes on now, and why it failed last.
    pub(super) fn told(&self) -> (bool, Option<Problem>) {
        let state = lock(&self.state);
        (state.refreshing, state.problem.clone())
    }

    fn begins(&self) {
        lock(&self.state).refreshing = true;
    }

    fn ends(&self, outcome: &Result<(), Problem>, now: Millis) {
        let mut state = lock(&self.state);
        state.refreshing = false;
        state.problem = outcome.as_ref().err().cloned();
        state.failures = if outcome.is_ok() { 0 } else { state.failures + 1 };
        let wait = (FIRST_WAIT << state.failures.saturating_sub(1).min(12)).min(LONGEST_WAIT);
        state.not_before = if outcome.is_ok() { 0 } else { now + wait };
    }
}

impl App {
    /// Brings the copy up to date now. Waits for who is at it already instead of doing it twice.
    ///
    /// # Errors
    /// Why it could not be done; what was read until then is kept, and the next one goes on from there.
    pub async fn refresh_listings(&self) -> Result<CatalogStatus, Problem> {
        let asked = now();
        let progress = &self.listings().progress;
        let _turn = progress.turn.lock().await;
        let status = self.listings().status().await?;
        if status.synced_at.is_some_and(|at| at >= asked) {
            return Ok(status);
        }
        progress.begins();
        self.events_out().stale(Tag::Listings);
        let outcome = tokio::select! {
            () = self.shutdown().cancelled() => Ok(()),
            outcome = self.read_pages() => outcome,
        };
        progress.ends(&outcome, now());
        self.events_out().stale(Tag::Listings);
        outcome?;
        self.listings().status().await
    }

    /// Keeps the copy up to date from now until the engine stops.
    pub(crate) fn keep_listings(&self) {
        if self.listings().progress.is_kept.swap(true, Ordering::AcqRel) {
            return;
        }
        let (app, shutdown) = (self.clone(), self.shutdown().clone());
        self.tasks().spawn(async move {
            loop {
                if app.is_refresh_due().await
                    && let Err(problem) = app.refresh_listings().await
                {
                    tracing::info!(title = problem.title, "the copy of the registry stays as it is for now");
                }
                app.listings().index.rest();
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
    }

    async fn is_refresh_due(&self) -> bool {
        let Ok(status) = self.listings().status().await else { return false };
        let now = now();
        let is_old = status.synced_at.is_none_or(|at| !(0..EVERY).contains(&(now - at)));
        is_old && now >= lock(&self.listings().progress.state).not_before
    }

    async fn read_pages(&self) -> Result<(), Problem> {
        let catalog = self.listings().catalog().await?;
        let mut place: Bookmark = catalog.place().await.map_err(|e| e.problem())?.unwrap_or_default();
        let (mut pages, mut news) = (0_u32, 0);
        loop {
            let page = self.patient_page(&place).await.map_err(|e| e.problem())?;
            let changes: Vec<Change> = page.items.into_iter().map(change).collect();
            let kept = catalog.keep(&changes, page.bookmark.number, &page.bookmark, page.swept).await;
            news += kept.map_err(|e| e.problem())?;
            place = page.bookmark;
            pages += 1;
            // Who searches during the first pass finds more and more, and the index is built anew only a few times.
            if news > 0 && (page.last || pages.is_power_of_two()) {
                self.listings().index.renew(catalog, now()).await?;
                self.events_out().stale(Tag::Listings);
            }
            if page.last {
                tracing::info!(pages, news, "the copy of the registry is up to date");
                return Ok(());
            }
        }
    }

    async fn patient_page(&self, place: &Bookmark) -> Result<Page, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let base = &self.config().endpoints().mcp_registry;
            let error = match next_page(self.http(), base, place, now()).await {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            let wait = match &error {
                Error::RateLimited { until: Some(until), .. } => until - now(),
                Error::RateLimited { .. } | Error::Refused { status: 500.., .. } | Error::Slow { .. } => 1000 << tries,
                _ => return Err(error),
            };
            if tries == TRIES || wait > PATIENCE {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or_default())).await;
        }
    }
}

fn change(item: Item) -> Change {
    match item {
        Item::Listed { listing, document, .. } => Change::Put { listing, document },
        Item::Gone { name, .. } => Change::Remove { name },
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_WAIT, LONGEST_WAIT, Progress};
    use catwalk_domain::{Problem, ProblemCode};

    #[test]
    fn failures_are_waited_out_longer_and_longer() {
        let progress = Progress::default();
        let failed = || Err(Problem::new(ProblemCode::Offline, "Away", ""));
        let mut waits = Vec::new();
        for _ in 0..30 {
            progress.ends(&failed(), 0);
            waits.push(super::lock(&progress.state).not_before);
        }
        assert_eq!(waits[..3], [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]);
        assert_eq!(waits[29], LONGEST_WAIT);
        assert!(progress.told().1.is_some());
        progress.ends(&Ok(()), 0);
        // One lock at a time: the first would be held until the end of the statement.
        assert_eq!(super::lock(&progress.state).not_before, 0);
        assert_eq!(progress.told(), (false, None));
    }
}
