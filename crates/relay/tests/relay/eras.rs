//! A client of one era before a server of the other, and which era a server is of.

use crate::modern::{Modern, modern_fixture};
use crate::support::{Children, Client, OTHER_TOKEN, Running, fixture, local, python, start, start_with, text, until};
use catwalk_domain::DeploymentId;
use catwalk_relay::{Config, ConnectError, Remote, Upstream, Upstreams};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

const META: &str = "io.modelcontextprotocol/";

struct Http {
    remote: Remote,
    _child: Child,
}

impl Upstreams for Http {
    fn connect(&self, _: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async { Ok(Upstream::Http(self.remote.clone())) })
    }
}

/// Before a server of 2026-07-28 that is reached over HTTP.
async fn modern_remote() -> Running {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/modern.py");
    let mut child = python().arg(script).arg("--http").stdout(Stdio::piped()).spawn().expect("python starts");
    let mut lines = BufReader::new(child.stdout.take().expect("is piped")).lines();
    let port = lines.next_line().await.expect("is text").expect("says its port");
    let remote = Remote::new(format!("http://127.0.0.1:{port}/mcp").parse().expect("a URL"));
    start(Arc::new(Http { remote, _child: child })).await
}

async fn reply(client: &Client, question: &Value, outcome: Value) {
    let mut answer = json!({ "jsonrpc": "2.0", "id": question["id"] });
    answer.as_object_mut().expect("is one").extend(outcome.as_object().expect("is one").clone());
    assert_eq!(client.post(&answer).await.status(), 202);
}

fn called(tool: &str) -> Value {
    json!({ "name": tool, "arguments": {} })
}

// A client with a session, a server without.

#[tokio::test]
async fn legacy_to_modern_the_relay_plays_the_session() {
    for relay in [modern_fixture().await, modern_remote().await] {
        let mut client = relay.stranger();
        let hello = client.initialize("2025-06-18", json!({ "elicitation": {} })).await;
        assert_eq!(hello["result"]["protocolVersion"], "2025-06-18");
        assert_eq!(
            (&hello["result"]["serverInfo"]["name"], &hello["result"]["instructions"]),
            (&json!("modern"), &json!("Be modern"))
        );
        assert_eq!(text(&client.call(1, "echo", json!({ "text": "hi" })).await), "hi");
        let told: Value = serde_json::from_str(text(&client.call(2, "meta", json!({})).await)).expect("is JSON");
        assert_eq!(told[format!("{META}clientInfo")]["name"], "test", "what it said once goes with each request");
        assert_eq!(told[format!("{META}clientCapabilities")], json!({ "elicitation": {} }));
        assert_eq!(told[format!("{META}logLevel")], json!(null));
        assert_eq!(client.ask(3, "ping", json!({})).await["result"], json!({}));
        let seen = client.call(4, "seen", json!({})).await;
        assert!(!text(&seen).contains("initialize") && !text(&seen).contains("ping"), "{seen}");
        relay.handle.ping(relay.one).await.expect("the app's own question is answered");
    }
}

#[tokio::test]
async fn legacy_to_modern_what_the_server_wants_is_asked_of_the_client() {
    for relay in [modern_fixture().await, modern_remote().await] {
        let client = relay.client_with("2025-11-25", json!({ "elicitation": {}, "sampling": {} })).await;
        let mut events = client.call_events(1, called("ask")).await;
        let question = events.message().await;
        assert_eq!(
            (&question["method"], &question["params"]["message"]),
            (&json!("elicitation/create"), &json!("Who?"))
        );
        let ada = json!({ "action": "accept", "content": { "name": "Ada" } });
        reply(&client, &question, json!({ "result": ada })).await;
        let told: Value = serde_json::from_str(text(&events.message().await)).expect("is JSON");
        assert_eq!(told, json!({ "who": ada }), "and its state went back byte-exact");
        // Two questions at once, then a third.
        let mut events = client.call_events(2, called("ask-twice")).await;
        let (a, b) = (events.message().await, events.message().await);
        reply(&client, &b, json!({ "result": { "action": "decline" } })).await;
        reply(&client, &a, json!({ "result": { "action": "cancel" } })).await;
        let c = events.message().await;
        assert_eq!(c["params"]["message"], "C?");
        reply(&client, &c, json!({ "result": { "action": "accept" } })).await;
        let told = events.message().await;
        let expect = r#"two:{"a": {"action": "cancel"}, "b": {"action": "decline"}}{"c": {"action": "accept"}}"#;
        assert_eq!(text(&told), expect);
    }
}

