//! `cargo xtask bench profile`: which code a small call costs, in instructions. Those are the same on every run and every
//! computer, so they say what bounds the relay where seconds only say that something does.

use super::alone::Alone;
use crate::{exec, paths};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Calls counted, and in flight at once.
const CALLS: u64 = 5000;
const IN_FLIGHT: &str = "16";
/// Rows of the table.
const SHOWN: usize = 12;

/// What a function is for, by the first of these that its name holds.
const PARTS: [(&str, &str); 22] = [
    ("catwalk_relay", "Catwalk's relay"),
    ("catwalk_", "Catwalk's other crates"),
    ("bench_floor", "the floor relay"),
    ("axum", "axum"),
    ("tower", "axum"),
    ("hyper", "hyper (HTTP)"),
    ("httparse", "hyper (HTTP)"),
    ("httpdate", "hyper (HTTP)"),
    ("http::", "http (header map)"),
    ("serde", "serde (JSON)"),
    ("sha2", "SHA-256 (tokens)"),
    ("tracing", "tracing"),
    ("tokio", "tokio (scheduler, sockets, pipes)"),
    ("mio", "tokio (scheduler, sockets, pipes)"),
    ("parking_lot", "locks"),
    ("hash", "hashing"),
    ("malloc", "allocator"),
    ("free", "allocator"),
    ("calloc", "allocator"),
    ("realloc", "allocator"),
    ("mem", "memory copies (libc)"),
    ("pthread", "locks"),
];

/// Counts both relays and prints what a call of each is made of.
pub(super) fn profile(write: bool) -> Result<ExitCode> {
    if paths::which("valgrind").is_none() {
        bail!("valgrind counts the instructions; install it first (Debian and Ubuntu: sudo apt-get install valgrind)");
    }
    // As shipped, but with the names of functions left in.
    exec::run(exec::cargo().args(["build", "--profile", "profiling", "-p", "catwalk-cli", "-p", "catwalk-bench"]))?;
    let programs = paths::target().join("profiling");
    let floor = count(&programs, &Alone::floor(&programs))?;
    let catwalk = count(&programs, &Alone::catwalk(&programs))?;
    let (all, least) = (catwalk.values().sum::<u64>(), floor.values().sum::<u64>());
    let mut table = format!(
        "Instructions in user space for a small call, {IN_FLIGHT} in flight, counted by callgrind over {CALLS} calls. The kernel's \
         part (a read and a write on the socket and on the pipe, and waking the threads) is the same number of system calls in both.\n\n\
         | part | Catwalk | the floor relay |\n|---|--:|--:|\n| all | {} | {} |\n",
        all / CALLS,
        least / CALLS
    );
    let mut parts: Vec<_> = catwalk.iter().collect();
    parts.sort_by_key(|(_, cost)| std::cmp::Reverse(**cost));
    for (part, cost) in parts.into_iter().take(SHOWN) {
        let other = floor.get(part).copied().unwrap_or_default();
        writeln!(table, "| {part} | {} | {} |", cost / CALLS, other / CALLS)?;
    }
    println!("\n{table}");
    if write {
        let head = "# What bounds the relay\n\nWritten by `cargo xtask bench profile --write`.\n\n";
        std::fs::write(paths::root().join("docs/relay-profile.md"), format!("{head}{table}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Instructions by part while the calls were made.
fn count(programs: &Path, relay: &Alone) -> Result<BTreeMap<&'static str, u64>> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("counted");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind", "--compress-strings=no", "--instr-atstart=yes"]);
    valgrind.arg(format!("--callgrind-out-file={}", out.display())).args(&relay.command);
    let running = relay.start(valgrind)?;
    let load = |calls: u64| -> Result<()> {
        let mut load = Command::new(programs.join("bench-load"));
        load.args(["http", "--url", &running.url, "--bearer", super::alone::TOKEN, "-c", IN_FLIGHT, "-n"]);
        exec::quiet(load.arg(calls.to_string())).map(drop).with_context(|| format!("{} did not answer", relay.name))
    };
    let control = |flag: &str| -> Result<()> {
        let mut command = Command::new("callgrind_control");
        exec::quiet(command.arg(flag).arg(running.pid().to_string())).map(drop).context("callgrind_control")
    };
    // What happens once is no part of a call.
    load(500)?;
    control("--zero")?;
    load(CALLS)?;
    control("--dump")?;
    let dumped = folder.path().join("counted.1");
    let shown =
        exec::quiet(Command::new("callgrind_annotate").args(["--threshold=100", "--show-percs=no"]).arg(&dumped));
    Ok(sum(&shown.context("callgrind_annotate")?))
}

fn sum(annotated: &str) -> BTreeMap<&'static str, u64> {
    let mut parts = BTreeMap::new();
    for line in annotated.lines() {
        let Some((cost, function)) = line.trim_start().split_once(' ') else { continue };
        let Ok(cost) = cost.replace(',', "").parse::<u64>() else { continue };
        if function.contains("PROGRAM TOTALS") {
            continue;
        }
        let part = PARTS.iter().find(|(word, _)| function.contains(word)).map_or("the rest", |(_, part)| part);
        *parts.entry(part).or_default() += cost;
    }
    parts
}
