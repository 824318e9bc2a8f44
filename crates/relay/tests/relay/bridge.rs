//! The bridge between a client that starts commands and the relay.

use crate::support::{Children, TOKEN, routes, spawn, start, start_with};
use catwalk_domain::Secret;
use catwalk_relay::Config;
use catwalk_relay::bridge::{BridgeConfig, BridgeError, Door, Relays, run};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, duplex};
use tokio::task::JoinHandle;

struct Client {
    stdin: DuplexStream,
    stdout: Lines<BufReader<DuplexStream>>,
    bridge: JoinHandle<Result<(), BridgeError>>,
}

fn client(url: &str, token: &str) -> Client {
    joining(Arc::new(Door { url: url.parse().expect("a URL"), token: Secret::new(token.to_owned()) }))
}

fn joining(relays: Arc<dyn Relays>) -> Client {
    let (stdin, theirs) = duplex(64 << 10);
    let (stdout, ours) = duplex(64 << 10);
    let config = BridgeConfig { relays, stdin: theirs, stdout };
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

    /// A request of 2026-07-28.
    async fn say_modern(&mut self, id: Value, method: &str, mut params: Value) {
        let more = params["_meta"].take();
        params["_meta"] = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "hand", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {} });
        if let (Some(meta), Value::Object(more)) = (params["_meta"].as_object_mut(), more) {
            meta.extend(more);
        }
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
    }

    async fn ask_modern(&mut self, id: Value, method: &str, params: Value) -> Value {
        self.say_modern(id, method, params).await;
        self.hear().await
    }

    async fn call_modern(&mut self, tool: &str, arguments: Value) -> String {
        let answer =
            self.ask_modern(json!("call"), "tools/call", json!({ "name": tool, "arguments": arguments })).await;
        let text = answer["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("{tool}: {answer}")).to_owned()
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

/// A relay whose server is of 2026-07-28.
fn modern() -> Arc<Children> {
    Arc::new(Children { script: Some("modern.py"), ..Children::default() })
}

#[tokio::test]
async fn a_client_of_2026_07_28_needs_no_handshake() {
    for children in [modern(), Arc::new(Children::default())] {
        let relay = start(children).await;
        let mut client = client(&relay.url("one"), TOKEN);
        let told = client.ask_modern(json!(0), "server/discover", json!({})).await;
        assert_eq!(told["result"]["supportedVersions"][0], "2026-07-28", "{told}");
        let listed = client.ask_modern(json!("l"), "tools/list", json!({})).await;
        assert!(listed["result"]["tools"].as_array().is_some_and(|tools| tools.len() > 5), "{listed}");
        assert_eq!(client.call_modern("echo", json!({ "text": "hi" })).await, "hi");
        let unknown = client.ask_modern(json!(2), "no/such", json!({})).await;
        assert_eq!((&unknown["id"], &unknown["error"]["code"]), (&json!(2), &json!(-32601)), "{unknown}");
        assert_eq!(relay.handle.sessions(relay.one), 0);
    }
}

#[tokio::test]
async fn parameters_are_repeated_in_headers_though_no_list_was_seen() {
    let relay = start(modern()).await;
    let mut client = client(&relay.url("one"), TOKEN);
    let said = client.call_modern("annotated", json!({ "region": "eu é" })).await;
    assert!(said.contains("eu é"), "{said}");
    let call = json!({ "name": "progress", "arguments": {}, "_meta": { "progressToken": "mine" } });
    client.say_modern(json!("p"), "tools/call", call).await;
    assert_eq!(client.hear().await["params"]["progressToken"], "mine");
}

#[tokio::test]
async fn to_cancel_is_to_hang_up() {
    let relay = start(modern()).await;
    let mut client = client(&relay.url("one"), TOKEN);
    client.say_modern(json!("slow"), "tools/call", json!({ "name": "slow", "arguments": {} })).await;
    let mut asked = 1;
    while client.call_modern("seen", json!({})).await.matches("tools/call").count() <= asked {
        asked += 1;
    }
    let params = json!({ "requestId": "slow" });
    client.say(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })).await;
    // No answer to the call itself comes in between.
    while client.call_modern("cancelled", json!({})).await != "1" {}
}

#[tokio::test]
async fn requests_and_listeners_outlive_the_relay() {
    let relay = start(modern()).await;
    let (addr, one, two) = (relay.addr, relay.one, relay.two);
    let mut client = client(&relay.url("one"), TOKEN);
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let heard = client.ask_modern(json!("listener"), "subscriptions/listen", wanted).await;
    assert_eq!(heard["method"], "notifications/subscriptions/acknowledged", "{heard}");
    relay.stop.cancel();
    relay.tracker.close();
    relay.tracker.wait().await;
    client.say_modern(json!(5), "tools/call", json!({ "name": "echo", "arguments": { "text": "back" } })).await;
    let relay = start_with(Config::new(addr), modern()).await;
    relay.handle.set_routes(routes(one, two));
    let (mut answered, mut listens) = (false, false);
    while !(answered && listens) {
        let heard = client.hear().await;
        answered |= heard["id"] == 5 && heard["result"]["content"][0]["text"] == "back";
        listens |= heard["method"] == "notifications/subscriptions/acknowledged";
    }
    client.say_modern(json!(6), "tools/call", json!({ "name": "count", "arguments": {} })).await;
    while client.hear().await["method"] != "notifications/tools/list_changed" {}
}

/// Where a relay will be once somebody has started it.
struct Asleep {
    door: Door,
    woken: AtomicUsize,
    wakes: tokio::sync::Notify,
}

impl Relays for Asleep {
    fn find(&self) -> Option<Door> {
        Some(self.door.clone())
    }

    fn wake(&self) {
        self.woken.fetch_add(1, Ordering::SeqCst);
        self.wakes.notify_one();
    }
}

#[tokio::test]
async fn a_relay_that_does_not_run_is_started_once() {
    let relay = start(Arc::new(Children::default())).await;
    let (addr, one, two) = (relay.addr, relay.one, relay.two);
    let door = Door { url: relay.url("one").parse().expect("a URL"), token: Secret::new(TOKEN.to_owned()) };
    relay.stop.cancel();
    relay.tracker.close();
    relay.tracker.wait().await;
    let asleep = Arc::new(Asleep { door, woken: AtomicUsize::new(0), wakes: tokio::sync::Notify::new() });
    let mut client = joining(Arc::clone(&asleep) as Arc<dyn Relays>);
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {} });
    client.say(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })).await;
    asleep.wakes.notified().await;
    let relay = start_with(Config::new(addr), Arc::new(Children::default())).await;
    relay.handle.set_routes(routes(one, two));
    assert_eq!(client.hear().await["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(asleep.woken.load(Ordering::SeqCst), 1);
}
