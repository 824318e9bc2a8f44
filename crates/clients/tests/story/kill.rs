//! kill -9 in the middle: the file is the old one or the new one, never a part.
//! `CATWALK_KILLS=1000` runs the thousand of FAULTS 4.2.

use crate::desk::Desk;
use catwalk_clients::{ClientKind, Undone, undo};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const HOME: &str = "CATWALK_TEST_KILL_HOME";

/// What the child does: connect and undo until it is killed. As a test of its own it does nothing.
#[test]
fn child_that_is_killed() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let mut desk = Desk::new();
    desk.homes.home = home.into();
    let mut out = std::io::stdout();
    loop {
        let applied = desk.connect("notes");
        writeln!(out, "connected").expect("the parent listens");
        assert_eq!(undo(applied).expect("undone"), Undone::File);
        writeln!(out, "undone").expect("the parent listens");
    }
}

#[test]
fn killed_at_any_moment_the_file_is_whole() {
    let kills: usize = std::env::var("CATWALK_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(30);
    let old = format!("{{\n  \"history\": \"{}\"\n}}\n", "x".repeat(200_000));
    let desk = Desk::new().with(&old);
    let new = desk.plan("notes").expect("a plan").after;
    for round in 0..kills {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["kill::child_that_is_killed", "--exact", "--nocapture"])
            .env(HOME, &desk.homes.home)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the child starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        // Past the test harness's own words, then a number of steps that differs from round to round.
        let steps = lines.map_while(Result::ok).filter(|l| l.ends_with("connected") || l == "undone");
        assert!(steps.take(1 + round % 5).count() > 0, "the child worked");
        child.kill().expect("killed");
        child.wait().expect("gone");
        let text = std::fs::read_to_string(desk.file(ClientKind::ClaudeCode)).expect("the file is there");
        assert!(text == old || text == new, "a part of a file after round {round}: {} bytes", text.len());
    }
}
