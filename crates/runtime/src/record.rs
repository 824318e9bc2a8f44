//! What an installation knows of itself: `catwalk.json` in its folder.

use crate::download::sha256_file;
use crate::environment::Env;
use crate::job::Job;
use crate::staging::Staging;
use crate::{Error, Request, names};
use catwalk_domain::Installed;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE: &str = "catwalk.json";

/// Written last, so a folder that has one is whole.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) installed: Installed,
    asked: Asked,
    lock_file: String,
    /// Packages whose install scripts were not run.
    pub(crate) skipped_scripts: Vec<String>,
    /// Remarks for people.
    pub(crate) notes: Vec<String>,
}

/// What was asked for, as far as it decides what lies on disk.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    registry: String,
    identifier: String,
    bin: Option<String>,
    subfolder: Option<String>,
    commit: Option<String>,
    allow_scripts: Vec<String>,
}

/// A finished build, with paths where it will be.
#[derive(Debug, Default)]
pub(crate) struct Built {
    pub(crate) version: String,
    pub(crate) program: PathBuf,
    pub(crate) leading_args: Vec<String>,
    pub(crate) env: Env,
    /// Name of the lock file in the folder.
    pub(crate) lock_file: &'static str,
    pub(crate) skipped_scripts: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// Writes the record and puts the folder in its place.
pub(crate) async fn finish(job: &Job<'_>, staging: Staging, built: Built) -> Result<Installed, Error> {
    if job.cancel.is_cancelled() {
        return Err(Error::Cancelled);
    }
    for note in &built.notes {
        tracing::info!(package = job.request.package.identifier, note, "install");
    }
    let installed = Installed {
        version: built.version,
        program: built.program.to_string_lossy().into_owned(),
        leading_args: built.leading_args,
        dir: staging.target().to_string_lossy().into_owned(),
        lock_sha256: sha256_file(&staging.path().join(built.lock_file))?,
        env: built.env,
    };
    let record = Record {
        installed: installed.clone(),
        asked: Asked::of(job.request),
        lock_file: built.lock_file.to_owned(),
        skipped_scripts: built.skipped_scripts,
        notes: built.notes,
    };
    let at = staging.path().join(FILE);
    let text = serde_json::to_vec_pretty(&record).map_err(|e| Error::Crashed { what: e.to_string() })?;
    std::fs::write(&at, text).map_err(Error::io(&at))?;
    staging.commit().await?;
    Ok(installed)
}

/// An earlier installation of just this, if it still stands.
pub(crate) fn reusable(job: &Job<'_>, dir: &Path) -> Option<Installed> {
    let record = read(dir)?;
    let asked = Asked::of(job.request);
    let allowed = asked.allow_scripts.iter().all(|p| record.asked.allow_scripts.contains(p));
    let same = Asked { allow_scripts: Vec::new(), ..asked } == Asked { allow_scripts: Vec::new(), ..record.asked };
    (allowed && same && is_intact(&record.installed)).then_some(record.installed)
}

/// The lock of an earlier installation of the same package: the same version must be the same bytes.
pub(crate) fn earlier_lock(job: &Job<'_>, dir: &Path, file: &str) -> Option<Vec<u8>> {
    let record = read(dir)?;
    let (asked, was) = (Asked::of(job.request), record.asked);
    let same = asked.registry == was.registry && asked.identifier == was.identifier && asked.commit == was.commit;
    let lock = dir.join(file);
    let unchanged = record.lock_file != file || sha256_file(&lock).ok()? == record.installed.lock_sha256;
    (same && unchanged).then(|| std::fs::read(&lock).ok()).flatten()
}

/// Reads the record of a folder.
pub(crate) fn read(dir: &Path) -> Option<Record> {
    serde_json::from_slice(&std::fs::read(dir.join(FILE)).ok()?).ok()
}

/// See [`Runtime::is_intact`](crate::Runtime::is_intact).
pub(crate) fn is_intact(installed: &Installed) -> bool {
    let dir = Path::new(&installed.dir);
    let Some(record) = read(dir) else { return false };
    // Follows links: a venv whose system Python went away is not intact. An empty file is what a power cut leaves.
    let stands = |path: &Path| path.metadata().is_ok_and(|m| m.is_file() && m.len() > 0);
    let entry = installed.leading_args.iter().map(Path::new).find(|p| p.is_absolute());
    record.installed == *installed
        && stands(Path::new(&installed.program))
        && entry.is_none_or(stands)
        && sha256_file(&dir.join(&record.lock_file)).is_ok_and(|found| found == installed.lock_sha256)
}

impl Asked {
    fn of(request: &Request) -> Self {
        let source = matches!(request.package.registry_type.as_str(), "github" | "folder");
        let subfolder = request.repository.as_ref().and_then(|r| r.subfolder.clone()).filter(|_| source);
        Self {
            registry: request.package.registry_type.clone(),
            identifier: request.package.identifier.clone(),
            bin: request.hint.bin.clone(),
            subfolder,
            commit: names::commit(request).filter(|_| source).map(str::to_owned),
            allow_scripts: request.allow_scripts.clone(),
        }
    }
}
