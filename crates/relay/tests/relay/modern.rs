//! Clients of 2026-07-28: what their requests must say, and what they get, whatever the server's era.

use crate::support::{Children, Events, OTHER_TOKEN, Running, TOKEN, fixture, start, text};
use serde_json::{Value, json};
use std::sync::Arc;

const META: &str = "io.modelcontextprotocol/";

/// A client of 2026-07-28 by hand.
#[derive(Clone)]
pub(crate) struct Modern {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) token: &'static str,
    pub(crate) can: Value,
    pub(crate) level: Option<&'static str>,
}

impl Modern {
    pub(crate) fn of(relay: &Running) -> Self {
        let http = relay.stranger().http;
        Self { http, url: relay.url("one"), token: TOKEN, can: json!({}), level: None }
    }

    pub(crate) fn that_can(relay: &Running, can: Value) -> Self {
        Self { can, ..Self::of(relay) }
    }

    pub(crate) fn meta(&self) -> Value {
        let mut meta = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "hand", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": self.can });
        if let Some(level) = self.level {
            meta[format!("{META}logLevel")] = json!(level);
        }
        meta
    }

    /// A request with the headers that belong to it.
    pub(crate) fn request(&self, id: impl Into<Value>, method: &str, mut params: Value) -> reqwest::RequestBuilder {
        let mut meta = self.meta();
        if let Some(more) = params["_meta"].as_object() {
            meta.as_object_mut().expect("is one").extend(more.clone());
        }
        params["_meta"] = meta;
        let body = json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params });
        let request = self.bare(&body).header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
        match (&body["params"]["name"], &body["params"]["uri"]) {
            (Value::String(name), _) | (Value::Null, Value::String(name)) => request.header("mcp-name", name),
            _ => request,
        }
    }

    /// A request with none.
    pub(crate) fn bare(&self, body: &Value) -> reqwest::RequestBuilder {
        let request = self.http.post(&self.url).bearer_auth(self.token).json(body);
        request.header("accept", "application/json, text/event-stream")
    }

    pub(crate) async fn ask(&self, id: impl Into<Value>, method: &str, params: Value) -> (u16, Value) {
        let response = self.request(id, method, params).send().await.expect("the relay answers");
        assert!(response.headers().get("mcp-session-id").is_none(), "there are no sessions");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        // A slow machine may have got an event stream begun to keep the call alive.
        let last = text.lines().rev().find_map(|line| line.strip_prefix("data: ")).unwrap_or(&text);
        (status, serde_json::from_str(last).unwrap_or_else(|error| panic!("{error} in {text}")))
    }

    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.ask(1, "tools/call", json!({ "name": tool, "arguments": arguments })).await.1
    }

    pub(crate) async fn retry(&self, tool: &str, responses: Value, state: &Value) -> (u16, Value) {
        let params = json!({ "name": tool, "arguments": {}, "inputResponses": responses, "requestState": state });
        self.ask("again", "tools/call", params).await
    }

    /// A request whose answer comes as events.
    pub(crate) async fn events(&self, id: impl Into<Value>, method: &str, params: Value) -> Events {
        Events::from(self.request(id, method, params).send().await.expect("the relay answers"))
    }

    pub(crate) async fn listen(&self, id: impl Into<Value>, wanted: Value) -> Events {
        self.events(id, "subscriptions/listen", json!({ "notifications": wanted })).await
    }
}

/// Before a server of 2026-07-28.
pub(crate) async fn modern_fixture() -> Running {
    start(Arc::new(Children { script: Some("modern.py"), ..Children::default() })).await
}

