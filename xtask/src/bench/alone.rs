//! One relay, started by itself on a free port, ended when dropped.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What it takes to call it.
pub(super) const TOKEN: &str = "a-token-for-the-benchmark";
/// Under valgrind everything is fifty times slower.
const PATIENCE: Duration = Duration::from_mins(2);

/// How one is started.
pub(super) struct Alone {
    pub(super) name: &'static str,
    pub(super) command: Vec<OsString>,
    path: &'static str,
    port: u16,
}

/// One that listens.
pub(super) struct Listening {
    pub(super) url: String,
    child: Running,
}

/// A process that ends with its owner.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Alone {
    pub(super) fn floor(programs: &Path) -> Self {
        let port = free();
        let listen = format!("127.0.0.1:{port}");
        let words = [programs.join("bench-floor").into(), "--listen".into(), listen.into(), "--".into()];
        Self { name: "bench-floor", command: with_server(words, programs), path: "/mcp", port }
    }

    pub(super) fn catwalk(programs: &Path) -> Self {
        let port = free();
        let words = [programs.join("catwalk").into(), "relay".into(), "--port".into(), port.to_string().into()];
        let mut command = Vec::from(words);
        command.extend(["--token-from", "BENCH_TOKEN", "--"].map(OsString::from));
        Self { name: "catwalk", command: with_server(command, programs), path: "/mcp/server", port }
    }

    /// Its own command line, for [`Self::start`].
    pub(super) fn plain(&self) -> Result<Command> {
        let (program, args) = self.command.split_first().context("no program")?;
        let mut command = Command::new(program);
        command.args(args);
        Ok(command)
    }

    /// Starts it, by whatever `command` was made of its words, and waits until it listens.
    pub(super) fn start(&self, mut command: Command) -> Result<Listening> {
        command.env("BENCH_TOKEN", TOKEN).stdin(Stdio::null()).stdout(Stdio::null());
        let child = Running(command.spawn().with_context(|| self.name)?);
        let listening = Listening { url: format!("http://127.0.0.1:{}{}", self.port, self.path), child };
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if since.elapsed() > PATIENCE {
                bail!("{} does not listen", self.name);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(listening)
    }
}

impl Listening {
    pub(super) fn pid(&self) -> u32 {
        self.child.0.id()
    }
}

fn with_server(words: impl IntoIterator<Item = OsString>, programs: &Path) -> Vec<OsString> {
    words.into_iter().chain([programs.join("bench-echo").into()]).collect()
}

fn free() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr()).map_or(7611, |addr| addr.port())
}
