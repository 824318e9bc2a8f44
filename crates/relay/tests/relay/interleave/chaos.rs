//! A server in memory that does everything in the wrong order.

use super::Choice;
use crate::support::spawn;
use catwalk_domain::DeploymentId;
use catwalk_relay::{ConnectError, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};

/// What all parts of a run share.
pub(crate) struct Shared {
    pub(crate) steps: AtomicU64,
    pub(crate) ends: AtomicU64,
    wanted: u64,
    /// Every id that a call has ever had.
    used: Mutex<HashSet<u64>>,
    /// Ids that the last server left behind.
    left: Mutex<Vec<Value>>,
}

impl Shared {
    pub(crate) fn new(wanted: u64) -> Self {
        Self { steps: 0.into(), ends: 0.into(), wanted, used: Mutex::default(), left: Mutex::default() }
    }

    /// Counts a message; whether there have been enough.
    pub(crate) fn step(&self) -> bool {
        self.steps.fetch_add(1, Ordering::Relaxed) >= self.wanted
    }
}

/// Starts the servers, one after the other.
pub(crate) struct Chaos {
    pub(crate) seed: u64,
    pub(crate) shared: Arc<Shared>,
}

impl Upstreams for Chaos {
    fn connect(&self, _: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async move {
            let (ours, theirs) = tokio::io::duplex(16 << 10);
            let (reader, writer) = tokio::io::split(ours);
            let choice = Choice::new(self.seed.wrapping_mul(31) + self.shared.ends.load(Ordering::Relaxed));
            let server = Server {
                lines: BufReader::new(reader).lines(),
                writer,
                choice,
                shared: Arc::clone(&self.shared),
                calls: Vec::new(),
                stale: Vec::new(),
                asked: HashMap::new(),
                asks: 0,
            };
            spawn(server.run());
            let (reader, writer) = tokio::io::split(theirs);
            let stray = Arc::new(|line: &[u8]| panic!("stray: {}", String::from_utf8_lossy(line)));
            Ok(Upstream::Pipes { reader: Box::new(reader), writer: Box::new(writer), stray })
        })
    }
}

struct Server {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: WriteHalf<DuplexStream>,
    choice: Choice,
    shared: Arc<Shared>,
    /// Calls to answer.
    calls: Vec<Value>,
    /// Ids of calls that were answered or cancelled, or are another server's.
    stale: Vec<Value>,
    /// Questions by id, and what their answers must say.
    asked: HashMap<u64, String>,
    asks: u64,
}

impl Server {
    async fn run(mut self) {
        self.stale = std::mem::take(&mut *self.shared.left.lock().expect("no panic holds it"));
        while self.turn().await.is_some() {}
        let left = self.calls.iter().map(|call| call["id"].clone()).chain(self.stale).take(200).collect();
        *self.shared.left.lock().expect("no panic holds it") = left;
    }

    /// Reads or writes one message; none at the end, ours or the relay's.
    async fn turn(&mut self) -> Option<()> {
        self.shared.step();
        // Sometimes calls pile up, sometimes each is answered at once.
        if self.calls.is_empty() || self.choice.below(2) == 0 && self.calls.len() < 64 {
            let waiting = !self.calls.is_empty();
            let line = tokio::select! {
                biased;
                line = self.lines.next_line() => line.ok()??,
                () = tokio::task::yield_now(), if waiting => return Some(()),
            };
            return self.take(serde_json::from_str(&line).expect("the relay sends JSON")).await;
        }
        let at = usize::try_from(self.choice.below(self.calls.len() as u64)).expect("is small");
        match self.choice.below(1000) {
            0 => {
                self.shared.ends.fetch_add(1, Ordering::Relaxed);
                None
            }
            1..100 if !self.calls[at]["params"]["_meta"].is_null() => {
                let token = &self.calls[at]["params"]["_meta"]["progressToken"];
                let params =
                    json!({ "progressToken": token, "progress": 1, "message": self.calls[at]["params"]["tag"] });
                self.write(json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })).await
            }
            100..150 => {
                self.asks += 1;
                let tag = format!("question {}", self.asks);
                self.asked.insert(self.asks, tag.clone());
                let params = json!({ "tag": tag });
                self.write(json!({ "jsonrpc": "2.0", "id": self.asks, "method": "roots/list", "params": params })).await
            }
            150..250 if !self.stale.is_empty() => {
                let which = usize::try_from(self.choice.below(self.stale.len() as u64)).expect("is small");
                let id = self.stale[which].clone();
                self.write(json!({ "jsonrpc": "2.0", "id": id, "result": { "tag": "stale" } })).await
            }
            250..260 => self.write(json!({ "jsonrpc": "2.0", "id": u64::MAX, "result": { "tag": "nobody's" } })).await,
            _ => {
                let call = self.calls.swap_remove(at);
                let answer = json!({ "jsonrpc": "2.0", "id": call["id"], "result": { "tag": call["params"]["tag"] } });
                self.forget(call["id"].clone());
                self.write(answer).await
            }
        }
    }

    fn forget(&mut self, id: Value) {
        if self.stale.len() > 200 {
            self.stale.swap_remove(0);
        }
        self.stale.push(id);
    }

    async fn take(&mut self, message: Value) -> Option<()> {
        match message["method"].as_str() {
            Some("initialize") => {
                let result = json!({ "protocolVersion": "2025-06-18", "capabilities": { "tools": {} },
                    "serverInfo": { "name": "chaos", "version": "1" } });
                return self.write(json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })).await;
            }
            Some("tools/call") => {
                let id = message["id"].as_u64().expect("an id of ours");
                let fresh = self.shared.used.lock().expect("no panic holds it").insert(id);
                assert!(fresh, "an id used twice: {message}");
                self.calls.push(message);
            }
            Some("notifications/cancelled") => {
                let id = message["params"]["requestId"].clone();
                if let Some(at) = self.calls.iter().position(|call| call["id"] == id) {
                    self.calls.swap_remove(at);
                    self.forget(id);
                }
            }
            Some("notifications/initialized") => {}
            Some(other) if message["id"].is_null() => panic!("the relay notifies of {other}"),
            Some(_) => {
                let error = json!({ "code": -32601, "message": "no such method" });
                return self.write(json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })).await;
            }
            None => {
                let id = message["id"].as_u64().expect("an id of ours");
                let tag = self.asked.remove(&id).expect("a question that is open");
                assert!(message["error"].is_object() || message["result"]["tag"] == tag, "{tag}: got {message}");
            }
        }
        Some(())
    }

    async fn write(&mut self, message: Value) -> Option<()> {
        self.writer.write_all(format!("{message}\n").as_bytes()).await.ok()
    }
}
