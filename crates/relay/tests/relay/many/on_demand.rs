//! Two tools in the place of many.

use super::support::{libraries, tools};
use crate::support::{Client, text};
use serde_json::json;

async fn found(client: &Client, query: &str) -> String {
    text(&client.call(9, "search_tools", json!({ "query": query })).await).to_owned()
}

#[tokio::test]
async fn a_client_with_a_cap_finds_and_calls() {
    let mut town = libraries().await;
    town.budget(60, Some(20));
    let client = town.client().await;
    assert_eq!(tools(&client).await, ["search_tools", "call_tool"]);
    let echo = found(&client, "echo").await;
    assert!(echo.contains(r#""name":"ada__echo""#) || echo.contains(r#""name": "ada__echo""#), "{echo}");
    assert_eq!(echo.lines().count(), 2, "{echo}");
    assert!(found(&client, "zebra").await.starts_with("None of the"));
    assert!(found(&client, "").await.contains("more fit"), "ten at first");
    let called = client.call(1, "call_tool", json!({ "name": "bob__add", "arguments": { "a": 2, "b": 3 } })).await;
    assert_eq!(text(&called), "5");
    let direct = client.call(2, "bob__add", json!({ "a": 2, "b": 3 })).await;
    assert_eq!(text(&direct), "5", "whoever knows the name may use it");
    let answer = client.call(3, "call_tool", json!({ "name": "eve__add" })).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert_eq!(client.call(4, "call_tool", json!({ "arguments": {} })).await["error"]["code"], -32602);
    // Few enough servers, and the tools are there themselves.
    town.budget(60, Some(100));
    assert!(tools(&client).await.len() > 30);
    town.budget(60, Some(0));
    assert_eq!(tools(&client).await.len(), 2);
}

#[tokio::test]
async fn progress_and_questions_pass_through_the_tool_that_calls() {
    let mut town = libraries().await;
    town.budget(60, Some(0));
    let client = town.client_with(json!({ "elicitation": {} })).await;
    let inner = json!({ "name": "ada__sleep", "arguments": { "seconds": 0.05, "steps": 1 } });
    let mut events = client
        .call_events(1, json!({ "name": "call_tool", "arguments": inner, "_meta": { "progressToken": 7 } }))
        .await;
    assert_eq!(events.message().await["params"]["progressToken"], 7);
    assert_eq!(text(&events.message().await), "slept");
    let inner = json!({ "name": "bob__elicit", "arguments": { "message": "who?" } });
    let mut events = client.call_events(2, json!({ "name": "call_tool", "arguments": inner })).await;
    let question = events.message().await;
    assert_eq!(question["params"]["message"], "who?");
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "decline" } });
    client.post(&answer).await;
    assert!(text(&events.message().await).contains("decline"));
}
