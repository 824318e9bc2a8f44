//! A relay in front of real python servers, and a plain HTTP client that speaks MCP by hand.

use catwalk_domain::{DeploymentId, Slug};
use catwalk_relay::{Allows, Budget, Config, ConnectError, Handle, Routes, TokenRule, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Starts the python fixture for every deployment, and keeps its children.
#[derive(Default)]
pub(crate) struct Children {
    pub(crate) args: Vec<&'static str>,
    pub(crate) script: Option<&'static str>,
    pub(crate) started: AtomicUsize,
    pub(crate) stray: Arc<Mutex<Vec<u8>>>,
    /// Hold every start back until told.
    pub(crate) gate: Option<tokio::sync::Semaphore>,
    pub(crate) running: Mutex<Vec<Child>>,
}

impl Upstreams for Children {
    fn connect(&self, _: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async move {
            if let Some(gate) = &self.gate {
                gate.acquire().await.map_err(|_| ConnectError::Stopped)?.forget();
            }
            let servers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers");
            let mut child = python()
                .arg(servers.join(self.script.unwrap_or("mcp.py")))
                .args(&self.args)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .map_err(|error| ConnectError::Failed { why: error.to_string() })?;
            self.started.fetch_add(1, Ordering::SeqCst);
            let (writer, reader) = (child.stdin.take().expect("is piped"), child.stdout.take().expect("is piped"));
            self.running.lock().expect("no panic holds it").push(child);
            let stray = Arc::clone(&self.stray);
            Ok(Upstream::Pipes {
                reader: Box::new(reader),
                writer: Box::new(writer),
                stray: Arc::new(move |line| {
                    let mut stray = stray.lock().expect("no panic holds it");
                    stray.extend_from_slice(line);
                    stray.push(b'\n');
                }),
            })
        })
    }
}

/// A Python to be, which ends with its test.
#[expect(clippy::disallowed_methods, reason = "a test's own child, killed on drop")]
pub(crate) fn python() -> Command {
    let mut python = Command::new("python3");
    python.kill_on_drop(true);
    python
}

pub(crate) const TOKEN: &str = "cw_test_token_a";
pub(crate) const OTHER_TOKEN: &str = "cw_test_token_b";

/// A running relay with two deployments, `one` and `two`. Token A opens both, token B only `two`.
pub(crate) struct Running {
    pub(crate) addr: SocketAddr,
    pub(crate) handle: Handle,
    pub(crate) one: DeploymentId,
    pub(crate) two: DeploymentId,
    pub(crate) tracker: TaskTracker,
    pub(crate) stop: CancellationToken,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) fn local() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

pub(crate) fn rule(id: &str, token: &str, allows: Allows) -> TokenRule {
    TokenRule {
        id: id.to_owned(),
        hash: Sha256::digest(token).into(),
        client: format!("client {id}"),
        allows,
        budget: Budget::default(),
    }
}

pub(crate) fn routes(one: DeploymentId, two: DeploymentId) -> Routes {
    Routes {
        deployments: HashMap::from([(Slug::from_text("one"), one), (Slug::from_text("two"), two)]),
        tokens: vec![rule("a", TOKEN, Allows::All), rule("b", OTHER_TOKEN, Allows::Only(HashSet::from([two])))],
        ..Routes::default()
    }
}

pub(crate) async fn start(upstreams: Arc<dyn Upstreams>) -> Running {
    start_with(Config::new(local()), upstreams).await
}

pub(crate) async fn start_with(config: Config, upstreams: Arc<dyn Upstreams>) -> Running {
    let relay = config.build(upstreams).await.expect("a loopback port is free");
    let (addr, handle) = (relay.local_addr(), relay.handle());
    let (one, two) = (DeploymentId(Uuid::from_u128(1)), DeploymentId(Uuid::from_u128(2)));
    handle.set_routes(routes(one, two));
    let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
    relay.spawn(&tracker, stop.clone());
    Running { addr, handle, one, two, tracker, stop }
}

/// A relay before the well-behaved fixture.
pub(crate) async fn fixture() -> Running {
    start(Arc::new(Children::default())).await
}

impl Running {
    pub(crate) fn url(&self, slug: &str) -> String {
        format!("http://{}/mcp/{slug}", self.addr)
    }

