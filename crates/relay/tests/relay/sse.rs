//! HTTP+SSE for clients of 2024-11-05: by hand, and with the official clients that still speak it.

use crate::support::{Children, OTHER_TOKEN, Running, TOKEN, fixture, local, start_with, text, until};
use catwalk_relay::{Config, Limits};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// A client of the older transport: its stream, and where it may post.
struct Visitor {
    http: reqwest::Client,
    stream: reqwest::Response,
    buffer: String,
    messages: String,
}

impl Visitor {
    async fn at(relay: &Running, slug: &str) -> Self {
        let http = relay.stranger().http;
        let request = http.get(format!("{}/sse", relay.url(slug))).bearer_auth(TOKEN);
        let stream = request.header("accept", "text/event-stream").send().await.expect("an answer");
        assert_eq!(
            (stream.status().as_u16(), &stream.headers()["content-type"]),
            (200, &"text/event-stream".parse().expect("a value"))
        );
        let mut visitor = Self { http, stream, buffer: String::new(), messages: String::new() };
        let (kind, address) = visitor.event().await.expect("the first event");
        assert_eq!(kind, "endpoint");
        assert!(address.starts_with(&format!("/mcp/{slug}/messages?sessionId=")), "{address}");
        visitor.messages = format!("http://{}{address}", relay.addr);
        visitor
    }

    /// The next event: its kind and its data. None at the end.
    async fn event(&mut self) -> Option<(String, String)> {
        loop {
            while let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let field = |name| event.lines().find_map(|line| Some(line.strip_prefix(name)?.to_owned()));
                assert_eq!(field("id: "), None, "there is no way back to this stream");
                let found = field("event: ").zip(field("data: "));
                self.buffer = String::from(rest);
                if found.is_some() {
                    return found;
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.stream.chunk()).await.expect("in time");
            self.buffer.push_str(std::str::from_utf8(&chunk.ok().flatten()?).expect("is text"));
        }
    }

    async fn hear(&mut self) -> Value {
        let (kind, data) = self.event().await.expect("another event");
        assert_eq!(kind, "message");
        serde_json::from_str(&data).expect("is JSON")
    }

    async fn post_as(&self, token: &str, message: &Value) -> u16 {
        let request = self.http.post(&self.messages).bearer_auth(token).json(message);
        request.send().await.expect("an answer").status().as_u16()
    }

    async fn say(&self, message: &Value) {
        assert_eq!(self.post_as(TOKEN, message).await, 202);
    }

    async fn ask(&mut self, id: Value, method: &str, params: Value) -> Value {
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        self.hear().await
    }

    async fn initialize(&mut self) -> Value {
        let params = json!({ "protocolVersion": "2024-11-05", "capabilities": { "elicitation": {} } });
        let answer = self.ask(json!("hello"), "initialize", params).await;
        self.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        answer
    }
}

#[tokio::test]
async fn everything_comes_on_the_one_stream() {
    let relay = fixture().await;
    let mut visitor = Visitor::at(&relay, "one").await;
    let hello = visitor.initialize().await;
    assert_eq!((&hello["id"], &hello["result"]["protocolVersion"]), (&json!("hello"), &json!("2024-11-05")));
    let params =
        json!({ "name": "sleep", "arguments": { "seconds": 0.02, "steps": 2 }, "_meta": { "progressToken": "p" } });
    assert_eq!(visitor.ask(json!(1), "tools/call", params).await["params"]["progressToken"], "p");
    assert_eq!(visitor.hear().await["params"]["progress"], 2);
    assert_eq!(text(&visitor.hear().await), "slept");
    let question = visitor.ask(json!(2), "tools/call", json!({ "name": "elicit", "arguments": {} })).await;
    assert_eq!(question["method"], "elicitation/create");
    visitor.say(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "decline" } })).await;
    assert!(text(&visitor.hear().await).contains("decline"));
    let large = visitor.ask(json!(3), "tools/call", json!({ "name": "big", "arguments": { "bytes": 1 << 20 } })).await;
    assert_eq!(text(&large).len(), 1 << 20);
    // A cancelled call ends nothing but itself.
    visitor.say(&json!({ "jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": { "name": "slow", "arguments": {} } })).await;
    visitor.say(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 4 } })).await;
    assert!(visitor.ask(json!(5), "ping", json!({})).await["result"].is_object());
}

#[tokio::test]
async fn the_session_ends_with_its_stream_and_what_was_in_flight_is_cancelled() {
    let relay = fixture().await;
    let mut visitor = Visitor::at(&relay, "one").await;
    visitor.initialize().await;
    visitor.say(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "slow", "arguments": {} } })).await;
    let other = relay.client().await;
    while !text(&other.call(1, "seen", json!({})).await).contains("tools/call\", \"tools/call") {}
    let messages = visitor.messages.clone();
    drop(visitor);
    until("the session is gone", || relay.handle.sessions(relay.one) == 1).await;
    let late =
        other.http.post(messages).bearer_auth(TOKEN).json(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
    assert_eq!(late.send().await.expect("an answer").status(), 404);
    while !text(&other.call(2, "seen", json!({})).await).contains("notifications/cancelled") {}
}

/// The TypeScript client opens a new stream when one breaks, and goes on without `initialize`.
#[tokio::test]
async fn a_new_stream_goes_on_where_the_old_one_broke() {
    let relay = fixture().await;
    Visitor::at(&relay, "one").await.initialize().await;
    let mut visitor = Visitor::at(&relay, "one").await;
    assert_eq!(
        text(&visitor.ask(json!(1), "tools/call", json!({ "name": "echo", "arguments": { "text": "on" } })).await),
        "on"
    );
}

