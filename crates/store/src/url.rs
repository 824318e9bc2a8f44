//! Where the database is. Shown without its password, whatever prints it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use url::Url;

/// A database's address: a SQLite file or a Postgres server.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite file; it and its folder are made when missing.
    Sqlite(PathBuf),
    /// A Postgres database; it must exist.
    Postgres(PostgresUrl),
}

/// A `postgres://` address with its password. Cannot be printed whole.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(Url);

/// Why a text is no database address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Nothing was given.
    #[error("no database address was given")]
    Empty,
    /// Neither a file nor Postgres.
    #[error("`{0}` databases are not supported; give a file path or a `postgres://` address")]
    Scheme(String),
    /// It is not a URL.
    #[error("the database address cannot be read")]
    Syntax(#[source] url::ParseError),
    /// A `postgres://` address without a server.
    #[error("the database address names no server")]
    NoHost,
    /// A `postgres://` address without a database.
    #[error("the database address names no database")]
    NoDatabase,
    /// A parameter that we do not pass on. A mistyped `sslmode` must not go unnoticed.
    #[error("the database address has an unknown parameter `{0}`")]
    Parameter(String),
    /// `sslmode` is none of the known ones.
    #[error("`sslmode={0}` is unknown; use `disable`, `prefer`, `require`, `verify-ca` or `verify-full`")]
    SslMode(String),
}

const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const PARAMETERS: [&str; 8] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "user", "password", "application_name"];

impl FromStr for StoreUrl {
    type Err = BadUrl;

    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadUrl::Empty);
        }
        if let Some(path) = text.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into()));
        }
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => PostgresUrl::parse(text).map(Self::Postgres),
            Some((scheme, _)) => Err(BadUrl::Scheme(scheme.to_owned())),
            None => Ok(Self::Sqlite(text.into())),
        }
    }
}

impl PostgresUrl {
    fn parse(text: &str) -> Result<Self, BadUrl> {
        let mut url = Url::parse(text).map_err(BadUrl::Syntax)?;
        for (name, value) in url.query_pairs() {
            if !PARAMETERS.contains(&&*name) {
                return Err(BadUrl::Parameter(name.into_owned()));
            }
            if name == "sslmode" && !SSL_MODES.contains(&&*value) {
                return Err(BadUrl::SslMode(value.into_owned()));
            }
        }
        let host = Self::parameter(&url, "host").or_else(|| url.host_str().map(str::to_owned)).unwrap_or_default();
        if host.is_empty() {
            return Err(BadUrl::NoHost);
        }
        if url.path().trim_matches('/').is_empty() {
            return Err(BadUrl::NoDatabase);
        }
        if Self::parameter(&url, "sslmode").is_none() && !is_here(&host) {
            // Sealed or not, rows do not travel to a server that cannot prove who it is.
            url.query_pairs_mut().append_pair("sslmode", "verify-full");
        }
        Ok(Self(url))
    }

    /// The whole address, password included, for the driver alone.
    pub(crate) fn expose(&self) -> &Url {
        &self.0
    }

    fn parameter(url: &Url, name: &str) -> Option<String> {
        url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }
}

/// Whether the server is reached without a network: loopback or a Unix socket.
fn is_here(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || host.starts_with('/') || host.starts_with("%2F") || ip.is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => fmt::Display::fmt(url, f),
        }
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        if shown.password().is_some() {
            let _ = shown.set_password(Some("…"));
        }
        let pairs: Vec<_> = self.0.query_pairs().filter(|(name, _)| name != "password").collect();
        shown.set_query(None);
        if !pairs.is_empty() {
            shown.query_pairs_mut().extend_pairs(pairs);
        }
        f.write_str(&shown.as_str().replace("%E2%80%A6", "…"))
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::{BadUrl, StoreUrl};

    #[test]
    fn read_and_shown() {
        for (text, shown) in [
            ("/var/lib/catwalk/db", "/var/lib/catwalk/db"),
            ("sqlite:///home/ada/x.db", "/home/ada/x.db"),
            (r"C:\Users\Ada\catwalk.db", r"C:\Users\Ada\catwalk.db"),
            ("postgres://ada:hunter2@db.example/cat", "postgres://ada:…@db.example/cat?sslmode=verify-full"),
            (
                "postgresql://ada@db.example:6543/cat?sslmode=require",
                "postgresql://ada@db.example:6543/cat?sslmode=require",
            ),
            ("postgres://ada@localhost/cat?password=hunter2", "postgres://ada@localhost/cat"),
            ("postgres://ada@[::1]/cat", "postgres://ada@[::1]/cat"),
            ("postgres://ada:hunter2@%2Frun%2Fpg/cat", "postgres://ada:…@%2Frun%2Fpg/cat"),
        ] {
            let url: StoreUrl = text.parse().expect(text);
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("hunter2"));
        }
    }

    #[test]
    fn refused() {
        assert_eq!("  ".parse::<StoreUrl>(), Err(BadUrl::Empty));
        assert_eq!("mysql://x/y".parse::<StoreUrl>(), Err(BadUrl::Scheme("mysql".into())));
        assert_eq!("postgres://h".parse::<StoreUrl>(), Err(BadUrl::NoDatabase));
        assert_eq!("postgres:///db".parse::<StoreUrl>(), Err(BadUrl::NoHost));
        assert_eq!("postgres://h/d?sslmod=require".parse::<StoreUrl>(), Err(BadUrl::Parameter("sslmod".into())));
        assert_eq!("postgres://h/d?sslmode=full".parse::<StoreUrl>(), Err(BadUrl::SslMode("full".into())));
        assert!(matches!("postgres://h:port/d".parse::<StoreUrl>(), Err(BadUrl::Syntax(_))));
    }
}
