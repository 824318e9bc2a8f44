//! One client at one address, and the relay that can be started anew under it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::conformance::endpoint::Running;
use crate::conformance::tools::Tools;
use crate::paths;

/// What a client says of each thing it tried: whether it worked, and a note.
pub(crate) type Outcome = BTreeMap<String, (bool, Option<String>)>;

/// The same for every relay, so that one that is started anew is the same to its clients.
const TOKEN: &str = "a-token-for-the-matrix";

/// A client.
pub(crate) struct Client {
    pub(crate) name: &'static str,
    words: Vec<String>,
}

impl Client {
    /// Those of each official SDK: one for the revisions with sessions, and one for the newest where the SDK has it.
    pub(crate) fn all(tools: &Tools, newer: bool) -> Vec<Self> {
        let sdk = paths::root().join("tests/sdk");
        let [python, first] = &tools.pythons;
        let script =
            |program: &Path, script: &str| vec![program.display().to_string(), sdk.join(script).display().to_string()];
        let node = || script(Path::new(&tools.node_path()), "matrix.mjs");
        let rust = || vec![tools.rust[0].display().to_string()];
        let client = |name, mut words: Vec<String>, line: &str| {
            words.push(line.to_owned());
            Self { name, words }
        };
        let mut all = vec![
            client("TypeScript 2, 2026-07-28", node(), "v2-modern"),
            client("Python 2, 2026-07-28", script(python, "matrix.py"), "v2-modern"),
            client("Rust, 2026-07-28", rust(), "v1-modern"),
        ];
        if !newer {
            all.extend([
                client("TypeScript 1", node(), "v1"),
                client("TypeScript 2", node(), "v2"),
                client("Python 1", script(first, "matrix.py"), "v1"),
                client("Python 2", script(python, "matrix.py"), "v2"),
                client("Rust", rust(), "v1"),
            ]);
        }
        all
    }

    /// Everything through a relay.
    pub(crate) fn through(&self, mut relay: Relay) -> Result<Outcome> {
        let url = relay.url.clone();
        self.run(&url, Some(&mut relay))
    }

    /// Everything at an address; what needs a relay is left out without one.
    pub(crate) fn run(&self, url: &str, mut relay: Option<&mut Relay>) -> Result<Outcome> {
        let mut child = Ended(
            Command::new(&self.words[0])
                .args(&self.words[1..])
                .arg(url)
                .env("PYTHONDONTWRITEBYTECODE", "1")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?,
        );
        let mut input = child.0.stdin.take().context("it was piped")?;
        writeln!(input, "{}", relay.as_ref().map_or("", |_| TOKEN))?;
        let mut outcome = Outcome::new();
        for line in BufReader::new(child.0.stdout.take().context("it was piped")?).lines() {
            let said: Value = serde_json::from_str(&line?).context("a client prints JSON")?;
            let check = said["check"].as_str().unwrap_or_default();
            if check == "restart" {
                let Some(relay) = relay.as_deref_mut() else { break };
                relay.restart()?;
                writeln!(input)?;
            } else {
                let note = said["note"].as_str().map(str::to_owned);
                outcome.insert(check.to_owned(), (said["ok"] == true, note));
            }
        }
        Ok(outcome)
    }
}

/// A client that is ended with the value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// `catwalk relay` before one server.
pub(crate) struct Relay {
    /// Where it listens.
    pub(crate) url: String,
    catwalk: PathBuf,
    server: Vec<String>,
    running: Option<Running>,
}

impl Relay {
    /// Starts it; `server` are the words after its options.
    pub(crate) fn start(catwalk: &Path, server: &[String]) -> Result<Self> {
        let mut relay =
            Self { url: String::new(), catwalk: catwalk.to_owned(), server: server.to_owned(), running: None };
        relay.run("0")?;
        Ok(relay)
    }

    /// Ends it at once and starts it at the same address.
    fn restart(&mut self) -> Result<()> {
        let port = self.url.rsplit_once("/mcp/").and_then(|(origin, _)| origin.rsplit_once(':'));
        let port = port.context("the relay has a port")?.1.to_owned();
        self.running = None;
        self.run(&port)
    }

    fn run(&mut self, port: &str) -> Result<()> {
        let mut command = Command::new(&self.catwalk);
        command.args(["relay", "--json", "--token-from", "MATRIX_TOKEN", "--port", port]).args(&self.server);
        let (running, line) = Running::start(command.env("MATRIX_TOKEN", TOKEN), "")?;
        let said: Value = serde_json::from_str(&line).context("the relay prints JSON")?;
        said["url"].as_str().context("the relay prints its address")?.clone_into(&mut self.url);
        self.running = Some(running);
        Ok(())
    }
}
