//! A remote server behind the relay.

use crate::support::{Running, python, start, text};
use catwalk_domain::{DeploymentId, Secret};
use catwalk_relay::{ConnectError, Remote, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

const SECRET: &str = "upstream-secret";

struct Server {
    remote: Remote,
    child: Option<Child>,
}

impl Upstreams for Server {
    fn connect(&self, _: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async { Ok(Upstream::Http(self.remote.clone())) })
    }
}

impl Server {
    fn at(url: &str, token: &str, sse: bool) -> Self {
        let headers = vec![("Authorization".to_owned(), Secret::new(format!("Bearer {token}")))];
        Self { remote: Remote { headers, sse, ..Remote::new(url.parse().expect("a URL")) }, child: None }
    }
}

async fn remote(path: &str, token: &str) -> Arc<Server> {
    let (child, port) = started("0").await;
    let mut server = Server::at(&format!("http://127.0.0.1:{port}{path}"), token, false);
    server.child = Some(child);
    Arc::new(server)
}

/// The python server, and its port.
async fn started(port: &str) -> (Child, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/remote.py");
    let mut child = python().arg(script).env("PORT", port).stdout(Stdio::piped()).spawn().expect("python starts");
    let mut lines = BufReader::new(child.stdout.take().expect("is piped")).lines();
    let port = lines.next_line().await.expect("is text").expect("says its port");
    (child, port)
}

#[tokio::test]
async fn its_events_become_answers_and_our_clients_token_stays_here() {
    let relay = start(remote("/mcp", SECRET).await).await;
    let client = relay.client().await;
    assert_eq!(text(&client.call(1, "echo", json!({ "text": "hi" })).await), "hi");
    let params = json!({ "name": "progress", "arguments": {}, "_meta": { "progressToken": "mine" } });
    let mut events = client.call_events(2, params).await;
    assert_eq!(events.message().await["params"]["progressToken"], "mine");
    assert_eq!(text(&events.message().await), "done");
    let headers: Value = serde_json::from_str(text(&client.call(3, "whoami", json!({})).await)).expect("is JSON");
    assert_eq!(headers["authorization"], "Bearer upstream-secret", "{headers}");
    assert_eq!(headers["mcp-protocol-version"], "2025-06-18", "{headers}");
}

/// FAULTS case 35: the upstream session has expired.
#[tokio::test]
async fn case_35_an_expired_session_is_renewed_and_the_call_goes_through() {
    for path in ["/mcp", "/mcp400"] {
        let relay = start(remote(path, SECRET).await).await;
        forgotten(&relay).await;
    }
}

async fn forgotten(relay: &Running) {
    let client = relay.client().await;
    for round in 0..3 {
        assert_eq!(text(&client.call(1, "forget", json!({})).await), "done");
        let mut calls = tokio::task::JoinSet::new();
        for call in 0..10 {
            let client = client.clone();
            calls.spawn(async move {
                let said = format!("round {round} call {call}");
                assert_eq!(text(&client.call(call, "echo", json!({ "text": said })).await), said);
            });
        }
        calls.join_all().await;
    }
    let calls = client.call(3, "calls", json!({})).await;
    assert_eq!(text(&calls).matches("echo").count(), 30, "none came twice: {calls}");
}

#[tokio::test]
async fn refusals_are_named_and_redirects_not_followed() {
    for (path, token, expect) in [("/mcp", "wrong", "HTTP 401"), ("/elsewhere", SECRET, "HTTP 307")] {
        let relay = start(remote(path, token).await).await;
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
        let answer = relay.stranger().ask(1, "initialize", params).await;
        assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains(expect)), "{answer}");
    }
    let nobody = Server::at("http://127.0.0.1:1/mcp", "x", false);
    let relay = start(Arc::new(nobody)).await;
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
    let answer = relay.stranger().ask(1, "initialize", params).await;
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("cannot be reached")), "{answer}");
}

