//! What a repository is when it is no server: a list, a library, a client, a template. Only plain signs count, for a wrong no
//! is worse than a warning.

use super::snapshot::Snapshot;
use crate::project::Project;
use crate::text::words;

/// Why this is no server, when that is plain.
pub(super) fn refusal(snapshot: &Snapshot, project: &Project<'_>) -> Option<&'static str> {
    if project.server.is_some() {
        return None;
    }
    let name = words(&snapshot.repo);
    let has = |list: &[&str]| name.iter().any(|w| list.contains(&w.as_str()));
    let about = snapshot.description.as_deref().unwrap_or_default().to_lowercase();
    let listed = has(&["awesome"]) || snapshot.topics.iter().any(|t| t == "awesome-list" || t == "awesome");
    if listed && !project.is_server() {
        return Some("It is a list of servers, not a server. Open one of them and paste its link.");
    }
    if project.folder.is_empty() && project.names().iter().any(|n| is_library(n) || n == "mcp" && has(&["sdk"])) {
        return Some(
            "It is a library for writing MCP servers, not a server. Paste the link of a server that was written with it.",
        );
    }
    let client = has(&["client", "clients"]) && !has(&["server", "servers"]) && !about.contains("server");
    if client && project.names().iter().all(|n| !words(n).iter().any(|w| w == "server")) {
        return Some("It is a client: a program that uses MCP servers. Paste the link of a server instead.");
    }
    None
}

/// Whether a repository is meant to be copied and changed.
pub(super) fn is_template(snapshot: &Snapshot) -> bool {
    const WORDS: [&str; 7] =
        ["template", "boilerplate", "starter", "scaffold", "skeleton", "cookiecutter", "quickstart"];
    snapshot.is_template || words(&snapshot.repo).iter().any(|w| WORDS.contains(&w.as_str()))
}

/// The libraries themselves, by the names that registries have for them; not names that anybody might choose.
fn is_library(name: &str) -> bool {
    let programs = ["mcp", "mcp-server", "mcp-proxy", "mcp-use"];
    name.starts_with("@modelcontextprotocol/sdk") || crate::signs::is_sdk(name) && !programs.contains(&name)
}
