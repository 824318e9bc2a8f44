//! Which script of an environment is the server.

use super::VENV;
use super::command::{interpreter, scripts};
use crate::job::Job;
use crate::{Error, index};
use std::path::{Path, PathBuf};

/// Program and first arguments, with paths where the environment will be.
pub(crate) fn find(job: &Job<'_>, built: &Path, target: &Path, package: &str) -> Result<(PathBuf, Vec<String>), Error> {
    let found = console_scripts(&built.join(VENV), package);
    let hint = job.request.hint.bin.as_deref();
    // A hint may name a script of a dependency (`uvx --from package script`).
    let exists = |name: &str| !name.contains(['/', '\\']) && script(&built.join(VENV), name).is_file();
    match choose(&found, hint, package).filter(|name| exists(name)) {
        Some(name) => Ok(command(target, &name)),
        None => Err(Error::NoEntry { package: package.to_owned(), found }),
    }
}

/// How to start a script: by the interpreter, since a first line (`#!`) may neither hold blanks nor be long. On Windows
/// it is a program of its own.
fn command(target: &Path, name: &str) -> (PathBuf, Vec<String>) {
    let venv = target.join(VENV);
    let file = script(&venv, name);
    if cfg!(windows) {
        return (file, Vec::new());
    }
    (interpreter(&venv), vec![file.to_string_lossy().into_owned()])
}

fn script(venv: &Path, name: &str) -> PathBuf {
    scripts(venv).join(if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() })
}

/// The named one, else the one called like the package, else the only one, else the only one that speaks of MCP.
fn choose(found: &[String], hint: Option<&str>, package: &str) -> Option<String> {
    if let Some(hint) = hint {
        return Some(hint.to_owned());
    }
    let wanted = index::normal(package);
    let only = |of: Vec<&String>| if of.len() == 1 { of.first().map(|s| (*s).clone()) } else { None };
    found
        .iter()
        .find(|name| index::normal(name) == wanted)
        .cloned()
        .or_else(|| only(found.iter().collect()))
        .or_else(|| only(found.iter().filter(|name| name.to_lowercase().contains("mcp")).collect()))
}

/// Names of `[console_scripts]` in the package's `entry_points.txt`.
fn console_scripts(venv: &Path, package: &str) -> Vec<String> {
    let text = site_packages(venv).and_then(|site| entry_points(&site, package)).unwrap_or_default();
    let section = text.lines().map(str::trim).skip_while(|l| *l != "[console_scripts]").skip(1);
    let names = section.take_while(|l| !l.starts_with('[')).filter_map(|l| l.split_once('='));
    names.map(|(name, _)| name.trim().to_owned()).filter(|n| !n.is_empty()).collect()
}

fn entry_points(site: &Path, package: &str) -> Option<String> {
    let wanted = index::normal(package);
    let info = std::fs::read_dir(site).ok()?.flatten().find(|e| {
        let name = e.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".dist-info").and_then(|n| n.split_once('-')).map(|(stem, _)| index::normal(stem));
        stem.as_deref() == Some(&wanted)
    })?;
    std::fs::read_to_string(info.path().join("entry_points.txt")).ok()
}

fn site_packages(venv: &Path) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(venv.join("Lib").join("site-packages"));
    }
    let versions = std::fs::read_dir(venv.join("lib")).ok()?.flatten();
    versions.map(|e| e.path().join("site-packages")).find(|p| p.is_dir())
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn one_of_the_scripts() {
        let names = |n: &[&str]| n.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
        let pick = |n: &[&str], hint| choose(&names(n), hint, "My.Server");
        assert_eq!(pick(&["other", "my-server"], None).as_deref(), Some("my-server"));
        assert_eq!(pick(&["serve"], None).as_deref(), Some("serve"));
        assert_eq!(pick(&["admin", "notes-mcp"], None).as_deref(), Some("notes-mcp"));
        assert_eq!(pick(&["a", "b"], None), None);
        assert_eq!(pick(&["a", "b"], Some("b")).as_deref(), Some("b"));
    }
}
