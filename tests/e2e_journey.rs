//! The main journey in the real window: paste, allow, answer, Ready, try a tool, call it with other people's clients,
//! stop, delete.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

#[path = "support/sdk.rs"]
mod sdk;
#[path = "support/window.rs"]
mod window;
#[path = "support/words.rs"]
mod words;
#[path = "support/world.rs"]
mod world;

use std::time::Duration;

use sdk::Sdk;
use serde_json::json;
use window::Window;
use words::{click, state, text_of};
use world::World;

/// The first start downloads Node.js and the package.
const FIRST_START: Duration = Duration::from_mins(5);

#[tokio::test]
async fn a_pasted_link_becomes_a_tool_call() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let world = World::new();
    let folder = world.home().join("Notes");
    std::fs::create_dir_all(&folder).expect("a folder");
    let note = folder.join("note.txt");
    std::fs::write(&note, "the cat walks the rope").expect("a note");
    let window = Window::open(world.env()).await;

    paste_and_allow(&window, "npx -y @modelcontextprotocol/server-filesystem /path/to/dir").await;
    let field = window.find_test_id("field-arg:0").await;
    field.send_keys(&folder.display().to_string()).await.expect("the field takes keys");
    window.shoot("journey-answers").await;
    click(&window, "deploy").await;
    window.until("Ready", FIRST_START, || state(&window, "ready")).await;
    window.shoot("journey-ready").await;

    try_tool(&window, &note.display().to_string()).await;
    let (url, token) = endpoint(&window).await;
    clients_call(&url, &token, &note.display().to_string()).await;
    strangers_are_refused(&url, &token).await;

    click(&window, "stop").await;
    window.until("Stopped", Duration::from_secs(10), || state(&window, "stopped")).await;
    click(&window, "delete").await;
    click(&window, "confirm-delete").await;
    window.find_test_id("paste-input").await;
    window.see("Paste a link").await;
    window.close().await;
}

async fn paste_and_allow(window: &Window, link: &str) {
    let input = window.find_test_id("paste-input").await;
    input.send_keys(link).await.expect("the box takes keys");
    click(window, "analyze").await;
    let text = text_of(window, "exact-command").await;
    assert!(text.contains("@modelcontextprotocol/server-filesystem@"), "the exact command with its version: {text}");
    window.shoot("journey-review").await;
    click(window, "allow").await;
}

async fn try_tool(window: &Window, path: &str) {
    if window.has("testid", "open-server").await {
        click(window, "open-server").await;
    }
    click(window, "try-read_text_file").await;
    let field = window.find_test_id("arg-path").await;
    field.send_keys(path).await.expect("the field takes keys");
    click(window, "tool-run").await;
    let text = text_of(window, "tool-result").await;
    assert!(text.contains("the cat walks the rope"), "{text}");
    window.shoot("journey-tried").await;
}

/// Address and token, as a person would copy them.
async fn endpoint(window: &Window) -> (String, String) {
    click(window, "tab-connect").await;
    let url = text_of(window, "endpoint-url").await;
    click(window, "reveal-token").await;
    let token = window
        .until("the token", Duration::from_secs(10), || async {
            let shown = text_of(window, "endpoint-token").await;
            shown.starts_with("cw_").then_some(shown)
        })
        .await;
    (url, token)
}

async fn clients_call(url: &str, token: &str, path: &str) {
    for sdk in Sdk::ALL {
        let result = sdk.call(url, token, "read_text_file", &json!({ "path": path })).await;
        let result = result.unwrap_or_else(|why| panic!("{sdk:?}: {why}"));
        assert!(result.to_string().contains("the cat walks the rope"), "{sdk:?}: {result}");
        let wrong = sdk.call(url, "cw_wrong", "read_text_file", &json!({ "path": path })).await;
        assert!(wrong.is_err(), "{sdk:?} got in with a wrong token: {wrong:?}");
        // The same tool at the address of all servers, where its name begins with the server's.
        let (all, slug) = url.rsplit_once('/').expect("an address of one server");
        let result = sdk.call(all, token, &format!("{slug}__read_text_file"), &json!({ "path": path })).await;
        let result = result.unwrap_or_else(|why| panic!("{sdk:?} at {all}: {why}"));
        assert!(result.to_string().contains("the cat walks the rope"), "{sdk:?} at {all}: {result}");
    }
}

async fn strangers_are_refused(url: &str, token: &str) {
    let http = reqwest::Client::new();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}"#;
    let post = |token: &str| {
        let request = http.post(url).bearer_auth(token).header("content-type", "application/json");
        request.header("accept", "application/json, text/event-stream").body(body)
    };
    let status =
        |request: reqwest::RequestBuilder| async { request.send().await.expect("an answer").status().as_u16() };
    assert_eq!(status(post("cw_wrong")).await, 401, "a wrong token");
    assert_eq!(status(post(token).header("origin", "https://evil.example")).await, 403, "a foreign page");
    assert_eq!(status(post(token)).await, 200, "the right token and no page");
}
