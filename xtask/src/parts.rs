//! The parts that tests need and no system package has: the browser driver's front, and the official MCP clients.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{exec, paths, ui};

const TAURI_DRIVER: &str = "2.1.0";

/// Installs what is missing and returns the variables by which the tests find it.
pub(crate) fn ensure() -> Result<Vec<(&'static str, OsString)>> {
    let cache = paths::target().join("test-cache");
    std::fs::create_dir_all(&cache)?;
    let mut env = vec![("CATWALK_TEST_CACHE", cache.into_os_string())];
    if cfg!(target_os = "linux") {
        env.push(("CATWALK_TAURI_DRIVER", tauri_driver()?.into()));
        let native =
            paths::which("WebKitWebDriver").context("WebKitWebDriver is missing (package webkit2gtk-driver)")?;
        env.push(("CATWALK_WEBKIT_DRIVER", native.into()));
    }
    let sdk = paths::root().join("tests/sdk");
    ui::install(&sdk)?;
    env.push(("CATWALK_TEST_PYTHON", python("test-python", &sdk.join("requirements.txt"))?.into()));
    Ok(env)
}

fn tauri_driver() -> Result<PathBuf> {
    let tools = paths::target().join("tools");
    let driver = tools.join("bin/tauri-driver");
    if !driver.is_file() {
        let mut cargo = exec::cargo();
        // A build folder of its own: the shared one may be locked by the build this is part of.
        cargo.env("CARGO_TARGET_DIR", paths::target().join("tools-build"));
        cargo.args(["install", "--locked", "--version", TAURI_DRIVER, "--root"]).arg(&tools).arg("tauri-driver");
        exec::run(&mut cargo)?;
    }
    Ok(driver)
}

/// A Python of the tests' own, in a folder of the build folder, with the packages that a file lists.
pub(crate) fn python(folder: &str, requirements: &Path) -> Result<PathBuf> {
    let folder = paths::target().join(folder);
    let program = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = std::fs::read_to_string(requirements).context("the list of Python packages")?;
    let done = folder.join("installed.txt");
    // The interpreter is asked too: the system's Python may have been replaced under the folder.
    let works = exec::quiet(Command::new(&program).args(["-c", "import mcp"])).is_some();
    if works && std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    exec::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    exec::run(Command::new(&program).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
    std::fs::write(&done, wanted)?;
    Ok(program)
}
