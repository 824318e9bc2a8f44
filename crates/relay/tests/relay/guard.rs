//! Who may call: every door, with the weakest key.

use crate::support::{Children, OTHER_TOKEN, TOKEN, fixture, local, routes, rule, start_with};
use catwalk_relay::{Allows, Config, Error};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends bytes as they are; returns the response's head and body as text.
async fn raw(addr: std::net::SocketAddr, request: &str) -> String {
    let mut socket = TcpStream::connect(addr).await.expect("the relay listens");
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// FAULTS cases 1 and 2, through the socket: nothing gets past the first check, and no server is ever started.
#[tokio::test]
async fn case_01_02_rebinding_and_foreign_pages_never_reach_a_server() {
    let children = Arc::new(Children::default());
    let relay = start_with(Config::new(local()), children.clone()).await;
    let port = relay.addr.port();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#;
    let ours = format!("Host: 127.0.0.1:{port}\r\n");
    for (headers, status) in [
        (String::new(), "400"),
        (format!("{ours}{ours}"), "400"),
        ("Host: evil.example\r\n".to_owned(), "403"),
        (format!("Host: 127.evil.example:{port}\r\n"), "403"),
        (format!("Host: localhost.evil:{port}\r\n"), "403"),
        (format!("Host: localhost.:{port}\r\n"), "403"),
        (format!("Host: [::ffff:127.0.0.1]:{port}\r\n"), "403"),
        (format!("{ours}Origin: http://evil.example\r\n"), "403"),
        (format!("{ours}Origin: null\r\n"), "403"),
        (format!("{ours}Origin: http://127.0.0.1\r\n"), "403"),
        (format!("{ours}Origin: https://127.0.0.1:{port}\r\n"), "403"),
    ] {
        for method in ["POST", "GET", "DELETE", "OPTIONS"] {
            let answer = raw(
                relay.addr,
                &format!(
                    "{method} /mcp/one HTTP/1.1\r\n{headers}Authorization: Bearer {TOKEN}\r\nConnection: close\r\n\
                     Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                ),
            )
            .await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {headers} {answer}");
            assert!(!answer.to_ascii_lowercase().contains("access-control"), "{answer}");
        }
    }
    assert_eq!(children.started.load(Ordering::SeqCst), 0, "no server was contacted");
}

/// FAULTS case 3: every method with the weakest token.
#[tokio::test]
async fn case_03_every_door_needs_its_token() {
    let relay = fixture().await;
    let client = relay.client().await;
    let doors = [reqwest::Method::POST, reqwest::Method::GET, reqwest::Method::DELETE];
    for (slug, token, status) in [
        ("one", None, 401),
        ("nowhere", None, 401),
        ("one", Some("wrong"), 401),
        ("one", Some(OTHER_TOKEN), 403),
        ("nowhere", Some(TOKEN), 404),
        ("one/", Some(TOKEN), 404),
        ("one/../two", Some(TOKEN), 404),
        ("one?token=x", Some(TOKEN), 400),
    ] {
        for door in doors.clone() {
            // The address is put in by hand: a URL type would tidy it.
            let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
            let session = client.session.as_deref().expect("has one");
            let request = format!(
                "{door} /mcp/{slug} HTTP/1.1\r\nHost: {}\r\n{token}Mcp-Session-Id: {session}\r\nConnection: close\r\n\r\n",
                relay.addr
            );
            let answer = raw(relay.addr, &request).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{door} {slug} {answer}");
            let challenge = answer.to_ascii_lowercase().contains("www-authenticate: bearer");
            assert_eq!(challenge, status == 401, "{answer}");
        }
    }
    let alive = client.ask(1, "ping", json!({})).await;
    assert!(alive["result"].is_object(), "the session is as it was");
}

/// FAULTS case 4: possession of a session id is no authentication.
#[tokio::test]
async fn case_04_a_foreign_session_is_unknown() {
    let relay = fixture().await;
    let mut owner = relay.stranger();
    owner.url = relay.url("two");
    owner.initialize("2025-06-18", json!({})).await;
    let mut thief = owner.clone();
    thief.token = OTHER_TOKEN.to_owned();
    for door in [reqwest::Method::POST, reqwest::Method::GET, reqwest::Method::DELETE] {
        let request = thief.request(door.clone()).json(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 404, "{door}");
    }
    let mut elsewhere = owner.clone();
    elsewhere.url = relay.url("one");
    let response = elsewhere.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await;
    assert_eq!(response.status(), 404, "a session belongs to one deployment");
    assert!(owner.ask(1, "ping", json!({})).await["result"].is_object(), "its owner is unaffected");
}

#[tokio::test]
async fn a_revoked_token_ends_its_sessions() {
    let relay = fixture().await;
    let client = relay.client().await;
    let mut events = client.listen(None).await;
    let mut left = routes(relay.one, relay.two);
    left.tokens = vec![rule("b", OTHER_TOKEN, Allows::All)];
    relay.handle.set_routes(left);
    assert!(events.next().await.is_none(), "an open stream ends at once");
    let after = client.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).await;
    assert_eq!(after.status(), 401);
    assert_eq!(relay.handle.sessions(relay.one), 0);
}

#[tokio::test]
async fn a_configured_origin_is_served() {
    let config = Config { origins: vec!["tauri://localhost".to_owned()], ..Config::new(local()) };
    let relay = start_with(config, Arc::new(Children::default())).await;
    let client = relay.client().await;
    let own = format!("http://{}", relay.addr);
    for (origin, status) in [("tauri://localhost", 200), (&own, 200), ("http://tauri.localhost", 403)] {
        let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
        let request = client.request(reqwest::Method::POST).header("origin", origin).json(&ping);
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), status, "{origin}");
    }
}

/// FAULTS case 8, the relay's part: a port that is held is named, and no other taken.
#[tokio::test]
async fn case_08_a_taken_port_is_named_and_only_loopback_bound() {
    let relay = fixture().await;
    let again = Config::new(relay.addr).build(Arc::new(Children::default())).await;
    assert!(matches!(again, Err(Error::PortInUse(addr)) if addr == relay.addr), "{again:?}");
    let open = Config::new("0.0.0.0:0".parse().expect("an address")).build(Arc::new(Children::default())).await;
    assert!(matches!(open, Err(Error::NotLoopback(_))), "{open:?}");
}
