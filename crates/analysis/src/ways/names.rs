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
    let first = recipe.args.iter().find(|a| !a.starts_with('-')).map(String::as_str);
    let tool = matches!(&recipe.runner, Runner::Npm(spec) if ["create-", "@anthropic-ai/", "@openai/", "@google/gemini"]
        .iter().any(|p| spec.name.starts_with(p)));
    tool || matches!(recipe.runner, Runner::Npm(_) | Runner::Pypi(_)) && first.is_some_and(|w| WORK.contains(&w))
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
