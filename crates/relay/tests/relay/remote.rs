//! A remote server behind the relay.

use crate::support::{python, start, text};
use catwalk_domain::{DeploymentId, Secret};
use catwalk_relay::{ConnectError, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

struct Remote {
    url: String,
    token: &'static str,
    _child: Option<Child>,
}

impl Upstreams for Remote {
    fn connect(&self, _: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async {
            let headers = vec![("Authorization".to_owned(), Secret::new(format!("Bearer {}", self.token)))];
            Ok(Upstream::Http { url: self.url.parse().expect("a URL"), headers, sse: false })
        })
    }
}

async fn remote(path: &str, token: &'static str) -> Arc<Remote> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/remote.py");
    let mut child = python().arg(script).stdout(Stdio::piped()).spawn().expect("python starts");
    let mut lines = BufReader::new(child.stdout.take().expect("is piped")).lines();
    let port = lines.next_line().await.expect("is text").expect("says its port");
    Arc::new(Remote { url: format!("http://127.0.0.1:{port}{path}"), token, _child: Some(child) })
}

#[tokio::test]
async fn its_events_become_answers_and_our_clients_token_stays_here() {
    let relay = start(remote("/mcp", "upstream-secret").await).await;
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
    let relay = start(remote("/mcp", "upstream-secret").await).await;
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
    for (path, token, expect) in [("/mcp", "wrong", "HTTP 401"), ("/elsewhere", "upstream-secret", "HTTP 307")] {
        let relay = start(remote(path, token).await).await;
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
        let answer = relay.stranger().ask(1, "initialize", params).await;
        assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains(expect)), "{answer}");
    }
    let nobody = Remote { url: "http://127.0.0.1:1/mcp".to_owned(), token: "x", _child: None };
    let relay = start(Arc::new(nobody)).await;
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
    let answer = relay.stranger().ask(1, "initialize", params).await;
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("cannot be reached")), "{answer}");
}
