//! Names that are almost the name of something else.

use crate::distance::within;
use crate::source::name::normal;

/// Packages that many people know and that others may want to be taken for.
const NPM: [&str; 36] = [
    "@modelcontextprotocol/server-everything",
    "@modelcontextprotocol/server-filesystem",
    "@modelcontextprotocol/server-memory",
    "@modelcontextprotocol/server-sequential-thinking",
    "@modelcontextprotocol/server-github",
    "@modelcontextprotocol/server-slack",
    "@modelcontextprotocol/server-postgres",
    "@modelcontextprotocol/server-puppeteer",
    "@modelcontextprotocol/server-brave-search",
    "@modelcontextprotocol/server-google-maps",
    "@modelcontextprotocol/inspector",
    "@playwright/mcp",
    "@upstash/context7-mcp",
    "@notionhq/notion-mcp-server",
    "@supabase/mcp-server-supabase",
    "@stripe/mcp",
    "@sentry/mcp-server",
    "@cloudflare/mcp-server-cloudflare",
    "@azure/mcp",
    "@brave/brave-search-mcp-server",
    "@browsermcp/mcp",
    "@wonderwhy-er/desktop-commander",
    "@executeautomation/playwright-mcp-server",
    "@21st-dev/magic",
    "chrome-devtools-mcp",
    "firecrawl-mcp",
    "figma-developer-mcp",
    "tavily-mcp",
    "exa-mcp-server",
    "mcp-remote",
    "mcp-server-kubernetes",
    "mongodb-mcp-server",
    "shadcn-ui-mcp-server",
    "task-master-ai",
    "n8n-mcp",
    "puppeteer-mcp-server",
];
const PYPI: [&str; 18] = [
    "mcp-server-fetch",
    "mcp-server-git",
    "mcp-server-time",
    "mcp-server-sqlite",
    "mcp-server-qdrant",
    "mcp-server-motherduck",
    "mcp-server-docker",
    "mcp-atlassian",
    "mcp-proxy",
    "mcp-obsidian",
    "postgres-mcp",
    "serena-agent",
    "blender-mcp",
    "arxiv-mcp-server",
    "duckduckgo-mcp-server",
    "markitdown-mcp",
    "excel-mcp-server",
    "elevenlabs-mcp",
];
/// Shorter names are near to too many others.
const MIN: usize = 7;

/// The well-known package that a name is almost that of.
pub(crate) fn resembles(registry: &str, name: &str) -> Option<&'static str> {
    let known: &[&'static str] = if registry == "npm" { &NPM } else { &PYPI };
    let name = if registry == "npm" { name.to_lowercase() } else { normal(name) };
    if known.contains(&name.as_str()) {
        return None;
    }
    let scope = |n: &str| n.strip_prefix('@').and_then(|n| n.split_once('/')).map(|(scope, _)| scope.to_owned());
    let flat = |n: &str| n.trim_start_matches('@').replace(['/', '_', '.'], "-");
    let mine = scope(&name);
    let almost = |other: &&&str| {
        // Who owns a scope may name what is in it as they like.
        let family = mine.is_some() && mine == scope(other);
        !family && (flat(&name) == flat(other) || name.len() >= MIN && within(&name, other, 1))
    };
    known.iter().find(almost).copied()
}

/// Whether a package is called almost as the repository that names it, but not quite.
pub(crate) fn is_almost_the_repository(package: &str, repo: &str) -> bool {
    let package = normal(package.rsplit('/').next().unwrap_or(package));
    let repo = normal(repo);
    let swapped = |a: &str| a.split('-').rev().collect::<Vec<_>>().join("-");
    package != repo && repo.len() >= MIN && swapped(&package) != repo && within(&package, &repo, 1)
}

#[cfg(test)]
mod tests {
    use super::{is_almost_the_repository, resembles};

    #[test]
    fn typing_errors_and_flattened_scopes_are_seen() {
        for (registry, name, known) in [
            ("npm", "@modelcontextprotocol/server-memory", None),
            ("npm", "@modelcontextprotocl/server-memory", Some("@modelcontextprotocol/server-memory")),
            ("npm", "modelcontextprotocol-server-memory", Some("@modelcontextprotocol/server-memory")),
            ("npm", "@modelcontextprotocol/server-githob", None),
            ("npm", "firecrawl-mpc", Some("firecrawl-mcp")),
            ("npm", "firecrawl-mcp-server", None),
            ("npm", "n9n-mcp", Some("n8n-mcp")),
            ("npm", "notes-mcp", None),
            ("pypi", "mcp_server_fetch", None),
            ("pypi", "mcp-server-fetsh", Some("mcp-server-fetch")),
            ("pypi", "mcp-server-gitlab", None),
        ] {
            assert_eq!(resembles(registry, name), known, "{name}");
        }
    }

    #[test]
    fn a_package_may_differ_from_its_repository_but_not_by_a_letter() {
        for (package, repo, expect) in [
            ("notes-mcp", "notes-mcp", false),
            ("notes-mpc", "notes-mcp", true),
            ("@ada/notes_mcp", "notes-mcp", false),
            ("mcp-notes", "notes-mcp", false),
            ("notes-mcp-server", "notes-mcp", false),
        ] {
            assert_eq!(is_almost_the_repository(package, repo), expect, "{package} {repo}");
        }
    }
}
