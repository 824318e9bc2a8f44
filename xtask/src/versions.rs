//! Says early, and in words, what a person must install by hand: Node.js (cargo checks Rust itself).

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::exec;

/// The oldest Node.js that the UI's build tools accept.
const NODE: (u32, u32) = (20, 19);

/// Fails with what to install when Node.js or npm is missing or too old.
pub(crate) fn check() -> Result<()> {
    let need =
        format!("Catwalk's window is built with Node.js {}.{} or newer (with npm): https://nodejs.org", NODE.0, NODE.1);
    let Some(found) = exec::quiet(Command::new("node").arg("--version")) else {
        bail!("Node.js is not installed. {need}");
    };
    if version(&found) < Some(NODE) {
        bail!("Node.js {} is too old. {need}", found.trim());
    }
    if exec::quiet(exec::npm(Path::new(".")).arg("--version")).is_none() {
        bail!("npm is not installed. {need}");
    }
    Ok(())
}

/// rustfmt and clippy are parts of the toolchain that a minimal installation leaves out.
pub(crate) fn rust_components() -> Result<()> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if exec::quiet(exec::cargo().args([tool, "--version"])).is_none() {
            exec::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(super::version("v20.9.0\n") < Some(super::NODE));
        assert!(super::version("v20.20.2\n") >= Some(super::NODE));
        assert!(super::version("v24.0.0") >= Some(super::NODE));
        assert!(super::version("what") < Some(super::NODE));
    }
}