/// FAULTS cases 1 to 4 at these two doors.
#[tokio::test]
async fn case_01_to_04_the_older_doors_have_the_same_guards() {
    let children = Arc::new(Children::default());
    let relay = start_with(Config::new(local()), children.clone()).await;
    let http = relay.stranger().http;
    for end in ["sse", "messages?sessionId=x"] {
        let url = format!("{}/{end}", relay.url("one"));
        for method in [reqwest::Method::GET, reqwest::Method::POST] {
            let request = || http.request(method.clone(), &url).header("content-type", "application/json").body("{}");
            let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status();
            assert_eq!(status(request()).await, 401);
            assert_eq!(status(request().bearer_auth("wrong")).await, 401);
            assert_eq!(status(request().bearer_auth(OTHER_TOKEN)).await, 403);
            assert_eq!(status(request().bearer_auth(TOKEN).header("origin", "http://evil.example")).await, 403);
            assert_eq!(status(request().bearer_auth(TOKEN).header("host", "evil.example")).await, 403);
        }
        let url = format!("{url}{}token={TOKEN}", if end.contains('?') { '&' } else { '?' });
        assert_eq!(http.get(url).send().await.expect("an answer").status(), 400, "no tokens in URLs");
    }
    for (method, end, allowed) in [("POST", "sse", "GET"), ("DELETE", "sse", "GET"), ("GET", "messages", "POST")] {
        let method: reqwest::Method = method.parse().expect("a method");
        let request = http.request(method, format!("{}/{end}", relay.url("one"))).bearer_auth(TOKEN);
        let answer = request.send().await.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().expect("text")), (405, allowed));
    }
    assert_eq!(children.started.load(Ordering::SeqCst), 0, "no server was contacted");
}

/// FAULTS case 4: a session id in an address is no authentication, and belongs to its transport.
#[tokio::test]
async fn case_04_a_foreign_stream_is_unknown() {
    let relay = fixture().await;
    let mut owner = Visitor::at(&relay, "two").await;
    owner.initialize().await;
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    assert_eq!(owner.post_as(OTHER_TOKEN, &ping).await, 404, "that token opens the server, but not this session");
    let mut crossed = relay.client().await;
    crossed.url = relay.url("two");
    crossed.session = owner.messages.split_once('=').map(|(_, id)| id.to_owned());
    assert_eq!(crossed.post(&ping).await.status(), 404, "it is none of Streamable HTTP");
    let streamable = relay.client().await.session.expect("has one");
    for query in [
        format!("sessionId={streamable}"),
        "sessionId=".to_owned(),
        "sessionId=a&sessionId=b".to_owned(),
        "x=y".to_owned(),
    ] {
        let request = owner.http.post(format!("{}/messages?{query}", relay.url("one"))).bearer_auth(TOKEN).json(&ping);
        let status = request.send().await.expect("an answer").status();
        assert!(status == 404 || status == 400, "{query}: {status}");
    }
    assert!(owner.ask(json!(2), "ping", json!({})).await["result"].is_object(), "its owner is unaffected");
}

#[tokio::test]
async fn who_does_not_read_may_not_go_on_asking() {
    let limits = Limits { stream_bytes: 1 << 20, ..Limits::default() };
    let relay = start_with(Config { limits, ..Config::new(local()) }, Arc::new(Children::default())).await;
    let mut visitor = Visitor::at(&relay, "one").await;
    visitor.initialize().await;
    let params = json!({ "name": "big", "arguments": { "bytes": 1 << 20 } });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let mut asked = 0;
    while visitor.post_as(TOKEN, &call).await == 202 {
        asked += 1;
        assert!(asked < 1000, "it was refused in time");
    }
    for _ in 0..asked {
        assert_eq!(text(&visitor.hear().await).len(), 1 << 20, "what was taken is answered");
    }
    visitor.say(&call).await;
}

/// Runs a script of `tests/sdk` that calls `sleep` in three steps and `elicit` over HTTP+SSE.
#[expect(clippy::disallowed_methods, reason = "a test's own child, killed on drop")]
async fn sdk(program: &str, arguments: &[&str], relay: &Running) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sdk");
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).arg(format!("{}/sse", relay.url("one"))).current_dir(folder).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the client starts");
    child.stdin.take().expect("is piped").write_all(TOKEN.as_bytes()).await.expect("it reads");
    let output = tokio::time::timeout(Duration::from_mins(1), child.wait_with_output()).await.expect("in time");
    let output = output.expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{program} {arguments:?}: {said} {}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_str(&said).expect("is JSON");
    assert_eq!(said["text"], "slept", "{program} {arguments:?}");
    // The third sign of progress may come in one piece with the answer, and then TypeScript v1 drops it.
    assert!(said["progress"].as_u64().is_some_and(|seen| seen >= 2), "{program} {arguments:?} {said}");
    assert!(said["elicited"].as_str().is_some_and(|text| text.contains("Ada")), "{said}");
    until("the session is gone", || relay.handle.sessions(relay.one) == 0).await;
}

/// The Python that `cargo xtask test` prepares together with all packages of `tests/sdk`. A bare `cargo test` has none of
/// them, and then these two tests have nothing to say.
fn prepared() -> Option<String> {
    std::env::var("CATWALK_TEST_PYTHON").ok()
}

#[tokio::test]
async fn the_typescript_clients_speak_it() {
    if prepared().is_none() {
        return;
    }
    let relay = fixture().await;
    for line in ["v1", "v2"] {
        sdk("node", &["sse.mjs", line], &relay).await;
    }
}

#[tokio::test]
async fn the_python_client_speaks_it() {
    let Some(python) = prepared() else { return };
    let relay = fixture().await;
    sdk(&python, &["sse.py"], &relay).await;
}
