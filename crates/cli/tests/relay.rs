//! `catwalk relay` in the product's own binary: a real server behind it, the official Rust SDK before it.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]
#![cfg(target_os = "linux")]

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use catwalk_testkit::processes::descendants;
use catwalk_testkit::wait::{eventually, eventually_blocking};
use catwalk_testkit::zoo::Animal;
use rmcp::model::CallToolRequestParams;
use rmcp::service::RunningService;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{RoleClient, ServiceExt};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

const CATWALK: &str = env!("CARGO_BIN_EXE_catwalk");
const LIMIT: Duration = Duration::from_secs(20);

struct Relay {
    child: Child,
    url: String,
    token: String,
}

impl Relay {
    async fn start(options: &[&str], server: &[String], env: &[(&str, &str)]) -> Self {
        let mut command = tokio::process::Command::new(CATWALK);
        command.args(["relay", "--json"]).args(options);
        if !server.is_empty() {
            command.arg("--").args(server);
        }
        command.envs(env.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let line = lines.next_line().await.expect("is text").expect("one line");
        let said: Value = serde_json::from_str(&line).expect("is JSON");
        let text = |name: &str| said[name].as_str().expect("has it").to_owned();
        Self { url: text("url"), token: text("token"), child }
    }

    fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw).expect("a pid");
        kill_process(pid, signal).expect("it takes signals");
    }

    async fn client(&self) -> RunningService<RoleClient, ()> {
        rustls::crypto::ring::default_provider().install_default().ok();
        let config = StreamableHttpClientTransportConfig::with_uri(&*self.url).auth_header(&self.token);
        ().serve(StreamableHttpClientTransport::from_config(config)).await.expect("it initialises")
    }
}

fn words(animal: Animal, extra: &[&str]) -> Vec<String> {
    let (program, args) = animal.command();
    let program = program.to_string_lossy().into_owned();
    [program].into_iter().chain(args).chain(extra.iter().map(|word| (*word).to_owned())).collect()
}

async fn call(client: &RunningService<RoleClient, ()>, tool: &'static str, arguments: Value) -> Result<String, String> {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    let answer = client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await;
    let result = serde_json::to_value(answer.map_err(|error| error.to_string())?).expect("is JSON");
    Ok(result["content"][0]["text"].as_str().expect("has text").to_owned())
}

async fn pid(client: &RunningService<RoleClient, ()>) -> String {
    call(client, "pid", json!({})).await.expect("an answer")
}

#[tokio::test]
async fn one_server_many_clients_and_nobody_without_the_token() {
    let secret = "a-token-of-some-length";
    let env = [("MY_TOKEN", secret), ("FROM_OUTSIDE", "seen")];
    let relay = Relay::start(&["--token-from", "MY_TOKEN"], &words(Animal::Echo, &[]), &env).await;
    assert_eq!(relay.token, secret);
    let (one, two) = (relay.client().await, relay.client().await);
    assert_eq!(call(&one, "echo", json!({ "text": "ä" })).await.expect("an answer"), "ä");
    let env = async |name: &str| call(&two, "env", json!({ "name": name })).await.expect("an answer");
    assert_eq!(env("FROM_OUTSIDE").await, "seen", "the server has our environment");
    assert_eq!(env("MY_TOKEN").await, "", "but not our token");
    assert_eq!(pid(&one).await, pid(&two).await, "one process for both");

    let refused = reqwest::Client::builder().build().expect("a client").post(&relay.url).body("{}").send().await;
    assert_eq!(refused.expect("an answer").status(), 401);
}

#[tokio::test]
async fn a_server_that_crashed_is_there_for_the_next_call() {
    let relay = Relay::start(&[], &words(Animal::Echo, &[]), &[]).await;
    let client = relay.client().await;
    let before = pid(&client).await;
    let lost = call(&client, "crash", json!({ "code": 3 })).await.expect_err("nobody answers");
    assert!(lost.contains("may or may not have happened"), "{lost}");
    assert_ne!(pid(&client).await, before);
}

