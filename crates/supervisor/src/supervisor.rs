//! Starting servers and clearing up after a crash.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use catwalk_domain::{DeploymentId, Millis};
use tokio_util::task::TaskTracker;

use crate::{Error, Process, Spec, Words, platform, record};

/// Starts servers. One per Catwalk; cheap to clone.
#[derive(Clone, Debug)]
pub struct Supervisor {
    #[cfg_attr(windows, expect(dead_code, reason = "Windows has no helper"))]
    pub(crate) helper: PathBuf,
    /// None keeps no records.
    pub(crate) run_dir: Option<PathBuf>,
    pub(crate) tasks: TaskTracker,
}

impl Supervisor {
    /// `helper` is the small `catwalk` binary (started as `catwalk run`), `run_dir` a folder for the sweep's records.
    pub fn new(helper: PathBuf, run_dir: PathBuf) -> Self {
        Self { helper, run_dir: Some(run_dir), tasks: TaskTracker::new() }
    }

    /// A supervisor that writes nothing to disk. There is no sweep then: should it and the helper both be killed at
    /// once, the server is left to notice that its stdin has ended.
    pub fn without_records(helper: PathBuf) -> Self {
        Self { helper, run_dir: None, tasks: TaskTracker::new() }
    }

    /// Starts a server. Returns once the operating system has started it, which says nothing about whether it works.
    pub async fn spawn(&self, id: DeploymentId, spec: Spec, words: impl Into<Words>) -> Result<Process, Error> {
        if !spec.program.is_absolute() {
            return Err(Error::NotAbsolute(spec.program));
        }
        platform::spawn(self, id, spec, words.into()).await
    }

    /// Kills what an earlier Catwalk left running: processes whose pid, start time and boot id all match a record whose
    /// owner is gone. Call it once, before the first spawn. Returns how many deployments had leftovers.
    pub async fn sweep(&self) -> usize {
        let mut swept = 0;
        for (path, record) in self.run_dir.iter().flat_map(|dir| record::all(dir)) {
            if record.has_owner() {
                continue; // of a living Catwalk: its business
            }
            if record.is_of_this_boot() {
                swept += usize::from(platform::end_leftover(&record).await);
            }
            std::fs::remove_file(path).ok();
        }
        swept
    }
}

pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
