//! `catwalk run` in the product's own binary.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use catwalk_domain::{DeploymentId, Secret};
use catwalk_supervisor::{Limits, Log, Spec, Supervisor};
use catwalk_testkit::zoo::Animal;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

const CATWALK: &str = env!("CARGO_BIN_EXE_catwalk");

#[test]
fn a_person_who_starts_it_by_hand_is_told() {
    for args in [&["run"][..], &["run", "--program", "x"]] {
        let output = Command::new(CATWALK).args(args).stdin(Stdio::null()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("Catwalk itself"), "{output:?}");
    }
}

#[tokio::test]
async fn it_holds_a_server() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = Log::open(dir.path().join("log"), &[], Limits::default());
    let (program, args) = Animal::Echo.command();
    let spec = Spec {
        program,
        args: args.into_iter().map(Secret::new).collect(),
        env: Vec::new(),
        cwd: dir.path().to_owned(),
        home: dir.path().join("home"),
    };
    let supervisor = Supervisor::new(Path::new(CATWALK).to_owned(), dir.path().join("run"));
    let id: DeploymentId = "00000000-0000-0000-0000-000000000000".parse().expect("an id");
    let mut process = supervisor.spawn(id, spec, log).await.expect("the server starts");
    process.stdin.write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n").await.expect("it reads");
    let line = BufReader::new(&mut process.stdout).lines().next_line().await.expect("text").expect("an answer");
    assert!(line.contains("\"result\""), "{line}");
    let control = process.control();
    drop(process);
    control.stop().await;
    assert_eq!(control.exited().await.code, Some(0));
}

/// Starting must cost milliseconds; this bound is loose because tests share the machine.
#[test]
fn it_starts_at_once() {
    let quickest = (0..5)
        .map(|_| {
            let start = Instant::now();
            Command::new(CATWALK).arg("--version").stdout(Stdio::null()).status().expect("it runs");
            start.elapsed()
        })
        .min()
        .expect("five tries");
    assert!(quickest < Duration::from_millis(100), "{quickest:?}");
}
