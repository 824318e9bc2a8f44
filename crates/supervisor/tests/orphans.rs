//! FAULTS case 33, the processes: Catwalk is killed with -9; nothing it started outlives it by 5 s.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{example, kill, lives, marked, parent, pids_in};
use catwalk_supervisor::Supervisor;
use catwalk_testkit::wait::{eventually, eventually_blocking};
use catwalk_testkit::zoo::Animal;

const FIVE: Duration = Duration::from_secs(5);

/// A small Catwalk in a process of its own, holding one server. Returns it and the server's pid.
fn catwalk(dir: &std::path::Path, animal: Animal, extra: &[&str]) -> (Child, u32) {
    let (program, args) = animal.command();
    let mut command = Command::new(example("parent"));
    command.arg(example("helper")).arg(dir).arg(program).args(args).args(extra);
    let mut catwalk = command.stdout(Stdio::piped()).spawn().expect("the example starts");
    let mut line = String::new();
    let stdout = catwalk.stdout.take().expect("it is piped");
    BufReader::new(stdout).read_line(&mut line).expect("the server's pid");
    let pid = line.trim().parse().expect("a number");
    (catwalk, pid)
}

#[test]
fn kill_9_leaves_no_orphan() {
    for animal in [Animal::Echo, Animal::IgnoresStop, Animal::Forker] {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("daemons");
        let (mut parent_process, server) = catwalk(dir.path(), animal, &[&file.to_string_lossy()]);
        let mut all = vec![server, parent(server)];
        if animal == Animal::Forker {
            all.extend(eventually_blocking("daemons", FIVE, || Some(pids_in(&file)).filter(|pids| pids.len() == 3)));
        }
        parent_process.kill().expect("SIGKILL");
        parent_process.wait().expect("it is dead");
        let start = Instant::now();
        eventually_blocking("an empty tree", FIVE, || (!all.iter().any(|pid| lives(*pid))).then_some(()));
        let mark = file.to_string_lossy();
        assert!(marked(&mark).is_empty(), "{animal:?} after {:?}", start.elapsed());
    }
}

/// Killed at random moments, also in the middle of a start.
#[test]
fn kill_9_at_any_moment() {
    let rounds: u64 = std::env::var("CATWALK_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let dir = tempfile::tempdir().expect("a folder");
    let mark = dir.path().join("mark").to_string_lossy().into_owned();
    let (program, args) = Animal::Forker.command();
    for round in 0..rounds {
        let mut command = Command::new(example("parent"));
        command.arg(example("helper")).arg(dir.path()).arg(&program).args(&args).arg(&mark);
        let mut catwalk = command.stdout(Stdio::null()).spawn().expect("the example starts");
        // Not a wait for something: the moment of the kill is the test's input.
        std::thread::sleep(Duration::from_micros(round * 7919 % 60_000));
        catwalk.kill().expect("SIGKILL");
        catwalk.wait().expect("it is dead");
    }
    eventually_blocking("no orphan", FIVE, || marked(&mark).is_empty().then_some(()));
}

/// Both Catwalk and the helper are killed: the next start finds the record and clears up, and only that.
#[tokio::test]
async fn the_sweep_ends_what_two_kills_left() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut killed, server) = catwalk(dir.path(), Animal::IgnoresStop, &[]);
    let other = tempfile::tempdir().expect("a folder");
    let (mut alive, bystander) = catwalk(other.path(), Animal::IgnoresStop, &[]);
    let helper = parent(server);
    // The helper is frozen first, so that it cannot react to the first kill.
    kill(helper, "STOP");
    killed.kill().expect("SIGKILL");
    killed.wait().expect("it is dead");
    kill(helper, "KILL");
    eventually("the helper's end", FIVE, async || (!lives(helper)).then_some(())).await;
    assert!(lives(server), "this is the leftover");

    // A record of another boot, one with a reused pid, and one that is none must not kill anything.
    let record = std::fs::read_dir(dir.path()).expect("records").flatten().map(|file| file.path());
    let record = { record }.find(|path| path.extension().is_some_and(|e| e == "json")).expect("one record");
    let text = std::fs::read_to_string(&record).expect("text");
    let boot = text.split("\"boot\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a boot id");
    let me = text.replace(&format!("\"pid\":{server},"), &format!("\"pid\":{bystander},"));
    std::fs::write(dir.path().join("reused.json"), me).expect("written");
    std::fs::write(dir.path().join("other-boot.json"), text.replace(boot, "another-boot")).expect("written");
    std::fs::write(dir.path().join("torn.json"), &text[..20]).expect("written");

    let swept = Supervisor::new(example("helper"), dir.path().to_owned()).sweep().await;
    assert_eq!(swept, 1);
    eventually("the leftover's end", FIVE, async || (!lives(server)).then_some(())).await;
    assert!(lives(bystander), "a process with another start time is somebody else");
    let again = Supervisor::new(example("helper"), dir.path().to_owned()).sweep().await;
    assert_eq!(again, 0);
    let left = std::fs::read_dir(dir.path()).expect("records").flatten().map(|file| file.path());
    assert_eq!(left.filter(|path| path.extension().is_some_and(|e| e == "json")).count(), 0);

    // A living Catwalk's server is not a leftover.
    let swept = Supervisor::new(example("helper"), other.path().to_owned()).sweep().await;
    assert!(swept == 0 && lives(bystander));
    alive.kill().expect("SIGKILL");
    alive.wait().expect("it is dead");
    eventually("nothing left", FIVE, async || (!lives(bystander)).then_some(())).await;
}
