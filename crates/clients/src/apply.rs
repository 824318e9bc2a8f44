//! Carrying a plan out.

use crate::table::row;
use crate::{ClientKind, Error, Mark, Plan, backup, write};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The receipt of a change, enough to take it back. Holds no secret: what stood there before is in the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// Whose file.
    pub kind: ClientKind,
    /// The file.
    pub file: PathBuf,
    /// The entry.
    pub name: String,
    /// How our entry is known again.
    pub mark: Mark,
    /// A copy of the file as it was; `None` if there was no file or nothing was written.
    pub backup: Option<PathBuf>,
    /// SHA-256 (hex) of the file as we wrote it.
    pub hash_after: String,
    /// Whether anything was written.
    pub changed: bool,
    /// Whether the file existed before.
    pub existed: bool,
    /// Whether an entry of that name existed before.
    pub replaced: bool,
}

/// Writes a plan: only if the file still is what the plan was made from, after a backup, whole or not at all.
pub fn apply(plan: Plan, backups: &Path) -> Result<Applied, Error> {
    let client = row(plan.kind).name;
    let changed = plan.changes();
    let mut backup = None;
    if changed {
        let now = write::read(client, &plan.file)?;
        if now.as_deref().map(write::hash) != plan.hash_before {
            return Err(Error::Changed { client, file: plan.file });
        }
        let copy = |bytes: Vec<u8>| backup::keep(backups, plan.kind, &bytes);
        backup = now.map(copy).transpose().map_err(write::io(client, "back up", &plan.file))?;
        write::replace(client, &plan.file, plan.hash_before.as_deref(), plan.after.as_bytes())?;
    }
    Ok(Applied {
        kind: plan.kind,
        hash_after: write::hash(plan.after.as_bytes()),
        existed: plan.hash_before.is_some(),
        replaced: plan.replaces,
        file: plan.file,
        name: plan.name,
        mark: plan.mark,
        backup,
        changed,
    })
}
