//! Puts server software on disk: Catwalk's own uv and Node.js, then each server with a lock, built beside its place and
//! renamed into it. What it returns, [`Installed`], starts without a network.
//!
//! Architecture invariant: this crate knows nothing of MCP, SQL, secrets, or how a server is supervised. It starts tools
//! (uv, node) only through the `tool` module: no shell, no inherited environment, no install script without consent.

mod archive;
mod blocking;
mod clock;
mod cooldown;
mod download;
mod environment;
mod error;
mod evidence;
mod file_lock;
mod index;
mod job;
mod names;
mod npm;
mod places;
mod pypi;
mod record;
mod source;
mod staging;
mod tool;
mod toolchain;
mod tree;

use catwalk_domain::manifest::{Package, Repository, RunHint};
use catwalk_domain::{DeploymentId, Installed, Millis};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use url::Url;

pub use error::Error;

use job::Job;
use places::Places;

/// Where things are fetched from and kept.
#[derive(Clone, Debug)]
pub struct Config {
    /// Root of `toolchains/`, `servers/` and `cache/`.
    pub data: PathBuf,
    /// A `PyPI` simple index, ending in `/simple/`.
    pub pypi_index: Url,
    /// An npm registry.
    pub npm_registry: Url,
    /// Where GitHub serves tarballs.
    pub github_codeload: Url,
    /// A PEM file with certificate authorities to trust besides the system's.
    pub extra_ca: Option<PathBuf>,
    /// How old a version of a dependency must be before it is chosen.
    pub cooldown: Duration,
    /// A program that ends what it runs when its standard input closes, called `<holder> hold PROGRAM ARGS…`: with it,
    /// npm and uv do not outlive a Catwalk that was killed. `None` where the system does that itself.
    pub holder: Option<PathBuf>,
}

/// What to install, for whom.
#[derive(Clone, Debug)]
pub struct Request {
    /// The deployment it is for; decides the folder.
    pub deployment: DeploymentId,
    /// The package, with an exact version (`folder` packages need none).
    pub package: Package,
    /// What `server.json` cannot say about starting it.
    pub hint: RunHint,
    /// Its repository; for `github` packages `subfolder` is read.
    pub repository: Option<Repository>,
    /// The commit the analysis read, for `github` packages without a version.
    pub commit: Option<String>,
    /// Packages whose scripts or build steps the user allowed by name.
    pub allow_scripts: Vec<String>,
    /// The wall clock.
    pub now: Millis,
}

/// What is going on, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// One short line, e.g. `Downloading Node.js`.
    pub step: String,
    /// Bytes so far, if the step is a download.
    pub done: Option<u64>,
    /// Bytes in all, if known.
    pub total: Option<u64>,
}

/// Installs and removes server software.
#[derive(Clone, Debug)]
pub struct Runtime {
    config: Config,
    http: reqwest::Client,
    places: Places,
}

impl Runtime {
    /// Touches neither disk nor network. `http` brings proxy and certificate settings for the toolchain downloads.
    pub fn new(config: Config, http: reqwest::Client) -> Self {
        let places = Places::new(&config.data);
        Self { config, http, places }
    }

    /// Installs one exact version and says how to start it. Doing it again with the same request is quick and needs no
    /// network. When it fails or is cancelled, what was installed before is untouched and nothing new is left.
    pub async fn install(
        &self,
        request: Request,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Installed, Error> {
        let job = Job { runtime: self, request: &request, progress, cancel };
        names::check(&request, &self.config)?;
        self.places.prepare()?;
        let waiting = || job.step("Waiting for another install of this server");
        let _lock = file_lock::acquire(self.places.server_lock(request.deployment), cancel, waiting).await?;
        staging::sweep(&self.places.server(request.deployment)).await;
        match request.package.registry_type.as_str() {
            "npm" => npm::install(&job).await,
            "pypi" => pypi::install(&job).await,
            "github" | "folder" => source::install(&job).await,
            other => Err(Error::Unsupported { what: format!("Packages of the kind “{other}”") }),
        }
    }

    /// Deletes everything installed for a deployment. Toolchains and caches stay: others use them.
    pub async fn remove(&self, deployment: DeploymentId) -> Result<(), Error> {
        let dir = self.places.server(deployment);
        if !dir.exists() {
            return Ok(());
        }
        self.places.prepare()?;
        let never = CancellationToken::new();
        let _lock = file_lock::acquire(self.places.server_lock(deployment), &never, || ()).await?;
        staging::remove_tree(dir).await
    }

    /// Whether an installation still stands: its program, its entry and the very lock that was allowed. Reads one small
    /// file and asks for a few others; no network.
    pub fn is_intact(&self, installed: &Installed) -> bool {
        record::is_intact(installed)
    }

    /// Packages of an installation that wanted to run an install script and did not get to. When such a server dies at
    /// start, allowing these is the likely way out.
    pub fn skipped_scripts(&self, installed: &Installed) -> Vec<String> {
        record::read(installed.dir.as_ref()).map(|r| r.skipped_scripts).unwrap_or_default()
    }

    /// Remarks of an installation for people, e.g. that the release-age cooldown could not be kept.
    pub fn notes(&self, installed: &Installed) -> Vec<String> {
        record::read(installed.dir.as_ref()).map(|r| r.notes).unwrap_or_default()
    }

    /// The environment every server starts from: search path, language, certificates and proxies; nothing else of ours.
    /// [`Installed::env`] goes on top, then the deployment's own values.
    pub fn base_env(&self) -> BTreeMap<String, String> {
        environment::base(&self.config, &self.places)
    }
}
