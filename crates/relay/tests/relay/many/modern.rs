//! Clients of 2026-07-28 before many servers, and servers of it among them.

use super::support::{Town, heard, id, libraries, town};
use crate::modern::Modern;
use crate::support::{TOKEN, text};
use catwalk_domain::Slug;
use catwalk_relay::Limits;
use serde_json::{Value, json};

fn modern(town: &Town, can: Value) -> Modern {
    Modern { url: format!("http://{}/mcp", town.relay.addr), token: TOKEN, ..Modern::that_can(&town.relay, can) }
}

/// A server of either era.
async fn both_eras() -> Town {
    town(vec![("old", Some(vec!["mcp.py"])), ("new", Some(vec!["modern.py"]))], Limits::default()).await
}

#[tokio::test]
async fn discover_list_call() {
    let town = libraries().await;
    let client = modern(&town, json!({}));
    let (status, answer) = client.ask(1, "server/discover", json!({})).await;
    assert_eq!((status, &answer["result"]["resultType"]), (200, &json!("complete")), "{answer}");
    assert_eq!(answer["result"]["capabilities"]["resources"]["subscribe"], true);
    assert_eq!(answer["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "catwalk");
    let (_, answer) = client.ask(2, "tools/list", json!({})).await;
    let result = &answer["result"];
    assert_eq!((&result["resultType"], &result["ttlMs"]), (&json!("complete"), &json!(0)), "{answer}");
    assert!(result["tools"].as_array().expect("a list").iter().any(|tool| tool["name"] == "bob__echo"));
    assert_eq!(text(&client.call("bob__echo", json!({ "text": "hi" })).await), "hi");
    let (status, answer) = client.ask(3, "tools/call", json!({ "name": "eve__echo" })).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(-32602)));
    // `Mcp-Name` is the name that the client sees.
    let body = json!({ "jsonrpc": "2.0", "id": 4, "method": "tools/call",
        "params": { "name": "bob__echo", "arguments": { "text": "x" }, "_meta": client.meta() } });
    let request = client.bare(&body).header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/call");
    assert_eq!(request.header("mcp-name", "echo").send().await.expect("an answer").status(), 400);
    let (_, answer) = client.ask(5, "resources/read", json!({ "uri": "note://ada/1" })).await;
    assert_eq!(answer["result"]["contents"][0]["text"], "note://ada/1 of ada");
    assert_eq!(client.ask(6, "resources/read", json!({ "uri": "note://eve/1" })).await.0, 400);
}

#[tokio::test]
async fn servers_of_both_eras_side_by_side() {
    let town = both_eras().await;
    let (modern, legacy) = (modern(&town, json!({})), town.client().await);
    for server in ["old", "new"] {
        let tool = format!("{server}__echo");
        assert_eq!(text(&modern.call(&tool, json!({ "text": "m" })).await), "m", "{server}");
        assert_eq!(text(&legacy.call(1, &tool, json!({ "text": "l" })).await), "l", "{server}");
    }
    let names = super::support::tools(&legacy).await;
    assert!(names.iter().any(|name| name == "old__echo") && names.iter().any(|name| name == "new__echo"));
}

#[tokio::test]
async fn a_question_waits_for_the_client_to_come_back() {
    let town = libraries().await;
    let client = modern(&town, json!({ "elicitation": {} }));
    let answer = client.call("bob__elicit", json!({ "message": "who?" })).await;
    let result = &answer["result"];
    assert_eq!(result["resultType"], "input_required", "{answer}");
    let (key, question) = result["inputRequests"].as_object().and_then(|all| all.iter().next()).expect("a question");
    assert_eq!(question["params"]["message"], "who?");
    let told = json!({ key.as_str(): { "action": "accept", "content": { "name": "Bob" } } });
    let (status, _) = client.retry("ada__elicit", told.clone(), &result["requestState"]).await;
    assert_eq!(status, 400, "the state is for one server");
    let (status, answer) = client.retry("bob__elicit", told, &result["requestState"]).await;
    assert_eq!(status, 200);
    assert!(text(&answer).contains("Bob"), "{answer}");
}

#[tokio::test]
async fn one_stream_tells_of_all_servers() {
    let mut town = libraries().await;
    let client = modern(&town, json!({}));
    let wanted = json!({ "toolsListChanged": true, "resourceSubscriptions": ["note://bob/1", "note://eve/1"] });
    let mut events = client.listen("mine", wanted).await;
    let told = events.message().await;
    assert_eq!(told["method"], "notifications/subscriptions/acknowledged");
    let honored = json!({ "toolsListChanged": true, "resourceSubscriptions": ["note://bob/1"] });
    assert_eq!(told["params"]["notifications"], honored, "nobody has the other");
    client.call("ada__count", json!({})).await;
    let changed = heard(&mut events, "notifications/tools/list_changed").await;
    assert_eq!(changed["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], "mine");
    client.call("ada__touch", json!({ "uri": "note://bob/1" })).await;
    client.call("bob__touch", json!({ "uri": "note://bob/1" })).await;
    assert_eq!(heard(&mut events, "notifications/resources/updated").await["params"]["uri"], "note://bob/1");
    // A server that comes later tells on the same stream.
    town.fleet.set(id(3), Some(vec!["mcp.py"]));
    town.route(|routes| routes.deployments.insert(Slug::from_text("eve"), id(3)));
    heard(&mut events, "notifications/tools/list_changed").await;
    client.call("eve__count", json!({})).await;
    heard(&mut events, "notifications/tools/list_changed").await;
}

#[tokio::test]
async fn a_client_that_hangs_up_takes_its_call_back() {
    let town = libraries().await;
    let client = modern(&town, json!({}));
    let seen = async || client.call("ada__seen", json!({})).await;
    let slow = client.request(1, "tools/call", json!({ "name": "ada__slow", "arguments": {} }));
    let call = crate::support::spawn(async move { slow.send().await.map(drop) });
    while text(&seen().await).matches("tools/call").count() < 3 {}
    call.abort();
    while !text(&seen().await).contains("notifications/cancelled") {}
}