#[tokio::test]
async fn legacy_to_modern_calls_that_are_put_off_are_made_again_but_not_for_ever() {
    let relay = modern_fixture().await;
    let client = relay.client().await;
    assert_eq!(text(&client.call(1, "later", json!({})).await), "now");
    let answer = client.call(2, "for-ever", json!({})).await;
    assert!(answer["error"]["message"].as_str().is_some_and(|why| why.contains("more than 10 times")), "{answer}");
}

#[tokio::test]
async fn legacy_to_modern_a_question_the_client_cannot_or_will_not_answer_ends_the_call() {
    let relay = modern_fixture().await;
    let unable = relay.client().await;
    let answer = unable.call(1, "ask", json!({})).await;
    assert!(answer["error"]["message"].as_str().is_some_and(|why| why.contains("elicitation/create")), "{answer}");
    let able = relay.client_with("2025-06-18", json!({ "elicitation": {} })).await;
    let mut events = able.call_events(2, called("ask-twice")).await;
    let (first, second) = (events.message().await, events.message().await);
    reply(&able, &first, json!({ "error": { "code": -1, "message": "nobody is here" } })).await;
    let back = events.message().await;
    assert_eq!((&back["method"], &back["params"]["requestId"]), (&json!("notifications/cancelled"), &second["id"]));
    let answer = events.message().await;
    assert!(answer["error"]["message"].as_str().is_some_and(|why| why.contains("nobody is here")), "{answer}");
    // One that is taken back while its client is being asked.
    let mut events = able.call_events(3, called("ask")).await;
    let question = events.message().await;
    able.post(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 3 } })).await;
    assert_eq!(events.message().await["params"]["requestId"], question["id"]);
    assert!(events.next().await.is_none(), "no answer is due");
}

#[tokio::test]
async fn legacy_to_modern_subscriptions_levels_and_changes() {
    for relay in [modern_fixture().await, modern_remote().await] {
        let client = relay.client().await;
        let bystander = relay.client().await;
        let (mut events, mut others) = (client.listen(None).await, bystander.listen(None).await);
        assert_eq!(client.ask(1, "resources/subscribe", json!({ "uri": "a://1" })).await["result"], json!({}));
        client.call(2, "touch", json!({ "uri": "a://2" })).await;
        client.call(3, "touch", json!({ "uri": "a://1" })).await;
        client.call(4, "count", json!({})).await;
        let mut methods = [events.message().await, events.message().await].map(|message| message["method"].to_string());
        methods.sort();
        assert_eq!(methods, ["\"notifications/resources/updated\"", "\"notifications/tools/list_changed\""]);
        assert_eq!(others.message().await["method"], "notifications/tools/list_changed");
        assert_eq!(client.ask(5, "resources/unsubscribe", json!({ "uri": "a://1" })).await["result"], json!({}));
        assert_eq!(client.ask(6, "logging/setLevel", json!({ "level": "warning" })).await["result"], json!({}));
        let arguments = json!({ "level": "error", "data": "x" });
        let mut logs = client.call_events(7, json!({ "name": "log", "arguments": arguments })).await;
        assert_eq!(logs.message().await["params"]["data"], "warning", "the level went with the call");
    }
}

/// FAULTS case 36: a client with a session that drops does not cancel, whatever the server's era.
#[tokio::test]
async fn case_36_a_legacy_client_that_drops_cancels_nothing_at_a_modern_server() {
    let relay = modern_fixture().await;
    let client = relay.client().await;
    let call = {
        let client = client.clone();
        crate::support::spawn(async move {
            let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called("slow") });
            client.post(&body).await.status()
        })
    };
    until("the call is there", || relay.handle.in_flight(relay.one) == 1).await;
    call.abort();
    for id in 2..10 {
        assert_eq!(text(&client.call(id, "cancelled", json!({})).await), "0");
    }
    assert_eq!(relay.handle.in_flight(relay.one), 1);
    client.post(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } })).await;
    while text(&client.call(10, "cancelled", json!({})).await) != "1" {}
}

/// FAULTS case 34: the server dies during a call, of either era and for clients of either.
#[tokio::test]
async fn case_34_a_modern_server_that_dies_is_started_again() {
    let relay = modern_fixture().await;
    let (old, new) = (relay.client().await, Modern::of(&relay));
    for _ in 0..2 {
        let answer = old.call(1, "crash", json!({})).await;
        assert!(answer["error"]["message"].as_str().is_some_and(|why| why.contains("may or may not")), "{answer}");
        let answer = new.call("crash", json!({})).await;
        assert!(answer["error"]["message"].as_str().is_some_and(|why| why.contains("may or may not")), "{answer}");
        assert_eq!(text(&old.call(2, "echo", json!({ "text": "back" })).await), "back");
        assert_eq!(text(&new.call("echo", json!({ "text": "back" })).await), "back");
    }
}

