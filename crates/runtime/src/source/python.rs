//! Python servers from source. A plain script (`server.py`) needs no build and so no consent: only its dependencies are
//! installed, locked with hashes, wheels only. Anything else is built into a wheel first, which runs the project's build
//! backend and needs consent; the wheel then says what it depends on, whatever the backend.

use super::{Outcome, Source};
use crate::archive::zip;
use crate::npm::{text, write};
use crate::pypi::command::{Python, interpreter};
use crate::pypi::{self, LOCK, USUAL_PYTHON, VENV, WANTED, entry};
use crate::record::Built;
use crate::toolchain::Uv;
use crate::{Error, names};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Builds it.
pub(super) async fn build(source: &Source<'_>) -> Result<Outcome, Error> {
    let job = source.job;
    let at = source.path();
    let settings = read(&at.join("pyproject.toml"))?;
    let project = settings.get("project");
    let script = script(source);
    if script.is_none() && !job.allows(source.consent()) {
        let backend = settings.get("build-system").and_then(|b| b.get("build-backend")).and_then(Value::as_str);
        let evidence = vec![format!("build-backend: {}", backend.unwrap_or("setuptools"))];
        return Err(source.refuse("It has to be built first, and building can run its author's code.", evidence));
    }
    let uv = Uv::ensure(job).await?;
    let python = Python::new(job, &uv, source.dir)?;
    let accepts = project.and_then(|p| p.get("requires-python")).and_then(Value::as_str).unwrap_or(USUAL_PYTHON);
    python.create(accepts).await?;

    let (wheel, wanted) = if script.is_some() {
        // `pyproject.toml` counts only if it lists dependencies without a build.
        let list = if project.is_some_and(|p| p.get("name").is_some()) { "pyproject.toml" } else { "requirements.txt" };
        (None, at.join(list).is_file().then(|| text(source.project.join(list))))
    } else {
        let wheel = python.build(&at).await?;
        let metadata = zip::read_member(&wheel, ".dist-info/METADATA")?;
        write(&source.dir.join(WANTED), requirements(&metadata).join("\n").as_bytes())?;
        (Some((wheel, field(&metadata, "Name"))), Some(WANTED.to_owned()))
    };
    let mut notes = Vec::new();
    if let Some(wanted) = &wanted {
        // When a commit was made is not known here, so it counts as young: the user chose this very commit.
        let note = pypi::resolve(&python, "Resolving dependencies", wanted, None, Some(job.request.now)).await?;
        notes.extend(note);
        python.sync().await?;
    }
    let (program, leading_args) = match (wheel, script) {
        (Some((wheel, name)), _) => {
            python.install_wheel(&wheel).await?;
            entry::find(job, source.dir, source.target, &name)?
        }
        (None, script) => {
            let file = source.target.join(&source.project).join(script.unwrap_or_default());
            (interpreter(&source.target.join(VENV)), vec![text(file)])
        }
    };
    let env = pypi::run_env(job, source.target);
    let built = Built { program, leading_args, env, notes, ..Built::default() };
    Ok(Outcome { built, dependencies: wanted.map(|_| PathBuf::from(LOCK)) })
}

/// A hinted file of the project, to be run as it is.
fn script(source: &Source<'_>) -> Option<PathBuf> {
    let path = names::inner_path(source.job.request.hint.bin.as_deref()?)?;
    let is_script = path.extension().is_some_and(|e| e == "py") && source.path().join(path).is_file();
    is_script.then(|| path.to_owned())
}

/// What a wheel needs without its extras.
fn requirements(metadata: &str) -> Vec<String> {
    let plain = |line: &&str| !line.split_once(';').is_some_and(|(_, marker)| marker.contains("extra"));
    let lines = head(metadata).filter_map(|l| l.strip_prefix("Requires-Dist:")).map(str::trim);
    lines.filter(plain).map(str::to_owned).collect()
}

fn field(metadata: &str, name: &str) -> String {
    let value = head(metadata).find_map(|l| l.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_default().trim().to_owned()
}

/// The description follows the first empty line.
fn head(metadata: &str) -> impl Iterator<Item = &str> {
    metadata.lines().take_while(|l| !l.trim().is_empty())
}

/// An absent or broken file is an empty one: uv says better what is wrong with it.
fn read(at: &Path) -> Result<Table, Error> {
    if !at.is_file() {
        return Ok(Table::new());
    }
    let text = std::fs::read_to_string(at).map_err(Error::io(at))?;
    Ok(text.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{field, requirements};

    #[test]
    fn reads_metadata() {
        let text = "Metadata-Version: 2.4\nName: notes\nRequires-Dist: idna<4,>=3\nRequires-Dist: x; extra == 'dev'\n\
                    Requires-Dist: y>1; python_version < '3.12'\n\nRequires-Dist: prose\n";
        assert_eq!(field(text, "Name"), "notes");
        assert_eq!(requirements(text), ["idna<4,>=3", "y>1; python_version < '3.12'"]);
    }
}