/// FAULTS case 5: headers that say something else than the body; a wrong version.
#[tokio::test]
async fn case_05_headers_and_meta_are_checked_before_anything_happens() {
    let relay = fixture().await;
    let client = Modern::of(&relay);
    let good = || {
        let params = json!({ "name": "echo", "arguments": { "text": "hi" }, "_meta": client.meta() });
        json!({ "jsonrpc": "2.0", "id": "mine", "method": "tools/call", "params": params })
    };
    let without = |key: &str| {
        let mut body = good();
        body["params"]["_meta"].as_object_mut().expect("is one").remove(&format!("{META}{key}"));
        body
    };
    let with = |key: &str, value: Value| {
        let mut body = good();
        body["params"]["_meta"][format!("{META}{key}")] = value;
        body
    };
    let named = |name| [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"), ("mcp-name", name)];
    let versioned = |version| [("mcp-protocol-version", version), ("mcp-method", "tools/call"), ("mcp-name", "echo")];
    for (body, headers, status, code) in [
        (good(), &named("echo")[..], 200, 0),
        (good(), &named("delete"), 400, -32020),
        (good(), &named("Echo"), 400, -32020),
        (good(), &named("echo")[..2], 400, -32020),
        (good(), &named("echo")[1..], 400, -32020),
        (good(), &[("mcp-protocol-version", "2026-07-28"), ("mcp-name", "echo")], 400, -32020),
        (good(), &versioned("2025-11-25"), 400, -32020),
        (good(), &versioned("2027-01-01"), 400, -32020),
        (with("protocolVersion", json!("2027-01-01")), &versioned("2027-01-01"), 400, -32022),
        (with("protocolVersion", json!(7)), &named("echo"), 400, -32602),
        (without("protocolVersion"), &named("echo"), 400, -32602),
        (without("clientCapabilities"), &named("echo"), 400, -32602),
        (with("clientCapabilities", json!([])), &named("echo"), 400, -32602),
        (without("clientInfo"), &named("echo"), 200, 0),
    ] {
        let mut request = client.bare(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        let got = response.status().as_u16();
        let answer: Value = response.json().await.expect("is JSON");
        assert_eq!((got, answer["error"]["code"].as_i64().unwrap_or(0)), (status, code), "{headers:?} {answer}");
        assert_eq!(answer["id"], "mine", "under the request's own id");
    }
    let seen = client.call("seen", json!({})).await;
    assert_eq!(text(&seen).matches("tools/call").count(), 3, "the refused ones never reached the server: {seen}");
    let twice = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"crash","_meta":{}}}"#;
    let request = client.bare(&json!(null)).body(twice).header("mcp-protocol-version", "2026-07-28");
    assert_eq!(request.send().await.expect("an answer").status(), 400, "two names, two readings");
}

#[tokio::test]
async fn what_the_revision_removed_is_not_there() {
    let relay = fixture().await;
    let client = Modern::of(&relay);
    for method in ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "no/such"]
    {
        let (status, answer) = client.ask(method, method, json!({})).await;
        assert_eq!((status, &answer["error"]["code"], &answer["id"]), (404, &json!(-32601), &json!(method)));
    }
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let request = client.http.request(method, &client.url).bearer_auth(TOKEN);
        let request = request.header("mcp-protocol-version", "2026-07-28").header("accept", "text/event-stream");
        assert_eq!(request.send().await.expect("an answer").status(), 405);
    }
    let notice = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    let taken = client.bare(&notice).header("mcp-protocol-version", "2026-07-28").send().await.expect("an answer");
    assert_eq!(taken.status(), 202);
    let batch = client.bare(&json!([notice])).header("mcp-protocol-version", "2026-07-28").send().await;
    assert_eq!(batch.expect("an answer").status(), 400);
}

