//! What the suite is pointed at: a server's own HTTP address, or the relay's before the same server on stdio.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::tools::Tools;
use crate::paths;

/// A program that is ended with the value.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Running {
    /// Starts it and reads the first line it prints.
    pub(crate) fn start(command: &mut Command, input: &str) -> Result<(Self, String)> {
        let name = command.get_program().display().to_string();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = Self(command.spawn().with_context(|| format!("`{name}` did not start"))?);
        child.0.stdin.take().context("it was piped")?.write_all(input.as_bytes())?;
        let mut line = String::new();
        BufReader::new(child.0.stdout.take().context("it was piped")?).read_line(&mut line)?;
        anyhow::ensure!(line.ends_with('\n'), "`{name}` ended before it said where it listens");
        Ok((child, line.trim().to_owned()))
    }
}

/// A server by itself.
pub(crate) struct Direct {
    /// Where it listens.
    pub(crate) url: String,
    _server: Running,
}

impl Direct {
    /// Starts a server that prints its address first.
    pub(crate) fn start(words: &[String]) -> Result<Self> {
        let (server, url) = Running::start(Command::new(&words[0]).args(&words[1..]), "")?;
        Ok(Self { url, _server: server })
    }
}

/// The relay before a server on stdio, and before the relay what adds its token.
pub(crate) struct Relayed {
    /// Where that listens.
    pub(crate) url: String,
    // In this order: the front before the relay.
    _front: Running,
    _relay: Running,
}

impl Relayed {
    pub(crate) fn start(tools: &Tools, catwalk: &Path, server: &[String]) -> Result<Self> {
        let (relay, line) = Running::start(Command::new(catwalk).args(["relay", "--json", "--"]).args(server), "")?;
        let said: Value = serde_json::from_str(&line).context("the relay prints JSON")?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        let mut front = tools.node();
        front.arg(paths::root().join("tests/conformance/front.mjs")).arg(text("url"));
        let (front, url) = Running::start(&mut front, &text("token"))?;
        Ok(Self { url, _front: front, _relay: relay })
    }
}
