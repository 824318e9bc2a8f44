//! Real servers from real registries go from pasted link to a tool's answer, untouched.

use crate::engine::Engine;
use std::process::Command;

/// One server: what is pasted, what is answered, which tool is called, and what its answer must contain.
struct Case {
    paste: &'static str,
    answers: Vec<(&'static str, String)>,
    tool: &'static str,
    arguments: String,
    expect: &'static str,
}

async fn run(case: Case) {
    let engine = Engine::start().await;
    let answers: Vec<(&str, &str)> = case.answers.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let view = engine.deploy(case.paste, &answers, false).await;
    if !case.tool.is_empty() {
        let result = engine.call(view.id, case.tool, &case.arguments).await;
        assert!(!result.is_error, "{}: {result:#?}", case.paste);
        assert!(result.content.join("\n").contains(case.expect), "{}: {result:#?}", case.paste);
    }
    let tools = engine.app.list_tools(view.id).await.expect("it lists its tools");
    assert!(!tools.is_empty(), "{} has tools", case.paste);
    engine.app.stop().await;
}

fn simple(paste: &'static str, tool: &'static str, arguments: &str, expect: &'static str) -> Case {
    Case { paste, answers: Vec::new(), tool, arguments: arguments.to_owned(), expect }
}

#[tokio::test(flavor = "multi_thread")]
async fn npm_everything() {
    run(simple(
        "npx -y @modelcontextprotocol/server-everything",
        "echo",
        r#"{"message":"from the window"}"#,
        "from the window",
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn npm_filesystem_with_a_picked_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder_path = folder.path().canonicalize().expect("it exists");
    std::fs::write(folder_path.join("note.txt"), "the cat walks").expect("it can be written");
    let analyzed_name = "@modelcontextprotocol/server-filesystem";
    let arguments = serde_json::json!({ "path": folder_path.join("note.txt") }).to_string();
    let engine = Engine::start().await;
    let analyzed = engine.app.analyze(analyzed_name).await.expect("it is understood");
    let field = analyzed.form.fields.iter().find(|f| f.required).expect("it asks for a folder").clone();
    assert_eq!(field.kind, catwalk_domain::FieldKind::Folder, "{field:?}");
    let path = folder_path.display().to_string();
    let view = engine.deploy(analyzed_name, &[(field.key.0.as_str(), path.as_str())], false).await;
    let result = engine.call(view.id, "read_text_file", &arguments).await;
    assert!(result.content.join("\n").contains("the cat walks"), "{result:#?}");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn npm_memory() {
    run(simple(
        "https://www.npmjs.com/package/@modelcontextprotocol/server-memory",
        "create_entities",
        r#"{"entities":[{"name":"Tom","entityType":"cat","observations":["walks"]}]}"#,
        "Tom",
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn npm_sequential_thinking() {
    run(simple(
        r#"{"mcpServers":{"think":{"command":"npx","args":["-y","@modelcontextprotocol/server-sequential-thinking"]}}}"#,
        "sequentialthinking",
        r#"{"thought":"one","nextThoughtNeeded":false,"thoughtNumber":1,"totalThoughts":1}"#,
        "thoughtNumber",
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pypi_time() {
    run(simple("uvx mcp-server-time", "get_current_time", r#"{"timezone":"Europe/Berlin"}"#, "Europe/Berlin")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pypi_git() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().canonicalize().expect("it exists").display().to_string();
    #[allow(clippy::disallowed_methods, reason = "the product's ban on starting processes does not bind its tests")]
    let made = Command::new("git").args(["init", "--quiet", &path]).status().expect("git is there");
    assert!(made.success());
    run(Case {
        paste: "mcp-server-git",
        answers: Vec::new(),
        tool: "git_status",
        arguments: serde_json::json!({ "repo_path": path }).to_string(),
        expect: "No commits yet",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pypi_fetch_starts_and_lists() {
    run(simple("https://pypi.org/project/mcp-server-fetch/", "", "{}", "")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pypi_sqlite() {
    run(simple("pypi:mcp-server-sqlite", "list_tables", "{}", "")).await;
}
