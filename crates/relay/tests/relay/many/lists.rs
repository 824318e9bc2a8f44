//! Lists of many servers: complete, in order, and never empty because one of them is ill.

use super::support::{heard, id, libraries, listed, tools, town};
use crate::support::text;
use catwalk_domain::Slug;
use catwalk_relay::Limits;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn quick() -> Limits {
    Limits { gather: Duration::from_millis(700), gather_known: Duration::from_millis(300), ..Limits::default() }
}

#[tokio::test]
async fn every_tool_is_there_under_its_servers_name() {
    let town = libraries().await;
    let client = town.client().await;
    let names = tools(&client).await;
    for name in ["ada__echo", "bob__echo", "ada__flaky-read", "bob__count"] {
        assert!(names.iter().any(|one| one == name), "{name} in {names:?}");
    }
    let (ada, bob) = names.split_at(names.len() / 2);
    assert!(ada.iter().all(|name| name.starts_with("ada__")) && bob.iter().all(|name| name.starts_with("bob__")));
    // Entries are their servers' own but for the name.
    let (result, _) = listed(&client, "tools", "tools", "name").await;
    let read = result["tools"].as_array().and_then(|all| all.iter().find(|tool| tool["name"] == "bob__flaky-read"));
    assert_eq!(read.expect("is listed")["annotations"], json!({ "readOnlyHint": true }));
    assert_eq!(result.get("_meta"), None);
}

#[tokio::test]
async fn pages_are_followed_and_uris_stay() {
    let town = libraries().await;
    let client = town.client().await;
    let (result, uris) = listed(&client, "resources", "resources", "uri").await;
    let all =
        ["note://ada/1", "ui://ada/app", "note://ada/2", "note://all", "note://bob/1", "ui://bob/app", "note://bob/2"];
    assert_eq!(uris, all);
    // Two libraries have the same one. A client could not tell them apart, so it hears why the second is not there.
    let refused = &result["_meta"]["app.catwalk/refused"];
    assert_eq!((&refused[0]["server"], &refused[0]["uri"]), (&json!("bob"), &json!("note://all")), "{refused}");
    assert!(refused[0]["reason"].as_str().is_some_and(|why| why.contains("called the same")), "{refused}");
    let (_, templates) = listed(&client, "resources/templates", "resourceTemplates", "uriTemplate").await;
    assert_eq!(templates, ["note://ada/{id}", "note://bob/{id}"]);
    let (_, prompts) = listed(&client, "prompts", "prompts", "name").await;
    assert_eq!(prompts, ["ada__greet", "bob__greet"]);
}

#[tokio::test]
async fn one_that_is_dead_is_named_and_comes_back() {
    let mut town = town(vec![("ada", Some(vec!["mcp.py"])), ("dead", None)], Limits::default()).await;
    let client = town.client().await;
    let mut events = client.listen(None).await;
    let began = Instant::now();
    let (result, names) = listed(&client, "tools", "tools", "name").await;
    assert!(began.elapsed() < Duration::from_secs(4), "nobody waits for it");
    assert!(names.iter().any(|name| name == "ada__echo") && names.iter().all(|name| name.starts_with("ada__")));
    let omitted = &result["_meta"]["app.catwalk/omitted"];
    assert_eq!(omitted[0]["server"], "dead");
    assert!(omitted[0]["reason"].as_str().is_some_and(|why| why.contains("it is broken")), "{omitted}");
    // A call of it says the same; the others work.
    let answer = client.call(2, "dead__echo", json!({ "text": "x" })).await;
    assert!(answer["error"]["message"].as_str().is_some_and(|why| why.contains("it is broken")), "{answer}");
    assert_eq!(text(&client.call(3, "ada__echo", json!({ "text": "x" })).await), "x");
    town.fleet.set(id(2), Some(vec!["mcp.py"]));
    town.route(|_| ());
    town.relay.handle.attach(id(2));
    heard(&mut events, "notifications/tools/list_changed").await;
    assert!(tools(&client).await.iter().any(|name| name == "dead__echo"));
}

