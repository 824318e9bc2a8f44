//! Bytes as they come over a connection, of somebody who has a token.
#![allow(clippy::disallowed_methods, reason = "no task outlives the fuzzing process")]

use crate::{Allows, Config, ConnectError, Limits, Routes, TokenRule, Upstream, Upstreams, accept, front::Front};
use catwalk_domain::{DeploymentId, Slug};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex, split};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

/// Whoever takes longer than this hangs. It is time on the runtime's own clock, which goes on at once when there is
/// nothing to do: waiting costs nothing, and what spins is found by libFuzzer's own limit.
const LIMIT: Duration = Duration::from_secs(60);

/// A relay with one server, which needs neither sockets nor processes. The host is `relay.test`, the token `fuzz`, the path
/// `/mcp/one`.
pub struct FrontUnderTest {
    runtime: Runtime,
    front: Arc<Front>,
}

impl Default for FrontUnderTest {
    fn default() -> Self {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
        let front = runtime.block_on(async {
            let limits = Limits { rate: u32::MAX, burst: u32::MAX, body: 64 << 10, sessions: 64, ..Limits::default() };
            let hosts = vec!["relay.test:80".to_owned()];
            let config = Config { limits, hosts, ..Config::new(([127, 0, 0, 1], 0).into()) };
            let relay = config.build(Arc::new(Echo)).await.expect("a free port");
            let id: DeploymentId = serde_json::from_str("\"00000000-0000-0000-0000-000000000001\"").expect("an id");
            let hash = Sha256::digest(b"fuzz").into();
            let token = TokenRule {
                id: "t".into(),
                hash,
                client: "fuzz".into(),
                allows: Allows::All,
                budget: crate::Budget::default(),
            };
            let deployments = [(Slug::from_text("one"), id)].into();
            relay.handle().set_routes(Routes { deployments, tokens: vec![token], ..Routes::default() });
            relay.handle().front
        });
        Self { runtime, front }
    }
}

impl FrontUnderTest {
    /// One connection, from its first byte to the end of what the client has to say.
    ///
    /// An event stream goes on while somebody reads it, even after a client has closed its own side, when more bytes
    /// of it wait to be read (HTTP/1.1 pipelining hides the end behind them). It ends once nobody reads.
    ///
    /// # Panics
    /// When the connection does not end in time, or what comes back is no HTTP.
    pub fn feed(&self, data: &[u8]) {
        let front = Arc::clone(&self.front);
        self.runtime.block_on(async {
            let (mut client, relay) = duplex(1 << 20);
            let stop = CancellationToken::new();
            let served = tokio::spawn(accept::serve(relay, front, stop));
            let mut answer = Vec::new();
            let talk = async {
                client.write_all(data).await.ok();
                client.shutdown().await.ok();
                client.read_to_end(&mut answer).await.ok();
            };
            let ended = tokio::time::timeout(LIMIT, talk).await.is_ok();
            assert!(ended || is_stream(&answer), "the relay ends the connection");
            drop(client);
            tokio::time::timeout(LIMIT, served).await.expect("the task ends").expect("and does not panic");
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{}", String::from_utf8_lossy(&answer));
        });
    }
}

/// Whether the last answer of a connection is an event stream.
fn is_stream(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let last = text.rfind("HTTP/1.").map_or("", |at| &text[at..]);
    last.contains("text/event-stream")
}

/// A server that says back what it is told.
struct Echo;

impl Upstreams for Echo {
    fn connect(&self, _: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async {
            let (ours, theirs) = duplex(1 << 20);
            tokio::spawn(echo(theirs));
            let (reader, writer) = split(ours);
            let stray: crate::Stray = Arc::new(|_: &[u8]| {});
            Ok(Upstream::Pipes { reader: Box::new(reader), writer: Box::new(writer), stray })
        })
    }
}

async fn echo(pipe: DuplexStream) {
    let (reader, mut writer) = split(pipe);
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
        if message["id"].is_null() || message["method"].is_null() {
            continue;
        }
        let result = match message["method"].as_str().unwrap_or_default() {
            "initialize" => json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {}, "resources": {} },
                "serverInfo": { "name": "echo", "version": "1" } }),
            "tools/list" => json!({ "tools": [{ "name": "echo", "inputSchema": { "type": "object" } }] }),
            "server/discover" => {
                let error = json!({ "code": -32601, "message": "Method not found" });
                let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error });
                writer.write_all(format!("{answer}\n").as_bytes()).await.ok();
                continue;
            }
            _ => json!({ "content": [], "said": message["params"] }),
        };
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        if writer.write_all(format!("{answer}\n").as_bytes()).await.is_err() {
            return;
        }
    }
}
