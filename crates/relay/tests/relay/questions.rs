//! What a server asks of its clients, and whom it reaches.

use crate::support::{Client, fixture, spawn, text};
use serde_json::{Value, json};

async fn reply(client: &Client, question: &Value, result: Value) {
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
    assert_eq!(client.post(&answer).await.status(), 202);
}

#[tokio::test]
async fn a_question_during_a_call_goes_to_its_caller() {
    let relay = fixture().await;
    let can = json!({ "elicitation": {}, "sampling": {}, "roots": {} });
    let client = relay.client_with("2025-06-18", can.clone()).await;
    let bystander = relay.client_with("2025-06-18", can).await;
    let _listening = bystander.listen(None).await;
    for (tool, method, result) in [
        ("elicit", "elicitation/create", json!({ "action": "accept", "content": { "name": "Ada" } })),
        ("sample", "sampling/createMessage", json!({ "role": "assistant", "model": "m" })),
        ("roots", "roots/list", json!({ "roots": [] })),
    ] {
        let mut events = client.call_events(1, json!({ "name": tool, "arguments": {} })).await;
        let question = events.message().await;
        assert_eq!(question["method"], method);
        // Somebody else's answer counts for nothing.
        reply(&bystander, &question, json!({ "forged": true })).await;
        reply(&client, &question, result.clone()).await;
        let told: Value = serde_json::from_str(text(&events.message().await)).expect("is JSON");
        assert_eq!(told, result, "{tool}");
    }
}

#[tokio::test]
async fn what_no_client_can_answer_is_refused_and_shown_to_nobody_else() {
    let relay = fixture().await;
    let plain = relay.client().await;
    let able = relay.client_with("2025-06-18", json!({ "elicitation": {} })).await;
    let mut listening = able.listen(None).await;
    let answer = plain.call(1, "elicit", json!({ "message": "password?" })).await;
    assert!(text(&answer).contains("-32601"), "{answer}");
    plain.call(2, "count", json!({})).await;
    let next = listening.message().await;
    assert_eq!(next["method"], "notifications/tools/list_changed", "the question was not shown to the other");
}

#[tokio::test]
async fn with_several_at_work_the_last_active_that_can_is_asked() {
    let relay = fixture().await;
    let busy = relay.client().await;
    let params = json!({ "name": "slow", "arguments": {} });
    let slow = {
        let busy = busy.clone();
        spawn(async move {
            busy.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })).await
        })
    };
    let able = relay.client_with("2025-06-18", json!({ "roots": {} })).await;
    let mut events = able.call_events(2, json!({ "name": "roots", "arguments": {} })).await;
    let question = events.message().await;
    assert_eq!(question["method"], "roots/list");
    reply(&able, &question, json!({ "roots": [] })).await;
    assert_eq!(text(&events.message().await), "{\"roots\": []}");
    slow.abort();
}
