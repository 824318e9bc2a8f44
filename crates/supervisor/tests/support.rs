//! What the tests share: a supervisor in a temporary folder, a zoo animal in it, and a look at the process table.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use catwalk_domain::{DeploymentId, Secret};
use catwalk_supervisor::{Control, Limits, Log, Process, Spec, Supervisor};
use catwalk_testkit::zoo::Animal;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout};

/// An example of this package, built beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let me = std::env::current_exe().expect("the test's own path");
    let target = me.parent().and_then(Path::parent).expect("target/debug/deps/test");
    let path = target.join("examples").join(name);
    assert!(path.is_file(), "{} is missing: run `cargo test -p catwalk-supervisor` without --test", path.display());
    path
}

pub(crate) struct Stage {
    pub(crate) dir: TempDir,
    pub(crate) supervisor: Supervisor,
    pub(crate) log: Arc<Log>,
}

impl Stage {
    pub(crate) fn new(masks: &[&str]) -> Self {
        let dir = tempfile::Builder::new().prefix("cw-").tempdir().expect("a folder");
        let masks: Vec<_> = masks.iter().map(|mask| Secret::new((*mask).to_owned())).collect();
        let log = Log::open(dir.path().join("log"), &masks, Limits::default());
        let supervisor = Supervisor::new(example("helper"), dir.path().join("run"));
        Self { dir, supervisor, log }
    }

    pub(crate) fn spec(&self, animal: Animal, extra: &[&str]) -> Spec {
        let (program, args) = animal.command();
        Spec {
            program,
            args: args.into_iter().chain(extra.iter().map(|arg| (*arg).to_owned())).map(Secret::new).collect(),
            env: vec![("PATH".into(), Secret::new("/usr/bin:/bin".into()))],
            cwd: self.dir.path().to_owned(),
            home: self.dir.path().join("home"),
        }
    }

    pub(crate) async fn spawn(&self, spec: Spec) -> Process {
        let id = DeploymentId(uuid::Uuid::nil());
        self.supervisor.spawn(id, spec, self.log.clone()).await.expect("the server starts")
    }

    pub(crate) async fn start(&self, animal: Animal, extra: &[&str]) -> Talk {
        Talk::new(self.spawn(self.spec(animal, extra)).await)
    }

    pub(crate) fn records(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("run")).map_or(0, Iterator::count)
    }
}

/// A conversation with a started server.
pub(crate) struct Talk {
    pub(crate) control: Control,
    pub(crate) stdin: ChildStdin,
    pub(crate) stdout: Lines<BufReader<ChildStdout>>,
}

impl Talk {
    pub(crate) fn new(process: Process) -> Self {
        let control = process.control();
        Self { control, stdin: process.stdin, stdout: BufReader::new(process.stdout).lines() }
    }

    pub(crate) async fn send(&mut self, method: &str, params: &str) {
        let line = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{params}}}\n");
        self.stdin.write_all(line.as_bytes()).await.expect("the server reads");
    }

    pub(crate) async fn ask(&mut self, method: &str, params: &str) -> String {
        self.send(method, params).await;
        self.line().await.expect("an answer")
    }

    pub(crate) async fn line(&mut self) -> Option<String> {
        let line = tokio::time::timeout(Duration::from_secs(20), self.stdout.next_line());
        line.await.expect("something within 20 s").expect("text")
    }
}

/// Parent, state and start of a process; `None` when it is gone (a zombie is gone).
pub(crate) fn lives(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

pub(crate) fn parent(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a living process");
    let fields = stat.rsplit_once(") ").expect("a name in brackets").1;
    fields.split(' ').nth(1).and_then(|field| field.parse().ok()).expect("a parent")
}

/// The pids that the forker's daemons wrote into `file`.
pub(crate) fn pids_in(file: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// All living processes with `mark` in their command line.
pub(crate) fn marked(mark: &str) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != std::process::id() && lives(*pid))
        .filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(mark)
        })
        .collect()
}

/// Sends a signal by name, to this one process.
pub(crate) fn kill(pid: u32, signal: &str) {
    #[allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]
    let status = std::process::Command::new("kill").args(["-s", signal, &pid.to_string()]).status();
    assert!(status.expect("kill runs").success(), "{pid} is there");
}
