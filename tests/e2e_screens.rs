//! Every screen in both themes, written to `screenshots/` in the build folder for people to look at; each must show
//! what it is for, and nothing may run out of the window's width.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

#[path = "support/window.rs"]
mod window;
#[path = "support/words.rs"]
mod words;
#[path = "support/world.rs"]
mod world;

use std::time::Duration;

use catwalk_testkit::registry::FakeMcpRegistry;
use serde_json::json;
use window::Window;
use words::{click, state};
use world::World;

const FIRST_START: Duration = Duration::from_mins(5);
/// A busy machine paints late.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn every_screen_in_both_themes() {
    let world = World::new();
    std::fs::create_dir_all(world.home().join(".config/Claude")).expect("Claude Desktop's folder");
    std::fs::write(world.home().join(".claude.json"), "{}").expect("Claude Code's file");
    let lists = lists().await;
    let mut env = world.env();
    env.retain(|(name, _)| name != "CATWALK_MCP_REGISTRY" && name != "CATWALK_GLAMA");
    env.push(("CATWALK_MCP_REGISTRY".into(), lists.url().to_string()));
    env.push(("CATWALK_GLAMA".into(), lists.url().to_string()));
    let window = Window::open(env).await;

    window.find_test_id("paste-input").await;
    both_themes(&window, "01-empty").await;
    click(&window, "find-server").await;
    window.find_test_id("listings").await;
    both_themes(&window, "01-find").await;

    type_and_analyze(&window, "nothing-of-this-name-was-ever-published-2026").await;
    window.find_test_id("problem").await;
    both_themes(&window, "02-not-found").await;

    click(&window, "nav-new").await;
    let search = window.find_test_id("search-input").await;
    search.send_keys("nothing like it").await.expect("the box takes keys");
    both_themes(&window, "02-none-listed").await;
    let search = window.find_test_id("search-input").await;
    search.clear().await.expect("the box can be emptied");
    search.send_keys("everything").await.expect("the box takes keys");
    let found = || async { (window.run(LISTED, vec![]).await == 1).then_some(()) };
    window.until("one is found", PATIENCE, found).await;
    both_themes(&window, "02-listed").await;
    window.run("document.querySelector('[data-listing]').click()", vec![]).await;
    window.find_test_id("exact-command").await;
    both_themes(&window, "02-picked").await;

    click(&window, "nav-new").await;
    type_and_analyze(&window, "@modelcontextprotocol/server-filesystem").await;
    window.find_test_id("exact-command").await;
    both_themes(&window, "03-review").await;
    click(&window, "allow").await;
    let field = window.find_test_id("field-arg:0").await;
    both_themes(&window, "04-answers").await;
    let field = {
        drop(field);
        window.find_test_id("field-arg:0").await
    };
    field.send_keys(&world.home().display().to_string()).await.expect("the field takes keys");
    click(&window, "deploy").await;
    window.find_test_id("status").await;
    both_themes(&window, "05-launching").await;
    window.until("Ready", FIRST_START, || state(&window, "ready")).await;
    both_themes(&window, "06-ready").await;

    click(&window, "open-server").await;
    window.find_test_id("try-list_directory").await;
    both_themes(&window, "07-tools").await;
    for tab in ["log", "connect", "settings", "history"] {
        click(&window, &format!("tab-{tab}")).await;
        both_themes(&window, &format!("08-{tab}")).await;
    }
    click(&window, "tab-connect").await;
    click(&window, "connect-claude-code").await;
    window.find_test_id("connect-diff").await;
    both_themes(&window, "09-change").await;
    click(&window, "apply-connect").await;
    window.find_test_id("undo-connect").await;
    both_themes(&window, "10-connected").await;
    let written = std::fs::read_to_string(world.home().join(".claude.json")).expect("the file is there");
    assert!(written.contains("/mcp/"), "{written}");
    click(&window, "undo-connect").await;
    window
        .until("the undo", Duration::from_secs(10), || async {
            (std::fs::read_to_string(world.home().join(".claude.json")).ok()? == "{}").then_some(())
        })
        .await;

    click(&window, "nav-settings").await;
    window.find_test_id("theme-dark").await;
    both_themes(&window, "11-settings").await;
    for (part, name) in [("model-provider", "11-settings-model"), ("glama-enabled", "11-settings-lists")] {
        window.find_test_id(part).await;
        let scroll = "document.querySelector(`[data-testid=${arguments[0]}]`).scrollIntoView({ block: 'center', behavior: 'instant' })";
        window.run(scroll, vec![part.into()]).await;
        both_themes(&window, name).await;
    }
    click(&window, "nav-servers").await;
    both_themes(&window, "12-servers").await;
    click(&window, "nav-apps").await;
    window.find_test_id("connect-claude-code").await;
    both_themes(&window, "13-apps").await;
    click(&window, "new-set").await;
    let name = window.find_test_id("set-name").await;
    name.send_keys("work").await.expect("the box takes keys");
    both_themes(&window, "14-new-set").await;
    click(&window, "in-set-filesystem").await;
    click(&window, "save-set").await;
    click(&window, "connect-set-work").await;
    window.find_test_id("reveal-token").await;
    both_themes(&window, "15-set").await;
    window.close().await;
}

