//! `cargo xtask bench bridge`: how long an AI app waits for the first byte of a bridge that it has just started.

use super::alone::{Alone, Running, TOKEN};
use super::build;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Starts measured; the median of so many is steady to a millisecond.
const RUNS: usize = 31;
/// What a person does not notice, which is what is promised.
const PROMISED: Duration = Duration::from_millis(50);
const HELLO: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}
"#;
const DISCOVER: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
"#;

/// Builds, starts a relay with a server that is up, and starts one bridge after the other.
pub(crate) fn bench() -> Result<ExitCode> {
    let release = build()?;
    let (catwalk, echo) = (release.join("catwalk"), release.join("bench-echo"));
    let relay = Alone::catwalk(&release);
    let running = relay.start(relay.plain()?)?;
    let origin = running.url.strip_suffix("/mcp/server").context("its address")?;
    let data = tempfile::tempdir()?;
    std::fs::write(data.path().join("bridge.json"), json!({ "origin": origin, "token": TOKEN }).to_string())?;
    let mut bridge = Command::new(&catwalk);
    bridge.args(["bridge", "server"]).env("CATWALK_DATA", data.path());
    // The first one waits for the server.
    first_byte(&mut bridge, HELLO)?;
    println!("\n| from start to first byte, {RUNS} starts | median ms | slowest ms |\n| --- | --- | --- |");
    let mut slowest_median = Duration::ZERO;
    for (name, hello) in [("`initialize` (2025-06-18)", HELLO), ("`server/discover` (2026-07-28)", DISCOVER)] {
        slowest_median = slowest_median.max(row(name, &mut bridge, hello)?);
    }
    row("the server itself, without any relay", &mut Command::new(&echo), HELLO)?;
    if slowest_median > PROMISED {
        bail!("{} ms were promised", PROMISED.as_millis());
    }
    Ok(ExitCode::SUCCESS)
}

fn row(name: &str, command: &mut Command, hello: &[u8]) -> Result<Duration> {
    let mut times = (0..RUNS).map(|_| first_byte(command, hello)).collect::<Result<Vec<_>>>()?;
    times.sort();
    let (median, slowest) = (times[RUNS / 2], times[RUNS - 1]);
    println!("| {name} | {:.1} | {:.1} |", median.as_secs_f64() * 1e3, slowest.as_secs_f64() * 1e3);
    Ok(median)
}

/// From the start of the process to the first byte of its answer.
fn first_byte(command: &mut Command, hello: &[u8]) -> Result<Duration> {
    let started = Instant::now();
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
    let mut child = Running(child.with_context(|| name(Path::new(command.get_program())))?);
    let (mut stdin, mut stdout) = (child.0.stdin.take().context("stdin")?, child.0.stdout.take().context("stdout")?);
    stdin.write_all(hello)?;
    stdin.flush()?;
    let mut byte = [0];
    stdout.read_exact(&mut byte).context("it said nothing")?;
    Ok(started.elapsed())
}

fn name(program: &Path) -> String {
    format!("could not start {}", program.display())
}
