//! A server as a public list of servers has it, in the few words that a search shows.

use crate::Millis;
use serde::{Deserialize, Serialize};

/// One entry of the MCP Registry or of another list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// Its identity in its list, e.g. `io.github.ada/notes`.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// What it does.
    pub description: String,
    /// The newest version.
    pub version: String,
    /// Who published it: a domain, or a user of GitHub.
    pub publisher: String,
    /// The publisher has proved to own the domain that the name begins with; a user of GitHub is no such proof.
    pub official: bool,
    /// Page of its source.
    pub repository: Option<String>,
    /// Ways to run it on a computer.
    pub packages: Vec<ListedPackage>,
    /// Addresses where it is hosted, as far as the list names them.
    pub remotes: Vec<String>,
    /// Somebody hosts it: it can be used without running anything.
    pub hosted: bool,
    /// Its author advises against using it; the words say why, and may be empty.
    pub deprecated: Option<String>,
    /// Address of its picture. Never loaded by the window: the engine fetches and checks it.
    pub icon: Option<String>,
    /// When the list last heard of it.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub updated_at: Millis,
    /// Which list it is from.
    pub origin: Origin,
    /// What to analyse to get it.
    pub paste: String,
}

/// A way to run a listed server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListedPackage {
    /// `npm`, `pypi`, `oci`, …
    pub registry_type: String,
    /// Name in that registry.
    pub identifier: String,
}

/// Which list an entry is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Origin {
    /// The official MCP Registry.
    Registry,
    /// Glama, whose terms ask for a link to its page.
    #[serde(rename_all = "camelCase")]
    Glama {
        /// The page.
        link: String,
    },
}

impl Listing {
    /// By what it is recognised in another list: the page of its source, its packages, its addresses; each in one spelling.
    pub fn keys(&self) -> Vec<String> {
        let page = self.repository.iter().map(|page| format!("source:{}", bare(page)));
        let packages = self.packages.iter().map(|p| package_key(&p.registry_type, &p.identifier));
        let remotes = self.remotes.iter().map(|url| format!("remote:{}", bare(url)));
        let mut out: Vec<String> = page.chain(packages).chain(remotes).collect();
        out.sort();
        out.dedup();
        out
    }
}

/// A package in one spelling: as its registry compares names, and without what is said of the version.
pub fn package_key(kind: &str, identifier: &str) -> String {
    let kind = kind.to_lowercase();
    let name = identifier.trim().to_lowercase();
    let name = match kind.as_str() {
        "pypi" => {
            let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|p| !p.is_empty()).collect();
            parts.join("-")
        }
        "oci" => {
            let name = name.split('@').next().unwrap_or_default();
            let name = name.strip_prefix("docker.io/").unwrap_or(name);
            // A colon before the last slash is a port, not a tag.
            let tag = name.rfind(':').filter(|at| name.rfind('/').is_none_or(|slash| slash < *at));
            tag.map_or(name, |at| &name[..at]).to_owned()
        }
        _ => name,
    };
    format!("{kind}:{name}")
}

/// An address without what does not tell two places apart: scheme, query, a slash at its end; in lower case.
fn bare(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.trim_end_matches('/').trim_end_matches(".git").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{bare, package_key};

    #[test]
    fn one_thing_has_one_key() {
        for (kind, a, b) in [
            ("npm", "@Ada/Notes-MCP", "@ada/notes-mcp"),
            ("pypi", "Notes_MCP.Server", "notes-mcp-server"),
            ("oci", "docker.io/ada/notes:1.2.0", "ada/notes"),
            ("oci", "ghcr.io/ada/notes@sha256:00", "ghcr.io/ada/notes:latest"),
            ("oci", "localhost:5000/notes:1", "localhost:5000/notes"),
        ] {
            assert_eq!(package_key(kind, a), package_key(kind, b), "{a} {b}");
        }
        assert_ne!(package_key("npm", "notes"), package_key("pypi", "notes"));
        assert_ne!(package_key("npm", "a-b"), package_key("npm", "a_b"));
        assert_eq!(bare("https://MCP.example.com/mcp/?x=1"), bare("http://mcp.example.com/mcp"));
        assert_ne!(bare("https://mcp.example.com/a"), bare("https://mcp.example.com/b"));
    }
}
