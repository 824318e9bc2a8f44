//! Sessions that outlive the relay.

use crate::support::{Children, Client, OTHER_TOKEN, Running, TOKEN, local, routes, rule, start_with, text};
use catwalk_relay::{Allows, Config, Keeper, KeptSession, Limits};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// What the app does with a database, here in memory.
#[derive(Default)]
struct Book(Mutex<HashMap<String, KeptSession>>);

impl Keeper for Book {
    fn keep(&self, session: KeptSession) {
        self.0.lock().expect("no panic holds it").insert(session.hash.clone(), session);
    }

    fn forget(&self, hash: &str) {
        self.0.lock().expect("no panic holds it").remove(hash);
    }
}

impl Book {
    fn read(&self) -> Vec<KeptSession> {
        self.0.lock().expect("no panic holds it").values().cloned().collect()
    }
}

/// A relay that writes into the book, and knows what stood there before.
async fn open(book: &Arc<Book>, limits: Limits) -> Running {
    let relay = start_with(Config { limits, ..Config::new(local()) }, Arc::new(Children::default())).await;
    relay.handle.keep_sessions(book.clone(), book.read());
    relay
}

/// The relay ends, another begins; the client's address is all that changes.
async fn restart(relay: Running, book: &Arc<Book>, client: &mut Client) -> Running {
    relay.stop.cancel();
    relay.tracker.close();
    relay.tracker.wait().await;
    let next = open(book, Limits::default()).await;
    client.url = next.url("one");
    next
}

#[tokio::test]
async fn a_session_goes_on_with_all_it_had_asked_for() {
    let book = Arc::new(Book::default());
    let relay = open(&book, Limits::default()).await;
    let mut client = relay.client_with("2025-11-25", json!({ "elicitation": {} })).await;
    client.ask(1, "resources/subscribe", json!({ "uri": "file:///a" })).await;
    client.ask(2, "resources/subscribe", json!({ "uri": "file:///b" })).await;
    client.ask(3, "resources/unsubscribe", json!({ "uri": "file:///b" })).await;
    client.ask(4, "logging/setLevel", json!({ "level": "error" })).await;
    let relay = restart(relay, &book, &mut client).await;

    assert_eq!(text(&client.call(5, "echo", json!({ "text": "still here" })).await), "still here");
    assert_eq!(relay.handle.sessions(relay.one), 1);
    let mut events = client.listen(None).await;
    client.call(6, "touch", json!({ "uri": "file:///b" })).await;
    client.call(7, "touch", json!({ "uri": "file:///a" })).await;
    assert_eq!(events.message().await["params"]["uri"], "file:///a", "subscribed to one of them");
    let log = client.call(8, "log", json!({ "level": "info", "data": "x" })).await;
    assert_eq!(text(&log), "logged", "its level holds: nothing came before the answer");
    let mut asked = client.call_events(9, json!({ "name": "elicit", "arguments": {} })).await;
    assert_eq!(asked.message().await["method"], "elicitation/create", "and so does what it can be asked");
    let primed = client.request(reqwest::Method::GET).send().await.expect("an answer").chunk().await;
    assert!(primed.expect("whole").expect("a chunk").starts_with(b"id: 0."), "and its revision");
}

#[tokio::test]
async fn a_session_with_many_servers_goes_on_too() {
    let book = Arc::new(Book::default());
    let library = || Arc::new(Children { args: vec!["--library", "ada"], ..Children::default() });
    let relay = start_with(Config::new(local()), library()).await;
    relay.handle.keep_sessions(book.clone(), Vec::new());
    let mut client = relay.stranger();
    client.url = format!("http://{}/mcp", relay.addr);
    client.initialize("2025-11-25", json!({})).await;
    client.ask(1, "resources/subscribe", json!({ "uri": "note://ada/1" })).await;
    drop(relay);
    let relay = start_with(Config::new(local()), library()).await;
    relay.handle.keep_sessions(book.clone(), book.read());
    client.url = format!("http://{}/mcp", relay.addr);
    assert_eq!(text(&client.call(2, "two__echo", json!({ "text": "still here" })).await), "still here");
    assert_eq!((relay.handle.sessions(relay.one), relay.handle.sessions(relay.two)), (1, 1));
    let seen = async || client.call(3, "one__seen", json!({})).await;
    while !text(&seen().await).contains("resources/subscribe") {}
    let mut events = client.listen(None).await;
    client.call(4, "one__touch", json!({ "uri": "note://ada/1" })).await;
    assert_eq!(events.message().await["params"]["uri"], "note://ada/1");
}

#[tokio::test]
async fn two_requests_at_once_bring_one_session_back() {
    let book = Arc::new(Book::default());
    let relay = open(&book, Limits::default()).await;
    let mut client = relay.client().await;
    let relay = restart(relay, &book, &mut client).await;
    let calls = (0..16).map(|id| {
        let client = client.clone();
        crate::support::spawn(async move { client.ask(id, "ping", json!({})).await["result"].is_object() })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.expect("did not panic"));
    }
    assert_eq!(relay.handle.sessions(relay.one), 1);
}

#[tokio::test]
async fn what_is_written_opens_nothing() {
    let book = Arc::new(Book::default());
    let relay = open(&book, Limits::default()).await;
    let mut client = relay.client().await;
    client.url = relay.url("two");
    let mut ended = relay.client().await;
    let written = format!("{:?}", book.read());
    for secret in [TOKEN, client.session.as_deref().expect("has one"), ended.session.as_deref().expect("has one")] {
        assert!(!written.contains(secret), "{written}");
    }
    assert_eq!(ended.request(reqwest::Method::DELETE).send().await.expect("an answer").status(), 204);
    assert_eq!(book.read().len(), 1, "an ended session is crossed out");
    let relay = restart(relay, &book, &mut client).await;
    ended.url.clone_from(&client.url);
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    assert_eq!(ended.post(&ping).await.status(), 404, "it stays ended");
    let mut thief = client.clone();
    (thief.url, thief.token) = (relay.url("two"), OTHER_TOKEN.to_owned());
    assert_eq!(thief.post(&ping).await.status(), 404, "another token");
    let mut elsewhere = client.clone();
    elsewhere.url = relay.url("two");
    assert_eq!(elsewhere.post(&ping).await.status(), 404, "another server");
    // The same client with a token in the place of its old one.
    let mut replaced = routes(relay.one, relay.two);
    replaced.tokens = vec![rule("a", "cw_test_token_new", Allows::All)];
    relay.handle.set_routes(replaced);
    client.token = "cw_test_token_new".to_owned();
    assert_eq!(client.post(&ping).await.status(), 404);
    assert_eq!(book.read(), [], "what nobody may come back to is crossed out");
}

#[tokio::test]
async fn subscriptions_are_bounded() {
    let book = Arc::new(Book::default());
    let relay = open(&book, Limits { subscriptions: 2, ..Limits::default() }).await;
    let client = relay.client().await;
    let subscribe = async |uri: &str| client.ask(1, "resources/subscribe", json!({ "uri": uri })).await;
    assert!(subscribe("file:///a").await["result"].is_object() && subscribe("file:///b").await["result"].is_object());
    assert_eq!(subscribe("file:///c").await["error"]["code"], -32000);
    client.ask(2, "resources/unsubscribe", json!({ "uri": "file:///a" })).await;
    assert!(subscribe("file:///c").await["result"].is_object());
}
