//! Every kind of request finds the one server it is for, and every message of a server its client.

use super::support::{Town, heard, id, libraries, town};
use crate::support::{Client, text, until};
use catwalk_relay::Limits;
use serde_json::{Value, json};

/// What a server has heard so far.
async fn seen(client: &Client, server: &str) -> Vec<Value> {
    let answer = client.call("seen", &format!("{server}__seen"), json!({})).await;
    serde_json::from_str(text(&answer)).expect("is JSON")
}

async fn both() -> (Town, Client) {
    let town = libraries().await;
    let client = town.client().await;
    (town, client)
}

#[tokio::test]
async fn calls_go_to_the_server_that_the_name_says() {
    let (_town, client) = both().await;
    assert_eq!(text(&client.call(1, "ada__echo", json!({ "text": "a" })).await), "a");
    assert_eq!(text(&client.call(2, "bob__add", json!({ "a": 1.5, "b": 2 })).await), "3.5");
    let count = |seen: Vec<Value>| seen.iter().filter(|method| *method == "tools/call").count();
    assert_eq!((count(seen(&client, "ada").await), count(seen(&client, "bob").await)), (2, 2));
    for unknown in ["echo", "eve__echo", "__echo"] {
        let answer = client.call(3, unknown, json!({})).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    let answer = client.call(4, "ada__missing", json!({})).await;
    assert!(
        answer["error"]["message"].as_str().is_some_and(|words| words.contains("missing")),
        "its own words: {answer}"
    );
    assert_eq!(client.ask(5, "tasks/list", json!({})).await["error"]["code"], -32601);
    assert_eq!(client.ask(6, "ping", json!({})).await["result"], json!({}));
}

#[tokio::test]
async fn prompts_and_completions() {
    let (_town, client) = both().await;
    let answer = client.ask(1, "prompts/get", json!({ "name": "bob__greet", "arguments": { "who": "you" } })).await;
    assert_eq!(answer["result"]["messages"][0]["content"]["text"], "bob: greet you");
    let argument = json!({ "name": "who", "value": "y" });
    let params = json!({ "ref": { "type": "ref/prompt", "name": "ada__greet" }, "argument": argument });
    let answer = client.ask(2, "completion/complete", params).await;
    assert_eq!(answer["result"]["completion"]["values"][0], r#"ada {"type": "ref/prompt", "name": "greet"}"#);
    let params = json!({ "ref": { "type": "ref/resource", "uri": "note://bob/{id}" }, "argument": argument });
    let answer = client.ask(3, "completion/complete", params).await;
    assert!(
        answer["result"]["completion"]["values"][0].as_str().is_some_and(|text| text.starts_with("bob ")),
        "{answer}"
    );
}

#[tokio::test]
async fn resources_are_found_by_list_by_template_and_by_asking() {
    let (_town, client) = both().await;
    for (number, uri, of) in [(1, "note://bob/1", "bob"), (2, "note://ada/77", "ada"), (3, "secret://bob/x", "bob")] {
        let answer = client.ask(number, "resources/read", json!({ "uri": uri })).await;
        assert_eq!(answer["result"]["contents"][0]["text"], format!("{uri} of {of}"), "{answer}");
    }
    let answer = client.ask(4, "resources/read", json!({ "uri": "note://eve/1" })).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert!(answer["error"]["message"].as_str().is_some_and(|why| why.contains("note://eve/1")), "{answer}");
}

#[tokio::test]
async fn subscriptions_concern_one_server() {
    let (_town, client) = both().await;
    let mut events = client.listen(None).await;
    assert_eq!(client.ask(1, "resources/subscribe", json!({ "uri": "note://bob/1" })).await["result"], json!({}));
    assert!(seen(&client, "bob").await.contains(&json!("resources/subscribe")));
    assert!(!seen(&client, "ada").await.contains(&json!("resources/subscribe")));
    client.call(2, "bob__touch", json!({ "uri": "note://bob/1" })).await;
    assert_eq!(heard(&mut events, "notifications/resources/updated").await["params"]["uri"], "note://bob/1");
    assert_eq!(client.ask(3, "resources/unsubscribe", json!({ "uri": "note://bob/1" })).await["result"], json!({}));
    assert!(seen(&client, "bob").await.contains(&json!("resources/unsubscribe")));
    assert_eq!(client.ask(4, "resources/unsubscribe", json!({ "uri": "note://bob/1" })).await["result"], json!({}));
    client.call(5, "bob__touch", json!({ "uri": "note://bob/1" })).await;
    client.call(6, "ada__count", json!({})).await;
    assert_eq!(events.message().await["method"], "notifications/tools/list_changed", "the update was not for it");
}

#[tokio::test]
async fn a_question_comes_through_and_its_answer_goes_back() {
    let town = libraries().await;
    let client = town.client_with(json!({ "elicitation": {}, "roots": {} })).await;
    let ask = |id: u64, tool: &str| {
        let (client, params) = (client.clone(), json!({ "name": tool, "arguments": { "message": tool } }));
        async move { client.call_events(id, params).await }
    };
    let (mut ada, mut bob) = (ask(1, "ada__elicit").await, ask(2, "bob__elicit").await);
    let (of_ada, of_bob) = (ada.message().await, bob.message().await);
    assert_eq!(
        (&of_ada["params"]["message"], &of_bob["params"]["message"]),
        (&json!("ada__elicit"), &json!("bob__elicit"))
    );
    assert_ne!(of_ada["id"], of_bob["id"], "or their answers could not be told apart");
    for (question, name) in [(&of_bob, "Bob"), (&of_ada, "Ada")] {
        let result = json!({ "action": "accept", "content": { "name": name } });
        let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
        assert_eq!(client.post(&answer).await.status(), 202);
    }
    assert!(text(&ada.message().await).contains("Ada"));
    assert!(text(&bob.message().await).contains("Bob"));
    let mut roots = ask(3, "ada__roots").await;
    let question = roots.message().await;
    assert_eq!(question["method"], "roots/list");
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "roots": [{ "uri": "file:///here" }] } });
    client.post(&answer).await;
    assert!(text(&roots.message().await).contains("file:///here"));
}

