//! What runs beside the actors: the log's way to the window, and the watch for sleep.

use crate::App;
use crate::clock::now;
use crate::events::{Event as Notice, Tag};
use catwalk_domain::{DeploymentId, Millis};
use catwalk_supervisor::Log;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// Lines per second that one server may send to the window; beyond that it is told to read the log instead.
const LINES_PER_SECOND: u32 = 200;
/// How often the clock is compared with itself.
const TICK: Duration = Duration::from_secs(5);
/// A tick that took this much longer on the wall than it should have means that the computer slept.
const SLEPT: Millis = 30_000;

impl App {
    /// Sends new log lines to the window.
    pub(super) fn forward_log(&self, id: DeploymentId, log: &Arc<Log>, ended: CancellationToken) {
        let (app, mut lines) = (self.clone(), log.subscribe());
        self.tasks().spawn(async move {
            let (mut second, mut sent) = (0, 0);
            loop {
                let line = tokio::select! {
                    () = ended.cancelled() => return,
                    line = lines.recv() => line,
                };
                let this_second = now() / 1000;
                if this_second != second {
                    (second, sent) = (this_second, 0);
                }
                sent += 1;
                let line = match line {
                    Ok(line) if sent < LINES_PER_SECOND => Some(line.into()),
                    // One notice without a line per second: "read the log again".
                    Ok(_) | Err(RecvError::Lagged(_)) if sent == LINES_PER_SECOND => None,
                    Ok(_) | Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return,
                };
                app.events_out().send(Notice { id: Some(id), line, ..Notice::stale(Tag::Log) });
            }
        });
    }

    /// Tells every actor when the computer has slept (waits end early, crashes before it are forgotten), and when it loses
    /// its networks or comes to another.
    pub(crate) fn watch_the_world(&self, shutdown: CancellationToken) {
        let app = self.clone();
        self.tasks().spawn(async move {
            let mut networks = networks();
            loop {
                let before = now();
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(TICK) => {}
                }
                let expected = Millis::try_from(TICK.as_millis()).unwrap_or(Millis::MAX);
                if now() - before > expected + SLEPT {
                    tracing::info!("the computer slept");
                    app.actors().values().for_each(super::Actor::woke);
                }
                let seen = self::networks();
                if seen != networks {
                    let up = !seen.is_empty();
                    tracing::info!(up, "the network changed");
                    app.actors().values().for_each(|actor| actor.network(up));
                    networks = seen;
                }
            }
        });
    }
}

/// The addresses by which this computer is on a network. Where the system does not tell, it counts as being on one.
fn networks() -> BTreeSet<IpAddr> {
    let Ok(interfaces) = if_addrs::get_if_addrs() else { return BTreeSet::from([Ipv4Addr::UNSPECIFIED.into()]) };
    let reaches = |address: &if_addrs::Interface| !address.is_loopback() && !address.is_link_local();
    interfaces.into_iter().filter(reaches).map(|interface| interface.ip()).collect()
}
