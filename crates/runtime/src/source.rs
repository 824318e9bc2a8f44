//! Servers built from source: a GitHub repository at a commit, or a copy of a folder. Running what an author wrote at
//! build time needs consent by name; fetching locked dependencies does not.

mod fetch;
mod node;
mod python;

use crate::job::Job;
use crate::npm::write;
use crate::record::{self, Built};
use crate::staging::Staging;
use crate::{Error, blocking, download, names, tree};
use catwalk_domain::Installed;
use catwalk_domain::manifest::Language;
use std::path::{Path, PathBuf};

/// Lock of a built server: digest of its source and of its dependencies' lock.
const LOCK: &str = "source.lock";
/// The source inside the installation.
const SRC: &str = "src";

/// Source that is being built.
struct Source<'a> {
    job: &'a Job<'a>,
    /// The folder being built, and what it will be.
    dir: &'a Path,
    target: &'a Path,
    /// The server's own folder, from `dir`: `src` or below.
    project: PathBuf,
}

/// What building gave.
struct Outcome {
    built: Built,
    /// Lock of the dependencies, from `dir`; none if there are no dependencies.
    dependencies: Option<PathBuf>,
}

impl Source<'_> {
    /// Where the server's own folder is now.
    fn path(&self) -> PathBuf {
        self.dir.join(&self.project)
    }

    /// The name that consent goes by.
    fn consent(&self) -> &str {
        &self.job.request.package.identifier
    }

    fn refuse(&self, why: &str, evidence: Vec<String>) -> Error {
        Error::ScriptNotAllowed { packages: vec![self.consent().to_owned()], why: why.to_owned(), evidence }
    }
}

/// Installs one commit, or the folder as it is now.
pub(crate) async fn install(job: &Job<'_>) -> Result<Installed, Error> {
    let package = &job.request.package;
    let home = job.runtime.places.server(job.request.deployment);
    let version = match names::commit(job.request).filter(|_| package.registry_type == "github") {
        Some(commit) => commit.to_owned(),
        None => fetch::folder_version(job).await?,
    };
    let target = home.join(&version);
    if let Some(installed) = record::reusable(job, &target) {
        return Ok(installed);
    }
    let subfolder = job.request.repository.as_ref().and_then(|r| r.subfolder.as_deref()).unwrap_or_default();
    let bad = || Error::BadCoordinate { what: format!("the folder “{subfolder}”") };
    let project = Path::new(SRC).join(names::inner_path(subfolder).ok_or_else(bad)?);
    let staging = Staging::beside(target.clone())?;
    let src = staging.path().join(SRC);
    std::fs::create_dir(&src).map_err(Error::io(&src))?;
    fetch::into(job, &src).await?;
    let cancel = job.cancel.clone();
    let digest = blocking::run(move || tree::digest(&src, &cancel)).await?;

    let source = Source { job, dir: staging.path(), target: &target, project };
    let outcome = match source.language()? {
        Language::Node => node::build(&source).await?,
        Language::Python => python::build(&source).await?,
    };
    let dependencies = match &outcome.dependencies {
        Some(lock) => download::sha256_file(&staging.path().join(lock))?,
        None => "none".to_owned(),
    };
    let lock = format!("source {digest}\ndependencies {dependencies}\n");
    write(&staging.path().join(LOCK), lock.as_bytes())?;
    record::finish(job, staging, Built { version, lock_file: LOCK, ..outcome.built }).await
}

impl Source<'_> {
    /// As the analysis said, else by the files that lie there.
    fn language(&self) -> Result<Language, Error> {
        let has = |name: &str| self.path().join(name).is_file();
        match self.job.request.hint.language {
            Some(language) => Ok(language),
            None if has("package.json") => Ok(Language::Node),
            None if has("pyproject.toml") || has("requirements.txt") || has("setup.py") => Ok(Language::Python),
            None => Err(Error::NoEntry { package: self.consent().to_owned(), found: Vec::new() }),
        }
    }
}
