//! The legacy transport, message by message.

use crate::support::{fixture, text};
use serde_json::{Value, json};

#[tokio::test]
async fn initialize_list_call() {
    let relay = fixture().await;
    let mut client = relay.stranger();
    let answer = client.initialize("2025-06-18", json!({})).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(answer["result"]["serverInfo"]["name"], "fixture");
    let tools = client.ask("list", "tools/list", json!({})).await;
    assert_eq!(tools["id"], "list");
    assert!(tools["result"]["tools"].as_array().is_some_and(|tools| tools.len() > 5), "{tools}");
    let sum = client.call(7, "add", json!({ "a": 2, "b": 40 })).await;
    assert_eq!((text(&sum), &sum["id"]), ("42", &json!(7)));
}

#[tokio::test]
async fn versions_are_negotiated_per_client_and_the_server_initialised_once() {
    let relay = fixture().await;
    let mut pids = Vec::new();
    for (asked, got) in [
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let answer = relay.stranger().initialize(asked, json!({})).await;
        assert_eq!(answer["result"]["protocolVersion"], got);
        pids.push(answer["result"]["serverInfo"]["version"].clone());
    }
    assert!(pids.windows(2).all(|pair| pair[0] == pair[1]), "one process for all: {pids:?}");
    let client = relay.client().await;
    let seen: Value = serde_json::from_str(text(&client.call(1, "seen", json!({})).await)).expect("is JSON");
    let times = |method: &str| seen.as_array().expect("a list").iter().filter(|seen| *seen == method).count();
    assert_eq!((times("initialize"), times("notifications/initialized")), (1, 1), "{seen}");
}
