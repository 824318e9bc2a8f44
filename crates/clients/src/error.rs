//! What can go wrong with somebody else's file.

use catwalk_domain::{Fix, Problem, ProblemCode};
use std::io;
use std::path::{Path, PathBuf};

/// Why a client's file was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client's folder does not exist.
    #[error("{client} was not found on this computer")]
    NotInstalled {
        /// The client.
        client: &'static str,
    },
    /// The client cannot reach a server in the way that the entry asks for.
    #[error("{client} cannot reach a server this way")]
    WrongKind {
        /// The client.
        client: &'static str,
    },
    /// The file is no JSON.
    #[error("`{}` has a mistake at line {line}, column {column}: {what}", file.display())]
    Broken {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
        /// 1-based.
        line: usize,
        /// 1-based, in characters.
        column: usize,
        /// What the parser says.
        what: String,
    },
    /// The file is no UTF-8 text, or no regular file.
    #[error("`{}` is not a text file", file.display())]
    NotText {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
    },
    /// Where servers should be listed, there is something else.
    #[error("`{key}` in `{}` is not a list of servers", file.display())]
    Shape {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
        /// The key.
        key: String,
    },
    /// The user made the file read-only.
    #[error("`{}` is read-only", file.display())]
    ReadOnly {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
    },
    /// Somebody wrote the file after the plan was made.
    #[error("`{}` has changed meanwhile", file.display())]
    Changed {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
    },
    /// The entry under our name is not ours any more.
    #[error("`{name}` in `{}` is not Catwalk's entry", file.display())]
    NotOurs {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
        /// The entry.
        name: String,
    },
    /// The edit would have changed more than our key. A guard: no input is known that leads here.
    #[error("the change to `{}` would have touched more than Catwalk's entry", file.display())]
    Stray {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
    },
    /// What the entry replaced is no longer among the backups.
    #[error("the backup of `{}` is gone", file.display())]
    BackupGone {
        /// The client.
        client: &'static str,
        /// Its file.
        file: PathBuf,
    },
    /// The system refused.
    #[error("could not {what} `{}`", file.display())]
    Io {
        /// The client.
        client: &'static str,
        /// What we tried, as a verb.
        what: &'static str,
        /// The path.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Error {
    /// The client and file it is about.
    fn about(&self) -> (&'static str, Option<&Path>) {
        match self {
            Self::NotInstalled { client } | Self::WrongKind { client } => (client, None),
            Self::Broken { client, file, .. }
            | Self::NotText { client, file }
            | Self::Shape { client, file, .. }
            | Self::ReadOnly { client, file }
            | Self::Changed { client, file }
            | Self::NotOurs { client, file, .. }
            | Self::Stray { client, file }
            | Self::BackupGone { client, file }
            | Self::Io { client, file, .. } => (client, Some(file)),
        }
    }

    /// For people: what happened, and the way out.
    pub fn problem(&self) -> Problem {
        let (client, file) = self.about();
        let by_hand = "Nothing was changed. You can copy Catwalk's entry and paste it in yourself.";
        let (title, explanation, fix) = match self {
            Self::NotInstalled { .. } => (
                format!("{client} was not found"),
                format!("Its settings folder does not exist. Install {client}, open it once, then try again."),
                Some(Fix::Retry),
            ),
            Self::WrongKind { .. } => (
                format!("{client} cannot be connected this way"),
                format!("{client} does not support this kind of connection."),
                None,
            ),
            Self::Broken { line, column, what, .. } => (
                format!("{client}'s settings have a mistake"),
                format!("Line {line}, column {column}: {what}. Correct it and try again. {by_hand}"),
                Some(Fix::CopyEntry),
            ),
            Self::NotText { .. } => (
                format!("{client}'s settings cannot be read"),
                format!("The file is not UTF-8 text. {by_hand}"),
                Some(Fix::CopyEntry),
            ),
            Self::Shape { key, .. } => (
                format!("{client}'s settings look different than expected"),
                format!("`{key}` holds something else than a list of servers. {by_hand}"),
                Some(Fix::CopyEntry),
            ),
            Self::ReadOnly { .. } => (
                format!("{client}'s settings are read-only"),
                format!("Allow writing to the file and try again. {by_hand}"),
                Some(Fix::CopyEntry),
            ),
            Self::Changed { .. } => (
                format!("{client}'s settings have just changed"),
                "Another program wrote the file meanwhile, so nothing was changed. Look at the new change and try again."
                    .into(),
                Some(Fix::Retry),
            ),
            Self::NotOurs { name, .. } => (
                format!("`{name}` is not Catwalk's entry any more"),
                format!("Somebody replaced `{name}` in {client}'s settings, so it was left as it is."),
                None,
            ),
            Self::Stray { .. } => (
                format!("{client}'s settings could not be changed safely"),
                format!("The change would have touched more than Catwalk's own entry. {by_hand}"),
                Some(Fix::CopyEntry),
            ),
            Self::BackupGone { .. } => (
                "The earlier settings are no longer there".into(),
                format!("The backup that holds what {client} had before is gone. Nothing was changed."),
                None,
            ),
            Self::Io { what, source, .. } => (
                format!("{client}'s settings could not be changed"),
                format!("The system did not let Catwalk {what} the file: {source}. {by_hand}"),
                Some(Fix::CopyEntry),
            ),
        };
        let problem =
            Problem::new(ProblemCode::ClientConfig, title, explanation).evidence(file.map(|f| f.display().to_string()));
        match fix {
            Some(fix) => problem.fix(fix),
            None => problem,
        }
    }
}
