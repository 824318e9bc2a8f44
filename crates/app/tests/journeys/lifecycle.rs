//! What was wanted returns after the engine stopped, and a server that crashed comes back.

use crate::engine::Engine;
use crate::fixture::{Folder, Manner};
use catwalk_domain::{DeploymentId, Desired, ProblemCode};
use catwalk_testkit::wait::eventually;
use std::process::Command;
use std::time::Duration;

async fn polite() -> (Folder, Engine, DeploymentId) {
    let (folder, engine) = (Folder::new(Manner::Polite), Engine::start().await);
    let view = engine.deploy(&folder.path(), &[], false).await;
    (folder, engine, view.id)
}

/// The names of its states so far, oldest first.
async fn states(engine: &Engine, id: DeploymentId) -> Vec<&'static str> {
    let history = engine.app.status_history(id).await.expect("a history");
    assert!(history.windows(2).all(|w| w[0].at <= w[1].at), "{history:#?}");
    history.iter().map(|e| e.status.name()).collect()
}

fn is_alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|s| !s.contains(") Z "))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_wanted_returns() {
    let (_folder, engine, runs) = polite().await;
    let other = Folder::new(Manner::Polite);
    let rests = engine.deploy(&other.path(), &[], false).await.id;
    engine.app.stop_deployment(rests).await.expect("it stops");
    let view = engine.becomes(rests, "stopped").await;
    assert_eq!(view.desired, Desired::Stopped);
    let refused = engine.app.call_tool(rests, "echo", r#"{"text":"hello"}"#).await.map(|r| r.content);
    assert_eq!(refused.expect_err("it rests").code, ProblemCode::NoAnswer);
    let pid = engine.ask(runs, "pid", "").await;
    let slugs: Vec<String> = engine.app.list_deployments().await.expect("a list").into_iter().map(|v| v.slug).collect();
    assert_eq!(slugs.len(), 2);
    assert_ne!(slugs[0], slugs[1], "two of one name have two addresses");

    let engine = engine.restart().await;
    assert!(!is_alive(&pid), "no server outlives the engine");
    engine.becomes(runs, "ready").await;
    let again = engine.ask(runs, "pid", "").await;
    assert_ne!(again, pid);
    // It is still wanted stopped, and the first one was started without being installed again.
    let view = engine.app.get_deployment(rests).await.expect("it is there");
    assert_eq!((view.status.name(), view.desired), ("stopped", Desired::Stopped));
    let states = states(&engine, runs).await;
    let last = states.iter().rposition(|s| *s == "checking").expect("it was checked");
    assert!(!states[last..].contains(&"installing"), "{states:?}");
    let after: Vec<String> = engine.app.list_deployments().await.expect("a list").into_iter().map(|v| v.slug).collect();
    assert_eq!(after, slugs);

    engine.app.start_deployment(rests).await.expect("it starts");
    engine.becomes(rests, "ready").await;
    assert_eq!(engine.ask(rests, "echo", "awake").await, "awake");
    engine.app.stop().await;
    assert!(!is_alive(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_got_over() {
    let (_folder, engine, id) = polite().await;
    let pid = engine.ask(id, "pid", "").await;
    // The system kills it between two calls.
    let kill = async { Command::new("kill").args(["-KILL", &pid]).status().expect("kill is there") };
    assert!(engine.then(id, "ready", kill).await.success());
    let second = engine.ask(id, "pid", "").await;
    assert_ne!(second, pid);
    // It ends in the middle of a call: that call has no answer, the next one has.
    let lost = engine.then(id, "ready", engine.app.call_tool(id, "crash", "{}")).await;
    let lost = lost.map(|r| r.content).expect_err("it crashed");
    assert_eq!(lost.code, ProblemCode::NoAnswer, "{lost:#?}");
    assert_eq!(engine.ask(id, "echo", "third life").await, "third life");
    assert_ne!(engine.ask(id, "pid", "").await, second);
    let states = states(&engine, id).await;
    assert_eq!(states.iter().filter(|s| **s == "restarting").count(), 2, "{states:?}");
    assert_eq!(states.iter().filter(|s| **s == "ready").count(), 3, "{states:?}");
    let log = engine.app.read_log(id, 100).await.expect("it has a log");
    assert!(log.iter().any(|l| l.text.contains("crashing as asked")), "{log:#?}");
    engine.app.stop().await;
    assert!(!is_alive(&second));
}

#[tokio::test(flavor = "multi_thread")]
async fn case_34_a_server_that_keeps_crashing_is_paused_until_somebody_acts() {
    let (_folder, engine, id) = polite().await;
    for crash in 1..=5 {
        let expect = if crash < 5 { "ready" } else { "paused" };
        let call = engine.then(id, expect, engine.app.call_tool(id, "crash", "{}")).await;
        call.map(|r| r.content).expect_err("it crashed");
    }
    let problem = engine.failed(id).await;
    assert_eq!(problem.code, ProblemCode::CrashLoop, "{problem:#?}");
    assert!(problem.evidence.join("\n").contains("crashing as asked"), "{problem:#?}");
    engine.app.restart_deployment(id).await.expect("somebody acts");
    engine.becomes(id, "ready").await;
    assert_eq!(engine.ask(id, "echo", "once more").await, "once more");
    engine.app.stop().await;
}

/// Takes more than two minutes: a server is asked once a minute, and may miss twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_started_again_and_one_without_ping_is_left_alone() {
    let (_folder, engine, hangs) = polite().await;
    let folder = Folder::new(Manner::KnowsNoPing);
    let knows_none = engine.deploy(&folder.path(), &[], false).await.id;
    let quiet = engine.ask(knows_none, "pid", "").await;
    let pid = engine.ask(hangs, "pid", "").await;
    let stopped = async { Command::new("kill").args(["-STOP", &pid]).status().expect("kill is there") };
    assert!(engine.then(hangs, "ready", stopped).await.success());
    assert_ne!(engine.ask(hangs, "pid", "").await, pid);
    assert!(states(&engine, hangs).await.contains(&"unhealthy"));
    assert!(!is_alive(&pid));
    assert_eq!(engine.ask(knows_none, "pid", "").await, quiet);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restart_and_delete() {
    let (_folder, engine, id) = polite().await;
    let pid = engine.ask(id, "pid", "").await;
    engine.then(id, "ready", engine.app.restart_deployment(id)).await.expect("it restarts");
    assert!(!is_alive(&pid));
    let pid = engine.ask(id, "pid", "").await;
    engine.app.delete_deployment(id).await.expect("it is deleted");
    assert!(!is_alive(&pid));
    let saved = engine.saved().await;
    // What was done to it stays in the audit log alone.
    assert_eq!(saved, [0, 0, 0, 0, 2, 0, 0, 0], "rows and folders");
    let gone = engine.app.get_deployment(id).await.map(|v| v.id).expect_err("it is gone");
    assert_eq!(gone.code, ProblemCode::NotFound);
    let engine = engine.restart().await;
    assert!(engine.app.list_deployments().await.expect("a list").is_empty());
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_kept_up_once_a_day() {
    let (_folder, engine, _) = polite().await;
    let snapshots = |engine: &Engine| {
        let folder = std::fs::read_dir(engine.config.data_dir().join("snapshots"));
        folder.map_or(0, Iterator::count)
    };
    eventually("the first", Duration::from_secs(10), async || (snapshots(&engine) == 1).then_some(())).await;
    engine
        .by_hand(
            "WITH RECURSIVE old(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM old WHERE n < 600)
             INSERT INTO events (deployment, seq, at, status)
             SELECT deployment, -n, n, status FROM old, (SELECT * FROM events WHERE seq = 1)",
        )
        .await;
    let old = "SELECT CAST(count(*) AS TEXT) FROM events WHERE seq < 0";
    assert_eq!(engine.sql(old).await, "600");
    let engine = engine.restart().await;
    assert_eq!((snapshots(&engine), engine.sql(old).await), (1, "600".to_owned()), "not twice on one day");

    engine.by_hand("UPDATE settings SET value = '1000' WHERE name = 'upkeep'").await;
    let engine = engine.restart().await;
    eventually("the second", Duration::from_secs(10), async || (snapshots(&engine) == 2).then_some(())).await;
    // Each server's newest changes stay, however old they are.
    let left: usize = engine.sql(old).await.parse().expect("a number");
    assert!((400..500).contains(&left), "{left}");
    engine.app.stop().await;
}

/// An AI app's session, by hand: what it sends, and what comes back.
async fn says(url: &str, token: &str, session: Option<&str>, message: &str) -> reqwest::Response {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = http.post(url).bearer_auth(token).header("accept", "application/json, text/event-stream");
    let request = request.header("content-type", "application/json").body(message.to_owned());
    let request = match session {
        Some(session) => request.header("mcp-session-id", session),
        None => request,
    };
    request.send().await.expect("the relay answers")
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_lists_outlive_the_engine() {
    let (_folder, engine, id) = polite().await;
    let endpoint = engine.app.endpoint(id, true).await.expect("an address");
    let token = endpoint.token.expect("a token");
    let hello =
        r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#;
    let opened = says(&endpoint.url, &token, None, hello).await;
    let session = opened.headers()["mcp-session-id"].to_str().expect("is text").to_owned();
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#;
    let before = says(&endpoint.url, &token, Some(&session), list).await.text().await.expect("a body");
    assert!(before.contains("echo"), "{before}");

    // Stopped by the user: nothing but what was written down can answer after the restart.
    engine.app.stop_deployment(id).await.expect("it stops");
    engine.becomes(id, "stopped").await;
    let engine = engine.restart().await;
    let url = engine.app.endpoint(id, false).await.expect("an address").url;
    let after = says(&url, &token, Some(&session), list).await;
    assert_eq!(after.status(), 200, "the session goes on");
    assert_eq!(after.text().await.expect("a body"), before, "and the tools are known before the server is up");
    engine.app.start_deployment(id).await.expect("it starts");
    engine.becomes(id, "ready").await;
    let call =
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"text":"again"}}}"#;
    let said = says(&url, &token, Some(&session), call).await.text().await.expect("a body");
    assert!(said.contains("again"), "{said}");
    engine.app.stop().await;
}
