//! Bounds, from outside.

use crate::support::{Children, Running, local, spawn, start_with, text};
use catwalk_relay::{Config, Limits};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn with(limits: Limits) -> Running {
    start_with(Config { limits, ..Config::new(local()) }, Arc::new(Children::default())).await
}

/// FAULTS case 6, in part: too long, announced or not; cut off; too deep.
#[tokio::test]
async fn case_06_bodies_are_capped() {
    let relay = with(Limits { body: 64 << 10, ..Limits::default() }).await;
    let client = relay.client().await;
    let just = "x".repeat(60 << 10);
    assert_eq!(text(&client.call(1, "echo", json!({ "text": just })).await), just);
    let over = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": { "x": "x".repeat(64 << 10) } });
    assert_eq!(client.post(&over).await.status(), 413);
    let chunks = futures_util::stream::iter((0..100).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 10])));
    let unannounced = client.request(reqwest::Method::POST).header("content-type", "application/json");
    let refused = unannounced.body(reqwest::Body::wrap_stream(chunks)).send().await;
    // The relay may close before it has read all of it; either way nothing was taken.
    assert!(refused.is_err() || refused.is_ok_and(|response| response.status() == 413));
    let deep = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{}1{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let request = client.request(reqwest::Method::POST).header("content-type", "application/json").body(deep);
    assert_eq!(request.send().await.expect("an answer").status(), 200, "depth is nothing to who builds no tree");
}

/// FAULTS case 7: slow headers are cut off, and cost others nothing.
#[tokio::test]
async fn case_07_slow_headers_are_cut_off() {
    let relay = with(Limits { header_timeout: Duration::from_millis(300), ..Limits::default() }).await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut socket = TcpStream::connect(relay.addr).await.expect("the relay listens");
        socket.write_all(b"POST /mcp/one HTTP/1.1\r\nHost: 127").await.expect("it reads");
        slow.push(socket);
    }
    let client = relay.client().await;
    assert_eq!(text(&client.call(1, "echo", json!({ "text": "served" })).await), "served");
    for mut socket in slow {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut rest)).await;
        assert!(read.is_ok(), "cut off in time");
    }
}

#[tokio::test]
async fn slow_bodies_are_cut_off() {
    let relay = with(Limits { body_timeout: Duration::from_millis(200), ..Limits::default() }).await;
    let client = relay.client().await;
    let mut socket = TcpStream::connect(relay.addr).await.expect("the relay listens");
    let head = format!(
        "POST /mcp/one HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nMcp-Session-Id: {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        relay.addr,
        client.token,
        client.session.as_deref().expect("has one"),
    );
    socket.write_all(head.as_bytes()).await.expect("it reads");
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 408");
}

/// FAULTS case 7: a reader that never reads is cut off, and what waited for it is let go.
#[tokio::test]
async fn case_07_a_reader_that_never_reads_is_cut_off() {
    let relay = with(Limits { write_stall: Duration::from_millis(300), connections: 1, ..Limits::default() }).await;
    let client = relay.client().await;
    let session = client.session.clone().expect("has one");
    let params = json!({ "name": "big", "arguments": { "bytes": 32 << 20 } });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    let head = format!(
        "POST /mcp/one HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nMcp-Session-Id: {session}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        relay.addr,
        client.token,
        body.len(),
    );
    // Its kept-alive connection would hold the only place.
    drop(client);
    let mut socket = TcpStream::connect(relay.addr).await.expect("the relay listens");
    socket.write_all(head.as_bytes()).await.expect("it reads");
    let mut start = [0; 12];
    socket.read_exact(&mut start).await.expect("an answer begins");
    assert_eq!(&start, b"HTTP/1.1 200");
    // It reads no more. The only place is free again once it is cut off.
    let served = relay.stranger();
    let waited = tokio::time::timeout(Duration::from_secs(20), served.post(&json!({}))).await;
    assert_eq!(waited.expect("the place becomes free").status(), 400);
    let mut rest = Vec::new();
    let cut = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut rest)).await.expect("it ended");
    assert!(cut.is_err() || rest.len() < 32 << 20, "{} bytes came after all", rest.len());
}

