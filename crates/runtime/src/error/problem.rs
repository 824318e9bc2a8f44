//! Errors as sentences for people, with the way out.

use super::Error;
use catwalk_domain::{Fix, Problem, ProblemCode};

impl Error {
    /// What the user is told.
    pub fn problem(&self) -> Problem {
        let (code, title, explanation) = self.words();
        Problem::new(code, title, explanation).evidence(self.evidence()).fix(self.fix())
    }

    fn words(&self) -> (ProblemCode, String, String) {
        use ProblemCode as C;
        match self {
            Self::Cancelled => (C::Cancelled, "Cancelled".into(), "Nothing was installed.".into()),
            Self::Offline { what, .. } => (
                C::Offline,
                format!("{what} cannot be reached"),
                "Check the network connection, and the proxy settings if you are behind one. Servers that are already \
                 installed keep working."
                    .into(),
            ),
            Self::RateLimited { what } => (
                C::RateLimited,
                format!("{what} asks us to wait"),
                "There were too many requests from this network. Try again in a few minutes.".into(),
            ),
            Self::NotFound { what, .. } => (
                C::NotFound,
                format!("{what} was not found"),
                "It does not exist there, it was removed, or it is private.".into(),
            ),
            Self::VersionNotFound { package, version, .. } => (
                C::NotFound,
                format!("{package} has no version {version}"),
                "The version was removed or never published. Analyse the link again to get the current one.".into(),
            ),
            Self::Integrity { what, .. } => (
                C::InstallFailed,
                format!("{what} is not the file it should be"),
                "Its bytes differ from what was pinned, so it was thrown away and nothing was installed. A broken \
                 download or a proxy that alters files can cause this; so can an attack."
                    .into(),
            ),
            Self::ScriptNotAllowed { packages, why, .. } => (
                C::ScriptNotAllowed,
                format!("{} wants to run code while it is installed", packages.join(", ")),
                format!("{why} Allow it only if you trust its author."),
            ),
            Self::TooNew { package, days, .. } => (
                C::InstallFailed,
                format!("{package} depends on versions that are too new"),
                format!(
                    "Something it needs has no version older than {days} days, though {package} itself is older. That \
                     is unusual and can be a sign of a hijacked package. Wait a few days and try again."
                ),
            ),
            Self::NotLockable { packages } => (
                C::Unsupported,
                "A dependency cannot be pinned".into(),
                format!("{} does not come from the registry with a checksum.", packages.join(", ")),
            ),
            Self::NoPython { wanted, .. } => (
                C::InstallFailed,
                format!("Python {wanted} is needed"),
                "No Python on this computer fits, and none could be downloaded.".into(),
            ),
            Self::NoEntry { package, found } if found.is_empty() => (
                C::NotAServer,
                format!("{package} has nothing to start"),
                "It was installed, but it has no command. It is probably a library, not a server.".into(),
            ),
            Self::NoEntry { package, found } => (
                C::NotAServer,
                format!("{package} has several commands"),
                format!("It is not clear which one is the server: {}.", found.join(", ")),
            ),
            Self::Unsupported { what } => {
                (C::Unsupported, format!("{what} not supported yet"), "Catwalk cannot run it here.".into())
            }
            Self::BadCoordinate { what } => (
                C::NotFound,
                "Not a usable package name or version".into(),
                format!("Nothing can be installed from {what}."),
            ),
            Self::HostileArchive { why } => (
                C::InstallFailed,
                "The download was refused".into(),
                format!("The archive {why}. Nothing was installed."),
            ),
            Self::DiskFull { at } => (
                C::InstallFailed,
                "The disk is full".into(),
                format!("There is no room left at {}. Free some space and try again.", at.display()),
            ),
            Self::Tool { step, .. } => {
                (C::InstallFailed, format!("{step} failed"), "The last lines of its output say why.".into())
            }
            Self::Io { at, source } => {
                (C::InstallFailed, "A file could not be written or read".into(), format!("{}: {source}.", at.display()))
            }
            Self::Crashed { .. } => {
                (C::Internal, "Installing failed".into(), "This is a fault in Catwalk, not in the server.".into())
            }
        }
    }

    fn evidence(&self) -> Vec<String> {
        match self {
            Self::Offline { evidence, .. }
            | Self::NotFound { evidence, .. }
            | Self::VersionNotFound { evidence, .. }
            | Self::Integrity { evidence, .. }
            | Self::ScriptNotAllowed { evidence, .. }
            | Self::TooNew { evidence, .. }
            | Self::NoPython { evidence, .. }
            | Self::Tool { evidence, .. } => evidence.clone(),
            Self::Crashed { what } => vec![what.clone()],
            _ => Vec::new(),
        }
    }

    fn fix(&self) -> Fix {
        match self {
            Self::ScriptNotAllowed { packages, .. } => Fix::AllowScripts { packages: packages.clone() },
            Self::NotFound { .. }
            | Self::VersionNotFound { .. }
            | Self::BadCoordinate { .. }
            | Self::NoEntry { .. }
            | Self::NotLockable { .. }
            | Self::HostileArchive { .. }
            | Self::Unsupported { .. } => Fix::ChangeSource,
            _ => Fix::Retry,
        }
    }
}
