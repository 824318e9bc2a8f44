//! What can go wrong while installing.

use std::io;
use std::path::{Path, PathBuf};

/// Why an install failed. Every variant has a [`Problem`](catwalk_domain::Problem) for people, see [`Error::problem`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The user cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The other side does not answer.
    #[error("{what} cannot be reached")]
    Offline {
        /// What was being fetched.
        what: String,
        /// Last output.
        evidence: Vec<String>,
    },
    /// The other side asks us to wait.
    #[error("{what} asks to wait")]
    RateLimited {
        /// What was being fetched.
        what: String,
    },
    /// No such package, repository or folder.
    #[error("{what} does not exist")]
    NotFound {
        /// What was looked for.
        what: String,
        /// Last output.
        evidence: Vec<String>,
    },
    /// The package exists, the version does not.
    #[error("{package} has no version {version}")]
    VersionNotFound {
        /// The package.
        package: String,
        /// The version.
        version: String,
        /// Last output.
        evidence: Vec<String>,
    },
    /// Bytes differ from what was pinned or locked.
    #[error("{what} is not what was expected")]
    Integrity {
        /// What was fetched.
        what: String,
        /// Expected and found digests, or the tool's output.
        evidence: Vec<String>,
    },
    /// A package is needed whose script or build step was not allowed.
    #[error("scripts of {} are not allowed", packages.join(", "))]
    ScriptNotAllowed {
        /// The packages that asked.
        packages: Vec<String>,
        /// Why it is needed.
        why: String,
        /// The scripts or the tool's output.
        evidence: Vec<String>,
    },
    /// A dependency has only versions younger than the cooldown, though the package itself is older.
    #[error("{package} needs dependencies younger than the cooldown")]
    TooNew {
        /// The package being installed.
        package: String,
        /// The cooldown.
        days: u64,
        /// The tool's output.
        evidence: Vec<String>,
    },
    /// A package of the tree cannot be locked to bytes, e.g. a dependency fetched by git.
    #[error("{} cannot be locked", packages.join(", "))]
    NotLockable {
        /// The packages.
        packages: Vec<String>,
    },
    /// No Python that the package accepts.
    #[error("no Python {wanted}")]
    NoPython {
        /// The versions it accepts.
        wanted: String,
        /// Last output.
        evidence: Vec<String>,
    },
    /// Installed, but there is nothing to start.
    #[error("{package} has no command to start")]
    NoEntry {
        /// The package.
        package: String,
        /// Commands it has, none of which was clearly meant.
        found: Vec<String>,
    },
    /// A kind of package, platform or registry that we do not handle.
    #[error("{what} not supported")]
    Unsupported {
        /// What.
        what: String,
    },
    /// A name or version that no registry would give out.
    #[error("unusable: {what}")]
    BadCoordinate {
        /// What.
        what: String,
    },
    /// An archive that tries to leave its folder or to fill the disk.
    #[error("refused archive: {why}")]
    HostileArchive {
        /// What it tried.
        why: String,
    },
    /// No room.
    #[error("disk full at {}", at.display())]
    DiskFull {
        /// Where.
        at: PathBuf,
    },
    /// A tool said no.
    #[error("{step} failed")]
    Tool {
        /// What it was doing.
        step: String,
        /// Last output.
        evidence: Vec<String>,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", at.display())]
    Io {
        /// Which.
        at: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A worker of ours panicked.
    #[error("internal: {what}")]
    Crashed {
        /// What it said.
        what: String,
    },
}

impl Error {
    /// Turns an I/O error at a path into ours; a full disk gets its own variant.
    pub(crate) fn io(at: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let at = at.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { at },
            _ => Self::Io { at, source },
        }
    }

    /// Turns a failed request into ours.
    pub(crate) fn http(what: &str, error: &reqwest::Error) -> Self {
        match error.status().map(|s| s.as_u16()) {
            Some(401 | 403 | 404 | 410) => {
                Self::NotFound { what: what.to_owned(), evidence: crate::evidence::chain(error) }
            }
            Some(429) => Self::RateLimited { what: what.to_owned() },
            _ => Self::Offline { what: what.to_owned(), evidence: crate::evidence::chain(error) },
        }
    }
}

mod problem;
