//! Packages of the Python Package Index: a virtual environment, a lock with hashes, wheels only, and the script to start.

pub(crate) mod command;
pub(crate) mod entry;
mod failure;
mod majors;

use crate::index::{self, File};
use crate::job::Job;
use crate::npm::write;
use crate::record::{self, Built};
use crate::staging::Staging;
use crate::toolchain::Uv;
use crate::{Error, clock, cooldown, environment};
use catwalk_domain::{Installed, Millis};
use command::Python;
use std::collections::BTreeMap;
use std::path::Path;

/// Our lock file, in pip's own format.
pub(crate) const LOCK: &str = "requirements.lock";
/// The folder of the virtual environment.
pub(crate) const VENV: &str = "venv";
/// What a package that says nothing probably needs: the MCP SDK wants no less.
pub(crate) const USUAL_PYTHON: &str = ">=3.10";
/// What is to be locked.
pub(crate) const WANTED: &str = "requirements.in";
/// What it may have at most.
const CONSTRAINTS: &str = "constraints.txt";

/// Installs one exact version.
pub(crate) async fn install(job: &Job<'_>) -> Result<Installed, Error> {
    let (name, version) = (job.request.package.identifier.as_str(), job.version()?);
    let target = job.runtime.places.server(job.request.deployment).join(version);
    if let Some(installed) = record::reusable(job, &target) {
        return Ok(installed);
    }
    let uv = Uv::ensure(job).await?;
    job.step(format!("Looking for {name}"));
    let files: Vec<File> = index::files(job, &index::normal(name)).await?;
    let files: Vec<File> = files.into_iter().filter(|f| f.is_version(version)).collect();
    let staging = Staging::beside(target.clone())?;
    let python = Python::new(job, &uv, staging.path())?;
    let accepts = files.iter().find_map(|f| f.requires_python.as_deref()).unwrap_or(USUAL_PYTHON);
    python.create(accepts).await?;

    let mut notes = Vec::new();
    let lock = staging.path().join(LOCK);
    let stamp = python.stamp()?;
    if let Some(earlier) = record::earlier_lock(job, &target, LOCK).filter(|l| l.starts_with(stamp.as_bytes())) {
        write(&lock, &earlier)?;
    } else {
        write(&staging.path().join(WANTED), format!("{name}=={version}\n").as_bytes())?;
        let published = files.iter().filter_map(|f| f.uploaded).min();
        notes.extend(resolve(&python, &format!("Resolving {name}"), WANTED, Some(name), published).await?);
        if let Some(published) = published {
            notes.extend(hold_back(&python, staging.path(), name, published).await?);
        }
    }
    python.sync().await?;
    let (program, leading_args) = entry::find(job, staging.path(), &target, name)?;
    let env = run_env(job, &target);
    let version = version.to_owned();
    let built = Built { version, program, leading_args, env, lock_file: LOCK, skipped_scripts: Vec::new(), notes };
    record::finish(job, staging, built).await
}

/// Makes the lock from `wanted`; `exempt` is not held to the cooldown. Returns a note if the cooldown could not be kept.
pub(crate) async fn resolve(
    python: &Python<'_>,
    step: &str,
    wanted: &str,
    exempt: Option<&str>,
    published: Option<Millis>,
) -> Result<Option<String>, Error> {
    let job = python.job;
    let said = python.compile(step, wanted, &limits(job, exempt)).await?;
    let note = if cooldown::applies(job) && said.too_new() {
        // Only what resolves without a cooldown failed because of it; else its own error says more.
        python.compile(step, wanted, &[]).await?.ok(job)?;
        Some(cooldown::waive(job, published, said.evidence())?)
    } else {
        said.ok(job)?;
        None
    };
    python.stamp_lock()?;
    Ok(note)
}

/// Makes the lock anew if it holds major releases that the package cannot know. Returns a note if it does.
async fn hold_back(python: &Python<'_>, dir: &Path, name: &str, published: Millis) -> Result<Option<String>, Error> {
    let job = python.job;
    let bounds = majors::bounds(job, &python.lock()?, name, published).await?;
    if bounds.is_empty() {
        return Ok(None);
    }
    write(&dir.join(CONSTRAINTS), majors::constraints(&bounds).as_bytes())?;
    let mut limits = limits(job, Some(name));
    // `--upgrade`: uv would prefer what the lock of before has.
    limits.extend(["--upgrade", "--constraint", CONSTRAINTS].map(str::to_owned));
    let said = python.compile(&format!("Resolving {name} as it was tested"), WANTED, &limits).await?;
    if said.no_solution() {
        // A failed resolution leaves the lock of before. A server that may not start is better than none.
        return Ok(Some(majors::not_kept(&bounds)));
    }
    said.ok(job)?;
    python.stamp_lock()?;
    Ok(Some(majors::kept(&bounds)))
}

/// What the cooldown tells uv.
fn limits(job: &Job<'_>, exempt: Option<&str>) -> Vec<String> {
    if !cooldown::applies(job) {
        return Vec::new();
    }
    let mut limits = vec!["--exclude-newer".to_owned(), job.cutoff_iso()];
    if let Some(name) = exempt {
        // Any time will do that is later than all uploads.
        let free = clock::iso(job.request.now.saturating_add(366 * 24 * 60 * 60 * 1000));
        limits.extend(["--exclude-newer-package".to_owned(), format!("{}={free}", index::normal(name))]);
    }
    limits
}

/// What a Python server finds on its search path: the scripts of its environment.
pub(crate) fn run_env(job: &Job<'_>, target: &Path) -> environment::Env {
    let base = environment::base(&job.runtime.config, &job.runtime.places);
    let path = environment::path_with(&[command::scripts(&target.join(VENV))], &base);
    BTreeMap::from([("PATH".to_owned(), path)])
}