    /// A client that has initialised.
    pub(crate) async fn client(&self) -> Client {
        self.client_with("2025-06-18", json!({})).await
    }

    pub(crate) async fn client_with(&self, version: &str, capabilities: Value) -> Client {
        let mut client = self.stranger();
        client.initialize(version, capabilities).await;
        client
    }

    /// One that has not.
    pub(crate) fn stranger(&self) -> Client {
        rustls::crypto::ring::default_provider().install_default().ok();
        Client {
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            url: self.url("one"),
            token: TOKEN.to_owned(),
            session: None,
        }
    }
}

/// MCP by hand.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) session: Option<String>,
}

impl Client {
    pub(crate) fn request(&self, method: reqwest::Method) -> reqwest::RequestBuilder {
        let request = self.http.request(method, &self.url).bearer_auth(&self.token);
        let request = request.header("accept", "application/json, text/event-stream");
        match &self.session {
            Some(session) => request.header("mcp-session-id", session),
            None => request,
        }
    }

    pub(crate) async fn post(&self, body: &Value) -> reqwest::Response {
        self.request(reqwest::Method::POST).json(body).send().await.expect("the relay answers")
    }

    pub(crate) async fn initialize(&mut self, version: &str, capabilities: Value) -> Value {
        let params = json!({ "protocolVersion": version, "capabilities": capabilities,
            "clientInfo": { "name": "test", "version": "1" } });
        let response = self.post(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })).await;
        let status = response.status();
        self.session = response.headers().get("mcp-session-id").map(|id| id.to_str().expect("is text").to_owned());
        let answer: Value = response.json().await.expect("is JSON");
        assert!(status.is_success() && answer["result"].is_object(), "{status} {answer}");
        let done = self.post(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        assert_eq!(done.status(), 202);
        answer
    }

    /// A request answered as plain JSON.
    pub(crate) async fn ask(&self, id: impl Into<Value>, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params });
        let response = self.post(&body).await;
        let (status, kind) = (response.status(), response.headers()["content-type"].clone());
        let text = response.text().await.expect("a body");
        assert_eq!(kind, "application/json", "{status} {text}");
        serde_json::from_str(&text).expect("is JSON")
    }

    pub(crate) async fn call(&self, id: impl Into<Value>, tool: &str, arguments: Value) -> Value {
        self.ask(id, "tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// A call whose answer comes as events.
    pub(crate) async fn call_events(&self, id: impl Into<Value>, params: Value) -> Events {
        let body = json!({ "jsonrpc": "2.0", "id": id.into(), "method": "tools/call", "params": params });
        Events::from(self.post(&body).await)
    }

    /// The session's own stream.
    pub(crate) async fn listen(&self, after: Option<&str>) -> Events {
        let request = self.request(reqwest::Method::GET);
        let request = match after {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        Events::from(request.send().await.expect("the relay answers"))
    }
}

/// The text of a tool's result.
pub(crate) fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {answer}"))
}

/// A stream of server-sent events.
pub(crate) struct Events {
    response: reqwest::Response,
    buffer: String,
}

impl From<reqwest::Response> for Events {
    fn from(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self { response, buffer: String::new() }
    }
}

impl Events {
    /// The next event with data: (id, message). None at the end.
    pub(crate) async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let field =
                    |name: &str| event.lines().find_map(|line| Some(line.strip_prefix(name)?.trim_start().to_owned()));
                let (id, data) = (field("id:").unwrap_or_default(), field("data:").unwrap_or_default());
                let rest = rest.to_owned();
                self.buffer = rest;
                if !data.is_empty() {
                    return Some((id, serde_json::from_str(&data).expect("is JSON")));
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk()).await;
            let chunk = chunk.expect("an event in time").expect("the stream is whole")?;
            self.buffer.push_str(std::str::from_utf8(&chunk).expect("is text"));
        }
    }

    /// The next message, which there must be.
    pub(crate) async fn message(&mut self) -> Value {
        self.next().await.expect("another message").1
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "{what}: not within 20 s");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A task of a test, which waits for it or lets it go with its relay.
pub(crate) fn spawn<F: Future<Output: Send> + Send + 'static>(future: F) -> tokio::task::JoinHandle<F::Output> {
    TaskTracker::new().spawn(future)
}
