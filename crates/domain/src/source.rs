//! What the user pasted, once it has been understood.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A link, name or snippet that leads to an MCP server. Made by `analysis::source::parse`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Source {
    /// A package of the npm registry.
    Npm(PackageRef),
    /// A package of the Python Package Index.
    Pypi(PackageRef),
    /// A repository on GitHub, or a folder in one.
    Github(GitHubRef),
    /// A folder on this computer that holds a server's source.
    #[serde(rename_all = "camelCase")]
    Folder {
        /// Absolute path.
        path: String,
    },
    /// A server that somebody hosts.
    #[serde(rename_all = "camelCase")]
    Remote {
        /// The MCP endpoint, `https` (or `http` on loopback).
        url: String,
        /// `true` when the snippet says that the endpoint speaks the legacy HTTP+SSE transport.
        sse: bool,
        /// Header name to value as pasted; secrets among them are asked for again, never kept.
        headers: BTreeMap<String, String>,
        /// The name the snippet gave it.
        name: Option<String>,
    },
}

/// A package with what the user said about running it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PackageRef {
    /// Registry name, e.g. `@modelcontextprotocol/server-memory`.
    pub name: String,
    /// Exact version if one was given; a tag such as `latest` counts as none.
    pub version: Option<String>,
    /// The executable, where the command line named another than the package (`npx -p pkg bin`, `uvx --from pkg bin`).
    pub bin: Option<String>,
    /// Arguments after the package on the pasted command line.
    pub args: Vec<String>,
    /// Environment as pasted: name to value; a placeholder or empty value means "to be asked".
    pub env: BTreeMap<String, String>,
    /// The name that a snippet gave the server.
    pub title: Option<String>,
    /// Only a bare word was pasted: the registry is a guess, and analysis may look in the other one.
    #[serde(default)]
    pub guessed: bool,
}

/// A place on GitHub. `reference` and `path` are split by the resolver, because a branch name may contain `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GitHubRef {
    /// User or organisation.
    pub owner: String,
    /// Repository name without `.git`.
    pub repo: String,
    /// What follows `/tree/` or `/blob/`: reference and path, not yet told apart.
    pub tail: Option<String>,
}

impl fmt::Display for Source {
    /// The canonical short form that people recognise, also the key of the analysis cache.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |v: &Option<String>| v.as_ref().map(|v| format!("@{v}")).unwrap_or_default();
        match self {
            Self::Npm(p) => write!(f, "npm:{}{}", p.name, version(&p.version)),
            Self::Pypi(p) => write!(f, "pypi:{}{}", p.name, version(&p.version)),
            Self::Github(g) => {
                write!(f, "github:{}/{}", g.owner, g.repo)?;
                g.tail.as_ref().map_or(Ok(()), |t| write!(f, "/{t}"))
            }
            Self::Folder { path } => write!(f, "folder:{path}"),
            Self::Remote { url, .. } => f.write_str(url),
        }
    }
}
