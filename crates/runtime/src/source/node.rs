//! Node servers from source: npm installs what the author's lock (or ours) says; `npm run build` only with consent, and
//! only if the file to start is not there yet.

use super::{Outcome, SRC, Source};
use crate::npm::command::Npm;
use crate::npm::{self, bin, lock, scripts, write};
use crate::record::Built;
use crate::toolchain::Node;
use crate::{Error, cooldown, names};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Builds it.
pub(super) async fn build(source: &Source<'_>) -> Result<Outcome, Error> {
    let job = source.job;
    let package = lock::package_json(&source.path())?;
    let file = entry_path(&package, job.request.hint.bin.as_deref())?;
    let entry = source.project.join(file);
    let script =
        ["build", "prepare"].into_iter().find(|s| package.get("scripts").is_some_and(|all| all.get(s).is_some()));
    let script = script.filter(|_| bin::Entry::read(source.dir, &entry).is_none());
    if let Some(script) = script.filter(|_| !job.allows(source.consent())) {
        let command = package["scripts"][script].as_str().unwrap_or_default();
        let why = "It is written in a form that has to be built first, and building runs its author's code.";
        return Err(source.refuse(why, vec![format!("{script}: {command}")]));
    }

    let node = Node::ensure(job).await?;
    let npm = Npm::new(job, &node)?;
    let root = root(source);
    let member = source.project.strip_prefix(root).ok().filter(|p| !p.as_os_str().is_empty()).map(npm::text);
    let (above, own) = (set_aside_npmrc(&source.dir.join(SRC)), set_aside_npmrc(&source.path()));
    let mut args: Vec<String> = Vec::new();
    if let Some(member) = &member {
        args.extend(["--workspace".into(), member.clone(), "--include-workspace-root".into()]);
    }
    if script.is_none() {
        args.push("--omit=dev".into());
    }
    if above || own {
        args.push("--legacy-peer-deps".into());
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let at = source.dir.join(root);
    let remarks = install(&npm, &at, &args).await?;
    let locked = lock::read(&at)?;
    let wanted = scripts::wanted(&at, &locked);
    let skipped_scripts = scripts::run_allowed(&npm, &at, &wanted).await?;
    if let Some(script) = script {
        npm.run("Building the server", &source.path(), &["run", script, "--ignore-scripts=false"]).await?.ok()?;
    }
    let missing = || Error::NoEntry { package: source.consent().to_owned(), found: Vec::new() };
    let entry = bin::Entry::read(source.dir, &entry).ok_or_else(missing)?;
    let (program, leading_args) = entry.command(&node, source.target);
    let env = npm::run_env(job, &node, &source.target.join(root));
    let built = Built { program, leading_args, env, skipped_scripts, notes: remarks, ..Built::default() };
    Ok(Outcome { built, dependencies: Some(root.join(npm::LOCK)) })
}

/// The file to start: the hinted path or command, else a command, else what `npm start` or `main` name.
fn entry_path(package: &Value, hint: Option<&str>) -> Result<PathBuf, Error> {
    if let Some(path) = hint.filter(|h| looks_like_file(h)).and_then(names::inner_path) {
        return Ok(path.to_owned());
    }
    let main = || package.get("main").and_then(Value::as_str);
    let start = || package.get("scripts")?.get("start")?.as_str()?.strip_prefix("node ").filter(|s| !s.contains(' '));
    match bin::find(package, hint) {
        Ok(path) => Ok(path),
        Err(Error::NoEntry { found, .. }) if found.is_empty() => {
            let path = start().or_else(main).unwrap_or("index.js");
            names::inner_path(path).map(Path::to_owned).ok_or(Error::NoEntry { package: path.to_owned(), found })
        }
        Err(error) => Err(error),
    }
}

fn looks_like_file(hint: &str) -> bool {
    [".js", ".mjs", ".cjs", ".ts", ".mts"].iter().any(|end| hint.ends_with(end))
}

/// Where npm has to run: the top of the repository if the server is one of its workspaces.
fn root<'a>(source: &'a Source<'_>) -> &'a Path {
    let top = source.dir.join(SRC);
    let workspaces = lock::package_json(&top).is_ok_and(|p| p.get("workspaces").is_some());
    if workspaces { Path::new(SRC) } else { &source.project }
}

/// A repository's `.npmrc` could name another registry. Only one harmless and common switch of it is kept.
fn set_aside_npmrc(dir: &Path) -> bool {
    let at = dir.join(".npmrc");
    let Ok(text) = std::fs::read_to_string(&at) else { return false };
    std::fs::remove_file(&at).ok();
    text.lines().any(|l| l.replace(' ', "") == "legacy-peer-deps=true")
}

/// By the author's lock where there is one that fits; else by a lock of ours, under the cooldown.
async fn install(npm: &Npm<'_>, dir: &Path, args: &[&str]) -> Result<Vec<String>, Error> {
    let mut notes = Vec::new();
    if dir.join(npm::LOCK).is_file() {
        let locked = lock::read(dir)?;
        if lock::check(&locked).is_ok() && !locked.is_empty() {
            let full: Vec<&str> = std::iter::once("ci").chain(args.iter().copied()).collect();
            let said = npm.run(&format!("Installing {} packages", locked.len()), dir, &full).await?;
            if !said.out_of_step() {
                return said.ok().map(|()| notes);
            }
        }
        notes.push("The repository's own lock file does not fit its package.json, so a new one was made.".to_owned());
        std::fs::remove_file(dir.join(npm::LOCK)).map_err(Error::io(dir))?;
    }
    let before = format!("--before={}", npm.job.cutoff_iso());
    let mut full: Vec<&str> = ["install", "--package-lock-only"].into_iter().chain(args.iter().copied()).collect();
    if cooldown::applies(npm.job) {
        full.push(&before);
    }
    let said = npm.run("Resolving dependencies", dir, &full).await?;
    if said.too_new() {
        full.retain(|a| *a != before);
        npm.run("Resolving dependencies", dir, &full).await?.ok()?;
        // When a commit was made is not known here, so it counts as young: the user chose this very commit.
        notes.push(cooldown::waive(npm.job, Some(npm.job.request.now), said.evidence())?);
    } else {
        said.ok()?;
    }
    if !dir.join(npm::LOCK).is_file() {
        write(&dir.join(npm::LOCK), b"{\"packages\":{}}")?; // a project without any dependency
        return Ok(notes);
    }
    let locked = lock::read(dir)?;
    lock::check(&locked)?;
    if !locked.is_empty() {
        npm.clean_install(dir, locked.len(), args).await?;
    }
    Ok(notes)
}