#[tokio::test]
async fn progress_comes_back_and_a_cancel_arrives() {
    let (_town, client) = both().await;
    let sleep = json!({ "name": "ada__sleep", "arguments": { "seconds": 0.1, "steps": 2 }, "_meta": { "progressToken": "mine" } });
    let mut events = client.call_events(1, sleep).await;
    for step in 1..=2 {
        let progress = events.message().await;
        assert_eq!(
            (&progress["params"]["progressToken"], &progress["params"]["progress"]),
            (&json!("mine"), &json!(step))
        );
    }
    assert_eq!(text(&events.message().await), "slept");
    let waiting = client.clone();
    let call = json!({ "jsonrpc": "2.0", "id": "long", "method": "tools/call", "params": { "name": "bob__slow" } });
    let call = crate::support::spawn(async move { waiting.post(&call).await.text().await });
    while seen(&client, "bob").await.iter().filter(|method| *method == "tools/call").count() < 2 {}
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "long" } });
    assert_eq!(client.post(&cancel).await.status(), 202);
    call.await.expect("it ends").expect("without an answer");
    while !seen(&client, "bob").await.contains(&json!("notifications/cancelled")) {}
    assert!(!seen(&client, "ada").await.contains(&json!("notifications/cancelled")));
}

#[tokio::test]
async fn the_log_level_goes_to_all() {
    let (_town, client) = both().await;
    for server in ["ada", "bob"] {
        seen(&client, server).await;
    }
    assert_eq!(client.ask(1, "logging/setLevel", json!({ "level": "error" })).await["result"], json!({}));
    for server in ["ada", "bob"] {
        while !seen(&client, server).await.contains(&json!("logging/setLevel")) {}
    }
    let mut events =
        client.call_events(2, json!({ "name": "ada__log", "arguments": { "level": "error", "data": "loud" } })).await;
    assert_eq!(events.message().await["params"]["data"], "loud");
    client.call(3, "bob__log", json!({ "level": "info", "data": "quiet" })).await;
    assert_eq!(client.ask(4, "logging/setLevel", json!({ "level": "shouting" })).await["error"]["code"], -32602);
}

#[tokio::test]
async fn isolated_members_have_a_process_for_each_session() {
    let command = || Some(vec!["mcp.py"]);
    let mut town = town(vec![("own", command()), ("shared", command())], Limits::default()).await;
    town.route(|routes| routes.isolated = [id(1)].into());
    let (one, two) = (town.client().await, town.client().await);
    let pid = async |client: &Client, server: &str| {
        super::support::tools(client).await.into_iter().filter(|name| name.starts_with(server)).count()
    };
    let before = (pid(&one, "own").await, pid(&one, "shared").await);
    one.call(1, "own__count", json!({})).await;
    one.call(2, "shared__count", json!({})).await;
    assert_eq!((pid(&one, "own").await, pid(&one, "shared").await), (before.0 + 1, before.1 + 1));
    assert_eq!(
        (pid(&two, "own").await, pid(&two, "shared").await),
        (before.0, before.1 + 1),
        "what one does, the other sees not"
    );
    until("a process for each, and a warm one", || town.fleet.alive(id(1)) == 3).await;
    one.request(reqwest::Method::DELETE).send().await.expect("an answer");
    until("its process ends with it", || town.fleet.alive(id(1)) == 2).await;
    assert_eq!(town.fleet.alive(id(2)), 1);
}
