//! Links that say where a server is published or hosted.

use crate::recipe::{Recipe, Runner, Spec};
use crate::source::{decode, hosted, name};

/// Pages of registries, and addresses that look like a server's own.
pub(super) fn read(text: &str) -> Vec<Recipe> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("https://") {
        let end = rest[at..].find(|c: char| c.is_whitespace() || "\"'<>)`|,]".contains(c)).unwrap_or(rest.len() - at);
        let link = &rest[at..at + end];
        rest = &rest[at + end..];
        if link.len() < 300 && out.len() < 8 {
            out.extend(linked(link).map(|runner| Recipe { runner, ..Recipe::default() }));
        }
    }
    out
}

fn linked(link: &str) -> Option<Runner> {
    let bare = link.split(['?', '#']).next()?.trim_end_matches(['/', '.']);
    let path = bare.strip_prefix("https://")?;
    let path = path.strip_prefix("www.").unwrap_or(path);
    let spec = |name: String| Spec { name, ..Spec::default() };
    let parts: Vec<String> = path.split('/').map(decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["npmjs.com", "package", scope, name, ..] if scope.starts_with('@') => {
            name::npm(&format!("{scope}/{name}")).ok().map(|s| Runner::Npm(spec(s.name)))
        }
        ["npmjs.com", "package", name, ..] => name::npm(name).ok().map(|s| Runner::Npm(spec(s.name))),
        ["pypi.org", "project", name, ..] => name::pypi(name).ok().map(|s| Runner::Pypi(spec(s.name))),
        // Docker's own catalogue publishes its images as `mcp/…`.
        ["hub.docker.com", "mcp", "server", name, ..] => Some(Runner::Docker { image: format!("mcp/{name}") }),
        ["hub.docker.com", "r", owner, name, ..] => Some(Runner::Docker { image: format!("{owner}/{name}") }),
        [host, .., last] if !host.starts_with("github.") && is_server(host, last) => hosted(bare),
        _ => None,
    }
}

/// Whether an address is written as those of servers are: `…/mcp`, `…/sse`.
fn is_server(host: &str, last: &str) -> bool {
    const SITES: [&str; 8] =
        ["github", "glama", "smithery", "npmjs", "pypi", "docker", "shields", "modelcontextprotocol"];
    let page = host.starts_with("docs.") && !host.contains("mcp");
    matches!(last, "mcp" | "sse") && host.contains('.') && !page && !SITES.iter().any(|s| host.contains(s))
}
