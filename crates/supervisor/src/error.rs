//! What can go wrong with processes.

use std::io;
use std::path::PathBuf;

use catwalk_domain::{Fix, Problem, ProblemCode};

/// Starting a process failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program's path is relative: we never search.
    #[error("`{0}` is not an absolute path")]
    NotAbsolute(PathBuf),
    /// The helper program itself could not be started.
    #[error("the helper `{helper}` could not be started")]
    Helper {
        /// Its path.
        helper: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A folder or record of ours could not be made.
    #[error("`{path}` could not be written")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The order could not be put on the control channel.
    #[error("the order could not be written")]
    Order(#[source] serde_json::Error),
    /// The control channel broke.
    #[error("the control channel to the helper broke")]
    Channel(#[source] io::Error),
    /// The helper ended before it reported a start.
    #[error("the helper ended before the server was started")]
    HelperDied,
    /// The helper did not report in time.
    #[error("the helper did not answer in time")]
    HelperSilent,
    /// The operating system refused to start the server.
    #[error("`{program}` could not be started: {reason}")]
    Refused {
        /// The server's program.
        program: PathBuf,
        /// The system's words.
        reason: String,
    },
}

impl Error {
    /// As a person should see it.
    pub fn problem(&self) -> Problem {
        let (code, title, explanation, fix) = match self {
            Self::Refused { .. } | Self::NotAbsolute(_) => (
                ProblemCode::DiedAtStart,
                "The server could not be started",
                "The system refused to start the server's program. Its files may be missing or damaged; starting again checks and repairs them.",
                Fix::Restart,
            ),
            Self::Folder { .. } => (
                ProblemCode::Storage,
                "Catwalk could not write to its own folder",
                "Check that the disk is not full and that Catwalk may write to its data folder.",
                Fix::Retry,
            ),
            Self::Helper { .. } | Self::Order(_) | Self::Channel(_) | Self::HelperDied | Self::HelperSilent => (
                ProblemCode::Internal,
                "Catwalk could not start its helper program",
                "The small program that looks after a server did not start. An antivirus program may have blocked it; installing Catwalk again repairs it.",
                Fix::Retry,
            ),
        };
        let mut lines = vec![self.to_string()];
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            lines.push(error.to_string());
            cause = error.source();
        }
        Problem::new(code, title, explanation).evidence(lines).fix(fix)
    }
}
