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

/// The first Catwalk's address of a server; configs of AI apps still name it.
#[tokio::test]
async fn the_old_path_leads_to_the_same_server() {
    let relay = fixture().await;
    let mut client = relay.client().await;
    let path = format!("http://{}/api/mcp", relay.addr);
    client.url = format!("{path}/{}", relay.one);
    assert_eq!(text(&client.call(1, "add", json!({ "a": 2, "b": 40 })).await), "42", "even in the same session");
    let (two, one) = (relay.two, relay.one);
    for id in [two.to_string(), format!("{one}/"), one.to_string().replace('-', ""), "one".to_owned(), String::new()] {
        client.url = format!("{path}/{id}");
        assert_eq!(client.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await.status(), 404, "{id}");
    }
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

#[tokio::test]
async fn unsupported_versions_are_refused_with_a_list() {
    let relay = fixture().await;
    let client = relay.client().await;
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": { "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2027-01-01", "io.modelcontextprotocol/clientCapabilities": {} } } });
    let request = client.request(reqwest::Method::POST).header("mcp-protocol-version", "2027-01-01").json(&body);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 400);
    let answer: Value = response.json().await.expect("is JSON");
    assert_eq!(answer["error"]["code"], -32022);
    assert_eq!(
        answer["error"]["data"]["supported"],
        json!(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])
    );
}

#[tokio::test]
async fn shapes_of_bodies_and_headers() {
    let relay = fixture().await;
    let client = relay.client().await;
    for (body, status, code) in [
        ("{", 400, -32700),
        ("", 400, -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", 200, 0),
        ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/anything\"}", 202, 0),
        ("{\"jsonrpc\":\"2.0\",\"id\":\"nobody asked\",\"result\":{}}", 202, 0),
        ("{\"jsonrpc\":\"2.0\",\"id\":1}", 400, -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}", 400, -32602),
        ("[]", 400, -32600),
        ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", 400, -32600),
        ("7", 400, -32600),
    ] {
        let request = client.request(reqwest::Method::POST).header("content-type", "application/json");
        let response = request.body(body).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{body}");
        if code != 0 {
            let answer: Value = response.json().await.expect("is JSON");
            assert_eq!(answer["error"]["code"], code, "{body}");
        }
    }
    for (name, value, status) in [
        ("content-type", "text/plain", 415),
        ("accept", "text/html", 406),
        ("accept", "application/json", 406),
        ("mcp-session-id", "made-up", 404),
        ("mcp-protocol-version", "2024-01-01", 400),
    ] {
        let mut request = client
            .request(reqwest::Method::POST)
            .json(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }))
            .build()
            .expect("a request");
        request.headers_mut().insert(name, value.parse().expect("a header value"));
        let response = client.http.execute(request).await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{name}: {value}");
    }
    let put = client.request(reqwest::Method::PUT).send().await.expect("an answer");
    assert_eq!((put.status().as_u16(), put.headers()["allow"].to_str().ok()), (405, Some("POST, GET, DELETE")));
}

#[tokio::test]
async fn batches_in_their_one_revision() {
    let relay = fixture().await;
    let client = relay.client_with("2025-03-26", json!({})).await;
    let call = |id: Value, tool: &str, arguments: Value| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": tool, "arguments": arguments } });
    let batch = json!([
        call(json!(1), "echo", json!({ "text": "one" })),
        { "jsonrpc": "2.0", "method": "notifications/anything" },
        call(json!("two"), "echo", json!({ "text": "two" })),
    ]);
    let response = client.post(&batch).await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let answers: Vec<Value> = response.json().await.expect("is a list");
    let find = |id: Value| answers.iter().find(|answer| answer["id"] == id).expect("is answered");
    assert_eq!((answers.len(), text(find(json!(1))), text(find(json!("two")))), (2, "one", "two"));
    let single = client.post(&json!([call(json!(3), "echo", json!({ "text": "three" }))])).await;
    assert_eq!(single.json::<Value>().await.expect("is JSON").as_array().map(Vec::len), Some(1), "a batch for a batch");
    let none = client.post(&json!([{ "jsonrpc": "2.0", "method": "notifications/anything" }])).await;
    assert_eq!(none.status(), 202);
}

#[tokio::test]
async fn an_ended_session_is_gone() {
    let relay = fixture().await;
    let client = relay.client().await;
    let mut events = client.listen(None).await;
    assert_eq!(relay.handle.sessions(relay.one), 1);
    let response = client.request(reqwest::Method::DELETE).send().await.expect("an answer");
    assert_eq!(response.status(), 204);
    assert!(events.next().await.is_none(), "its stream ends");
    let after = client.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await;
    assert_eq!(after.status(), 404);
    assert_eq!(relay.handle.sessions(relay.one), 0);
}

/// FAULTS case 18: junk, and bytes that are no text.
#[tokio::test]
async fn case_18_stray_output_goes_to_the_log_and_hurts_nobody() {
    let children = std::sync::Arc::new(crate::support::Children::default());
    let relay = crate::support::start(children.clone()).await;
    let client = relay.client().await;
    assert_eq!(text(&client.call(1, "stray", json!({})).await), "strayed");
    let stray = children.stray.lock().expect("no panic holds it").clone();
    assert_eq!(stray, b"Server says hello\n{\"level\":\"info\"}\n\xff\xfe\n");
}