/// Whatever ends the relay ends the server and the daemons it has forked away.
#[tokio::test]
async fn nothing_is_left() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL] {
        let mut relay = Relay::start(&[], &words(Animal::Forker, &[]), &[]).await;
        let client = relay.client().await;
        call(&client, "echo", json!({ "text": "x" })).await.expect("an answer");
        // The helper, the server and its three daemons.
        let tree = descendants(relay.pid());
        assert_eq!(tree.len(), 5, "{tree:?}");
        relay.signal(signal);
        let ended = relay.child.wait().await.expect("it ends");
        assert_eq!(ended.code(), (signal != Signal::KILL).then_some(0), "{signal:?}");
        eventually("the tree to be gone", LIMIT, async || {
            let living = catwalk_testkit::processes::all();
            (!tree.iter().any(|process| living.contains(process) && descends(process.pid))).then_some(())
        })
        .await;
    }
}

/// Whether a process is one of ours still, and not another with its number.
fn descends(pid: u32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|words| String::from_utf8_lossy(&words).contains("forker.py") || words.ends_with(b"run\0"))
}

/// Two of them in a row: the second has a remote server, which is the first.
#[tokio::test]
async fn a_remote_server() {
    let near = Relay::start(&[], &words(Animal::Echo, &[]), &[]).await;
    let header = format!("Bearer {}", near.token);
    let options = ["--upstream", &near.url, "--header", "Authorization=THE_HEADER"];
    let far = Relay::start(&options, &[], &[("THE_HEADER", &header)]).await;
    assert_ne!(near.url, far.url);
    let client = far.client().await;
    assert_eq!(call(&client, "echo", json!({ "text": "far" })).await.expect("an answer"), "far");
}

#[tokio::test]
async fn every_session_its_own_process() {
    let relay = Relay::start(&["--isolated"], &words(Animal::Echo, &[]), &[]).await;
    let (one, two) = (relay.client().await, relay.client().await);
    let (first, second) = (pid(&one).await, pid(&two).await);
    assert_ne!(first, second);
    assert_eq!(pid(&one).await, first);
    one.cancel().await.expect("it says goodbye");
    let gone = async || (!std::path::Path::new(&format!("/proc/{first}")).exists()).then_some(());
    eventually("the process of a session that ended to be gone", LIMIT, gone).await;
    assert_eq!(pid(&two).await, second);
}

#[tokio::test]
async fn the_older_transport() {
    let relay = Relay::start(&["--sse"], &words(Animal::Echo, &[]), &[]).await;
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder().build().expect("a client");
    let mut stream = client.get(&relay.url).bearer_auth(&relay.token).send().await.expect("a stream");
    let first = stream.chunk().await.expect("an event").expect("not the end");
    assert!(first.starts_with(b"event: endpoint\n"), "{first:?}");
}

#[test]
fn what_cannot_work_is_said_at_once() {
    for (args, words) in [
        (&["relay", "--", "no-such-program-anywhere"][..], "no program `no-such-program-anywhere`"),
        (&["relay"], "required"),
        (&["relay", "--upstream", "http://127.0.0.1:1/", "--", "true"], "cannot be used with"),
        (&["relay", "--upstream", "file:///etc/passwd"], "no http or https address"),
        (&["relay", "--token-from", "NO_SUCH_VARIABLE", "--", "true"], "no token in `NO_SUCH_VARIABLE`"),
        (&["relay", "--token-from", "SHORT", "--", "true"], "at least 16"),
    ] {
        let output =
            Command::new(CATWALK).args(args).env("SHORT", "short").stdin(Stdio::null()).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?} printed an address");
    }
}

/// The server's stderr is ours, and so are lines on its stdout that are no messages.
#[test]
fn words_of_the_server_pass_through() {
    for (animal, expect) in
        [(Animal::Echo, "echo is ready"), (Animal::JunkStdout, "Server"), (Animal::DiesAtStart, "Traceback")]
    {
        let mut command = Command::new(CATWALK);
        command.args(["relay", "--"]).args(words(animal, &[])).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut stderr = child.stderr.take().expect("is piped");
        let mut said = Vec::new();
        eventually_blocking(expect, LIMIT, || {
            let mut some = [0; 4096];
            let count = stderr.read(&mut some).expect("is readable");
            said.extend_from_slice(&some[..count]);
            String::from_utf8_lossy(&said).contains(expect).then_some(())
        });
        child.kill().expect("it ends");
        child.wait().expect("it ended");
    }
}
