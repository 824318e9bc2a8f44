//! Many sessions opened at the same moment, as when a computer wakes up and every AI app comes back.

use crate::call::Calls;
use crate::figures::{Figures, Tally};
use crate::process;
use crate::session::Session;
use crate::wire::{Endpoint, Wire};
use anyhow::{Context, Result, anyhow};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const PATIENCE: Duration = Duration::from_mins(1);

/// Opens `sessions` at once; the figures are of the opening (connect, `initialize`, `notifications/initialized`). Then
/// each calls once, all are held while memory is read, and are ended.
pub(crate) async fn run(endpoint: &Endpoint, sessions: usize, relay: Option<u32>) -> Result<Figures> {
    let start = Instant::now();
    let mut opening = JoinSet::new();
    for _ in 0..sessions {
        let endpoint = endpoint.clone();
        opening.spawn(async move {
            let open = async {
                let mut wire = Wire::connect(endpoint.addr()).await?;
                Ok((Session::open(&endpoint, &mut wire).await?, wire))
            };
            let opened = tokio::time::timeout(PATIENCE, open).await.unwrap_or_else(|_| Err(anyhow!("late")));
            (start.elapsed(), opened)
        });
    }
    let (mut tally, mut open) = (Tally::default(), Vec::new());
    while let Some(opened) = opening.join_next().await {
        let (took, opened) = opened.context("a session's task failed")?;
        tally.note(took, opened.map(|session| open.push(session)));
    }
    let elapsed = start.elapsed();
    let (calls, mut calling) = (Arc::new(Calls::new(&endpoint.tool, 32)), JoinSet::new());
    for (number, (session, mut wire)) in open.into_iter().enumerate() {
        let calls = Arc::clone(&calls);
        calling.spawn(async move {
            let tag = format!("session {number}");
            let call = session.call(&mut wire, &calls, 1, &tag);
            let outcome = tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| Err(anyhow!("late")));
            (outcome.context("the first call"), session, wire)
        });
    }
    let mut held = Vec::new();
    while let Some(called) = calling.join_next().await {
        let (outcome, session, wire) = called.context("a session's task failed")?;
        if let Err(error) = outcome {
            tally.note(Duration::ZERO, Err(error));
        }
        held.push((session, wire));
    }
    let usage = relay.and_then(process::usage);
    for (session, mut wire) in held {
        // Whether a relay takes a DELETE is not what is measured.
        let _ = tokio::time::timeout(PATIENCE, session.end(&mut wire)).await;
    }
    let mut figures = tally.figures(elapsed);
    figures.memory = usage.map(|usage| usage.memory);
    Ok(figures)
}
