//! `catwalk bridge` in the product's own binary: it finds the relay by its file, and has it started where it does not run.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use catwalk_testkit::wait::eventually_blocking;
use catwalk_testkit::zoo::Animal;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

const CATWALK: &str = env!("CARGO_BIN_EXE_catwalk");
const LIMIT: Duration = Duration::from_secs(20);

struct Bridge {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Bridge {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(CATWALK);
        command.args(["bridge", "server"]).env("CATWALK_DATA", data);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let (stdin, stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        Self { child, stdin, stdout: BufReader::new(stdout) }
    }

    fn ask(&mut self, id: u64, method: &str, params: &Value) -> Value {
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        writeln!(self.stdin, "{message}").expect("it reads");
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it writes");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What stands for the desktop app: a script that runs the relay alone, on the port that the file names.
fn app(folder: &Path, port: u16) -> Value {
    let (program, args) = Animal::Echo.command();
    let words: Vec<String> = [program.to_string_lossy().into_owned()].into_iter().chain(args).collect();
    let server = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let started = folder.join("started");
    let script = format!(
        "#!/bin/sh\necho \"$$ $1 $MARK\" >> '{}'\nexec '{CATWALK}' relay --port {port} --token-from TOKEN -- {server}\n",
        started.display()
    );
    let path = folder.join("app.sh");
    std::fs::write(&path, script).expect("it can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("it can be run");
    json!({ "program": path, "env": { "MARK": "remembered", "TOKEN": "a-token-that-is-long-enough" } })
}

/// Every start so far: process, argument, variable.
fn starts(folder: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("started")).unwrap_or_default();
    text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

#[test]
fn catwalk_is_started_where_nobody_listens() {
    let data = tempfile::tempdir().expect("a folder");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let file = json!({ "origin": format!("http://127.0.0.1:{port}"), "token": "a-token-that-is-long-enough",
        "app": app(data.path(), port) });
    std::fs::write(data.path().join("bridge.json"), file.to_string()).expect("it can be written");
    let mut bridge = Bridge::start(data.path());
    let hello =
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    let told = bridge.ask(0, "initialize", &hello);
    assert_eq!(told["result"]["protocolVersion"], "2025-06-18", "{told}");
    writeln!(bridge.stdin, r#"{{"jsonrpc":"2.0","method":"notifications/initialized"}}"#).expect("it reads");
    let listed = bridge.ask(1, "tools/list", &json!({}));
    assert!(listed["result"]["tools"].is_array(), "{listed}");
    let first = starts(data.path());
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(first[0][1..], ["--hidden", "remembered"], "as the file says");

    // It goes, and the next call has it back, in a session of its own making.
    let pid = first[0][0].parse().ok().and_then(Pid::from_raw).expect("a pid");
    kill_process(pid, Signal::TERM).expect("it takes signals");
    eventually_blocking("the relay to end", LIMIT, || std::net::TcpStream::connect(("127.0.0.1", port)).err());
    let listed = bridge.ask(2, "tools/list", &json!({}));
    assert!(listed["result"]["tools"].is_array(), "{listed}");
    let second = starts(data.path());
    assert_eq!(second.len(), 2, "{second:?}");
    drop(bridge);
    let pid = second[1][0].parse().ok().and_then(Pid::from_raw).expect("a pid");
    kill_process(pid, Signal::TERM).expect("it takes signals");
}

#[test]
fn who_has_connected_nothing_is_told() {
    let data = tempfile::tempdir().expect("a folder");
    let output =
        Command::new(CATWALK).args(["bridge", "x"]).env("CATWALK_DATA", data.path()).output().expect("it runs");
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("open Catwalk"), "{output:?}");
}
