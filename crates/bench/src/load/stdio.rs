//! The same calls to a stdio server without any relay: what the pipe and the server cost.

use crate::call::Calls;
use crate::figures::{Figures, Tally};
use crate::http::{Load, Until};
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const WARM_UP: Duration = Duration::from_millis(300);
/// What a pipe holds by default; more in flight needs a second thread, as writing may wait for reading.
const PIPE: usize = 64 << 10;

/// Where requests go.
enum Out {
    Pipe(ChildStdin),
    Thread(mpsc::Sender<String>),
}

impl Out {
    fn send(&mut self, line: String) -> Result<()> {
        match self {
            Self::Pipe(pipe) => Ok(pipe.write_all(line.as_bytes())?),
            Self::Thread(lines) => lines.send(line).context("the server takes no more"),
        }
    }
}

/// A server that ends with its run.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server, keeps `in_flight` calls at it, and measures.
#[expect(clippy::disallowed_methods, reason = "a tool to measure with starts its own server")]
pub(crate) fn run(server: &[OsString], load: &Load) -> Result<Figures> {
    let (program, args) = server.split_first().context("no command")?;
    let child = Command::new(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut server = Server(child);
    let mut pipe = server.0.stdin.take().context("no stdin")?;
    let mut answers = BufReader::with_capacity(PIPE, server.0.stdout.take().context("no stdout")?);
    let hello = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench-load","version":"1"}}}"#;
    writeln!(pipe, "{hello}\n{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}}")?;
    let mut line = Vec::new();
    answers.read_until(b'\n', &mut line)?;
    let mut out = if (load.payload + 512) * load.in_flight < PIPE {
        Out::Pipe(pipe)
    } else {
        let (sender, lines) = mpsc::channel::<String>();
        std::thread::spawn(move || lines.iter().all(|line| pipe.write_all(line.as_bytes()).is_ok()));
        Out::Thread(sender)
    };
    let calls = Calls::new("echo", load.payload);
    let start = Instant::now();
    let (from, to, mut left) = match load.until {
        Until::Calls(calls) => (start, None, calls),
        Until::Elapsed(time) => (start + WARM_UP, Some(start + WARM_UP + time), usize::MAX),
    };
    let (mut tally, mut waiting, mut next) = (Tally::default(), HashMap::new(), 0_u64);
    let mut call = |waiting: &mut HashMap<u64, Instant>| {
        let now = Instant::now();
        if left == 0 || to.is_some_and(|to| now >= to) {
            return Ok(());
        }
        (left, next) = (left - 1, next + 1);
        waiting.insert(next, now);
        out.send(calls.request(next, &next.to_string()) + "\n")
    };
    for _ in 0..load.in_flight {
        call(&mut waiting)?;
    }
    while !waiting.is_empty() {
        line.clear();
        answers.read_until(b'\n', &mut line)?;
        let id = serde_json::from_slice::<Of>(&line).context("the server ended or wrote no answer")?.id;
        let began = waiting.remove(&id).context("an answer to nobody")?;
        let outcome = calls.check(id, &id.to_string(), &line).map_err(Into::into);
        let ended = Instant::now();
        if ended >= from && to.is_none_or(|to| ended <= to) {
            tally.note(ended - began, outcome);
        }
        call(&mut waiting)?;
    }
    Ok(tally.figures(to.map_or_else(|| from.elapsed(), |to| to - from)))
}

#[derive(serde::Deserialize)]
struct Of {
    id: u64,
}
