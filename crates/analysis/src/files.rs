//! The files of a repository or folder: all paths, and the text of the few that tell how to start a server.

use crate::doc::Doc;
use std::collections::{BTreeMap, BTreeSet};

/// Names that matter, in lower case.
const WANTED: [&str; 25] = [
    "readme.md",
    "readme.rst",
    "readme",
    "readme.markdown",
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "server.json",
    "smithery.yaml",
    "smithery.yml",
    "manifest.json",
    "manifest-dxt.json",
    "gemini-extension.json",
    ".mcp.json",
    "mcp.json",
    "cargo.toml",
    "go.mod",
    "requirements.txt",
    "install.md",
    "llms-install.md",
];
/// Names of a sample of the environment.
pub(crate) const ENV_EXAMPLES: [&str; 9] = [
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "example.env",
    "env.example",
    "env.sample",
    "env.template",
    ".example.env",
];
/// Folders in which projects keep the manifest of their bundle.
const BUNDLES: [&str; 8] =
    ["mcpb", "dxt", "packaging", "bundle", "extension", "desktop-extension", "desktop", "mcp-bundle"];
/// Folders that hold no server to be found.
const SKIPPED: [&str; 16] = [
    "node_modules",
    "test",
    "tests",
    "__tests__",
    "example",
    "examples",
    "fixtures",
    "docs",
    "doc",
    "templates",
    "template",
    "e2e",
    "dist",
    "build",
    "vendor",
    "target",
];
/// Most manifests of inner folders that are read.
const MAX_INNER: usize = 60;
/// How deep below the asked folder a server may lie.
const MAX_DEPTH: usize = 4;

/// All paths (with `/`, relative to the root) and the text of some.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) paths: BTreeSet<String>,
    pub(crate) docs: BTreeMap<String, Doc>,
}

impl Files {
    /// A file of a folder by its name, whatever its case.
    pub(crate) fn doc(&self, folder: &str, name: &str) -> Option<&Doc> {
        let exact = self.docs.get(&inside(folder, name));
        exact.or_else(|| {
            self.docs.iter().find(|(p, _)| parent(p) == folder && base(p).eq_ignore_ascii_case(name)).map(|(_, d)| d)
        })
    }

    /// The first of several names.
    pub(crate) fn first(&self, folder: &str, names: &[&str]) -> Option<&Doc> {
        names.iter().find_map(|n| self.doc(folder, n))
    }

    /// What was read of a folder and of the root, the most telling first: READMEs, samples of the environment, the rest.
    pub(crate) fn telling(&self, folder: &str) -> Vec<(String, Doc)> {
        let near = self.docs.iter().filter(|(path, _)| parent(path) == folder || parent(path).is_empty());
        let mut out: Vec<(String, Doc)> = near.map(|(path, doc)| (path.clone(), doc.clone())).collect();
        out.sort_by_cached_key(|(path, _)| rank(path, folder));
        out
    }

    /// The paths of what was read of a folder, of the root and of sources, the most telling first.
    pub(crate) fn looked(&self, folder: &str) -> Vec<String> {
        let near = |p: &&String| {
            let place = parent(p);
            place == folder || place.is_empty() || below(p, folder).is_some() && crate::scan::is_source(p)
        };
        let mut out: Vec<String> = self.docs.keys().filter(near).cloned().collect();
        out.sort_by_cached_key(|path| rank(path, folder));
        out
    }

    /// Whether the folder has a file of this name.
    pub(crate) fn has(&self, folder: &str, name: &str) -> bool {
        self.paths.contains(&inside(folder, name))
    }

    /// Whether the folder exists.
    pub(crate) fn has_folder(&self, folder: &str) -> bool {
        folder.is_empty() || self.paths.iter().any(|p| p.starts_with(folder) && p[folder.len()..].starts_with('/'))
    }

