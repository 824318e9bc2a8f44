//! Load on a Streamable HTTP endpoint: so many calls in flight, over so many sessions, for so long.

use crate::call::Calls;
use crate::figures::{Figures, Tally, count};
use crate::process;
use crate::session::Session;
use crate::wire::{Endpoint, Wire};
use anyhow::{Context, Result, anyhow};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Calls before those that count.
const WARM_UP: Duration = Duration::from_millis(300);
/// An answer that takes longer is late, and so an error.
const PATIENCE: Duration = Duration::from_secs(20);
/// After so many errors a connection gives up: there is nothing to measure.
const MAX_ERRORS: usize = 20;

/// What to put on the endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Calls in flight, on a connection each.
    pub(crate) in_flight: usize,
    /// Sessions that they are spread over.
    pub(crate) sessions: usize,
    /// Bytes of text.
    pub(crate) payload: usize,
    /// When to stop.
    pub(crate) until: Until,
}

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    /// After so many calls; all count.
    Calls(usize),
    /// After so long, counted after the warm-up.
    Elapsed(Duration),
}

/// When calls count.
#[derive(Clone, Copy)]
struct Window {
    from: Instant,
    to: Option<Instant>,
}

/// Runs a load and measures.
pub(crate) async fn run(endpoint: &Endpoint, load: &Load, relay: Option<u32>) -> Result<Figures> {
    let mut sessions = Vec::new();
    for _ in 0..load.sessions {
        let mut wire = Wire::connect(endpoint.addr()).await?;
        sessions.push(Session::open(endpoint, &mut wire).await?);
    }
    let mut wires = Vec::new();
    for _ in 0..load.in_flight {
        wires.push(Wire::connect(endpoint.addr()).await?);
    }
    let now = Instant::now();
    let (window, left) = match load.until {
        Until::Calls(calls) => (Window { from: now, to: None }, calls),
        Until::Elapsed(time) => (Window { from: now + WARM_UP, to: Some(now + WARM_UP + time) }, usize::MAX),
    };
    let (calls, left) = (Arc::new(Calls::new(&endpoint.tool, load.payload)), Arc::new(AtomicUsize::new(left)));
    let mut workers = JoinSet::new();
    for (number, wire) in wires.into_iter().enumerate() {
        let worker = Worker {
            number,
            step: load.in_flight,
            session: sessions[number % sessions.len()].clone(),
            calls: Arc::clone(&calls),
            left: Arc::clone(&left),
            window,
            endpoint: endpoint.clone(),
        };
        workers.spawn(worker.run(wire));
    }
    tokio::time::sleep_until(window.from.into()).await;
    let used = |relay: Option<u32>| relay.and_then(process::usage);
    let before = used(relay);
    if let Some(to) = window.to {
        tokio::time::sleep_until(to.into()).await;
    }
    let mut at_end = used(relay).filter(|_| window.to.is_some());
    let mut tally = Tally::default();
    while let Some(worker) = workers.join_next().await {
        tally.extend(worker.context("a worker failed")?);
    }
    let elapsed = window.to.map_or_else(|| window.from.elapsed(), |to| to - window.from);
    at_end = at_end.or_else(|| used(relay));
    let done = tally.len();
    let mut figures = tally.figures(elapsed);
    if let (Some(before), Some(after)) = (before, at_end) {
        figures.cpu = Some(after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1e6 / count(done.max(1)));
        figures.memory = Some(after.memory);
    }
    Ok(figures)
}

/// One connection, calling.
struct Worker {
    number: usize,
    step: usize,
    session: Session,
    calls: Arc<Calls>,
    left: Arc<AtomicUsize>,
    window: Window,
    endpoint: Endpoint,
}

impl Worker {
    async fn run(self, mut wire: Wire) -> Tally {
        let (mut tally, mut errors) = (Tally::default(), 0);
        // Ids differ within a session and are the same in all: a relay that mixes sessions up is found out.
        for round in 0.. {
            let id = u64::try_from(round * self.step + self.number + 1).unwrap_or(u64::MAX);
            let began = Instant::now();
            let over = self.window.to.is_some_and(|to| began >= to);
            let took = |left: usize| left.checked_sub(1);
            if over || self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, took).is_err() {
                break;
            }
            let tag = format!("{}.{round}", self.number);
            let call = self.session.call(&mut wire, &self.calls, id, &tag);
            let outcome = tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| Err(anyhow!("late")));
            let failed = outcome.is_err();
            let ended = Instant::now();
            if ended >= self.window.from && self.window.to.is_none_or(|to| ended <= to) {
                tally.note(ended - began, outcome);
            }
            if failed {
                errors += 1;
                match Wire::connect(self.endpoint.addr()).await {
                    Ok(new) if errors < MAX_ERRORS => wire = new,
                    _ => break,
                }
            }
        }
        tally
    }
}
