//! All targets under the same conditions: they run side by side, and each load goes to one after the other, round by round,
//! so that what else the computer does falls on all of them.

use crate::figures::Figures;
use crate::http::{self, Load, Until};
use crate::process;
use crate::stdio;
use crate::storm;
use crate::target::{Running, Target};
use anyhow::Result;
use std::collections::BTreeMap;
use std::time::Duration;

/// What took a target this long, or failed, is measured once.
const ENOUGH: Duration = Duration::from_secs(6);

/// How much to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    pub(crate) seconds: f64,
}

/// What is put on a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Measure {
    /// Small calls, so many in flight.
    InFlight(usize),
    /// Texts of so many bytes, one call in flight.
    Payload(usize),
    /// Sixteen texts of 1 MiB in flight, 64 in all, before a server that reads on or (true) one that works by turns.
    Stall(bool),
    /// So many sessions at once.
    Sessions(usize),
}

pub(crate) const MIB: usize = 1 << 20;

/// Everything there is to measure, in order.
pub(crate) const MEASURES: [Measure; 10] = [
    Measure::InFlight(1),
    Measure::InFlight(16),
    Measure::InFlight(64),
    Measure::Payload(1 << 10),
    Measure::Payload(100 << 10),
    Measure::Payload(MIB),
    Measure::Sessions(200),
    Measure::Sessions(1000),
    Measure::Stall(false),
    Measure::Stall(true),
];

/// What one target has shown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) figures: BTreeMap<Measure, Vec<Figures>>,
    /// Milliseconds from start to a connection, and to a tool's result; MiB then.
    pub(crate) listening: Vec<f64>,
    pub(crate) first_result: Vec<f64>,
    pub(crate) idle: Vec<f64>,
    /// Why it could not be measured.
    pub(crate) trouble: Option<String>,
}

/// Measures all; the first of the answer is the server without a relay.
pub(crate) async fn run(targets: &[Target], server: &str, effort: Effort) -> Result<(Shown, Vec<Shown>)> {
    let mut direct = Shown::default();
    let mut shown: Vec<Shown> = targets.iter().map(|_| Shown::default()).collect();
    for round in 1..=effort.rounds {
        eprintln!("round {round} of {}", effort.rounds);
        let mut running: Vec<_> = start(targets, &[server.to_owned()], &mut shown).await;
        for measure in MEASURES {
            if measure == Measure::Stall(true) {
                running.drain(..).flatten().for_each(Running::stop);
                let turns = [server.to_owned(), "--turns".to_owned()];
                running =
                    start(targets, &turns, &mut targets.iter().map(|_| Shown::default()).collect::<Vec<_>>()).await;
            }
            if let Measure::InFlight(_) | Measure::Payload(_) = measure {
                let figures = stdio::run(&[server.into()], &load(measure, effort))?;
                direct.figures.entry(measure).or_default().push(figures);
            }
            for ((target, running), shown) in targets.iter().zip(&running).zip(&mut shown) {
                let before = shown.figures.entry(measure).or_default();
                let Some(running) = running.as_ref().filter(|_| !before.iter().any(is_enough)) else { continue };
                match on(running, measure, effort).await {
                    Ok(figures) => before.push(figures),
                    Err(error) => {
                        eprintln!("{}: {measure:?}: {error:#}", target.name);
                        let errors = BTreeMap::from([(format!("{error:#}"), 1)]);
                        before.push(Figures { errors, ..Figures::default() });
                    }
                }
            }
        }
        running.into_iter().flatten().for_each(Running::stop);
    }
    Ok((direct, shown))
}

async fn start(targets: &[Target], server: &[String], shown: &mut [Shown]) -> Vec<Option<Running>> {
    let mut all = Vec::new();
    for (target, shown) in targets.iter().zip(shown) {
        all.push(match target.start(server).await {
            Ok(running) => {
                shown.listening.push(running.listening.as_secs_f64() * 1e3);
                shown.first_result.push(running.first_result.as_secs_f64() * 1e3);
                shown.idle.extend(process::usage(running.pid()).map(|usage| usage.memory));
                Some(running)
            }
            Err(error) => {
                eprintln!("{error:#}");
                shown.trouble = Some(format!("{error:#}"));
                None
            }
        });
    }
    all
}

fn is_enough(figures: &Figures) -> bool {
    figures.failed() > 0 || figures.max > ENOUGH.as_secs_f64() * 1e6
}

fn load(measure: Measure, effort: Effort) -> Load {
    let (in_flight, payload) = match measure {
        Measure::InFlight(calls) => (calls, 32),
        Measure::Payload(bytes) => (1, bytes),
        Measure::Stall(_) | Measure::Sessions(_) => (16, MIB),
    };
    let until = match measure {
        Measure::Stall(_) => Until::Calls(64),
        _ => Until::Elapsed(Duration::from_secs_f64(effort.seconds)),
    };
    Load { in_flight, sessions: 1, payload, until }
}

async fn on(running: &Running, measure: Measure, effort: Effort) -> Result<Figures> {
    match measure {
        Measure::Sessions(sessions) => storm::run(&running.endpoint, sessions, Some(running.pid())).await,
        _ => http::run(&running.endpoint, &load(measure, effort), Some(running.pid())).await,
    }
}