    /// Which files to read for a folder: its own, the root's README, and the manifests of inner folders.
    pub(crate) fn wanted(&self, folder: &str) -> Vec<String> {
        let wanted = |name: &str| WANTED.contains(&name) || ENV_EXAMPLES.contains(&name);
        let own = |p: &&String| parent(p) == folder && wanted(base(p).to_lowercase().as_str());
        let root = |p: &&String| parent(p).is_empty() && base(p).to_lowercase().starts_with("readme.md");
        let mut out: Vec<String> = self.paths.iter().filter(|p| own(p) || root(p)).cloned().collect();
        out.extend(self.inner_manifests(folder));
        out.extend(self.bundles(folder).chain(self.notes(folder)).map(str::to_owned));
        out.extend(self.paths.get("server.json").filter(|_| !folder.is_empty()).cloned());
        out.extend(crate::scan::choose(self, folder));
        out
    }

    /// What is written about installing and configuring: `INSTALL.md`, and a few pages of `docs/`.
    pub(crate) fn notes<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        const ABOUT: [&str; 6] = ["install", "config", "setup", "usage", "quickstart", "getting-started"];
        let page = move |p: &&String| {
            let Some(rest) = below(p, folder) else { return false };
            let lower = rest.to_lowercase();
            let own = matches!(lower.as_str(), "install.md" | "llms-install.md" | "installation.md");
            let name = lower.strip_prefix("docs/").and_then(|n| n.strip_suffix(".md")).filter(|n| n.len() < 60);
            own || name.is_some_and(|n| n.matches('/').count() < 2 && ABOUT.iter().any(|w| n.contains(w)))
        };
        self.paths.iter().filter(page).map(String::as_str).take(6)
    }

    /// Manifests of bundles in the folders where they are kept.
    pub(crate) fn bundles<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let kept = move |p: &&String| {
            let place = parent(p);
            matches!(base(p), "manifest.json" | "manifest-dxt.json")
                && below(p, folder).is_some_and(|rest| rest.matches('/').count() <= 3)
                && BUNDLES.contains(&base(place).to_lowercase().as_str())
        };
        self.paths.iter().filter(kept).map(String::as_str).take(4)
    }

    /// The manifest of the folder's bundle.
    pub(crate) fn bundle(&self, folder: &str) -> Option<&Doc> {
        let own = self.first(folder, &["manifest.json", "manifest-dxt.json"]);
        own.or_else(|| self.bundles(folder).find_map(|p| self.docs.get(p)))
    }

    /// Manifests below a folder that may belong to servers of a monorepo.
    pub(crate) fn inner_manifests(&self, folder: &str) -> Vec<String> {
        let inner = |p: &&String| {
            let Some(rest) = below(p, folder) else { return false };
            let parts: Vec<&str> = rest.split('/').collect();
            let folders = &parts[..parts.len() - 1];
            !folders.is_empty()
                && folders.len() <= MAX_DEPTH
                && !folders.iter().any(|f| f.starts_with('.') || is_skipped(f))
                && matches!(base(p), "package.json" | "pyproject.toml" | "server.json")
        };
        let mut out: Vec<String> = self.paths.iter().filter(inner).cloned().collect();
        // Of more than can be read, those whose folder speaks of MCP are read first.
        out.sort_by_cached_key(|p| (!crate::signs::in_words(parent(p)), p.matches('/').count()));
        out.truncate(MAX_INNER);
        out
    }
}

/// READMEs tell most, then samples of the environment, then the rest; sources come last.
fn rank(path: &str, folder: &str) -> (usize, bool, String) {
    let name = base(path).to_lowercase();
    let rank = match () {
        () if name.starts_with("readme") => 0,
        () if crate::scan::is_source(path) && name != "setup.py" => 3,
        () => 1 + usize::from(!name.contains("env")),
    };
    (rank, parent(path) != folder, path.to_owned())
}

/// Whether no server is to be found in a folder of this name.
pub(crate) fn is_skipped(name: &str) -> bool {
    SKIPPED.contains(&name.to_lowercase().as_str())
}

/// `folder/name`, or the name alone at the root.
pub(crate) fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder of a path; empty at the root.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(crate) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}
