//! FAULTS case 6: ten thousand requests that are none, at `catwalk relay` as it is shipped. Each is refused, none is taken
//! for two, memory stays flat, and a client beside them notices nothing.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use catwalk_testkit::zoo::Animal;
use serde_json::{Value, json};

const TOKEN: &str = "a-token-that-is-long-enough";
const REQUESTS: usize = 10_000;
const AT_ONCE: usize = 8;

struct Relay {
    child: Child,
    at: String,
}

impl Relay {
    fn start() -> Self {
        let (program, args) = Animal::Echo.command();
        let mut command = Command::new(env!("CARGO_BIN_EXE_catwalk"));
        command.args(["relay", "--json", "--token-from", "TOKEN", "--"]).arg(program).args(args).env("TOKEN", TOKEN);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("one line");
        let said: Value = serde_json::from_str(&line).expect("is JSON");
        let url = said["url"].as_str().expect("an address");
        let at = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("a host").to_owned();
        Self { child, at }
    }

    /// Resident memory, KiB.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("has memory");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Everything that comes back for these bytes.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.at).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(15))).expect("a limit");
        // A refusal may come, and the connection end, before all is sent.
        stream.write_all(bytes).ok();
        let mut answer = Vec::new();
        let mut some = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut some) {
            answer.extend_from_slice(&some[..count]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn head(&self, more: &str) -> String {
        format!(
            "POST /mcp/server HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
             Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n{more}\r\n",
            self.at
        )
    }

    fn with(&self, body: &[u8]) -> Vec<u8> {
        [self.head(&format!("Content-Length: {}\r\n", body.len())).as_bytes(), body].concat()
    }

    /// Requests that are none, each of its own kind.
    fn malformed(&self) -> Vec<(&'static str, Vec<u8>)> {
        let good = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let smuggled = format!("0\r\n\r\n{}", String::from_utf8_lossy(&self.with(good)));
        let bytes = |text: String| text.into_bytes();
        vec![
            ("no JSON", self.with(b"{\"jsonrpc\":")),
            ("no UTF-8", self.with(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}")),
            ("deep", self.with("[".repeat(10_000).as_bytes())),
            (
                "deep params",
                self.with(
                    format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{}", "[".repeat(10_000))
                        .as_bytes(),
                ),
            ),
            ("nothing", self.with(b"")),
            ("null", self.with(b"null")),
            ("a key twice", self.with(br#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#)),
            ("a batch out of its revision", self.with(br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#)),
            ("an endless batch", self.with(format!("[{}1]", "1,".repeat(100_000)).as_bytes())),
            ("too long, as it says", bytes(self.head("Content-Length: 99999999\r\n"))),
            ("length and chunks", bytes(self.head("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + &smuggled)),
            ("two lengths", bytes(self.head("Content-Length: 4\r\nContent-Length: 40\r\n") + "null")),
            ("a negative length", bytes(self.head("Content-Length: -1\r\n") + "null")),
            ("chunks that are none", bytes(self.head("Transfer-Encoding: chunked\r\n") + "zz\r\nnull\r\n0\r\n\r\n")),
            ("an odd coding", bytes(self.head("Transfer-Encoding: chunked, identity\r\n") + "0\r\n\r\n")),
            ("two hosts", bytes(self.head(&format!("Host: {}\r\nContent-Length: 4\r\n", self.at)) + "null")),
            ("a header without a name", bytes(self.head(": x\r\nContent-Length: 4\r\n") + "null")),
            ("a folded header", bytes(self.head("X-A: b\r\n c\r\nContent-Length: 4\r\n") + "null")),
            ("a huge header", bytes(self.head(&format!("X-A: {}\r\n", "a".repeat(600_000))))),
            ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec()),
            ("another version", b"POST /mcp/server HTTP/9.9\r\n\r\n".to_vec()),
        ]
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn case_06_ten_thousand_requests_that_are_none() {
    let relay = Relay::start();
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } } });
    let opened = relay.send(&relay.with(hello.to_string().as_bytes()));
    let session = opened.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).expect("a session").to_owned();
    let list = br#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#;
    let neighbour = relay.head(&format!("Mcp-Session-Id: {session}\r\nContent-Length: {}\r\n", list.len()));
    let neighbour = [neighbour.as_bytes(), list].concat();
    let kinds = relay.malformed();
    for (name, bytes) in &kinds {
        let answer = relay.send(bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
        assert!(!answer.contains("HTTP/1.1 2"), "{name} was taken for something: {answer}");
    }
    let (before, over) = (relay.memory(), AtomicBool::new(false));
    let slowest = std::thread::scope(|scope| {
        let beside = scope.spawn(|| {
            let mut times = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let asked = Instant::now();
                let answer = relay.send(&neighbour);
                assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"id\":7"), "{answer}");
                times.push(asked.elapsed());
            }
            times.sort();
            times[times.len() * 99 / 100]
        });
        let abuse = (0..AT_ONCE).map(|lane| {
            let (relay, kinds) = (&relay, &kinds);
            scope.spawn(move || {
                for n in (lane..REQUESTS).step_by(AT_ONCE) {
                    let (name, bytes) = &kinds[n % kinds.len()];
                    let answer = relay.send(bytes);
                    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
                }
            })
        });
        abuse.collect::<Vec<_>>().into_iter().for_each(|lane| lane.join().expect("every answer was a refusal"));
        over.store(true, Ordering::SeqCst);
        beside.join().expect("the neighbour was served")
    });
    let grown = relay.memory().saturating_sub(before);
    assert!(grown < 20 << 10, "memory grew by {grown} KiB");
    assert!(slowest < Duration::from_secs(1), "p99 beside it: {slowest:?}");
}
