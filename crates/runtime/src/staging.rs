//! A folder that is built beside its place and counts only once it has been renamed into it.

use crate::{Error, blocking};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Marks what does not count.
const PREFIX: &str = ".partial-";

/// Removed when dropped, unless committed.
#[derive(Debug)]
pub(crate) struct Staging {
    temp: TempDir,
    target: PathBuf,
}

impl Staging {
    /// Starts a folder that will become `target`.
    pub(crate) fn beside(target: PathBuf) -> Result<Self, Error> {
        let parent = target.parent().unwrap_or(&target).to_owned();
        Self::within(&parent, target)
    }

    /// The same in a workshop of its own, on the same disk, that can be swept without touching others' work.
    pub(crate) fn within(workshop: &Path, target: PathBuf) -> Result<Self, Error> {
        std::fs::create_dir_all(workshop).map_err(Error::io(workshop))?;
        let temp = tempfile::Builder::new().prefix(PREFIX).tempdir_in(workshop).map_err(Error::io(workshop))?;
        Ok(Self { temp, target })
    }

    /// Where to build.
    pub(crate) fn path(&self) -> &Path {
        self.temp.path()
    }

    /// Where it will be.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Puts it in its place. What stood there before is moved aside first and deleted after.
    pub(crate) async fn commit(self) -> Result<PathBuf, Error> {
        let target = self.target.clone();
        blocking::run(move || self.swap()).await?;
        Ok(target)
    }

    fn swap(self) -> Result<(), Error> {
        let parent = self.target.parent().unwrap_or(&self.target).to_owned();
        let aside = match self.target.symlink_metadata() {
            Ok(_) => {
                let aside = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&parent).map_err(Error::io(&parent))?;
                let old = aside.path().join("old");
                std::fs::rename(&self.target, &old).map_err(Error::io(&self.target))?;
                Some((aside, old))
            }
            Err(_) => None,
        };
        let built = self.temp.keep();
        if let Err(e) = std::fs::rename(&built, &self.target) {
            std::fs::remove_dir_all(&built).ok();
            if let Some((_aside, old)) = &aside {
                std::fs::rename(old, &self.target).ok();
            }
            return Err(Error::io(&self.target)(e));
        }
        Ok(())
    }
}

/// Deletes what a crash left half-built. Call it only while holding the lock of that folder.
pub(crate) async fn sweep(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let partial = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().starts_with(PREFIX);
    for entry in entries.flatten().filter(partial) {
        if let Err(error) = remove_tree(entry.path()).await {
            tracing::warn!(%error, "leftover of an install stays");
        }
    }
}

/// Deletes a folder with everything in it.
pub(crate) async fn remove_tree(dir: PathBuf) -> Result<(), Error> {
    blocking::run(move || match std::fs::remove_dir_all(&dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(&dir)(e)),
        _ => Ok(()),
    })
    .await
}