#[tokio::test]
async fn a_client_that_runs_away_is_slowed_down() {
    let relay = with(Limits { rate: 1, burst: 5, ..Limits::default() }).await;
    let client = relay.client().await;
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let mut refused = client.post(&ping).await;
    while refused.status() == 200 {
        refused = client.post(&ping).await;
    }
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().ok()), (429, Some("1")));
    let answer: Value = refused.json().await.expect("is JSON");
    assert_eq!(answer["error"]["code"], -32000, "{answer}");
    // New routes are no new bucket, and another client has its own.
    relay.handle.set_routes(crate::support::routes(relay.one, relay.two));
    let (since, mut more) = (Instant::now(), 0);
    while client.post(&ping).await.status() == 200 {
        more += 1;
    }
    assert!(more <= since.elapsed().as_secs() + 1, "{more} in {:?}", since.elapsed());
    let mut other = relay.stranger();
    (other.url, other.token) = (relay.url("two"), crate::support::OTHER_TOKEN.to_owned());
    other.initialize("2025-06-18", json!({})).await;
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_their_turn() {
    let relay = with(Limits { connections: 1, ..Limits::default() }).await;
    let first = TcpStream::connect(relay.addr).await.expect("the relay listens");
    let waiting = spawn({
        let client = relay.stranger();
        async move { client.post(&json!({})).await.status() }
    });
    // Wait for the first to be served, so that the place is taken.
    let mut first = first;
    first.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("it reads");
    let mut byte = [0; 1];
    first.read_exact(&mut byte).await.expect("an answer");
    assert!(!waiting.is_finished());
    drop(first);
    assert_eq!(waiting.await.expect("did not panic"), 400);
}

#[tokio::test]
async fn calls_in_flight_are_capped_per_session() {
    let relay = with(Limits { in_flight: 2, ..Limits::default() }).await;
    let client = relay.client().await;
    let slow: Vec<_> = (0..2)
        .map(|id| {
            let client = client.clone();
            spawn(async move { client.call(id, "slow", json!({})).await })
        })
        .collect();
    let other = relay.client().await;
    while text(&other.call(1, "seen", json!({})).await).matches("tools/call").count() < 3 {}
    let one_more = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/list", "params": {} });
    let response = client.post(&one_more).await;
    assert_eq!(response.status(), 429);
    let refused: Value = response.json().await.expect("is JSON");
    assert_eq!(refused["error"]["code"], -32000);
    assert!(other.ask(2, "tools/list", json!({})).await["result"].is_object(), "others have places of their own");
    slow.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn the_longest_idle_session_makes_room() {
    let relay = with(Limits { sessions: 2, ..Limits::default() }).await;
    let (one, two) = (relay.client().await, relay.client().await);
    one.ask(1, "ping", json!({})).await;
    let _three = relay.client().await;
    assert!(one.ask(2, "ping", json!({})).await["result"].is_object());
    let gone = two.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await;
    assert_eq!(gone.status(), 404);
}

/// FAULTS case 18: a line longer than the cap is cut, and its caller told.
#[tokio::test]
async fn case_18_a_line_over_the_cap_fails_its_call_only() {
    let relay = with(Limits { line: 1 << 20, ..Limits::default() }).await;
    let client = relay.client().await;
    let answer = client.call(1, "big", json!({ "bytes": 3 << 20 })).await;
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("longer than 1 MiB")), "{answer}");
    let fits = client.call(2, "big", json!({ "bytes": 1_000_000 })).await;
    assert_eq!(text(&fits).len(), 1_000_000);
}

/// RELAY.md, traps: a server that reads and writes by turns, and more in flight than the pipes hold.
#[tokio::test]
async fn sixteen_mebibytes_in_flight_never_stall() {
    for args in [vec!["--turns"], vec![]] {
        // However slow the machine: no event stream is begun to keep a call alive.
        let limits = Limits { keep_alive: Duration::from_mins(5), ..Limits::default() };
        let children = Arc::new(Children { args: args.clone(), ..Children::default() });
        let relay = start_with(Config { limits, ..Config::new(local()) }, children).await;
        let client = relay.client().await;
        let mut calls = tokio::task::JoinSet::new();
        let before = Instant::now();
        for id in 0..16 {
            let client = client.clone();
            calls.spawn(async move {
                // Awkward text: quotes, escapes and characters of every length, and each call's own.
                let said = format!("{id} \"\\ \u{1F408} ü\n").repeat((1 << 20) / 16);
                let answer = client.call(id, "echo", json!({ "text": said })).await;
                assert!(text(&answer) == said, "call {id} came back changed");
            });
        }
        tokio::time::timeout(Duration::from_mins(1), calls.join_all()).await.expect("no stall");
        eprintln!("16 × 1 MiB, {args:?}: {:?}", before.elapsed());
    }
}
