//! The run folder: one small file per living helper, so that the next start can find what a crash left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catwalk_domain::DeploymentId;
use serde::{Deserialize, Serialize};

use crate::identity::{Identity, boot_id};

/// What is needed to recognise a leftover without guessing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) deployment: DeploymentId,
    pub(crate) boot: String,
    /// The Catwalk that started it. While it lives, nothing of this is a leftover.
    pub(crate) owner: Option<Identity>,
    pub(crate) helper: Identity,
    pub(crate) server: Option<Identity>,
}

impl Record {
    pub(crate) fn new(deployment: DeploymentId, helper: Identity) -> Self {
        Self { deployment, boot: boot_id(), owner: Identity::of(std::process::id()), helper, server: None }
    }

    fn path(&self, run_dir: &Path) -> PathBuf {
        run_dir.join(format!("{}-{}.json", self.deployment, self.helper.pid))
    }

    pub(crate) fn write(&self, run_dir: &Path) -> io::Result<()> {
        fs::create_dir_all(run_dir)?;
        // A record cut short by a crash of the machine is of another boot and would be thrown away anyway.
        fs::write(self.path(run_dir), serde_json::to_vec(self)?)
    }

    pub(crate) fn remove(&self, run_dir: &Path) {
        fs::remove_file(self.path(run_dir)).ok();
    }

    /// Whether the machine has not been restarted since.
    pub(crate) fn is_of_this_boot(&self) -> bool {
        self.boot == boot_id()
    }

    /// Whether the Catwalk that wrote it still runs.
    pub(crate) fn has_owner(&self) -> bool {
        self.is_of_this_boot() && self.owner.is_some_and(Identity::lives)
    }
}

/// Reads all records and where they are; files that are none are removed.
pub(crate) fn all(run_dir: &Path) -> Vec<(PathBuf, Record)> {
    let Ok(entries) = fs::read_dir(run_dir) else { return Vec::new() };
    let files =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json"));
    let mut records = Vec::new();
    for path in files {
        match fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(record) => records.push((path, record)),
            None => drop(fs::remove_file(&path)),
        }
    }
    records
}
