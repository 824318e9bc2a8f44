//! Event streams: when there are any, and how a client comes back to one.

use crate::support::{Children, fixture, local, start_with, text};
use catwalk_relay::{Config, Limits};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn progress_makes_it_a_stream_with_the_clients_token() {
    let relay = fixture().await;
    let client = relay.client().await;
    for token in [json!("my-token"), json!(5)] {
        let arguments = json!({ "seconds": 0.05, "steps": 3 });
        let params = json!({ "name": "sleep", "arguments": arguments, "_meta": { "progressToken": token } });
        let mut events = client.call_events(1, params).await;
        for step in 1..=3 {
            let progress = events.message().await;
            assert_eq!(progress["method"], "notifications/progress");
            assert_eq!((&progress["params"]["progressToken"], &progress["params"]["progress"]), (&token, &json!(step)));
        }
        assert_eq!(text(&events.message().await), "slept");
        assert!(events.next().await.is_none(), "ends after the answer");
    }
}

/// FAULTS case 36, legacy half: the client drops mid-stream, the call goes on, and its answer waits.
#[tokio::test]
async fn case_36_a_dropped_client_comes_back_for_its_answer() {
    let relay = fixture().await;
    let client = relay.client_with("2025-11-25", json!({})).await;
    let arguments = json!({ "seconds": 0.3, "steps": 3 });
    let params = json!({ "name": "sleep", "arguments": arguments, "_meta": { "progressToken": 1 } });
    let mut events = client.call_events(9, params).await;
    let (id, first) = events.next().await.expect("progress");
    assert_eq!(first["params"]["progress"], 1);
    drop(events);
    let mut rest = client.listen(Some(&id)).await;
    assert_eq!(rest.message().await["params"]["progress"], 2);
    assert_eq!(rest.message().await["params"]["progress"], 3);
    let answer = rest.message().await;
    assert_eq!((text(&answer), &answer["id"]), ("slept", &json!(9)));
    assert!(rest.next().await.is_none());
    let mut again = client.listen(Some(&id)).await;
    assert_eq!(again.message().await["params"]["progress"], 2, "the same again, for a second loss");
}

#[tokio::test]
async fn event_ids_of_others_are_no_use() {
    let relay = fixture().await;
    let client = relay.client().await;
    for id in ["7.1", "nonsense", "1", "1.x", ""] {
        let request = client.request(reqwest::Method::GET).header("last-event-id", id);
        assert_eq!(request.send().await.expect("an answer").status(), 400, "{id:?}");
    }
}

#[tokio::test]
async fn a_long_silence_becomes_a_stream_that_can_be_resumed() {
    let limits = Limits { keep_alive: Duration::from_millis(50), ..Limits::default() };
    let relay = start_with(Config { limits, ..Config::new(local()) }, Arc::new(Children::default())).await;
    let client = relay.client_with("2025-11-25", json!({})).await;
    let mut response = client
        .post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": "sleep", "arguments": { "seconds": 2 } } }))
        .await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut seen = String::new();
    while let Some(chunk) = response.chunk().await.expect("the stream is whole") {
        seen.push_str(std::str::from_utf8(&chunk).expect("is text"));
    }
    assert!(seen.starts_with("id: 2.0\ndata:\n\n"), "primed: {seen}");
    assert!(seen.contains("\n\n:\n\n"), "kept alive by comments: {seen}");
    assert!(seen.ends_with("\n\n") && seen.contains("\"slept\""), "{seen}");
}

#[tokio::test]
async fn the_sessions_own_stream_keeps_what_was_missed() {
    let relay = fixture().await;
    let client = relay.client().await;
    let mut events = client.listen(None).await;
    client.call(1, "count", json!({})).await;
    let (id, changed) = events.next().await.expect("a notice");
    assert_eq!(changed["method"], "notifications/tools/list_changed");
    drop(events);
    client.call(2, "count", json!({})).await;
    let mut events = client.listen(Some(&id)).await;
    assert_eq!(events.message().await["method"], "notifications/tools/list_changed");
}
