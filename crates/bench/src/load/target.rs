//! A relay to compare: how it is started, and how it is ended with all that it started.

use crate::call::Calls;
use crate::session::Session;
use crate::wire::{Endpoint, Wire};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a relay gets to answer its first call.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is tried meanwhile; trying costs the relay some of the time it is measured by.
const RETRY: Duration = Duration::from_micros(500);
/// How long one gets to end.
const GRACE: Duration = Duration::from_secs(3);
/// What relays that ask for a token are told to take.
const TOKEN: &str = "bench-token-0123456789abcdef0123456789abcdef";

/// A relay and how it is started. `{port}` stands for a free port, `{server}` for the server's program and arguments,
/// `{command}` for them in one, `{dir}` for a folder with `files`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// What it is, with its version.
    pub(crate) about: String,
    start: Vec<String>,
    url: String,
    /// Whether it takes a token, from the variable `BENCH_TOKEN`.
    #[serde(default)]
    token: bool,
    /// What it puts before a tool's name.
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

/// One that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) endpoint: Endpoint,
    pub(crate) listening: Duration,
    pub(crate) first_result: Duration,
    child: Child,
    dir: PathBuf,
}

impl Target {
    /// Starts it before `server`, and waits for its first tool result.
    #[expect(clippy::disallowed_methods, reason = "a tool to measure with starts what it measures")]
    pub(crate) async fn start(&self, server: &[String]) -> Result<Running> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let dir = std::env::temp_dir().join(format!("catwalk-bench-{}-{port}", std::process::id()));
        let fill = |text: &str| {
            let text = text.replace("{port}", &port.to_string()).replace("{command}", &server.join(" "));
            text.replace("{dir}", &dir.to_string_lossy())
        };
        std::fs::create_dir_all(&dir)?;
        for (name, text) in &self.files {
            std::fs::write(dir.join(name), fill(text))?;
        }
        let spread = |arg: &String| if arg == "{server}" { server.to_vec() } else { vec![fill(arg)] };
        let words: Vec<String> = self.start.iter().flat_map(spread).collect();
        let (program, args) = words.split_first().context("no command")?;
        let mut endpoint = Endpoint::new(&fill(&self.url).parse()?, self.token.then(|| TOKEN.to_owned()))?;
        endpoint.tool.insert_str(0, &self.prefix);
        let began = Instant::now();
        let mut command = Command::new(program);
        command.args(args).env("BENCH_TOKEN", TOKEN).process_group(0);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let zero = Duration::ZERO;
        let mut running = Running { endpoint, listening: zero, first_result: zero, child, dir };
        running.wait(began).await.with_context(|| format!("{} does not answer", self.name))?;
        Ok(running)
    }
}

impl Running {
    async fn wait(&mut self, began: Instant) -> Result<()> {
        loop {
            let tried = self.first_call(began).await;
            let Err(error) = tried else { return Ok(()) };
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended ({status})");
            }
            if began.elapsed() > PATIENCE {
                return Err(error);
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn first_call(&mut self, began: Instant) -> Result<()> {
        let mut wire = Wire::connect(self.endpoint.addr()).await?;
        if self.listening.is_zero() {
            self.listening = began.elapsed();
        }
        let session = Session::open(&self.endpoint, &mut wire).await?;
        session.call(&mut wire, &Calls::new(&self.endpoint.tool, 8), 1, "first").await?;
        self.first_result = began.elapsed();
        Ok(())
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it and what it started.
    pub(crate) fn stop(mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let signal = |signal| group.map(|group| kill_process_group(group, signal));
        signal(Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < GRACE && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(Signal::KILL);
        let _ = self.child.wait();
        remove(&self.dir);
    }
}

fn remove(dir: &Path) {
    let _ = std::fs::remove_dir_all(dir);
}
