//! The one server behind the floor relay, and the calls in flight at it.

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::ffi::OsString;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// As much of a message as a relay must know.
#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<&'a RawValue>,
    pub(crate) method: Option<&'a str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// The member that an answer carries, `result` or `error`, and its value: a slice of the line it came in.
pub(crate) type Outcome = (&'static str, Bytes);

/// The server.
pub(crate) struct Child {
    /// Its answer to `initialize`.
    pub(crate) hello: Outcome,
    next: AtomicU64,
    calls: Mutex<HashMap<u64, oneshot::Sender<Outcome>>>,
    lines: mpsc::UnboundedSender<Vec<u8>>,
    /// The two tasks that write and read; they end with the process.
    tasks: Mutex<JoinSet<()>>,
}

impl Child {
    /// Starts the server and shakes hands with it.
    #[expect(clippy::disallowed_methods, reason = "a tool to measure with starts its own server")]
    pub(crate) async fn start(command: &[OsString]) -> anyhow::Result<Arc<Self>> {
        let (program, args) = command.split_first().context("no command")?;
        let mut process = Command::new(program);
        let mut process = process.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut stdin = process.stdin.take().context("no stdin")?;
        let mut stdout = process.stdout.take().context("no stdout")?;
        let hello = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"floor","version":"0"}}}"#;
        stdin.write_all(format!("{hello}\n").as_bytes()).await?;
        let mut buffer = BytesMut::new();
        let line = line(&mut stdout, &mut buffer).await.context("the server ended")?;
        stdin.write_all(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n").await?;
        let (lines, queue) = mpsc::unbounded_channel();
        let child = Arc::new(Self {
            hello: outcome(&line).context("no answer to `initialize`")?.1,
            next: AtomicU64::new(1),
            calls: Mutex::default(),
            lines,
            tasks: Mutex::default(),
        });
        let (reading, mut tasks) = (Arc::clone(&child), JoinSet::new());
        tasks.spawn(write(stdin, queue));
        tasks.spawn(async move {
            // The process belongs to its reader.
            let _process = process;
            reading.read(stdout, buffer).await;
        });
        *child.tasks.lock().unwrap_or_else(PoisonError::into_inner) = tasks;
        Ok(child)
    }

    /// Passes a request on.
    pub(crate) async fn call(&self, message: &Message<'_>) -> Option<Outcome> {
        let (sender, answer) = oneshot::channel();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.calls().insert(number, sender);
        let (method, params) = (message.method?, message.params.map_or("{}", RawValue::get));
        let mut line = Vec::with_capacity(params.len() + 96);
        let number = number.to_string();
        for part in ["{\"jsonrpc\":\"2.0\",\"id\":", &number, ",\"method\":\"", method, "\",\"params\":", params, "}\n"]
        {
            line.extend_from_slice(part.as_bytes());
        }
        self.lines.send(line).ok()?;
        answer.await.ok()
    }

    async fn read(&self, mut stdout: ChildStdout, mut buffer: BytesMut) {
        while let Some(line) = line(&mut stdout, &mut buffer).await {
            if let Some((id, value)) = outcome(&line)
                && let Some(caller) = self.calls().remove(&id)
            {
                let _ = caller.send(value);
            }
        }
        self.calls().clear();
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Outcome>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer under the client's id.
pub(crate) fn answer(id: &str, (member, value): &Outcome) -> Vec<u8> {
    let (id, member) = (id.as_bytes(), member.as_bytes());
    [b"{\"jsonrpc\":\"2.0\",\"id\":", id, b",\"", member, b"\":", value, b"}"].concat()
}

/// Whose answer a line is, and what it carries.
fn outcome(line: &Bytes) -> Option<(u64, Outcome)> {
    let message: Message<'_> = serde_json::from_slice(line).ok()?;
    let (name, value) =
        message.result.map(|value| ("result", value)).or(message.error.map(|value| ("error", value)))?;
    Some((message.id?.get().parse().ok()?, (name, line.slice_ref(value.get().as_bytes()))))
}

async fn line(stdout: &mut ChildStdout, buffer: &mut BytesMut) -> Option<Bytes> {
    let mut searched = 0;
    loop {
        if let Some(at) = memchr::memchr(b'\n', &buffer[searched..]) {
            return Some(buffer.split_to(searched + at + 1).freeze());
        }
        searched = buffer.len();
        buffer.reserve(64 << 10);
        if stdout.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

async fn write(mut stdin: ChildStdin, mut queue: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(mut line) = queue.recv().await {
        while line.len() < 64 << 10
            && let Ok(more) = queue.try_recv()
        {
            line.extend_from_slice(&more);
        }
        if stdin.write_all(&line).await.is_err() {
            return;
        }
    }
}