#[tokio::test]
async fn discovery_says_the_same_of_a_server_of_either_era() {
    for (relay, name, words) in
        [(fixture().await, "fixture", "Be kind"), (modern_fixture().await, "modern", "Be modern")]
    {
        let (status, answer) = Modern::of(&relay).ask(1, "server/discover", json!({})).await;
        let result = &answer["result"];
        assert_eq!((status, &result["resultType"]), (200, &json!("complete")), "{answer}");
        assert_eq!(result["supportedVersions"][0], "2026-07-28");
        assert_eq!(result["_meta"][format!("{META}serverInfo")]["name"], name);
        assert_eq!(
            (&result["instructions"], result["capabilities"]["tools"]["listChanged"] == true),
            (&json!(words), true)
        );
        assert!(result["ttlMs"].is_u64() && result["cacheScope"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn results_of_a_legacy_server_are_completed() {
    let relay = fixture().await;
    let client = Modern::of(&relay);
    let (_, list) = client.ask(1, "tools/list", json!({})).await;
    assert_eq!((&list["result"]["ttlMs"], &list["result"]["cacheScope"]), (&json!(0), &json!("private")));
    let call = client.call("echo", json!({ "text": "hi" })).await;
    assert_eq!((&call["result"]["resultType"], text(&call)), (&json!("complete"), "hi"));
    assert_eq!(call["result"]["_meta"][format!("{META}serverInfo")]["name"], "fixture");
    let big = client.call("big", json!({ "bytes": 1 << 20 })).await;
    assert_eq!((text(&big).len(), &big["result"]["resultType"]), (1 << 20, &json!("complete")));
    // Also from memory, while the server is away.
    relay.handle.detach(relay.one);
    let (_, list) = client.ask(2, "tools/list", json!({})).await;
    assert_eq!((&list["result"]["resultType"], &list["result"]["ttlMs"]), (&json!("complete"), &json!(0)));
}

#[tokio::test]
async fn results_of_a_modern_server_pass_as_they_are() {
    let relay = modern_fixture().await;
    let client = Modern { level: Some("info"), ..Modern::that_can(&relay, json!({ "elicitation": { "form": {} } })) };
    let (_, list) = client.ask(1, "tools/list", json!({})).await;
    assert_eq!((&list["result"]["ttlMs"], &list["result"]["cacheScope"]), (&json!(60000), &json!("public")));
    let said = client.call("meta", json!({})).await;
    assert_eq!(serde_json::from_str::<Value>(text(&said)).expect("is JSON"), client.meta(), "so do requests");
    let asked = client.call("ask", json!({})).await;
    assert_eq!(asked["result"]["inputRequests"]["who"]["method"], "elicitation/create");
    let answer = json!({ "who": { "action": "accept", "content": { "name": "Ada" } } });
    let (_, done) = client.retry("ask", answer.clone(), &asked["result"]["requestState"]).await;
    assert_eq!(serde_json::from_str::<Value>(text(&done)).expect("is JSON"), answer, "the state came back byte-exact");
    let (status, lacking) = client.ask(2, "tools/call", json!({ "name": "ask-sample", "arguments": {} })).await;
    assert_eq!((status, &lacking["error"]["code"]), (400, &json!(-32021)), "its errors have their status too");
}

#[tokio::test]
async fn progress_and_logs_come_as_events_without_ids() {
    for relay in [fixture().await, modern_fixture().await] {
        let client = Modern { level: Some("warning"), ..Modern::of(&relay) };
        let params = json!({ "name": "log", "arguments": { "level": "error", "data": "careful" } });
        let mut events = client.events(1, "tools/call", params).await;
        let (id, log) = events.next().await.expect("a message");
        assert_eq!((id.as_str(), &log["method"]), ("", &json!("notifications/message")), "no way back, so no id");
        assert_eq!(text(&events.message().await), "logged");
        let quiet = Modern::of(&relay).call("log", json!({ "level": "error", "data": "?" })).await;
        assert_eq!(text(&quiet), "logged", "who did not ask for logs gets none");
    }
    let relay = modern_fixture().await;
    let params = json!({ "name": "progress", "arguments": {}, "_meta": { "progressToken": "mine" } });
    let mut events = Modern::of(&relay).events(1, "tools/call", params).await;
    assert_eq!(events.message().await["params"]["progressToken"], "mine");
    assert_eq!(text(&events.message().await), "done");
}

#[tokio::test]
async fn listeners_hear_what_they_asked_for_and_nothing_else() {
    for relay in [fixture().await, modern_fixture().await] {
        let client = Modern::of(&relay);
        let mut tools = client.listen("t", json!({ "toolsListChanged": true })).await;
        let mut one = client.listen(7, json!({ "resourceSubscriptions": ["a://1"], "promptsListChanged": true })).await;
        for (events, id, wanted) in [
            (&mut tools, json!("t"), json!({ "toolsListChanged": true })),
            (&mut one, json!(7), json!({ "resourceSubscriptions": ["a://1"] })),
        ] {
            let first = events.message().await;
            assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
            assert_eq!(first["params"]["notifications"], wanted, "as much as the server can tell of");
            assert_eq!(first["params"]["_meta"][format!("{META}subscriptionId")], id);
        }
        client.call("touch", json!({ "uri": "a://2" })).await;
        client.call("touch", json!({ "uri": "a://1" })).await;
        client.call("count", json!({})).await;
        let touched = one.message().await;
        assert_eq!(
            (&touched["method"], &touched["params"]["uri"]),
            (&json!("notifications/resources/updated"), &json!("a://1"))
        );
        assert_eq!(touched["params"]["_meta"][format!("{META}subscriptionId")], 7);
        let changed = tools.message().await;
        assert_eq!(changed["method"], "notifications/tools/list_changed");
        assert_eq!(changed["params"]["_meta"][format!("{META}subscriptionId")], "t");
        let (status, _) = client.ask(8, "subscriptions/listen", json!({})).await;
        assert_eq!(status, 400, "what is wanted must be said");
    }
}

#[tokio::test]
async fn a_revoked_token_ends_its_listeners_in_good_order() {
    let relay = fixture().await;
    let mut events = Modern::of(&relay).listen("l", json!({ "toolsListChanged": true })).await;
    events.message().await;
    relay.handle.set_routes(catwalk_relay::Routes::default());
    let last = events.message().await;
    assert_eq!((&last["id"], &last["result"]["resultType"]), (&json!("l"), &json!("complete")));
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn parameters_that_are_repeated_in_headers_are_checked() {
    let relay = modern_fixture().await;
    let client = Modern::of(&relay);
    for (header, region, status) in [
        (Some("eu"), json!("eu"), 200),
        (Some("=?base64?ZXU=?="), json!("eu"), 200),
        (Some("us"), json!("eu"), 400),
        (Some("=?base64?ZXU?="), json!("eu"), 400),
        (None, json!("eu"), 400),
        (Some("eu"), json!(null), 400),
        (None, json!(null), 200),
    ] {
        // No list was asked for: the relay finds out by itself.
        let params = json!({ "name": "annotated", "arguments": { "region": region } });
        let mut request = client.request(1, "tools/call", params);
        if let Some(header) = header {
            request = request.header("mcp-param-region", header);
        }
        let response = request.send().await.expect("an answer");
        let got = response.status().as_u16();
        let answer: Value = response.json().await.expect("is JSON");
        assert_eq!(got, status, "{header:?} {region} {answer}");
        assert_eq!(answer["error"]["code"] == -32020, status == 400, "{answer}");
    }
}

/// FAULTS case 36: a client of the newest revision drops; its call is cancelled. One with a session is not
/// (`streams.rs`).
#[tokio::test]
async fn case_36_a_modern_client_that_drops_cancels_its_call() {
    let relay = modern_fixture().await;
    let client = Modern::of(&relay);
    client.call("echo", json!({ "text": "the server is up" })).await;
    for cancelled in ["1", "2"] {
        let slow = {
            let params = json!({ "name": "slow", "arguments": {} });
            let request = client.request(1, "tools/call", params);
            crate::support::spawn(async move { request.send().await.map(|response| response.status()) })
        };
        let waiting = relay.handle.clone();
        crate::support::until("the call is there", || waiting.in_flight(relay.one) == 1).await;
        slow.abort();
        crate::support::until("it is cancelled", || waiting.in_flight(relay.one) == 0).await;
        loop {
            let answer = client.call("cancelled", json!({})).await;
            if text(&answer) == cancelled {
                break;
            }
        }
    }
}

/// The same after the response has opened.
#[tokio::test]
async fn case_36_a_modern_client_that_drops_its_stream_cancels_its_call() {
    let mut config = catwalk_relay::Config::new(crate::support::local());
    config.limits.keep_alive = std::time::Duration::from_secs(1);
    let children = Children { script: Some("modern.py"), ..Children::default() };
    let relay = crate::support::start_with(config, Arc::new(children)).await;
    let client = Modern::of(&relay);
    // One that still waits for its server to start is not cancelled there: it is never sent.
    client.call("echo", json!({ "text": "the server is up" })).await;
    let events = client.events(1, "tools/call", json!({ "name": "slow", "arguments": {} })).await;
    drop(events);
    while text(&client.call("cancelled", json!({})).await) != "1" {}
}

#[tokio::test]
async fn requests_in_flight_are_bounded_per_client() {
    let mut config = catwalk_relay::Config::new(crate::support::local());
    config.limits.in_flight = 2;
    let relay = crate::support::start_with(config, Arc::new(Children::default())).await;
    let client = Modern::of(&relay);
    let first = client.listen(1, json!({ "toolsListChanged": true })).await;
    let _second = client.listen(2, json!({ "toolsListChanged": true })).await;
    let (status, answer) = client.ask(3, "tools/list", json!({})).await;
    assert_eq!((status, &answer["id"]), (429, &json!(3)));
    let other = Modern { url: relay.url("two"), token: OTHER_TOKEN, ..client.clone() };
    assert_eq!(other.ask(4, "tools/list", json!({})).await.0, 200, "another client is not concerned");
    drop(first);
    loop {
        if client.ask(5, "tools/list", json!({})).await.0 == 200 {
            break;
        }
    }
}