#[tokio::test]
async fn one_that_is_slow_is_told_of_later_and_then_remembered() {
    let slow = Some(vec!["mcp.py", "--slow-lists", "1.5"]);
    let town = town(vec![("ada", Some(vec!["mcp.py"])), ("slow", slow)], quick()).await;
    let client = town.client().await;
    let mut events = client.listen(None).await;
    // Both are up, so that what is measured is the list.
    for (number, name) in [(1, "ada__echo"), (2, "slow__echo")] {
        client.call(number, name, json!({ "text": "x" })).await;
    }
    let (result, names) = listed(&client, "tools", "tools", "name").await;
    assert!(names.iter().all(|name| name.starts_with("ada__")) && !names.is_empty());
    let omitted = &result["_meta"]["app.catwalk/omitted"][0];
    assert!(omitted["reason"].as_str().is_some_and(|why| why.contains("no list within 0.7 s")), "{omitted}");
    heard(&mut events, "notifications/tools/list_changed").await;
    let began = Instant::now();
    assert!(tools(&client).await.iter().any(|name| name == "slow__echo"), "it is remembered");
    assert!(began.elapsed() < Duration::from_millis(1400), "and not waited for");
}

#[tokio::test]
async fn names_fit_the_clients_budget_and_still_lead_home() {
    let commands = || Some(vec!["mcp.py", "--long"]);
    let long_slug = "a-server-with-a-rather-long-name";
    let mut town = town(vec![("ada", commands()), (long_slug, commands())], Limits::default()).await;
    town.budget(60, None);
    let client = town.client().await;
    let (result, names) = listed(&client, "tools", "tools", "name").await;
    assert!(names.iter().all(|name| name.len() <= 60), "{names:?}");
    let cut: Vec<_> = names.iter().filter(|name| name.len() == 60).collect();
    assert_eq!(cut.len(), 4, "two long names at each server: {cut:?}");
    for (number, name) in (10..).zip(&cut) {
        let called = text(&client.call(number, name, json!({})).await).to_owned();
        assert_eq!(
            called.ends_with("_2"),
            cut.iter().position(|one| one == name).is_some_and(|at| at % 2 == 1),
            "{name}"
        );
    }
    // A server that lists a name twice gets one in.
    let refused = result["_meta"]["app.catwalk/refused"].as_array().expect("two were refused");
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0]["name"], "twice");
    // A fresh session knows no list yet: the cut name is looked up.
    town.route(|_| ());
    let fresh = town.client().await;
    assert!(text(&fresh.call(1, cut[0], json!({})).await).starts_with("a_tool_with"));
}

#[tokio::test]
async fn changes_reach_the_client() {
    let mut town = libraries().await;
    let client = town.client().await;
    let mut events = client.listen(None).await;
    let before = tools(&client).await.len();
    client.call(2, "bob__count", json!({})).await;
    heard(&mut events, "notifications/tools/list_changed").await;
    assert_eq!(tools(&client).await.len(), before + 1);
    // Somebody comes, is switched off, goes.
    town.fleet.set(id(3), Some(vec!["mcp.py"]));
    town.route(|routes| routes.deployments.insert(Slug::from_text("eve"), id(3)));
    heard(&mut events, "notifications/tools/list_changed").await;
    assert!(tools(&client).await.iter().any(|name| name == "eve__echo"));
    town.route(|routes| routes.disabled.insert(id(3)));
    heard(&mut events, "notifications/tools/list_changed").await;
    assert!(!tools(&client).await.iter().any(|name| name.starts_with("eve__")));
    town.route(|routes| routes.deployments.remove(&Slug::from_text("bob")));
    heard(&mut events, "notifications/tools/list_changed").await;
    assert!(tools(&client).await.iter().all(|name| name.starts_with("ada__")));
    let answer = client.call(3, "bob__echo", json!({ "text": "x" })).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

#[tokio::test]
async fn a_large_list_comes_in_pages() {
    let limits = Limits { page: 30, ..Limits::default() };
    let town = town(vec![("ada", Some(vec!["mcp.py"])), ("bob", Some(vec!["mcp.py"]))], limits).await;
    let client = town.client().await;
    let (mut names, mut params) = (Vec::new(), json!({}));
    loop {
        let answer = client.ask(1, "tools/list", params).await;
        let page = answer["result"]["tools"].as_array().expect("a list").clone();
        assert!(page.len() <= 30 && !page.is_empty());
        names.extend(page.into_iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()));
        match &answer["result"]["nextCursor"] {
            Value::String(cursor) => params = json!({ "cursor": cursor }),
            _ => break,
        }
    }
    assert!(names.len() > 30 && names.iter().any(|name| name == "bob__seen"), "{names:?}");
    let answer = client.ask(2, "tools/list", json!({ "cursor": "elsewhere" })).await;
    assert_eq!(answer["error"]["code"], -32602);
}
