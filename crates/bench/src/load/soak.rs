//! Mixed load for long before a server that is killed every 20 seconds.
//!
//! Every call must end: with its own answer, or with an error that says so. Memory and descriptors must be at the end what
//! they were once the load had run for a while.

use crate::call::{Calls, Wrong};
use crate::process::{self, Usage};
use crate::session::Session;
use crate::target::{Running, Target};
use crate::wire::{Endpoint, Wire};
use anyhow::{Context, Result, anyhow};
use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How often the server is killed.
const KILL: Duration = Duration::from_secs(20);
/// An answer that takes longer is none. Relays hold calls for a server that is coming up, clients wait a minute.
const PATIENCE: Duration = Duration::from_mins(1);
/// Calls of one session before it is ended and another opened.
const SESSION: u64 = 2000;
/// Who calls: so many clients with texts of so many bytes, so long between their calls.
const CLIENTS: [(usize, usize, u64); 4] = [(12, 32, 1), (4, 4 << 10, 5), (2, 100 << 10, 20), (1, 1 << 20, 200)];
/// What memory (MiB) and descriptors may differ by from after the first quarter to the end: allocators keep some, and
/// connections come and go.
const SLACK: (f64, usize) = (8.0, 24);

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Verdict {
    minutes: f64,
    kills: usize,
    /// Calls with the right answer.
    right: usize,
    /// Calls with an error that says what became of them.
    told: BTreeMap<String, usize>,
    /// Anything else: a wrong answer, or none.
    wrong: BTreeMap<String, usize>,
    /// Memory (MiB) and descriptors after a quarter, at the end, and the most at any time.
    memory: [f64; 3],
    descriptors: [usize; 3],
}

impl Verdict {
    /// Whether it was as it must be.
    pub(crate) fn passed(&self) -> bool {
        let flat = self.memory[1] <= self.memory[0] + SLACK.0 && self.descriptors[1] <= self.descriptors[0] + SLACK.1;
        self.wrong.is_empty() && self.right > 0 && flat
    }

    fn note(&mut self, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.right += 1,
            Err(error) => {
                let told = matches!(error.downcast_ref(), Some(Wrong::Error(_)));
                let list = if told { &mut self.told } else { &mut self.wrong };
                *list.entry(format!("{error:#}")).or_default() += 1;
            }
        }
    }
}

/// Soaks a relay.
pub(crate) async fn run(target: &Target, server: String, time: Duration) -> Result<Verdict> {
    let relay = target.start(&[server]).await?;
    let end = Instant::now() + time;
    let alive = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for (clients_of_kind, size, pause) in CLIENTS {
        let calls = Arc::new(Calls::new(&relay.endpoint.tool, size));
        for _ in 0..clients_of_kind {
            let name = alive.fetch_add(1, Ordering::Relaxed);
            let (endpoint, calls, pause) = (relay.endpoint.clone(), Arc::clone(&calls), Duration::from_millis(pause));
            clients.spawn(async move { client(&endpoint, &calls, name, pause, end).await });
        }
    }
    let mut verdict = Verdict { minutes: time.as_secs_f64() / 60.0, ..Verdict::default() };
    watch(&relay, end, time, &mut verdict).await;
    while let Some(client) = clients.join_next().await {
        let counted = client.context("a client's task failed")?;
        verdict.right += counted.right;
        for (all, some) in [(&mut verdict.told, counted.told), (&mut verdict.wrong, counted.wrong)] {
            for (what, times) in some {
                *all.entry(what).or_default() += times;
            }
        }
    }
    relay.stop();
    Ok(verdict)
}

/// Kills the server now and then, and looks at the relay in between, when it is not just starting one.
async fn watch(relay: &Running, end: Instant, time: Duration, verdict: &mut Verdict) {
    let began = Instant::now();
    let mut first = None;
    while Instant::now() + KILL / 2 < end {
        tokio::time::sleep(KILL / 2).await;
        let Usage { memory, descriptors, .. } = process::usage(relay.pid()).unwrap_or_default();
        if began.elapsed() >= time / 4 {
            let (memory_then, descriptors_then) = *first.get_or_insert((memory, descriptors));
            verdict.memory = [memory_then, memory, verdict.memory[2].max(memory)];
            verdict.descriptors = [descriptors_then, descriptors, verdict.descriptors[2].max(descriptors)];
        }
        eprintln!("{:>5} s: {memory:.1} MiB, {descriptors} descriptors", began.elapsed().as_secs());
        tokio::time::sleep((KILL / 2).min(end.saturating_duration_since(Instant::now()))).await;
        for server in process::servers(relay.pid()) {
            let pid = i32::try_from(server).ok().and_then(Pid::from_raw);
            verdict.kills += usize::from(pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok()));
        }
    }
}

/// One client, session after session.
async fn client(endpoint: &Endpoint, calls: &Calls, name: usize, pause: Duration, end: Instant) -> Verdict {
    let mut verdict = Verdict::default();
    while Instant::now() < end {
        let connect = async {
            let mut wire = Wire::connect(endpoint.addr()).await?;
            anyhow::Ok((Session::open(endpoint, &mut wire).await?, wire))
        };
        let opened = tokio::time::timeout(PATIENCE, connect).await.unwrap_or_else(|_| Err(anyhow!("late")));
        let (session, mut wire) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                verdict.note(Err(error.context("opening a session")));
                tokio::time::sleep(pause).await;
                continue;
            }
        };
        for id in 1..=SESSION {
            let tag = format!("{name}.{id}");
            let call = session.call(&mut wire, calls, id, &tag);
            let outcome = tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| Err(anyhow!("late")));
            let lost = outcome.as_ref().is_err_and(|error| !error.is::<Wrong>());
            verdict.note(outcome);
            if lost || Instant::now() >= end {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        let _ = tokio::time::timeout(PATIENCE, session.end(&mut wire)).await;
    }
    verdict
}
