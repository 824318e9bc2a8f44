//! Deployments that give every session a process of its own.

use crate::modern::Modern;
use crate::support::{Children, Client, OTHER_TOKEN, Running, local, routes, start_with, text, until};
use catwalk_relay::{Config, Limits};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;

async fn isolated(limits: Limits) -> (Arc<Children>, Running) {
    let children = Arc::new(Children::default());
    let relay = start_with(Config { limits, ..Config::new(local()) }, children.clone()).await;
    let mut isolating = routes(relay.one, relay.two);
    isolating.isolated = [relay.one].into();
    relay.handle.set_routes(isolating);
    (children, relay)
}

/// How many processes have not ended.
fn alive(children: &Children) -> usize {
    let mut running = children.running.lock().expect("no panic holds it");
    running.iter_mut().filter_map(|child| child.try_wait().expect("is ours").is_none().then_some(())).count()
}

/// The tools that a process has; each call of `count` adds one.
async fn tools(client: &Client) -> usize {
    client.ask(9, "tools/list", json!({})).await["result"]["tools"].as_array().expect("a list").len()
}

#[tokio::test]
async fn each_session_has_its_own_process_and_takes_it_along() {
    let (children, relay) = isolated(Limits::default()).await;
    let (one, two) = (relay.client().await, relay.client().await);
    let before = tools(&two).await;
    one.call(1, "count", json!({})).await;
    assert_eq!((tools(&one).await, tools(&two).await), (before + 1, before), "what one does, the other does not see");
    until("two processes and a warm one", || alive(&children) == 3).await;
    assert_eq!(relay.handle.sessions(relay.one), 2);
    let ended = one.request(reqwest::Method::DELETE).send().await.expect("an answer");
    assert_eq!(ended.status(), 204);
    until("its process ends with it", || alive(&children) == 2).await;
    assert_eq!(text(&two.call(2, "echo", json!({ "text": "goes on" })).await), "goes on");
    let _three = relay.client().await;
    until("the warm one was taken and another made", || alive(&children) == 3).await;
    assert_eq!(children.started.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn each_client_without_a_session_has_its_own_process() {
    let (children, relay) = isolated(Limits::default()).await;
    let mut isolating = routes(relay.one, relay.two);
    isolating.isolated = [relay.two].into();
    relay.handle.set_routes(isolating);
    let one = Modern { url: relay.url("two"), ..Modern::of(&relay) };
    let other = Modern { token: OTHER_TOKEN, ..one.clone() };
    let tools = async |client: &Modern| {
        client.ask(9, "tools/list", json!({})).await.1["result"]["tools"].as_array().expect("a list").len()
    };
    let before = tools(&other).await;
    one.call("count", json!({})).await;
    assert_eq!((tools(&one).await, tools(&other).await), (before + 1, before), "what one does, the other does not see");
    until("two processes and a warm one", || alive(&children) == 3).await;
}

#[tokio::test]
async fn a_warm_process_is_there_before_the_first_session() {
    let (children, relay) = isolated(Limits::default()).await;
    relay.handle.attach(relay.one);
    until("a warm process", || alive(&children) == 1).await;
    let client = relay.client().await;
    assert_eq!(text(&client.call(1, "echo", json!({ "text": "x" })).await), "x");
    until("and another for the next", || alive(&children) == 2).await;
}

#[tokio::test]
async fn a_crash_concerns_one_session() {
    let (children, relay) = isolated(Limits::default()).await;
    let (one, two) = (relay.client().await, relay.client().await);
    two.call(1, "count", json!({})).await;
    let counted = tools(&two).await;
    one.call(1, "crash", json!({})).await;
    assert_eq!(text(&one.call(2, "echo", json!({ "text": "back" })).await), "back");
    assert_eq!(tools(&two).await, counted, "the other's process is the same");
    until("as many as before", || alive(&children) == 3).await;
}

#[tokio::test]
async fn processes_are_bounded_and_the_longest_idle_session_makes_room() {
    let (children, relay) = isolated(Limits { isolated: 2, ..Limits::default() }).await;
    let (one, two) = (relay.client().await, relay.client().await);
    one.ask(1, "ping", json!({})).await;
    let three = relay.client().await;
    assert_eq!(two.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await.status(), 404);
    until("two at most", || alive(&children) <= 2).await;
    // Both are listening now, so neither is idle.
    let _reading = (one.listen(None).await, three.listen(None).await);
    let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello });
    let refused = relay.stranger().post(&hello).await;
    assert_eq!(refused.status(), 503);
    let answer: serde_json::Value = refused.json().await.expect("is JSON");
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("all 2 processes")), "{answer}");
}

#[tokio::test]
async fn switching_it_off_ends_its_sessions_and_processes() {
    let (children, relay) = isolated(Limits::default()).await;
    let client = relay.client().await;
    client.call(1, "echo", json!({ "text": "x" })).await;
    relay.handle.set_routes(routes(relay.one, relay.two));
    assert_eq!(client.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await.status(), 404);
    let (one, two) = (relay.client().await, relay.client().await);
    one.call(1, "count", json!({})).await;
    assert_eq!(tools(&one).await, tools(&two).await, "they share one now");
    relay.handle.set_routes(catwalk_relay::Routes::default());
    until("nothing is left", || alive(&children) == 0).await;
}
