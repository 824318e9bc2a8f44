//! Python servers from source: dependencies locked with hashes, wheels only; then the project itself, whose build backend
//! is its author's code and needs consent. A plain script (`server.py`) needs no build and so no consent.

use super::{Outcome, Source};
use crate::npm::text;
use crate::pypi::command::{Python, interpreter};
use crate::pypi::{self, LOCK, USUAL_PYTHON, VENV, entry};
use crate::record::Built;
use crate::toolchain::Uv;
use crate::{Error, names};
use std::path::{Path, PathBuf};
use toml::Table;

/// Builds it.
pub(super) async fn build(source: &Source<'_>) -> Result<Outcome, Error> {
    let job = source.job;
    let at = source.path();
    let project = read(&at.join("pyproject.toml"))?;
    let of = |name: &str| project.get("project")?.get(name);
    let script = script(source);
    if script.is_none() && !job.allows(source.consent()) {
        let backend = project.get("build-system").and_then(|b| b.get("build-backend")).and_then(toml::Value::as_str);
        let evidence = vec![format!("build-backend: {}", backend.unwrap_or("setuptools"))];
        return Err(source.refuse("It has to be built first, and building can run its author's code.", evidence));
    }
    let uv = Uv::ensure(job).await?;
    let python = Python::new(job, &uv, source.dir)?;
    python.create(of("requires-python").and_then(toml::Value::as_str).unwrap_or(USUAL_PYTHON)).await?;

    let mut notes = Vec::new();
    let list = ["pyproject.toml", "requirements.txt", "setup.py"].into_iter().find(|f| at.join(f).is_file());
    let wanted = list.filter(|f| *f != "pyproject.toml" || of("name").is_some() || script.is_none());
    let wanted = wanted.or_else(|| at.join("requirements.txt").is_file().then_some("requirements.txt"));
    if let Some(wanted) = wanted {
        let wanted = text(source.project.join(wanted));
        // When a commit was made is not known here, so it counts as young: the user chose this very commit.
        let note = pypi::resolve(&python, "Resolving dependencies", &wanted, None, Some(job.request.now)).await?;
        notes.extend(note);
        python.sync().await?;
    }
    let (program, leading_args) = if let Some(file) = script {
        let file = source.target.join(&source.project).join(file);
        (interpreter(&source.target.join(VENV)), vec![text(file)])
    } else {
        python.install_tree(&at).await?;
        let name = of("name").or_else(|| project.get("tool")?.get("poetry")?.get("name"));
        let name = name.and_then(toml::Value::as_str).unwrap_or(source.consent());
        entry::find(job, source.dir, source.target, name)?
    };
    let env = pypi::run_env(job, source.target);
    let built = Built { program, leading_args, env, notes, ..Built::default() };
    Ok(Outcome { built, dependencies: wanted.map(|_| PathBuf::from(LOCK)) })
}

/// A hinted file of the project, to be run as it is.
fn script(source: &Source<'_>) -> Option<PathBuf> {
    let hint = source.job.request.hint.bin.as_deref().filter(|h| h.ends_with(".py"))?;
    let path = names::inner_path(hint)?;
    source.path().join(path).is_file().then(|| path.to_owned())
}

/// An absent or broken file is an empty one: uv says better what is wrong with it.
fn read(at: &Path) -> Result<Table, Error> {
    if !at.is_file() {
        return Ok(Table::new());
    }
    let text = std::fs::read_to_string(at).map_err(Error::io(at))?;
    Ok(text.parse().unwrap_or_default())
}
