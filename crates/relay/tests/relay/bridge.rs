//! The bridge between a client that starts commands and the relay.

use crate::support::{Children, TOKEN, routes, spawn, start, start_with};
use catwalk_domain::Secret;
use catwalk_relay::Config;
use catwalk_relay::bridge::{BridgeConfig, BridgeError, run};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, duplex};
use tokio::task::JoinHandle;

struct Client {
    stdin: DuplexStream,
    stdout: Lines<BufReader<DuplexStream>>,
    bridge: JoinHandle<Result<(), BridgeError>>,
}

fn client(url: &str, token: &str) -> Client {
    let (stdin, theirs) = duplex(64 << 10);
    let (stdout, ours) = duplex(64 << 10);
    let url = url.parse().expect("a URL");
    let config = BridgeConfig { url, token: Secret::new(token.to_owned()), stdin: theirs, stdout };
    Client { stdin, stdout: BufReader::new(ours).lines(), bridge: spawn(run(config)) }
}

impl Client {
    async fn say(&mut self, message: &Value) {
        self.stdin.write_all(format!("{message}\n").as_bytes()).await.expect("the bridge reads");
    }

    async fn hear(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(20), self.stdout.next_line()).await.expect("in time");
        serde_json::from_str(&line.expect("the bridge writes").expect("a line")).expect("nothing but JSON-RPC")
    }

    async fn ask(&mut self, id: Value, method: &str, params: Value) -> Value {
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        self.hear().await
    }

    async fn initialize(&mut self) -> Value {
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": { "elicitation": {} } });
        let answer = self.ask(json!(0), "initialize", params).await;
        self.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        answer
    }
}

#[tokio::test]
async fn carries_everything_both_ways() {
    let relay = start(Arc::new(Children::default())).await;
    let mut client = client(&relay.url("one"), TOKEN);
    assert_eq!(client.initialize().await["result"]["protocolVersion"], "2025-06-18");
    let answer = client.ask(json!("a"), "tools/call", json!({ "name": "add", "arguments": { "a": 1, "b": 2 } })).await;
    assert_eq!((&answer["id"], &answer["result"]["content"][0]["text"]), (&json!("a"), &json!("3")));
    let arguments = json!({ "seconds": 0.02, "steps": 2 });
    let params = json!({ "name": "sleep", "arguments": arguments, "_meta": { "progressToken": "p" } });
    assert_eq!(client.ask(json!(2), "tools/call", params).await["params"]["progressToken"], "p");
    assert_eq!(client.hear().await["params"]["progress"], 2);
    assert_eq!(client.hear().await["id"], 2);
    let question = client.ask(json!(3), "tools/call", json!({ "name": "elicit", "arguments": {} })).await;
    assert_eq!(question["method"], "elicitation/create");
    client.say(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "decline" } })).await;
    assert_eq!(client.hear().await["id"], 3);
    client.stdin.write_all(b"this is no JSON\n").await.expect("the bridge reads");
    assert_eq!(client.hear().await["error"]["code"], -32700);
    drop(client.stdin);
    let ended = tokio::time::timeout(Duration::from_secs(5), client.bridge).await.expect("ends with its client");
    ended.expect("did not panic").expect("ends well");
    assert_eq!(relay.handle.sessions(relay.one), 0, "it said goodbye");
}

#[tokio::test]
async fn a_restart_of_the_relay_goes_unnoticed() {
    let relay = start(Arc::new(Children::default())).await;
    let (addr, one, two) = (relay.addr, relay.one, relay.two);
    let mut client = client(&relay.url("one"), TOKEN);
    client.initialize().await;
    relay.stop.cancel();
    relay.tracker.close();
    relay.tracker.wait().await;
    let echo = |text: &str| json!({ "name": "echo", "arguments": { "text": text } });
    client.say(&json!({ "jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": echo("back") })).await;
    let relay = start_with(Config::new(addr), Arc::new(Children::default())).await;
    relay.handle.set_routes(routes(one, two));
    let answer = client.hear().await;
    assert_eq!((&answer["id"], &answer["result"]["content"][0]["text"]), (&json!(5), &json!("back")), "{answer}");
}

#[tokio::test]
async fn a_refused_token_is_said_once_per_call() {
    let relay = start(Arc::new(Children::default())).await;
    let mut client = client(&relay.url("one"), "wrong");
    let answer = client.ask(json!(1), "initialize", json!({ "protocolVersion": "2025-06-18" })).await;
    assert_eq!(answer["id"], 1);
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("token")), "{answer}");
}
