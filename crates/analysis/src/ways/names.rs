//! What a name, an address or a command gives away before anything is asked.

use crate::recipe::{Recipe, Runner};

/// Whether a command sets an app up instead of starting a server.
pub(super) fn is_installer(recipe: &Recipe) -> bool {
    const WORK: [&str; 13] = [
        "init",
        "install",
        "setup",
        "add",
        "login",
        "logout",
        "create",
        "configure",
        "config",
        "auth",
        "uninstall",
        "update",
        "skills",
    ];
    // Bridges and installers that any README may speak of.
    const TOOLS: [&str; 8] = [
        "mcp-remote",
        "mcp-proxy",
        "supergateway",
        "@modelcontextprotocol/inspector",
        "@smithery/cli",
        "add-mcp",
        "install-mcp",
        "mcporter",
    ];
    const APPS: [&str; 4] = ["create-", "@anthropic-ai/", "@openai/", "@google/gemini"];
    let (Runner::Npm(spec) | Runner::Pypi(spec)) = &recipe.runner else { return false };
    let first = recipe.args.iter().find(|a| !a.starts_with('-')).map(String::as_str);
    APPS.iter().any(|p| spec.name.starts_with(p))
        || TOOLS.contains(&spec.name.as_str())
        || first.is_some_and(|w| WORK.contains(&w))
}

/// An address without its query and last slash.
pub(super) fn bare(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/')
}

/// Whether a name is a template that nobody filled in.
pub(super) fn is_stand_in(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["your", "example", "<", "{", "username", "placeholder", "my-org", "myorg", "..."].iter().any(|w| lower.contains(w))
}

/// Whether an address only stands for the reader's own.
pub(super) fn is_sample(url: &str) -> bool {
    let host = url.split('/').nth(2).unwrap_or_default();
    ["your", "example", "<", "{", "localhost", "127.0.0.1", "0.0.0.0"].iter().any(|w| host.contains(w))
}

#[cfg(test)]
mod tests {
    use super::is_installer;
    use crate::recipe::{Recipe, Runner, Spec};

    #[test]
    fn tools_that_any_readme_may_speak_of_are_no_servers() {
        let npm = |name: &str, args: &[&str]| Recipe {
            runner: Runner::Npm(Spec { name: name.to_owned(), ..Spec::default() }),
            args: args.iter().map(|a| (*a).to_owned()).collect(),
            ..Recipe::default()
        };
        assert!(is_installer(&npm("mcp-remote", &[])) && is_installer(&npm("kelp-mcp", &["setup"])));
        assert!(!is_installer(&npm("kelp-mcp", &["run"])));
    }
}
