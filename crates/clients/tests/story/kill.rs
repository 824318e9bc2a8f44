//! At every instant the file is the old one or the new one, never a part: what another reader sees at an instant is
//! what a kill -9 at that instant leaves behind. `CATWALK_KILLS=1000` runs the thousand kills of FAULTS 4.2.

use crate::desk::Desk;
use catwalk_clients::{ClientKind, Undone, apply, undo};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

const HOME: &str = "CATWALK_TEST_KILL_HOME";

/// A file that takes a while to write.
fn large() -> String {
    format!("{{\n  \"history\": \"{}\"\n}}\n", "x".repeat(300_000))
}

#[test]
fn a_reader_never_sees_a_part() {
    let old = large();
    let desk = Desk::new().with(&old);
    let plan = desk.plan("notes").expect("a plan");
    let (new, backups, file) = (plan.after.clone(), desk.backups(), desk.file(ClientKind::ClaudeCode));
    let writer = thread::spawn(move || {
        for _ in 0..15 {
            let applied = apply(plan.clone(), &backups).expect("connected");
            assert_eq!(undo(applied).expect("undone"), Undone::File);
        }
    });
    let mut seen = [0_u32; 2];
    while !writer.is_finished() {
        let text = std::fs::read_to_string(&file).expect("the file is always there");
        assert!(text == old || text == new, "a part of a file: {} bytes", text.len());
        seen[usize::from(text == new)] += 1;
    }
    writer.join().expect("the writer worked");
    assert!(seen.iter().all(|n| *n > 0), "both were seen: {seen:?}");
}

/// What the child does: connect and undo until it is killed. As a test of its own it does nothing.
#[test]
fn child_that_is_killed() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let mut desk = Desk::new();
    desk.homes.home = home.into();
    let plan = desk.plan("notes").expect("a plan");
    let mut out = std::io::stdout();
    loop {
        let applied = apply(plan.clone(), &desk.backups()).expect("connected");
        writeln!(out, "connected").expect("the parent listens");
        assert_eq!(undo(applied).expect("undone"), Undone::File);
        writeln!(out, "undone").expect("the parent listens");
    }
}

#[test]
fn killed_at_any_moment_the_file_is_whole() {
    let kills: u32 = std::env::var("CATWALK_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(10);
    let old = large();
    let desk = Desk::new().with(&old);
    let new = desk.plan("notes").expect("a plan").after;
    for round in 0..kills {
        // The child before may have been killed while connected.
        let desk = &Desk { dir: tempfile::tempdir().expect("a folder"), homes: desk.homes.clone() };
        std::fs::write(desk.file(ClientKind::ClaudeCode), &old).expect("the old file");
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["kill::child_that_is_killed", "--exact", "--nocapture"])
            .env(HOME, &desk.homes.home)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the child starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        // Past the test harness's own words.
        let mut steps = lines.map_while(Result::ok).filter(|l| l.ends_with("connected") || l == "undone");
        let mut step = || steps.next().expect("the child works");
        step();
        let begun = Instant::now();
        step();
        // One step takes about this long: the kills are spread evenly over it.
        let wait = begun.elapsed() * round / kills;
        let begun = Instant::now();
        while begun.elapsed() < wait {
            std::hint::spin_loop();
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
        let text = std::fs::read_to_string(desk.file(ClientKind::ClaudeCode)).expect("the file is there");
        assert!(text == old || text == new, "a part of a file after round {round}: {} bytes", text.len());
    }
}
