//! Install scripts: named, and run only for packages that the user allowed.

use super::command::Npm;
use super::lock::{self, Locked};
use crate::Error;
use serde_json::Value;
use std::path::Path;

/// Words of scripts that build or fetch native code.
const NATIVE: [&str; 6] = ["node-gyp", "prebuild", "cmake-js", "node-pre-gyp", "napi", "neon"];

/// A package that wants to run something while it is installed.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) place: String,
    /// `event: command` lines.
    pub(crate) commands: Vec<String>,
    /// It builds or fetches native code.
    pub(crate) native: bool,
    /// The package does without it by design.
    pub(crate) optional: bool,
}

/// Looks through everything installed. The packages themselves are asked, not the lock: a registry may leave it out.
pub(crate) fn wanted(dir: &Path, locked: &Locked) -> Vec<Wanted> {
    locked.iter().filter_map(|(place, entry)| of(dir, place, entry.optional)).collect()
}

fn of(dir: &Path, place: &str, optional: bool) -> Option<Wanted> {
    let at = dir.join(place);
    let package = lock::package_json(&at).ok()?; // an optional package for another system is not on disk
    let script = |event: &str| package.get("scripts")?.get(event)?.as_str().map(str::to_owned);
    let mut commands: Vec<String> = ["preinstall", "install", "postinstall"]
        .iter()
        .filter_map(|event| Some(format!("{event}: {}", script(event)?)))
        .collect();
    // npm builds these by itself when there is no script.
    let gyp = at.join("binding.gyp").is_file() && package.get("gypfile") != Some(&Value::Bool(false));
    if gyp && commands.is_empty() {
        commands.push("install: node-gyp rebuild".to_owned());
    }
    let native = gyp || commands.iter().any(|c| NATIVE.iter().any(|n| c.contains(n)));
    let wants = !commands.is_empty();
    wants.then(|| Wanted { name: lock::name(place), place: place.to_owned(), commands, native, optional })
}

/// Runs the scripts of allowed packages; returns the names of the others, those that will be missed first.
pub(crate) async fn run_allowed(npm: &Npm<'_>, dir: &Path, scripts: &[Wanted]) -> Result<Vec<String>, Error> {
    let (allowed, mut skipped): (Vec<&Wanted>, Vec<&Wanted>) = scripts.iter().partition(|s| npm.job.allows(&s.name));
    if !allowed.is_empty() {
        let names: Vec<&str> = allowed.iter().map(|s| s.name.as_str()).collect();
        let step = format!("Running the install scripts of {}", names.join(", "));
        let args: Vec<&str> = ["rebuild", "--ignore-scripts=false"].into_iter().chain(names).collect();
        npm.run(&step, dir, &args).await?.ok()?;
    }
    skipped.sort_by_key(|s| (s.optional, !s.native));
    let mut names: Vec<String> = skipped.into_iter().map(|s| s.name.clone()).collect();
    names.dedup();
    Ok(names)
}
