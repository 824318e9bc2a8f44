//! A server that dies, starts slowly, or never answers.

use crate::support::{Children, fixture, local, spawn, start, start_with, text};
use catwalk_relay::{Config, ConnectError, Limits, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// FAULTS case 34: the server dies mid-call.
#[tokio::test]
async fn case_34_a_crash_says_so_at_once_and_the_next_call_works() {
    let children = Arc::new(Children::default());
    let relay = start(children.clone()).await;
    let client = relay.client().await;
    let slow = {
        let client = client.clone();
        spawn(async move { client.call("slow", "slow", json!({})).await })
    };
    // Answered by the server, so the slow one is in flight by the time it dies.
    while text(&client.call(0, "seen", json!({})).await).matches("tools/call").count() < 3 {}
    let before = Instant::now();
    let crash = client.call(1, "crash", json!({})).await;
    let slow = slow.await.expect("did not panic");
    assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
    for answer in [crash, slow] {
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("may or may not have happened"), "{answer}");
        assert_eq!(answer["error"]["code"], -32000);
    }
    assert_eq!(text(&client.call(2, "echo", json!({ "text": "back" })).await), "back", "the same session goes on");
    assert_eq!(children.started.load(Ordering::SeqCst), 2);
    let seen = client.call(3, "seen", json!({})).await;
    assert!(!text(&seen).contains("crash") && text(&seen).contains("initialize"), "nothing was replayed: {seen}");
}

/// RELAY.md: writes are never replayed; calls marked read-only or idempotent may be, once.
#[tokio::test]
async fn what_may_be_repeated_is_repeated_once_after_a_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    for (tool, listed, make, starts, survives) in [
        ("flaky-read", true, true, 2, true),
        ("flaky-idempotent", true, true, 2, true),
        ("flaky-read", true, false, 2, false),
        ("flaky-read", false, true, 1, false),
        ("flaky", true, true, 1, false),
    ] {
        let children = Arc::new(Children::default());
        let relay = start(children.clone()).await;
        let client = relay.client().await;
        if listed {
            client.ask(1, "tools/list", json!({})).await;
        }
        let file = folder.path().join(format!("{tool}{listed}{make}"));
        let answer = client.call("mine", tool, json!({ "file": file, "make": make })).await;
        assert_eq!(answer["id"], "mine");
        if survives {
            assert_eq!(text(&answer), "survived", "{tool}");
        } else {
            let message = answer["error"]["message"].as_str().unwrap_or_default();
            assert!(message.contains("may or may not have happened"), "{tool} {listed} {make}: {answer}");
        }
        assert_eq!(children.started.load(Ordering::SeqCst), starts, "{tool} {listed} {make}");
    }
}

#[tokio::test]
async fn a_held_call_can_be_taken_back() {
    let children = Arc::new(Children { gate: Some(tokio::sync::Semaphore::new(1)), ..Children::default() });
    let relay = start(children.clone()).await;
    let client = relay.client().await;
    relay.handle.detach(relay.one);
    // Both wait for a server that is not let up.
    let held: Vec<_> = ["back", "stays"]
        .into_iter()
        .map(|id| {
            let client = client.clone();
            spawn(async move {
                let params = json!({ "name": "echo", "arguments": { "text": id } });
                client.post(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })).await
            })
        })
        .collect();
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "back" } });
    // Cancelled until it is: the cancel may overtake the request on another connection.
    while !held[0].is_finished() {
        assert_eq!(client.post(&cancel).await.status(), 202);
        tokio::task::yield_now().await;
    }
    assert!(!held[1].is_finished());
    children.gate.as_ref().expect("has one").add_permits(1);
    let [back, stays] = held.try_into().expect("two");
    let body = back.await.expect("did not panic").text().await.expect("a body");
    assert_eq!(body.matches("data").count(), 0, "no answer to who wants none: {body}");
    let answer: serde_json::Value = stays.await.expect("did not panic").json().await.expect("is JSON");
    assert_eq!(text(&answer), "stays");
    let seen: Vec<String> = serde_json::from_str(text(&client.call(3, "seen", json!({})).await)).expect("is JSON");
    assert_eq!(seen.iter().filter(|method| *method == "tools/call").count(), 2, "it was never sent: {seen:?}");
}

#[tokio::test]
async fn wishes_survive_a_crash() {
    let relay = fixture().await;
    let client = relay.client().await;
    let mut events = client.listen(None).await;
    client.ask(1, "resources/subscribe", json!({ "uri": "file:///a" })).await;
    client.ask(2, "logging/setLevel", json!({ "level": "error" })).await;
    client.call(3, "crash", json!({})).await;
    client.call(4, "touch", json!({ "uri": "file:///a" })).await;
    assert_eq!(events.message().await["params"]["uri"], "file:///a");
    let seen = client.call(5, "seen", json!({})).await;
    assert!(text(&seen).contains("resources/subscribe") && text(&seen).contains("logging/setLevel"), "{seen}");
}

