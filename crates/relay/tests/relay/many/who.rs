//! Who may reach which servers at an address for many.

use super::support::{id, libraries, tools, town};
use crate::support::{Client, OTHER_TOKEN, TOKEN, text};
use catwalk_domain::Slug;
use catwalk_relay::{Allows, Limits};
use serde_json::json;
use std::collections::HashSet;

async fn opened(mut client: Client) -> Client {
    client.initialize("2025-06-18", json!({})).await;
    client
}

async fn status(client: &Client) -> u16 {
    let hello =
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    client.post(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello })).await.status().as_u16()
}

#[tokio::test]
async fn a_token_gets_what_it_opens() {
    let town = libraries().await;
    let client = opened(town.at("/mcp", OTHER_TOKEN)).await;
    assert!(tools(&client).await.iter().all(|name| name.starts_with("bob__")));
    let answer = client.call(1, "ada__echo", json!({ "text": "x" })).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert_eq!(client.ask(2, "resources/read", json!({ "uri": "note://ada/1" })).await["error"]["code"], -32602);
    assert_eq!(status(&town.at("/mcp", "cw_nobody")).await, 401);
    // One token's session is none to another, nor at another address.
    let mut thief = town.at("/mcp", TOKEN);
    thief.session.clone_from(&client.session);
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    assert_eq!(thief.post(&ping).await.status(), 404);
    let mut elsewhere = town.at("/mcp/bob", OTHER_TOKEN);
    elsewhere.session.clone_from(&client.session);
    assert_eq!(elsewhere.post(&ping).await.status(), 404);
}

#[tokio::test]
async fn sets_are_named_and_refused_to_who_may_reach_none_of_them() {
    let command = || Some(vec!["mcp.py"]);
    let mut town = town(vec![("ada", command()), ("bob", command()), ("eve", command())], Limits::default()).await;
    town.route(|routes| {
        routes.sets.insert(Slug::from_text("work"), HashSet::from([id(1), id(2)]));
        routes.sets.insert(Slug::from_text("home"), HashSet::from([id(2), id(3)]));
    });
    let work = opened(town.at("/mcp/set/work", TOKEN)).await;
    let names = tools(&work).await;
    assert!(names.iter().any(|name| name == "ada__echo") && names.iter().any(|name| name == "bob__echo"));
    assert!(!names.iter().any(|name| name.starts_with("eve__")));
    assert_eq!(work.call(1, "eve__echo", json!({ "text": "x" })).await["error"]["code"], -32602);
    // The other token opens `eve` alone.
    assert_eq!(status(&town.at("/mcp/set/work", OTHER_TOKEN)).await, 403);
    let home = opened(town.at("/mcp/set/home", OTHER_TOKEN)).await;
    assert!(tools(&home).await.iter().all(|name| name.starts_with("eve__")), "a set shows what the token opens of it");
    assert_eq!(status(&town.at("/mcp/set/none", TOKEN)).await, 404);
    // What is taken away is gone at once.
    town.route(|routes| routes.sets.get_mut(&Slug::from_text("work")).map(|ids| ids.remove(&id(2))));
    assert!(tools(&work).await.iter().all(|name| name.starts_with("ada__")));
    town.route(|routes| routes.sets.remove(&Slug::from_text("work")));
    assert_eq!(work.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await.status(), 404);
    town.route(|routes| routes.tokens[1].allows = Allows::Only(HashSet::from([id(1)])));
    assert_eq!(home.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await.status(), 403);
}

#[tokio::test]
async fn what_a_token_may_no_longer_reach_leaves_its_sessions() {
    let mut town = libraries().await;
    let client = town.client().await;
    assert_eq!(text(&client.call(1, "bob__echo", json!({ "text": "x" })).await), "x");
    assert_eq!(town.relay.handle.sessions(id(2)), 1);
    town.route(|routes| routes.tokens[0].allows = Allows::Only(HashSet::from([id(1)])));
    assert_eq!(client.call(2, "bob__echo", json!({ "text": "x" })).await["error"]["code"], -32602);
    assert_eq!(text(&client.call(3, "ada__echo", json!({ "text": "x" })).await), "x");
    assert_eq!((town.relay.handle.sessions(id(1)), town.relay.handle.sessions(id(2))), (1, 0));
    client.request(reqwest::Method::DELETE).send().await.expect("an answer");
    assert_eq!(town.relay.handle.sessions(id(1)), 0);
}

#[tokio::test]
async fn the_older_transport_has_the_same_doors() {
    let town = libraries().await;
    let events = town.at("/mcp/sse", TOKEN).listen(None).await;
    assert_eq!((town.relay.handle.sessions(id(1)), town.relay.handle.sessions(id(2))), (1, 1));
    drop(events);
    crate::support::until("it leaves both", || {
        town.relay.handle.sessions(id(1)) + town.relay.handle.sessions(id(2)) == 0
    })
    .await;
}
