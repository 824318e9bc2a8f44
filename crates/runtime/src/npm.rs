//! Packages of the npm registry: resolve into a lock, check it, install exactly it without scripts, find the command.

pub(crate) mod bin;
pub(crate) mod command;
mod failure;
pub(crate) mod lock;
pub(crate) mod scripts;

use crate::job::Job;
use crate::record::{self, Built};
use crate::staging::Staging;
use crate::toolchain::Node;
use crate::{Error, clock, cooldown, environment};
use catwalk_domain::{Installed, Millis};
use command::Npm;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// npm's lock file.
pub(crate) const LOCK: &str = "package-lock.json";

/// Installs one exact version.
pub(crate) async fn install(job: &Job<'_>) -> Result<Installed, Error> {
    let (name, version) = (job.request.package.identifier.as_str(), job.version()?);
    let target = job.runtime.places.server(job.request.deployment).join(version);
    if let Some(installed) = record::reusable(job, &target) {
        return Ok(installed);
    }
    let node = Node::ensure(job).await?;
    let npm = Npm::new(job, &node)?;
    let staging = Staging::beside(target.clone())?;
    let dir = staging.path();
    let project =
        json!({ "name": "catwalk-install", "version": "0.0.0", "private": true, "dependencies": { name: version } });
    write(&dir.join("package.json"), project.to_string().as_bytes())?;

    let mut notes = Vec::new();
    match record::earlier_lock(job, &target, LOCK) {
        Some(lock) => write(&dir.join(LOCK), &lock)?,
        None => notes.extend(resolve(&npm, dir, name).await?),
    }
    let locked = lock::read(dir)?;
    lock::check(&locked)?;
    npm.clean_install(dir, locked.len(), &["--omit=dev"]).await?;

    let scripts = scripts::wanted(dir, &locked);
    let skipped = scripts::run_allowed(&npm, dir, &scripts).await?;
    let place = Path::new("node_modules").join(name);
    let entry = entry(job, dir, &place, &scripts)?;
    if !skipped.is_empty() {
        notes.push(format!("Install scripts were not run: {}.", skipped.join(", ")));
    }
    let (program, leading_args) = entry.command(&node, &target);
    let env = run_env(job, &node, &target);
    let version = version.to_owned();
    let built = Built { version, program, leading_args, env, lock_file: LOCK, skipped_scripts: skipped, notes };
    record::finish(job, staging, built).await
}

/// What a Node server finds on its search path: its own tools, then our node.
pub(crate) fn run_env(job: &Job<'_>, node: &Node, project: &Path) -> environment::Env {
    let base = environment::base(&job.runtime.config, &job.runtime.places);
    let path = environment::path_with(&[project.join("node_modules/.bin"), node.bin()], &base);
    BTreeMap::from([("PATH".to_owned(), path)])
}

/// Makes the lock; returns a note if the cooldown could not be kept.
async fn resolve(npm: &Npm<'_>, dir: &Path, name: &str) -> Result<Option<String>, Error> {
    let job = npm.job;
    let step = format!("Resolving {name}");
    let lock_only = ["install", "--package-lock-only"];
    if !cooldown::applies(job) {
        return npm.run(&step, dir, &lock_only).await?.ok().map(|()| None);
    }
    let (before, exempt) = (format!("--before={}", job.cutoff_iso()), format!("--min-release-age-exclude={name}"));
    let said = npm.run(&step, dir, &[lock_only[0], lock_only[1], &before, &exempt]).await?;
    if !said.too_new() {
        return said.ok().map(|()| None);
    }
    // Only what resolves without a cooldown failed because of it; else its own error says more.
    npm.run(&step, dir, &lock_only).await?.ok()?;
    cooldown::waive(job, published(job).await, said.evidence()).map(Some)
}

/// When the chosen version was published, if the registry says so.
async fn published(job: &Job<'_>) -> Option<Millis> {
    let package = &job.request.package;
    let mut url = job.runtime.config.npm_registry.clone();
    url.path_segments_mut().ok()?.pop_if_empty().push(&package.identifier);
    let answer = job.race(job.runtime.http.get(url).send()).await.ok()?.ok()?;
    let document: Value = job.race(answer.json()).await.ok()?.ok()?;
    clock::parse(document.get("time")?.get(package.version.as_deref()?)?.as_str()?)
}

/// The command of the package. Its own install script counts as needed if there is no entry without it, or if it builds
/// native code; other scripts are most often advertising or setup that a server does without.
fn entry(job: &Job<'_>, dir: &Path, place: &Path, scripts: &[scripts::Wanted]) -> Result<bin::Entry, Error> {
    let own = scripts.iter().find(|s| Path::new(&s.place) == place && !job.allows(&s.name));
    let refuse = |script: &scripts::Wanted, why: &str| Error::ScriptNotAllowed {
        packages: vec![script.name.clone()],
        why: why.to_owned(),
        evidence: script.commands.clone(),
    };
    if let Some(script) = own.filter(|s| s.native) {
        return Err(refuse(script, "It builds native code that the server needs."));
    }
    let package = lock::package_json(&dir.join(place))?;
    let found = bin::find(&package, job.request.hint.bin.as_deref())?;
    let entry = bin::Entry::read(dir, &place.join(found));
    match (entry, own) {
        (Some(entry), _) => Ok(entry),
        (None, Some(script)) => Err(refuse(script, "The file to start is made by this script.")),
        (None, None) => Err(Error::NoEntry { package: job.request.package.identifier.clone(), found: Vec::new() }),
    }
}

pub(crate) fn write(at: &Path, bytes: &[u8]) -> Result<(), Error> {
    std::fs::write(at, bytes).map_err(Error::io(at))
}

/// A path as an argument.
pub(crate) fn text(path: impl Into<PathBuf>) -> String {
    path.into().to_string_lossy().into_owned()
}