/// A POST's stream that breaks off is come back to by its last event id, and so is one that the server closes for now.
#[tokio::test]
async fn a_broken_or_polled_stream_is_come_back_to() {
    let relay = start(remote("/mcp", SECRET).await).await;
    let client = relay.client().await;
    let params = json!({ "name": "cut", "arguments": {}, "_meta": { "progressToken": "mine" } });
    let mut events = client.call_events(1, params).await;
    assert_eq!(events.message().await["params"]["progressToken"], "mine");
    assert_eq!(text(&events.message().await), "done", "what came after the break");
    assert_eq!(text(&client.call(2, "poll", json!({})).await), "done");
    assert_eq!(text(&client.call(3, "resumed", json!({})).await), "5", "once for the break, four times for the polls");
    let calls = client.call(4, "calls", json!({})).await;
    assert_eq!(text(&calls).matches("cut").count(), 1, "nothing was sent twice: {calls}");
}

#[tokio::test]
async fn the_servers_own_stream_is_opened_again() {
    let relay = start(remote("/mcp", SECRET).await).await;
    let client = relay.client().await;
    let mut events = client.listen(None).await;
    for round in 0..2 {
        client.call(round * 2, "notify", json!({})).await;
        assert_eq!(events.message().await["method"], "notifications/tools/list_changed");
        client.call(round * 2 + 1, "hangup", json!({})).await;
    }
}

/// FAULTS case 35: the whole remote server is gone for a moment, and comes back knowing nothing.
#[tokio::test]
async fn case_35_a_remote_server_that_restarts_is_found_again() {
    for (path, sse) in [("/mcp", false), ("/sse", true)] {
        let (mut child, port) = started("0").await;
        let relay = start(Arc::new(Server::at(&format!("http://127.0.0.1:{port}{path}"), SECRET, sse))).await;
        let client = relay.client().await;
        let lost = client.call(1, "crash", json!({})).await;
        assert!(lost["error"]["message"].as_str().is_some_and(|text| text.contains("may or may not")), "{path} {lost}");
        child.wait().await.expect("it ended");
        let away = client.call(2, "echo", json!({ "text": "x" })).await;
        assert!(
            away["error"]["message"].as_str().is_some_and(|text| text.contains("cannot be reached")),
            "{path} {away}"
        );
        let _child = started(&port).await;
        assert_eq!(text(&client.call(3, "echo", json!({ "text": "back" })).await), "back", "{path}");
    }
}

/// The older transport: as the app says, or found out by its refusal of a POST; and the other way about.
#[tokio::test]
async fn http_and_sse_is_spoken_and_found_out() {
    for (path, sse) in [("/sse", true), ("/sse", false), ("/mcp", true)] {
        let (_child, port) = started("0").await;
        let relay = start(Arc::new(Server::at(&format!("http://127.0.0.1:{port}{path}"), SECRET, sse))).await;
        let client = relay.client().await;
        let mut events = client.listen(None).await;
        let params = json!({ "name": "progress", "arguments": {}, "_meta": { "progressToken": "mine" } });
        let mut answers = client.call_events(1, params).await;
        assert_eq!(answers.message().await["params"]["progressToken"], "mine", "{path} {sse}");
        assert_eq!(text(&answers.message().await), "done");
        client.call(2, "notify", json!({})).await;
        assert_eq!(events.message().await["method"], "notifications/tools/list_changed");
        let headers: Value = serde_json::from_str(text(&client.call(3, "whoami", json!({})).await)).expect("is JSON");
        assert_eq!(
            headers["Authorization"].as_str().or(headers["authorization"].as_str()),
            Some("Bearer upstream-secret")
        );
        client.call(4, "hangup", json!({})).await;
        assert_eq!(text(&client.call(5, "echo", json!({ "text": "again" })).await), "again", "{path} {sse}");
    }
}

/// The credential goes where the messages go, so they go to nobody else.
#[tokio::test]
async fn an_event_stream_cannot_send_us_to_another_host() {
    let (_child, port) = started("0").await;
    let relay = start(Arc::new(Server::at(&format!("http://127.0.0.1:{port}/foreign"), SECRET, true))).await;
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
    let answer = relay.stranger().ask(1, "initialize", params).await;
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("another host")), "{answer}");
}