// A client without a session, a server with one.

#[tokio::test]
async fn modern_to_legacy_a_question_becomes_a_result_and_the_call_goes_on() {
    let relay = fixture().await;
    let client = Modern::that_can(&relay, json!({ "elicitation": {}, "sampling": {}, "roots": {} }));
    for (tool, method, result) in [
        ("elicit", "elicitation/create", json!({ "action": "accept", "content": { "name": "Ada" } })),
        ("sample", "sampling/createMessage", json!({ "role": "assistant", "model": "m" })),
        ("roots", "roots/list", json!({ "roots": [] })),
    ] {
        let asked = client.call(tool, json!({})).await;
        let wanted = &asked["result"];
        assert_eq!(wanted["resultType"], "input_required", "{asked}");
        let (key, question) =
            wanted["inputRequests"].as_object().and_then(|all| all.iter().next()).expect("a question");
        assert_eq!(question["method"], method);
        let (status, done) = client.retry(tool, json!({ key: result, "unknown": {} }), &wanted["requestState"]).await;
        assert_eq!((status, &done["id"]), (200, &json!("again")), "{done}");
        assert_eq!(serde_json::from_str::<Value>(text(&done)).expect("is JSON"), result);
        assert_eq!(done["result"]["resultType"], "complete");
        let (status, spent) = client.retry(tool, json!({ key: result }), &wanted["requestState"]).await;
        assert_eq!((status, &spent["error"]["code"]), (400, &json!(-32602)), "a state serves once: {spent}");
    }
    let seen = client.call("seen", json!({})).await;
    assert_eq!(text(&seen).matches("tools/call").count(), 4, "each call reached the server once: {seen}");
}

#[tokio::test]
async fn modern_to_legacy_an_answer_that_is_missing_is_asked_for_again() {
    let relay = fixture().await;
    let client = Modern::that_can(&relay, json!({ "roots": {} }));
    let asked = client.call("roots", json!({})).await;
    let mut wanted = asked["result"].clone();
    for wrong in [json!({}), json!({ "question": 7 }), json!(null)] {
        let key = wanted["inputRequests"].as_object().and_then(|all| all.keys().next()).expect("a question").clone();
        let wrong = if wrong["question"] == 7 { json!({ key: 12345 }) } else { wrong };
        let (_, again) = client.retry("roots", wrong, &wanted["requestState"]).await;
        assert_eq!(again["result"]["resultType"], "input_required", "{again}");
        wanted = again["result"].clone();
    }
    let key = wanted["inputRequests"].as_object().and_then(|all| all.keys().next()).expect("a question").clone();
    let (_, done) = client.retry("roots", json!({ key: { "roots": [] } }), &wanted["requestState"]).await;
    assert_eq!(text(&done), "{\"roots\": []}");
}

/// FAULTS case 4, in the newest revision: what one client was given to go on with is nothing in another's hands.
#[tokio::test]
async fn case_04_a_request_state_serves_nobody_else_and_nowhere_else() {
    let relay = fixture().await;
    let can = json!({ "roots": {} });
    let client = Modern { url: relay.url("two"), ..Modern::that_can(&relay, can) };
    let asked = client.call("roots", json!({})).await;
    let state = asked["result"]["requestState"].as_str().expect("is text");
    let key = asked["result"]["inputRequests"].as_object().and_then(|all| all.keys().next()).expect("a question");
    let answer = json!({ key: { "roots": [] } });
    let thief = Modern { token: OTHER_TOKEN, ..client.clone() };
    let elsewhere = Modern { url: relay.url("one"), ..client.clone() };
    for (who, state) in [
        (&thief, state.to_owned()),
        (&elsewhere, state.to_owned()),
        (&client, format!("{state}-TAMPERED")),
        (&client, state.to_ascii_uppercase()),
        (&client, "made-up".to_owned()),
    ] {
        let (status, refused) = who.retry("roots", answer.clone(), &json!(state)).await;
        assert_eq!((status, &refused["error"]["code"]), (400, &json!(-32602)), "{refused}");
    }
    let (status, _) = client.retry("elicit", answer.clone(), &json!(state)).await;
    assert_eq!(status, 200, "the state names the call, whatever the retry calls it");
}

#[tokio::test]
async fn modern_to_legacy_who_cannot_be_asked_is_not() {
    let relay = fixture().await;
    let answer = Modern::of(&relay).call("elicit", json!({})).await;
    assert!(text(&answer).contains("-32601"), "{answer}");
}

