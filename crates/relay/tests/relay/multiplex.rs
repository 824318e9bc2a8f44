//! Many clients, one server: nothing crosses, and what concerns all reaches all.

use crate::support::{Children, OTHER_TOKEN, fixture, spawn, start, text};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn interleaved_ids_never_cross() {
    let children = Arc::new(Children::default());
    let relay = start(children.clone()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for session in 0..20 {
        let client = relay.client().await;
        for call in 0..25 {
            let client = client.clone();
            // Every session uses the same ids, numbers and their twins as text.
            let id = if call % 2 == 0 { json!(call) } else { json!((call - 1).to_string()) };
            tasks.spawn(async move {
                let said = format!("session {session} call {call}");
                let answer = client.call(id.clone(), "echo", json!({ "text": said })).await;
                assert_eq!((text(&answer), &answer["id"]), (said.as_str(), &id));
            });
        }
    }
    let calls = tasks.join_all().await.len();
    assert_eq!((calls, children.started.load(Ordering::SeqCst)), (500, 1));
    assert_eq!(relay.handle.sessions(relay.one), 20);
}

#[tokio::test]
async fn a_cancel_reaches_only_the_callers_own_request() {
    let relay = fixture().await;
    let (one, two) = (relay.client().await, relay.client().await);
    let slow = |client: &crate::support::Client| {
        let client = client.clone();
        spawn(async move {
            let params = json!({ "name": "slow", "arguments": {} });
            client.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })).await
        })
    };
    let (first, second) = (slow(&one), slow(&two));
    let started = async {
        loop {
            let seen: Vec<String> =
                serde_json::from_str(text(&one.call("s", "seen", json!({})).await)).expect("is JSON");
            if seen.iter().filter(|method| *method == "tools/call").count() > 2 {
                let slow = seen.len();
                break slow;
            }
        }
    };
    started.await;
    // Cancelled until it is: the cancel may overtake the request on another connection.
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    while !first.is_finished() {
        assert_eq!(one.post(&cancel).await.status(), 202);
        tokio::task::yield_now().await;
    }
    let ended = first.await.expect("did not panic");
    assert_eq!(ended.headers()["content-type"], "text/event-stream");
    assert_eq!(ended.text().await.expect("a body").matches("data").count(), 0, "no answer to who wants none");
    assert!(!second.is_finished(), "the other's request of the same id goes on");
    let seen = text(&one.call("s", "seen", json!({})).await).to_owned();
    assert!(seen.contains("notifications/cancelled"), "the server was told: {seen}");
    second.abort();
}

#[tokio::test]
async fn changes_of_lists_reach_everybody() {
    let relay = fixture().await;
    let (one, two) = (relay.client().await, relay.client().await);
    let (mut first, mut second) = (one.listen(None).await, two.listen(None).await);
    one.call(1, "count", json!({})).await;
    for events in [&mut first, &mut second] {
        assert_eq!(events.message().await["method"], "notifications/tools/list_changed");
    }
}

#[tokio::test]
async fn subscriptions_are_counted() {
    let relay = fixture().await;
    let (one, two, three) = (relay.client().await, relay.client().await, relay.client().await);
    let (mut first, mut second, mut third) = (one.listen(None).await, two.listen(None).await, three.listen(None).await);
    let a = json!({ "uri": "file:///a" });
    for client in [&one, &two] {
        assert!(client.ask(1, "resources/subscribe", a.clone()).await["result"].is_object());
    }
    let touch = || async { three.call(2, "touch", a.clone()).await };
    touch().await;
    for events in [&mut first, &mut second] {
        assert_eq!(events.message().await["params"], a);
    }
    assert!(one.ask(3, "resources/unsubscribe", a.clone()).await["result"].is_object());
    touch().await;
    assert_eq!(second.message().await["params"], a, "still subscribed");
    two.request(reqwest::Method::DELETE).send().await.expect("an answer");
    three.call(4, "count", json!({})).await;
    for events in [&mut first, &mut third] {
        assert_eq!(events.message().await["method"], "notifications/tools/list_changed", "and no update before it");
    }
    let seen: Vec<String> = serde_json::from_str(text(&three.call(5, "seen", json!({})).await)).expect("is JSON");
    let times = |method: &str| seen.iter().filter(|seen| *seen == method).count();
    assert_eq!((times("resources/subscribe"), times("resources/unsubscribe")), (1, 1), "{seen:?}");
}

#[tokio::test]
async fn log_messages_follow_each_clients_level() {
    let relay = fixture().await;
    let client = relay.client().await;
    let set = |level: &'static str| client.ask(1, "logging/setLevel", json!({ "level": level }));
    assert!(set("warning").await["result"].is_object());
    let log = |level: &str| json!({ "name": "log", "arguments": { "level": level, "data": level } });
    let quiet = client.ask(2, "tools/call", log("info")).await;
    assert_eq!(text(&quiet), "logged", "plain JSON, for nothing came before the answer");
    let mut events = client.call_events(3, log("error")).await;
    assert_eq!(events.message().await["params"]["data"], "error");
    assert_eq!(text(&events.message().await), "logged");
    let other = relay.client().await;
    assert!(other.ask(4, "logging/setLevel", json!({ "level": "debug" })).await["result"].is_object());
    assert_eq!(text(&client.ask(5, "tools/call", log("info")).await), "logged", "another's level is not ours");
}

#[tokio::test]
async fn deployments_are_apart() {
    let children = Arc::new(Children::default());
    let relay = start(children.clone()).await;
    let one = relay.client().await;
    let mut two = relay.stranger();
    (two.url, two.token) = (relay.url("two"), OTHER_TOKEN.to_owned());
    let answer: Value = two.initialize("2025-06-18", json!({})).await;
    assert_eq!(answer["result"]["serverInfo"]["name"], "fixture");
    assert_eq!(children.started.load(Ordering::SeqCst), 2);
    two.call(1, "crash", json!({})).await;
    assert_eq!(text(&one.call(1, "echo", json!({ "text": "fine" })).await), "fine");
}
