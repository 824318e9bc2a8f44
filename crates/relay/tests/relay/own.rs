//! Catwalk's own client on the shared server, and what it hears of the others.

use crate::support::{Children, fixture, start, text};
use catwalk_relay::CallError;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn lists_calls_and_pings_over_the_same_process() {
    let children = Arc::new(Children::default());
    let relay = start(children.clone()).await;
    relay.handle.attach(relay.one);
    let tools = relay.handle.list_tools(relay.one).await.expect("a list");
    assert!(tools["tools"].as_array().is_some_and(|tools| tools.iter().any(|tool| tool["name"] == "echo")));
    let said = relay.handle.call_tool(relay.one, "echo", json!({ "text": "hi" })).await.expect("a result");
    assert_eq!(said["content"][0]["text"], "hi");
    relay.handle.ping(relay.one).await.expect("it is there");
    let client = relay.client().await;
    client.ask(1, "ping", json!({})).await;
    assert_eq!((children.started.load(Ordering::SeqCst), relay.handle.sessions(relay.one)), (1, 1));
    let wrong = relay.handle.call_tool(relay.one, "nonsense", json!({})).await;
    assert!(matches!(wrong, Err(CallError::Server { code: -32602, .. })), "{wrong:?}");
    let crash = relay.handle.call_tool(relay.one, "crash", json!({})).await;
    assert!(matches!(crash, Err(CallError::OutcomeUnknown)), "{crash:?}");
    relay.handle.ping(relay.one).await.expect("it is there again");
}

#[tokio::test]
async fn activity_tells_what_passed() {
    let relay = fixture().await;
    let client = relay.client().await;
    let mut activity = relay.handle.activity();
    assert_eq!(text(&client.call(1, "echo", json!({ "text": "x" })).await), "x");
    let seen = activity.recv().await.expect("a record");
    assert_eq!((seen.deployment, seen.client.as_str(), seen.method.as_str()), (relay.one, "client a", "tools/call"));
    assert_eq!((seen.tool.as_deref(), seen.ok), (Some("echo"), true));
    client.call(2, "nonsense", json!({})).await;
    let seen = activity.recv().await.expect("a record");
    assert_eq!((seen.tool.as_deref(), seen.ok), (Some("nonsense"), false));
    relay.handle.ping(relay.one).await.expect("it is there");
    let own = activity.recv().await.expect("a record");
    assert_eq!((own.client.as_str(), own.method.as_str()), ("", "ping"));
}
