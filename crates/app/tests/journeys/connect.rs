//! Connecting AI apps: what is written into their files is then used exactly as they would use it.

use crate::engine::{Engine, on_another_port};
use crate::fixture::{Folder, Manner};
use catwalk_app::Scope;
use catwalk_app::views::ConnectPlan;
use catwalk_domain::ProblemCode;
use catwalk_testkit::keyring::{Keyring, inside};
use rmcp::model::CallToolRequestParams;
use rmcp::service::RunningService;
use rmcp::transport::TokioChildProcess;
use rmcp::{RoleClient, ServiceExt};
use serde_json::{Value, json};
use std::path::PathBuf;

pub(crate) const DESKTOP: &str = "claude-desktop";
pub(crate) const CODE: &str = "claude-code";
/// An own style, as people's files have it.
const DESKTOP_BEFORE: &str =
    "{\n    \"theme\": \"dark\",\n    \"mcpServers\": {\n        \"notes\": { \"command\": \"notes\" }\n    }\n}";
const CODE_BEFORE: &str =
    "{\"numStartups\":7,\"mcpServers\":{\"other\":{\"type\":\"http\",\"url\":\"https://x.example/mcp\"}}}\n";

pub(crate) struct Apps {
    pub(crate) desktop: PathBuf,
    pub(crate) code: PathBuf,
}

/// A home with both apps in it.
pub(crate) fn apps(engine: &Engine) -> Apps {
    let home = engine.home.path();
    std::fs::create_dir_all(home.join(".claude")).expect("a folder");
    std::fs::create_dir_all(home.join(".config/Claude")).expect("a folder");
    let apps =
        Apps { desktop: home.join(".config/Claude/claude_desktop_config.json"), code: home.join(".claude.json") };
    std::fs::write(&apps.desktop, DESKTOP_BEFORE).expect("a file");
    std::fs::write(&apps.code, CODE_BEFORE).expect("a file");
    apps
}

pub(crate) fn text(file: &PathBuf) -> String {
    std::fs::read_to_string(file).expect("it is there")
}

pub(crate) fn entry(file: &PathBuf, name: &str) -> Value {
    let all: Value = serde_json::from_str(&text(file)).expect("it is JSON");
    all["mcpServers"][name].clone()
}

fn shown(plan: &ConnectPlan) -> String {
    let lines: Vec<String> = plan.diff.iter().map(|l| format!("{}{}\n", l.sign, l.text)).collect();
    lines.concat()
}

/// Starts what an entry of Claude Desktop says, in the environment that such an app gives.
pub(crate) async fn open_bridge(entry: &Value) -> RunningService<RoleClient, ()> {
    let words = |key: &str| entry[key].as_array().cloned().unwrap_or_default();
    let mut command = tokio::process::Command::new(entry["command"].as_str().expect("a command"));
    command.args(words("args").iter().map(|a| a.as_str().expect("a word"))).env_clear();
    for (name, value) in entry["env"].as_object().expect("an environment") {
        command.env(name, value.as_str().expect("text"));
    }
    ().serve(TokioChildProcess::new(command).expect("it starts")).await.expect("it initialises")
}

/// Calls a tool by it.
async fn use_bridge(entry: &Value, said: &str) -> String {
    let client = open_bridge(entry).await;
    assert_eq!(client.list_all_tools().await.expect("it lists").len(), 4);
    let arguments = json!({ "text": said }).as_object().cloned().expect("an object");
    let result =
        client.call_tool(CallToolRequestParams::new("echo").with_arguments(arguments)).await.expect("an answer");
    let result = serde_json::to_value(result).expect("JSON");
    client.cancel().await.expect("it ends");
    result["content"][0]["text"].as_str().expect("text").to_owned()
}