#[tokio::test]
async fn lists_come_at_once_while_the_server_starts_and_calls_are_held() {
    let relay = fixture().await;
    let client = relay.client().await;
    let tools = client.ask(1, "tools/list", json!({})).await;
    let snapshot = relay.handle.snapshot(relay.one).expect("the server has spoken");

    let children = Arc::new(Children { gate: Some(tokio::sync::Semaphore::new(0)), ..Children::default() });
    let cold = start(children.clone()).await;
    cold.handle.restore(cold.one, &snapshot);
    let before = Instant::now();
    let client = cold.client().await;
    assert_eq!(client.ask(1, "tools/list", json!({})).await["result"], tools["result"]);
    assert!(before.elapsed() < Duration::from_millis(500), "nothing waited: {:?}", before.elapsed());
    let held = {
        let client = client.clone();
        spawn(async move { client.call(2, "echo", json!({ "text": "held" })).await })
    };
    assert!(client.ask(3, "ping", json!({})).await["result"].is_object());
    assert!(!held.is_finished());
    children.gate.as_ref().expect("has one").add_permits(1);
    assert_eq!(text(&held.await.expect("did not panic")), "held");
}

/// FAULTS case 20: never answers.
#[tokio::test]
async fn case_20_a_call_without_end_is_cancelled_and_named() {
    let limits = Limits { call: Duration::from_millis(300), ..Limits::default() };
    let relay = start_with(Config { limits, ..Config::new(local()) }, Arc::new(Children::default())).await;
    let client = relay.client().await;
    let answer = client.call(1, "slow", json!({})).await;
    assert_eq!(answer["error"]["code"], -32001);
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("cancelled")), "{answer}");
    let seen = client.call(2, "seen", json!({})).await;
    assert!(text(&seen).contains("notifications/cancelled"), "the server was told: {seen}");
    let arguments = json!({ "seconds": 1.2, "steps": 12 });
    let params = json!({ "name": "sleep", "arguments": arguments, "_meta": { "progressToken": 1 } });
    let mut events = client.call_events(3, params).await;
    let mut last = events.message().await;
    while last["method"] == "notifications/progress" {
        last = events.message().await;
    }
    assert_eq!(text(&last), "slept", "progress is a sign of life");
}

struct Never(ConnectErrorKind);
#[derive(Clone, Copy)]
enum ConnectErrorKind {
    Stopped,
    Hangs,
}

impl Upstreams for Never {
    fn connect(&self, _: catwalk_domain::DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        match self.0 {
            ConnectErrorKind::Stopped => Box::pin(async { Err(ConnectError::Stopped) }),
            ConnectErrorKind::Hangs => Box::pin(std::future::pending()),
        }
    }
}

/// FAULTS case 20: never answers its start.
#[tokio::test]
async fn case_20_a_server_that_is_not_there_is_named() {
    let limits = Limits { hold: Duration::from_millis(200), ..Limits::default() };
    for (kind, code, expect) in [
        (ConnectErrorKind::Stopped, -32000, "it is stopped"),
        (ConnectErrorKind::Hangs, -32001, "was not ready within"),
    ] {
        let config = Config { limits: limits.clone(), ..Config::new(local()) };
        let relay = start_with(config, Arc::new(Never(kind))).await;
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
        let answer = relay.stranger().ask(1, "initialize", params).await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains(expect)), "{answer}");
    }
}

#[tokio::test]
async fn a_detached_server_is_connected_anew() {
    let children = Arc::new(Children::default());
    let relay = start(children.clone()).await;
    let client = relay.client().await;
    relay.handle.detach(relay.one);
    assert_eq!(text(&client.call(1, "echo", json!({ "text": "again" })).await), "again");
    assert_eq!(children.started.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn shutdown_ends_everything() {
    let relay = fixture().await;
    let client = relay.client().await;
    let mut events = client.listen(None).await;
    let slow = {
        let client = client.clone();
        spawn(async move { client.call(1, "slow", json!({})).await })
    };
    while text(&client.call(0, "seen", json!({})).await).matches("tools/call").count() < 2 {}
    relay.stop.cancel();
    relay.tracker.close();
    tokio::time::timeout(Duration::from_secs(5), relay.tracker.wait()).await.expect("all tasks end");
    assert!(events.next().await.is_none());
    let answer = slow.await.expect("did not panic");
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("stopping")), "{answer}");
}
