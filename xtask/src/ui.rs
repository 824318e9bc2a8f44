//! The window's web part: its packages and its built files, each made again only when something newer asks for it.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::{exec, paths};

/// `npm ci` in `folder` when its lock file is newer than what is installed.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let lock = modified(&folder.join("package-lock.json"));
    if lock.is_none() {
        bail!("{} has no package-lock.json", folder.display());
    }
    // npm writes this file last, so its age is that of a finished installation.
    if modified(&folder.join("node_modules/.package-lock.json")) >= lock {
        return Ok(());
    }
    exec::run(exec::npm(folder).args(["ci", "--no-audit", "--no-fund"]))
}

/// Builds `ui/dist`, which the app embeds, when a source is newer.
pub(crate) fn build() -> Result<()> {
    let ui = paths::ui();
    if modified(&ui.join("dist/index.html")) >= newest(&ui) {
        return Ok(());
    }
    exec::run(exec::npm(&ui).args(["run", "build"]))
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .filter(|entry| !["node_modules", "dist", "coverage"].iter().any(|made| entry.file_name() == *made))
        .filter_map(|entry| if entry.path().is_dir() { newest(&entry.path()) } else { modified(&entry.path()) })
        .max()
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|data| data.modified()).ok()
}
