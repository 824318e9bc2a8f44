//! Unix: the task that watches one helper to its end.

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::OwnedWriteHalf;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::unix::Reports;
use crate::identity::Identity;
use crate::record::Record;
use crate::supervisor::now;
use crate::wire::{Report, STOP};
use crate::{Exit, Stream, Words, tree};

/// The helper needs at most 2 + 2 s and the killing; one that does not finish (frozen, out of memory) is not waited for.
const STOP_LIMIT: Duration = Duration::from_millis(4_400);
/// After the tree is gone the rest of stderr is in the pipe already.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How long killing what is left may take: within a stop, and at the next start, where nobody waits for it.
const KILLING: Duration = Duration::from_millis(300);
const SWEEPING: Duration = Duration::from_secs(3);

pub(crate) struct Watch {
    pub(crate) helper: Child,
    pub(crate) record: Record,
    pub(crate) run_dir: Option<PathBuf>,
    pub(crate) stopping: CancellationToken,
    pub(crate) words: Words,
}

impl Watch {
    pub(crate) async fn run(
        mut self,
        mut reports: Reports,
        mut orders: OwnedWriteHalf,
        drained: JoinHandle<()>,
        exit: watch::Sender<Option<Exit>>,
    ) {
        let mut seen = None;
        let mut asked = false;
        let mut limit = Instant::now();
        loop {
            tokio::select! {
                line = reports.next_line() => match line {
                    Ok(Some(line)) => self.take(&line, &mut seen),
                    Ok(None) | Err(_) => break,
                },
                () = self.stopping.cancelled(), if !asked => {
                    asked = true;
                    limit = Instant::now() + STOP_LIMIT;
                    orders.write_all(&[STOP]).await.ok();
                }
                () = sleep_until(limit), if asked => break,
            }
        }
        // Normally the helper is gone by now and with it the tree. If it was killed itself, or hangs, finish its work.
        end(self.record.helper, self.record.server, KILLING).await;
        self.helper.wait().await.ok();
        timeout(LAST_WORDS, drained).await.ok();
        if let Some(dir) = &self.run_dir {
            self.record.remove(dir);
        }
        exit.send_replace(Some(seen.unwrap_or(Exit { code: None, signal: None, at: now() })));
    }

    fn take(&self, line: &str, seen: &mut Option<Exit>) {
        match serde_json::from_str(line) {
            Ok(Report::Exited { code, signal, at }) => *seen = Some(Exit { code, signal, at }),
            Ok(Report::Left { count }) => {
                let note = format!("{count} processes could not be killed");
                match &self.words {
                    Words::Log(log) => log.line(Stream::Catwalk, note.as_bytes()),
                    Words::Stderr => tracing::warn!("{note}"),
                }
            }
            Ok(Report::Started { .. } | Report::Refused { .. }) | Err(_) => {
                tracing::warn!(deployment = %self.record.deployment, "unexpected report from the helper");
            }
        }
    }
}

/// Ends the tree of a helper that cannot do so itself. Its adopted children are killed first: once the helper is gone,
/// nothing tells any more whose they were.
async fn end(helper: Identity, server: Option<Identity>, limit: Duration) {
    let until = Instant::now() + limit;
    loop {
        let mut left = 0;
        if helper.lives() {
            left += tree::kill_descendants(helper.pid);
        }
        if let Some(server) = server.filter(|server| server.lives()) {
            left += 1 + tree::kill_descendants(server.pid);
            tree::signal_group(server.pid, Signal::KILL);
        }
        if left == 0 || Instant::now() >= until {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    if helper.lives() {
        tree::signal(helper.pid, Signal::KILL);
    }
}

/// Ends what an earlier Catwalk left; tells whether there was anything.
pub(crate) async fn end_leftover(record: &Record) -> bool {
    let lives = record.helper.lives() || record.server.is_some_and(Identity::lives);
    if lives {
        tracing::info!(deployment = %record.deployment, "ending a server that an earlier run left behind");
        end(record.helper, record.server, SWEEPING).await;
    }
    lives
}