#[tokio::test]
async fn modern_to_legacy_who_does_not_come_back_is_given_up() {
    let mut config = Config::new(local());
    config.limits.parked = Duration::from_millis(50);
    let relay = start_with(config, Arc::new(Children::default())).await;
    let client = Modern::that_can(&relay, json!({ "roots": {} }));
    let asked = client.call("roots", json!({})).await;
    until("the call is given up", || relay.handle.in_flight(relay.one) == 0).await;
    let key = asked["result"]["inputRequests"].as_object().and_then(|all| all.keys().next()).expect("a question");
    let (status, late) = client.retry("roots", json!({ key: { "roots": [] } }), &asked["result"]["requestState"]).await;
    assert_eq!((status, &late["error"]["code"]), (400, &json!(-32602)), "{late}");
}

#[tokio::test]
async fn modern_to_legacy_a_server_that_dies_meanwhile_is_told_of() {
    let relay = fixture().await;
    let client = Modern::that_can(&relay, json!({ "roots": {} }));
    let asked = client.call("roots", json!({})).await;
    relay.handle.detach(relay.one);
    until("the call is lost", || relay.handle.in_flight(relay.one) == 0).await;
    let key = asked["result"]["inputRequests"].as_object().and_then(|all| all.keys().next()).expect("a question");
    let (_, lost) = client.retry("roots", json!({ key: { "roots": [] } }), &asked["result"]["requestState"]).await;
    assert!(lost["error"]["message"].as_str().is_some_and(|why| why.contains("may or may not")), "{lost}");
}

// Which era a server is of.

#[tokio::test]
async fn a_server_that_ends_at_the_question_is_started_again_without_it() {
    let children = Arc::new(Children { script: Some("shy.py"), ..Children::default() });
    let relay = start(children.clone()).await;
    let client = relay.client().await;
    assert_eq!(text(&client.call(1, "here", json!({})).await), "here");
    assert_eq!(children.started.load(Ordering::SeqCst), 2);
    relay.handle.detach(relay.one);
    until("it is down", || relay.handle.in_flight(relay.one) == 0).await;
    assert_eq!(text(&client.call(2, "here", json!({})).await), "here");
    assert_eq!(children.started.load(Ordering::SeqCst), 3, "it is not asked a second time");
}

#[tokio::test]
async fn a_server_that_does_not_hear_the_question_is_taken_for_a_legacy_one() {
    let mut config = Config::new(local());
    config.limits.probe = Duration::from_millis(100);
    let children = Children { script: Some("shy.py"), args: vec!["--mute"], ..Children::default() };
    let relay = start_with(config, Arc::new(children)).await;
    assert_eq!(text(&Modern::of(&relay).call("here", json!({})).await), "here");
}

#[tokio::test]
async fn a_modern_server_that_was_slow_to_say_so_is_asked_again() {
    let mut config = Config::new(local());
    config.limits.probe = Duration::ZERO;
    let children = Children { script: Some("modern.py"), ..Children::default() };
    let relay = start_with(config, Arc::new(children)).await;
    let (_, answer) = Modern::of(&relay).ask(1, "server/discover", json!({})).await;
    assert_eq!(answer["result"]["instructions"], "Be modern", "{answer}");
}

// Over HTTP to a server without sessions.

#[tokio::test]
async fn a_modern_remote_server_gets_the_headers_it_wants() {
    let relay = modern_remote().await;
    for region in ["eu", " naïve "] {
        let client = relay.client().await;
        assert_eq!(text(&client.call(1, "annotated", json!({ "region": region })).await), region);
    }
    let headers = relay.client().await.call(2, "headers", json!({})).await;
    let headers: Vec<Value> = serde_json::from_str(text(&headers)).expect("is JSON");
    let get = |headers: &Value, name: &str| {
        let found = headers.as_object().and_then(|all| all.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
        found.map_or(Value::Null, |(_, value)| value.clone())
    };
    for one in &headers {
        assert_eq!(get(one, "mcp-protocol-version"), "2026-07-28", "{one}");
        assert_eq!(get(one, "mcp-session-id"), Value::Null);
    }
    assert_eq!(get(&headers[0], "mcp-method"), "server/discover");
}

#[tokio::test]
async fn case_36_a_cancel_at_a_modern_remote_server_is_the_end_of_its_request() {
    let relay = modern_remote().await;
    let client = Modern::of(&relay);
    client.call("echo", json!({ "text": "the server is up" })).await;
    let request = client.request(1, "tools/call", called("slow"));
    let call = crate::support::spawn(async move { request.send().await.map(|response| response.status()) });
    until("the call is there", || relay.handle.in_flight(relay.one) == 1).await;
    call.abort();
    while text(&client.call("cancelled", json!({})).await) != "1" {}
    let (status, answer) = client.ask(2, "no/such", json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (404, &json!(-32601)), "its own error, not a lost session");
}
