//! Several servers as one, and one server with a process for each session.

use crate::engine::Engine;
use crate::fixture::{Folder, Manner};
use catwalk_testkit::keyring::{Keyring, inside};
use catwalk_testkit::wait::eventually;
use serde_json::{Value, json};
use std::time::Duration;

/// An AI app's session, by hand.
struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
    session: String,
}

impl Client {
    /// The session, or the status by which it was refused.
    async fn open(url: &str, token: &str) -> Result<Self, u16> {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut client = Self { http, url: url.to_owned(), token: token.to_owned(), session: String::new() };
        let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "by hand", "version": "1" } });
        let response = client.post("initialize", &hello).await;
        let session = response.headers().get("mcp-session-id").ok_or(response.status().as_u16())?;
        session.to_str().expect("is text").clone_into(&mut client.session);
        Ok(client)
    }

    async fn post(&self, method: &str, params: &Value) -> reqwest::Response {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let request = self.http.post(&self.url).bearer_auth(&self.token).body(body);
        let request = request.header("accept", "application/json, text/event-stream");
        let request = request.header("content-type", "application/json");
        let request = if self.session.is_empty() { request } else { request.header("mcp-session-id", &self.session) };
        request.send().await.expect("the relay answers")
    }

    async fn ask(&self, method: &str, params: Value) -> Value {
        let text = self.post(method, &params).await.text().await.expect("a body");
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"))
    }

    async fn tools(&self) -> Vec<String> {
        let answer = self.ask("tools/list", json!({})).await;
        let tools = answer["result"]["tools"].as_array().unwrap_or_else(|| panic!("no list: {answer}")).clone();
        tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
    }

    async fn call(&self, tool: &str, text: &str) -> String {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": { "text": text } })).await;
        answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {answer}")).to_owned()
    }

    async fn end(self) {
        let request = self.http.delete(&self.url).bearer_auth(&self.token).header("mcp-session-id", &self.session);
        assert_eq!(request.send().await.expect("an answer").status(), 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_servers_at_one_address() {
    let Some(_keyring) = inside("many::all_servers_at_one_address", Keyring::start) else { return };
    let (engine, folders) = (Engine::start().await, [Folder::new(Manner::Polite), Folder::new(Manner::Polite)]);
    let one = engine.deploy(&folders[0].path(), &[], false).await;
    let two = engine.deploy(&folders[1].path(), &[], false).await;
    let app = &engine.app;
    let all = app.endpoint_of_many(None, true).await.expect("an address");
    let token = all.token.expect("a token");
    let client = Client::open(&all.url, &token).await.expect("a session");
    let named = |slug: &str, tool: &str| format!("{slug}__{tool}");
    for (slug, said) in [(&one.slug, "first"), (&two.slug, "second")] {
        assert!(client.tools().await.contains(&named(slug, "echo")));
        assert_eq!(client.call(&named(slug, "echo"), said).await, said);
    }

    // What is stopped is no part of it, and comes back when it is wanted.
    app.stop_deployment(two.id).await.expect("it stops");
    assert!(client.tools().await.iter().all(|tool| tool.starts_with(&named(&one.slug, ""))));
    app.start_deployment(two.id).await.expect("it starts");
    engine.becomes(two.id, "ready").await;
    assert!(client.tools().await.contains(&named(&two.slug, "echo")));

    // A set, and what its token may reach.
    let refused = app.save_set("…", vec![two.id]).await.map(|set| set.name).expect_err("no name");
    assert!(refused.title.contains("another name"), "{refused:#?}");
    let set = app.save_set("At work", vec![two.id]).await.expect("a set");
    assert!(set.url.ends_with("/mcp/set/at-work"), "{}", set.url);
    assert_eq!(app.list_sets().await.expect("a list").len(), 1);
    let url = app.endpoint_of_many(Some("at-work"), false).await.expect("an address").url;
    let work = Client::open(&url, &token).await.expect("a session");
    assert!(work.tools().await.iter().all(|tool| tool.starts_with(&named(&two.slug, ""))));
    app.set_access("Copied by hand", Some(vec![one.id])).await.expect("it is set");
    assert_eq!(Client::open(&url, &token).await.map(|client| client.url), Err(403));
    assert!(client.tools().await.iter().all(|tool| tool.starts_with(&named(&one.slug, ""))));
    app.rotate_token().await.expect("a new token");
    let token = app.endpoint_of_many(None, true).await.expect("an address").token.expect("a token");
    assert_eq!(Client::open(&url, &token).await.map(|client| client.url), Err(403), "the new one opens no more");
    app.set_access("Copied by hand", None).await.expect("it is set");
    app.delete_set("at-work").await.expect("it goes");
    assert_eq!(Client::open(&url, &token).await.map(|client| client.url), Err(404));

    // An app that bears few tools.
    let client = Client::open(&all.url, &token).await.expect("a session");
    app.set_tool_cap("Copied by hand", Some(3)).await.expect("it is set");
    assert_eq!(client.tools().await, ["search_tools", "call_tool"]);
    app.set_tool_cap("Copied by hand", None).await.expect("it is set");
    assert!(client.tools().await.len() > 3);
    engine.app.stop().await;
}

fn is_alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|s| !s.contains(") Z "))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_for_each_session() {
    let Some(_keyring) = inside("many::a_process_for_each_session", Keyring::start) else { return };
    let (engine, folder) = (Engine::start().await, Folder::new(Manner::Polite));
    let id = engine.deploy(&folder.path(), &[], false).await.id;
    engine.app.set_isolated(id, true).await.expect("it is set");
    let endpoint = engine.app.endpoint(id, true).await.expect("an address");
    let token = endpoint.token.expect("a token");
    let open = async || Client::open(&endpoint.url, &token).await.expect("a session");
    let (one, two) = (open().await, open().await);
    let (first, second) = (one.call("pid", "").await, two.call("pid", "").await);
    assert_ne!(first, second);
    assert_eq!(one.call("pid", "").await, first, "it stays the session's");
    let own = engine.ask(id, "pid", "").await;
    assert!(own != first && own != second, "the window tries its own");
    one.end().await;
    eventually("its process ends", Duration::from_secs(20), async || (!is_alive(&first)).then_some(())).await;
    assert_eq!(two.call("pid", "").await, second);

    engine.app.stop_deployment(id).await.expect("it stops");
    engine.becomes(id, "stopped").await;
    eventually("all of it stops", Duration::from_secs(20), async || (!is_alive(&second)).then_some(())).await;
    engine.app.start_deployment(id).await.expect("it starts");
    engine.becomes(id, "ready").await;
    assert_ne!(two.call("pid", "").await, second, "the session goes on with another");

    engine.app.set_isolated(id, false).await.expect("it is set");
    let (one, two) = (open().await, open().await);
    assert_eq!(one.call("pid", "").await, two.call("pid", "").await);
    let last = open().await.call("pid", "").await;
    engine.app.stop().await;
    assert!(!is_alive(&last));
}
