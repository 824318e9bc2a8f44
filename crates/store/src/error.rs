//! What can go wrong with the database, and what a person can do about it.

use catwalk_domain::{DeploymentId, Fix, Problem, ProblemCode, Slug};
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use std::io;
use std::path::PathBuf;

/// Why the database did not do what was asked. What was stored before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, or the connection broke.
    #[error("the database is away")]
    Unavailable(#[source] sqlx::Error),
    /// The server is there and refuses us: name, password, encryption or certificate.
    #[error("the database refused the connection")]
    Refused(#[source] sqlx::Error),
    /// No space left.
    #[error("the disk that holds the database is full")]
    Full(#[source] sqlx::Error),
    /// The database may not be written.
    #[error("the database is read-only")]
    ReadOnly(#[source] sqlx::Error),
    /// Another program holds the database.
    #[error("the database is held by another program")]
    Busy(#[source] sqlx::Error),
    /// The file is not a sound database.
    #[error("the database file is damaged")]
    Damaged {
        /// The newest snapshot that is sound.
        snapshot: Option<PathBuf>,
    },
    /// A newer Catwalk has used this database.
    #[error("the database has version {database}, this Catwalk knows up to {known}")]
    NewerSchema {
        /// The newest migration in the database.
        database: i64,
        /// The newest migration that we know.
        known: i64,
    },
    /// A migration failed or does not match what was applied.
    #[error("the database could not be brought up to date")]
    Migrate(#[source] MigrateError),
    /// The SQLite library is too old to be safe.
    #[error("SQLite {0} is too old")]
    OldSqlite(String),
    /// A folder or file beside the database cannot be made.
    #[error("`{}` cannot be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another deployment has this name in its endpoint.
    #[error("the name `{slug}` is taken")]
    SlugTaken {
        /// The name.
        slug: Slug,
    },
    /// No such deployment (any more).
    #[error("there is no deployment {0}")]
    NoDeployment(DeploymentId),
    /// A row holds something that we cannot read.
    #[error("a row of `{table}` cannot be read")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The name of a field holds the NUL character. The vault binds a secret to that very name, so it is not changed.
    #[error("a name holds the NUL character")]
    NulInName,
    /// A value cannot be written as JSON.
    #[error("a value cannot be stored")]
    Json(#[source] serde_json::Error),
    /// Anything else that the database said.
    #[error("the database reported an error")]
    Sql(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as Theirs;
        match &error {
            // How rustls reports a certificate that it does not accept.
            Theirs::Io(io) if io.kind() == io::ErrorKind::InvalidData => Self::Refused(error),
            Theirs::Io(_) | Theirs::PoolTimedOut | Theirs::PoolClosed | Theirs::WorkerCrashed | Theirs::Protocol(_) => {
                Self::Unavailable(error)
            }
            Theirs::Tls(_) | Theirs::InvalidArgument(_) | Theirs::Configuration(_) => Self::Refused(error),
            Theirs::Database(database) => match Kind::of(database.as_ref()) {
                Kind::Away => Self::Unavailable(error),
                Kind::Refused => Self::Refused(error),
                Kind::Full => Self::Full(error),
                Kind::ReadOnly => Self::ReadOnly(error),
                Kind::Busy => Self::Busy(error),
                Kind::Damaged => Self::Damaged { snapshot: None },
                Kind::Other => Self::Sql(error),
            },
            _ => Self::Sql(error),
        }
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(sql) => sql.into(),
            // A full disk while migrating is a full disk; a statement that fails is the migration's fault.
            MigrateError::ExecuteMigration(sql, version) => match Self::from(sql) {
                Self::Sql(sql) => Self::Migrate(MigrateError::ExecuteMigration(sql, version)),
                named => named,
            },
            other => Self::Migrate(other),
        }
    }
}

enum Kind {
    Away,
    Refused,
    Full,
    ReadOnly,
    Busy,
    Damaged,
    Other,
}

impl Kind {
    /// By SQLite's result code (a number, its low byte counts) or Postgres's five-character SQLSTATE.
    fn of(error: &dyn DatabaseError) -> Self {
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
            return match code.parse::<i32>().unwrap_or_default() & 0xff {
                5 | 6 => Self::Busy,
                8 => Self::ReadOnly,
                10 | 14 => Self::Away,
                11 | 26 => Self::Damaged,
                13 => Self::Full,
                _ => Self::Other,
            };
        }
        match &*code {
            "53100" => Self::Full,
            "25006" => Self::ReadOnly,
            "3D000" => Self::Refused,
            "53300" => Self::Away,
            code if code.starts_with("08") || code.starts_with("57P") => Self::Away,
            code if code.starts_with("28") => Self::Refused,
            _ => Self::Other,
        }
    }
}

impl Error {
    /// The error as the user sees it.
    pub fn problem(&self) -> Problem {
        let (title, explanation) = match self {
            Self::Unavailable(_) => (
                "The database is away",
                "Servers that run go on. Changes cannot be saved until the database answers again; nothing was lost.",
            ),
            Self::Refused(_) => (
                "The database refused the connection",
                "Check the address, the user and the password, and whether the server's certificate is the right one.",
            ),
            Self::Full(_) => (
                "The disk is full",
                "The last change was not saved; what was there before is intact. Free some space and try again.",
            ),
            Self::ReadOnly(_) => (
                "The database cannot be written",
                "It, its folder or its server is read-only for Catwalk. Change the permissions and try again.",
            ),
            Self::Busy(_) => (
                "The database is in use",
                "Another program, or a second Catwalk, holds the database. Close it and try again.",
            ),
            Self::Damaged { snapshot: Some(_) } => (
                "The database file is damaged",
                "Catwalk makes a copy of it every day and can go back to the last sound one. What changed since then is missing from \
                 it. The damaged file is kept.",
            ),
            Self::Damaged { snapshot: None } => {
                ("The database file is damaged", "There is no snapshot to go back to. Restore the file from a backup.")
            }
            Self::NewerSchema { .. } => (
                "The database is from a newer Catwalk",
                "It was used by a newer version, and this one could damage it. Nothing was changed. Update Catwalk.",
            ),
            Self::Migrate(_) | Self::OldSqlite(_) => (
                "The database could not be brought up to date",
                "Nothing was changed. Please report this with the lines below.",
            ),
            Self::File { .. } => (
                "The data folder cannot be used",
                "Catwalk could not make or read a file beside its database. Check the folder's permissions and space.",
            ),
            Self::SlugTaken { slug } => {
                let text = format!("Another server is already reached as `{slug}`. Choose another name.");
                return Problem::new(ProblemCode::AnswersInvalid, "The name is taken", text);
            }
            Self::NoDeployment(_) => {
                return Problem::new(
                    ProblemCode::NotFound,
                    "The server is no longer here",
                    "It was removed in the meantime.",
                );
            }
            Self::Unreadable { .. } | Self::NulInName | Self::Json(_) | Self::Sql(_) => {
                ("The database reported an error", "The last change was not saved; what was there before is intact.")
            }
        };
        let problem = Problem::new(ProblemCode::Storage, title, explanation).evidence(self.chain());
        match self {
            Self::Refused(_) => problem.fix(Fix::OpenSettings),
            Self::Damaged { snapshot: Some(_) } => problem.fix(Fix::RestoreDatabase),
            Self::NewerSchema { .. } | Self::Migrate(_) | Self::OldSqlite(_) => problem,
            _ => problem.fix(Fix::Retry),
        }
    }

    /// The error and its sources, one line each.
    fn chain(&self) -> Vec<String> {
        let mut lines = vec![self.to_string()];
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            lines.push(error.to_string());
            source = error.source();
        }
        lines.dedup();
        lines
    }
}
