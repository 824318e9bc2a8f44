//! The relays others use, at fixed versions from the registries. One that cannot be installed is left out, in words.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::{exec, paths};

const PY_PROXY: &str = "mcp-proxy==0.13.0";
const SUPERGATEWAY: &str = "supergateway@4.0.0";
const NPM_PROXY: &str = "mcp-proxy@6.7.19";
const CRATE_PROXY: (&str, &str) = ("mcp-proxy", "0.6.0");

/// Installs what is missing; how each is started.
pub(crate) fn install() -> Vec<Value> {
    let tools = paths::target().join("tools/relays");
    let installers: [fn(&Path) -> Result<Value>; 4] = [crate_proxy, supergateway, npm_proxy, py_proxy];
    let mut found = Vec::new();
    for install in installers {
        match install(&tools) {
            Ok(target) => found.push(target),
            Err(error) => println!("Left out: {error:#}"),
        }
    }
    found
}

/// Runs `install` unless `program` is there.
fn ensure(program: &Path, install: impl FnOnce() -> Result<()>) -> Result<String> {
    if !program.is_file() {
        install()?;
    }
    if !program.is_file() {
        bail!("{} was not installed", program.display());
    }
    Ok(program.to_string_lossy().into_owned())
}

fn py_proxy(tools: &Path) -> Result<Value> {
    let venv = tools.join("python");
    let program = ensure(&venv.join("bin/mcp-proxy"), || {
        exec::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        exec::run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", PY_PROXY]))
    })?;
    Ok(json!({ "name": "py-mcp-proxy", "about": format!("PyPI {PY_PROXY}"),
        "start": [program, "--port", "{port}", "--named-server", "up", "{command}"],
        "url": "http://127.0.0.1:{port}/servers/up/mcp" }))
}

fn npm(tools: &Path, package: &str, name: &str) -> Result<String> {
    let folder = tools.join(format!("npm-{name}"));
    ensure(&folder.join("node_modules/.bin").join(name), || {
        std::fs::create_dir_all(&folder)?;
        exec::run(exec::npm(&folder).args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
            ".",
            package,
        ]))
    })
}

fn supergateway(tools: &Path) -> Result<Value> {
    let program = npm(tools, SUPERGATEWAY, "supergateway")?;
    Ok(json!({ "name": "supergateway", "about": format!("npm {SUPERGATEWAY}, `--stateful`: a server per session"),
        "start": [program, "--stdio", "{command}", "--outputTransport", "streamableHttp", "--stateful", "--port", "{port}",
            "--logLevel", "none"],
        "url": "http://127.0.0.1:{port}/mcp" }))
}

fn npm_proxy(tools: &Path) -> Result<Value> {
    let program = npm(tools, NPM_PROXY, "mcp-proxy")?;
    Ok(json!({ "name": "npm-mcp-proxy", "about": format!("npm {NPM_PROXY}"),
        "start": [program, "--port", "{port}", "--host", "127.0.0.1", "--", "{server}"],
        "url": "http://127.0.0.1:{port}/mcp" }))
}

fn crate_proxy(tools: &Path) -> Result<Value> {
    let (name, version) = CRATE_PROXY;
    let program = ensure(&tools.join("bin").join(name), || {
        let mut cargo = exec::cargo();
        cargo.env("CARGO_TARGET_DIR", paths::target().join("tools-build"));
        cargo.args(["install", "--locked", "--version", version, "--root"]).arg(tools).arg(name);
        exec::run(&mut cargo)
    })?;
    let config = "[proxy]\nname = \"bench\"\nversion = \"1.0.0\"\nseparator = \"/\"\n\
        [proxy.listen]\nhost = \"127.0.0.1\"\nport = {port}\n[observability]\nlog_level = \"error\"\n\
        [[backends]]\nname = \"up\"\ntransport = \"stdio\"\ncommand = \"sh\"\nargs = [\"-c\", \"exec {command}\"]\n";
    Ok(json!({ "name": "crate-mcp-proxy", "about": format!("Cargo {name} {version}"), "prefix": "up/",
        "files": { "proxy.toml": config }, "start": [program, "--config", "{dir}/proxy.toml"],
        "url": "http://127.0.0.1:{port}/" }))
}
