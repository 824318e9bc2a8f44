//! Servers of our own in folders, each with one manner. They have no dependencies, so installing them is quick.

use std::path::PathBuf;
use tempfile::TempDir;

/// The answer that the server with a key accepts.
pub(crate) const RIGHT_KEY: &str = "kea-right";

/// What a fixture does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// Tools `echo`, `env` (of the variable `text`), `pid`, `crash`.
    Polite,
    /// The same, if `FIXTURE_API_KEY` (a required secret) is right; else it says so and ends.
    AsksKey,
    /// Explains itself and ends.
    DiesAtStart,
    /// As polite, but it does not know `ping`.
    KnowsNoPing,
}

/// A folder with a server in it, gone when dropped.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new(manner: Manner) -> Self {
        let dir = tempfile::Builder::new().prefix("fixture-").tempdir().expect("a temporary folder");
        let (manner, table) = match manner {
            Manner::Polite => ("polite", ""),
            Manner::AsksKey => (
                "asks for a key",
                "| Variable | Required | Description |\n| --- | --- | --- |\n| `FIXTURE_API_KEY` | yes | The key |\n",
            ),
            Manner::DiesAtStart => ("dies at start", ""),
            Manner::KnowsNoPing => ("knows no ping", ""),
        };
        let package = r#"{"name": "fixture", "version": "1.0.0", "type": "module", "bin": {"fixture": "index.js"}}"#;
        let code = format!("#!/usr/bin/env node\nconst manner = \"{manner}\";\n{}", include_str!("server.js"));
        let readme = format!("# Fixture\n\nA Model Context Protocol server.\n\n{table}");
        for (name, text) in [("package.json", package), ("index.js", &code), ("README.md", &readme)] {
            std::fs::write(dir.path().join(name), text).expect("it can be written");
        }
        Self(dir)
    }

    /// What is pasted.
    pub(crate) fn path(&self) -> String {
        let path: PathBuf = self.0.path().canonicalize().expect("it exists");
        path.display().to_string()
    }
}