/// Sends `initialize` as an entry of Claude Code says; the status of the answer.
pub(crate) async fn use_http(entry: &Value, header: Option<&str>) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
        "capabilities": {}, "clientInfo": {"name": "claude-code", "version": "1"}}});
    let mut request = http.post(entry["url"].as_str().expect("an address")).json(&initialize);
    request = request.header("accept", "application/json, text/event-stream");
    if let Some(header) = header {
        request = request.header("authorization", header);
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    assert!(status != 200 || answer.text().await.expect("a body").contains("serverInfo"));
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn both_apps_use_what_was_written() {
    let Some(_keyring) = inside("connect::both_apps_use_what_was_written", Keyring::start) else { return };
    let engine = Engine::start().await;
    let apps = apps(&engine);
    let folder = Folder::new(Manner::Polite);
    let view = engine.deploy(&folder.path(), &[], false).await;
    let found = engine.app.list_clients().await.expect("a list");
    assert!(found.iter().all(|c| c.installed && c.connected.is_empty()) && found.len() == 2, "{found:#?}");

    // Planning writes nothing.
    let desktop = engine.app.plan_connect(DESKTOP, &Scope::Server { id: view.id }).await.expect("a plan");
    let code = engine.app.plan_connect(CODE, &Scope::Server { id: view.id }).await.expect("a plan");
    assert_eq!((text(&apps.desktop).as_str(), text(&apps.code).as_str()), (DESKTOP_BEFORE, CODE_BEFORE));
    assert!(shown(&desktop).contains("\"bridge\"") && shown(&code).contains(&view.endpoint), "{}", shown(&code));
    let desktop_link = engine.app.apply_connect(&desktop.plan_id).await.expect("applied").expect("a link");
    let code_link = engine.app.apply_connect(&code.plan_id).await.expect("applied").expect("a link");
    let again = engine.app.apply_connect(&code.plan_id).await.map(|l| l.is_some()).expect_err("a plan is used once");
    assert_eq!(again.code, ProblemCode::ClientConfig, "{again:#?}");

    let bridge = entry(&apps.desktop, &desktop.entry_name);
    assert_eq!(use_bridge(&bridge, "through the bridge").await, "through the bridge");
    let http = entry(&apps.code, &code.entry_name);
    let header = http["headers"]["Authorization"].as_str().expect("a header").to_owned();
    let token = header.strip_prefix("Bearer ").expect("a bearer token");
    assert!(!shown(&code).contains(token), "the token is not shown");
    assert!(!text(&apps.desktop).contains("cw_"), "no token stands in an app's file that needs none");
    assert_eq!(use_http(&http, Some(&header)).await, 200);
    assert_eq!(use_http(&http, None).await, 401);
    assert_eq!(use_http(&http, Some("Bearer cw_wrong")).await, 401);

    // Both still work after the engine was started anew.
    let engine = engine.restart().await;
    engine.becomes(view.id, "ready").await;
    assert_eq!(use_bridge(&bridge, "next day").await, "next day");
    assert_eq!(use_http(&http, Some(&header)).await, 200);
    let call = engine.app.get_deployment(view.id).await.expect("it is there").last_call.expect("it was called");
    assert!(call.ok, "{call:#?}");

    let found = engine.app.list_clients().await.expect("a list");
    assert!(found.iter().all(|c| c.connected == [view.id]), "{found:#?}");
    engine.app.undo_connect(&desktop_link.id).await.expect("undone");
    engine.app.undo_connect(&code_link.id).await.expect("undone");
    assert_eq!((text(&apps.desktop).as_str(), text(&apps.code).as_str()), (DESKTOP_BEFORE, CODE_BEFORE));
    assert!(engine.app.client_links().await.expect("a list").is_empty());
    assert_eq!(use_http(&http, Some(&header)).await, 401, "a token ends with its app's last entry");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_leads_to_an_earlier_port() {
    let Some(_keyring) = inside("connect::an_entry_that_leads_to_an_earlier_port", Keyring::start) else { return };
    let engine = Engine::start().await;
    let apps = apps(&engine);
    let folder = Folder::new(Manner::Polite);
    let view = engine.deploy(&folder.path(), &[], false).await;
    let plan = engine.app.plan_connect(CODE, &Scope::Server { id: view.id }).await.expect("a plan");
    engine.app.apply_connect(&plan.plan_id).await.expect("applied");
    let old = entry(&apps.code, &plan.entry_name);
    let header = old["headers"]["Authorization"].as_str().expect("a header").to_owned();
    let before = engine.app.relay_origin().to_owned();
    engine.app.stop().await;
    let _squatter = std::net::TcpListener::bind(before.trim_start_matches("http://")).expect("it is free now");

    let engine = Engine { app: on_another_port(&engine.config).await, ..engine };
    let code = engine.app.list_clients().await.expect("a list").into_iter().find(|c| c.kind == CODE).expect("there");
    assert!(code.connected.is_empty(), "it leads to another program");
    let mut moved = old.clone();
    moved["url"] = old["url"].as_str().expect("an address").replace(&before, engine.app.relay_origin()).into();
    assert_eq!(use_http(&moved, Some(&header)).await, 401, "what that program was sent opens nothing");

    let again = engine.app.plan_connect(CODE, &Scope::Server { id: view.id }).await.expect("a plan");
    assert_eq!(again.entry_name, plan.entry_name, "the same entry, not a second one");
    engine.app.apply_connect(&again.plan_id).await.expect("applied");
    let new = entry(&apps.code, &plan.entry_name);
    let header = new["headers"]["Authorization"].as_str().expect("a header").to_owned();
    engine.becomes(view.id, "ready").await;
    assert_eq!(use_http(&new, Some(&header)).await, 200);
    engine.app.delete_deployment(view.id).await.expect("it is deleted");
    assert!(!text(&apps.code).contains(&view.slug), "{}", text(&apps.code));
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_and_a_server_that_goes() {
    let Some(_keyring) = inside("connect::a_name_that_is_taken_and_a_server_that_goes", Keyring::start) else { return };
    let engine = Engine::start().await;
    let apps = apps(&engine);
    let folder = Folder::new(Manner::Polite);
    let view = engine.deploy(&folder.path(), &[], false).await;
    let foreign = format!("{{\"mcpServers\": {{\"{}\": {{\"command\": \"theirs\"}}}}}}", view.slug);
    for file in [&apps.desktop, &apps.code] {
        std::fs::write(file, &foreign).expect("it can be written");
    }
    for (kind, file) in [(DESKTOP, &apps.desktop), (CODE, &apps.code)] {
        let plan = engine.app.plan_connect(kind, &Scope::Server { id: view.id }).await.expect("a plan");
        assert_ne!(plan.entry_name, view.slug, "{kind}");
        assert!(plan.note.as_ref().is_some_and(|n| n.contains(&view.slug)), "{plan:#?}");
        engine.app.apply_connect(&plan.plan_id).await.expect("applied");
        assert_eq!(entry(file, &view.slug), json!({"command": "theirs"}), "theirs is untouched");
        assert!(entry(file, &plan.entry_name).is_object());
    }
    // The app itself writes its file between the look and the click.
    let plan = engine.app.plan_disconnect(CODE, &Scope::Server { id: view.id }).await.expect("a plan");
    std::fs::write(&apps.code, text(&apps.code) + "\n").expect("it can be written");
    let moved = engine.app.apply_connect(&plan.plan_id).await.map(|l| l.is_some()).expect_err("it changed");
    assert_eq!(moved.code, ProblemCode::ClientConfig, "{moved:#?}");

    let http = {
        let all: Value = serde_json::from_str(&text(&apps.code)).expect("it is JSON");
        all["mcpServers"].as_object().and_then(|s| s.values().find(|e| e["url"].is_string())).expect("ours").clone()
    };
    let header = http["headers"]["Authorization"].as_str().expect("a header").to_owned();
    assert_eq!(use_http(&http, Some(&header)).await, 200);
    engine.app.delete_deployment(view.id).await.expect("it is deleted");
    for file in [&apps.desktop, &apps.code] {
        let all: Value = serde_json::from_str(&text(file)).expect("it is JSON");
        assert_eq!(all, serde_json::from_str::<Value>(&foreign).expect("JSON"), "ours is gone, theirs is there");
    }
    assert_eq!(use_http(&http, Some(&header)).await, 401, "its token opens nothing");
    assert!(engine.app.client_links().await.expect("a list").is_empty());
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_changed() {
    let Some(_keyring) = inside("connect::files_that_cannot_be_changed", Keyring::start) else { return };
    let engine = Engine::start().await;
    let folder = Folder::new(Manner::Polite);
    let view = engine.deploy(&folder.path(), &[], false).await;
    let missing = engine
        .app
        .plan_connect(DESKTOP, &Scope::Server { id: view.id })
        .await
        .map(|p| p.plan_id)
        .expect_err("it is not installed");
    assert_eq!(missing.code, ProblemCode::ClientConfig, "{missing:#?}");
    let apps = apps(&engine);
    for broken in ["{ \"mcpServers\": ", "{\"mcpServers\": []}"] {
        std::fs::write(&apps.desktop, broken).expect("it can be written");
        let problem = engine
            .app
            .plan_connect(DESKTOP, &Scope::Server { id: view.id })
            .await
            .map(|p| p.plan_id)
            .expect_err("it is broken");
        assert_eq!(problem.code, ProblemCode::ClientConfig, "{problem:#?}");
        assert!(problem.fix.is_some() && !problem.evidence.is_empty(), "{problem:#?}");
        assert_eq!(text(&apps.desktop), broken);
    }
    let none = engine
        .app
        .plan_disconnect(CODE, &Scope::Server { id: view.id })
        .await
        .map(|p| p.plan_id)
        .expect_err("it is not connected");
    assert_eq!(none.code, ProblemCode::ClientConfig, "{none:#?}");
    engine.app.stop().await;
}
