//! One way to start a server, as a command line or snippet tells it. Data only: nothing here runs anything.

use std::collections::BTreeMap;

/// A launch as somebody wrote it down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// What it starts.
    pub(crate) runner: Runner,
    /// Arguments of the server itself.
    pub(crate) args: Vec<String>,
    /// Environment, name to value.
    pub(crate) env: Vec<(String, String)>,
    /// The name that the snippet gave the server.
    pub(crate) title: Option<String>,
    /// Folders that a container is given: `host:inside`.
    pub(crate) volumes: Vec<String>,
    /// What `${input:id}` stands for.
    pub(crate) prompts: BTreeMap<String, Prompt>,
}

/// What a recipe starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Runner {
    /// A package of the npm registry.
    Npm(Spec),
    /// A package of the Python Package Index.
    Pypi(Spec),
    /// A repository on GitHub that the command line installs from.
    Github { owner: String, repo: String, tail: Option<String> },
    /// A hosted server.
    Remote { url: String, sse: bool, headers: BTreeMap<String, String> },
    /// A container image.
    Docker { image: String },
    /// A program or script by its own name, e.g. after a global installation.
    Program { name: String },
    /// A Python module.
    Module { name: String },
    /// Nothing that we know.
    #[default]
    Unknown,
}

/// A package with its version and executable, as the command line names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spec {
    /// Registry name.
    pub(crate) name: String,
    /// Exact version, if one was given.
    pub(crate) version: Option<String>,
    /// The executable, if it differs from the package.
    pub(crate) bin: Option<String>,
}

/// One of VS Code's `inputs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// What it asks.
    pub(crate) description: Option<String>,
    /// What it suggests.
    pub(crate) default: Option<String>,
    /// Masked.
    pub(crate) secret: bool,
    /// A closed list.
    pub(crate) options: Vec<String>,
}

/// Whether a registry's word for a version can be one: nothing that would mean something else in a path or a command.
pub(crate) fn is_version(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-+!_".contains(c))
}

/// A version that pins something: not a tag such as `latest`, not a range.
pub(crate) fn exact_version(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('=');
    let body = text.strip_prefix('v').unwrap_or(text);
    let exact = body.starts_with(|c: char| c.is_ascii_digit())
        && body.contains('.')
        && !body.split(['.', '-', '+']).any(|part| part == "x" || part == "*" || part.is_empty())
        && body.chars().all(|c| c.is_ascii_alphanumeric() || ".-+!".contains(c));
    exact.then(|| body.to_owned())
}
