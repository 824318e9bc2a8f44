//! What the suite needs: its pinned versions, and a Node.js that is new enough for them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::suite::{SUITES, Set};
use crate::{exec, parts, paths, ui};

/// The suite needs Node.js 22; this one is taken when the system's is older.
const NODE: &str = "22.23.3";

/// Where everything is.
pub(crate) struct Tools {
    node: PathBuf,
    /// A Python with the newest `mcp`, and one with the last of its first line.
    pub(crate) pythons: [PathBuf; 2],
    /// The client and the server that are written with the Rust SDK.
    pub(crate) rust: [PathBuf; 2],
}

impl Tools {
    /// Installs what is missing, into the build folder.
    pub(crate) fn ensure() -> Result<Self> {
        for suite in SUITES {
            install(&Self::home(suite), "@modelcontextprotocol/conformance", suite)?;
        }
        let sdk = paths::root().join("tests/sdk");
        ui::install(&sdk)?;
        let pythons = [
            parts::python("test-python", &sdk.join("requirements.txt"))?,
            parts::python("test-python-1", &sdk.join("requirements-1.txt"))?,
        ];
        exec::run(exec::cargo().args([
            "build",
            "--workspace",
            "--bin",
            "sdk-rust-client",
            "--bin",
            "sdk-rust-server",
        ]))?;
        let built = |name| paths::target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let rust = ["sdk-rust-client", "sdk-rust-server"].map(built);
        Ok(Self { node: node()?, pythons, rust })
    }

    fn home(suite: &str) -> PathBuf {
        paths::target().join("tools/conformance").join(suite)
    }

    /// Node.js.
    pub(crate) fn node(&self) -> Command {
        Command::new(&self.node)
    }

    /// The same, as the first word of a command.
    pub(crate) fn node_path(&self) -> String {
        self.node.display().to_string()
    }

    /// The suite, without arguments.
    pub(crate) fn suite(&self, set: &Set) -> Command {
        let mut command = self.node();
        let package = Self::home(set.suite).join("node_modules/@modelcontextprotocol/conformance");
        command.arg(package.join("dist/index.js"));
        command
    }
}

fn node() -> Result<PathBuf> {
    let version = exec::quiet(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major >= Some(22) {
        return Ok("node".into());
    }
    let folder = paths::target().join("tools/node");
    install(&folder, "node", NODE)?;
    Ok(folder.join("node_modules/node/bin").join(format!("node{}", std::env::consts::EXE_SUFFIX)))
}

/// One npm package in a folder of its own.
fn install(folder: &Path, name: &str, version: &str) -> Result<()> {
    let manifest = folder.join("node_modules").join(name).join("package.json");
    let here = std::fs::read_to_string(manifest).unwrap_or_default();
    let here: serde_json::Value = serde_json::from_str(&here).unwrap_or_default();
    if here["version"] == version {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    // npm looks for a package above the folder unless there is one in it.
    std::fs::write(folder.join("package.json"), "{ \"private\": true }\n")?;
    exec::run(exec::npm(folder).args(["install", "--no-audit", "--no-fund", &format!("{name}@{version}")]))
}