/// How many servers the search shows.
const LISTED: &str = "return document.querySelectorAll('[data-listing]').length";

/// Public lists with a few servers of every kind.
async fn lists() -> FakeMcpRegistry {
    let lists = FakeMcpRegistry::start().await.expect("the lists are served");
    let package = |kind: &str, identifier: &str| json!([{ "registryType": kind, "identifier": identifier, "version": "2026.7.4", "transport": { "type": "stdio" } }]);
    let servers = [
        (
            "io.github.modelcontextprotocol/everything",
            "Everything",
            "Every feature of the protocol in one server, for trying things out.",
            "npm",
            "@modelcontextprotocol/server-everything",
        ),
        ("io.github.modelcontextprotocol/time", "Time", "Time zones, and the time in each.", "pypi", "mcp-server-time"),
        (
            "com.example/notes-of-a-very-long-name-that-somebody-chose",
            "",
            "Keeps notes in plain files of a folder that you choose, with full-text search over all of them, links between them, and a history of every change that can be taken back.",
            "oci",
            "ghcr.io/example/notes:1.0",
        ),
    ];
    for (name, title, about, kind, identifier) in servers {
        let server = json!({ "name": name, "title": title, "description": about, "version": "2026.7.4", "packages": package(kind, identifier) });
        lists.put(&server, "active", "2026-07-04T08:00:00Z");
    }
    let hosted = json!({ "name": "com.example/weather", "title": "Weather", "description": "Hosted by its makers: forecasts of ten days.",
        "version": "1.0.0", "remotes": [{ "type": "streamable-http", "url": "https://weather.example/mcp" }] });
    lists.put(&hosted, "active", "2026-07-05T08:00:00Z");
    let old = json!({ "name": "com.example/forecast", "title": "Forecast", "description": "An older weather server.", "version": "0.3.0",
        "packages": package("npm", "forecast-mcp") });
    lists.put(&old, "deprecated", "2026-07-06T08:00:00Z");
    lists
}

async fn type_and_analyze(window: &Window, text: &str) {
    let input = window.find_test_id("paste-input").await;
    input.send_keys(text).await.expect("the box takes keys");
    click(window, "analyze").await;
}

/// Paints the page in both themes. The theme is an attribute of the page; the settings page has its own test in the UI.
async fn both_themes(window: &Window, name: &str) {
    for theme in ["dark", "light"] {
        let set = "const root = document.documentElement; root.classList.add('still'); root.dataset.theme = arguments[0]; \
                   window.painted = false; \
                   requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = true; }));";
        window.run(set, vec![theme.into()]).await;
        window
            .until("the page to be painted", PATIENCE, || async {
                (window.run("return window.painted", vec![]).await == true).then_some(())
            })
            .await;
        // Let what moves come to rest: a picture of a fade shows nothing.
        window
            .until("the page to rest", PATIENCE, || async {
                let script = "return document.getAnimations().filter(a => a.effect?.getComputedTiming().endTime < Infinity && a.playState === 'running').length";
                (window.run(script, vec![]).await == 0).then_some(())
            })
            .await;
        let wide = window
            .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth", vec![])
            .await;
        assert!(wide.as_i64().unwrap_or(0) <= 0, "{name} in {theme} runs out of the window by {wide} px");
        window.shoot(&format!("{name}-{theme}")).await;
    }
}
