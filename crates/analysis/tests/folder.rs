//! Folders on this computer.

use crate::support::{analyze, analyzer, asks, runs};
use catwalk_analysis::Endpoints;
use catwalk_domain::{Fix, ProblemCode, WarningKind};
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../testkit/fixtures/github")
        .canonicalize()
        .expect("the fixtures are there")
}

#[tokio::test]
async fn source_on_disk() {
    let analyzer = analyzer(Endpoints::default());
    let notes = fixtures().join("fixture-labs/node-notes");
    let analysis = analyze(&analyzer, &notes.to_string_lossy()).await.expect("analyses");
    assert_eq!(runs(&analysis), format!("folder:{}!node-notes", notes.display()));
    assert_eq!(asks(&analysis), ["env:NOTES_API_KEY*#", "env:NOTES_OWNER"]);
    let link = url::Url::from_file_path(fixtures().join("fixture-labs/python-echo")).expect("absolute");
    let analysis = analyze(&analyzer, link.as_str()).await.expect("analyses");
    assert!(runs(&analysis).ends_with("python-echo!catwalk-fixture-echo"));
}

#[tokio::test]
async fn a_folder_around_the_server_and_one_without() {
    let analyzer = analyzer(Endpoints::default());
    let several = analyze(&analyzer, &fixtures().join("modelcontextprotocol/servers").to_string_lossy())
        .await
        .expect_err("several");
    assert!(matches!(several.problem().fix, Some(Fix::ChooseSource { choices }) if choices.len() == 2));
    for (path, code) in [
        ("fixture-labs/not-a-server", ProblemCode::NotAServer),
        ("fixture-labs/nothing", ProblemCode::NotFound),
        ("fixture-labs/not-a-server/README.md", ProblemCode::NotFound),
    ] {
        let problem = analyze(&analyzer, &fixtures().join(path).to_string_lossy()).await.expect_err(path).problem();
        assert_eq!(problem.code, code, "{path}: {problem:?}");
    }
}

#[tokio::test]
async fn several_programs_and_scripts_are_said() {
    let dir = tempfile::tempdir().expect("a folder");
    let json = r#"{"name": "tools", "version": "1.0.0", "bin": {"a": "a.js", "tools-mcp": "b.js"}, "scripts": {"postinstall": "node x.js"},
        "dependencies": {"@modelcontextprotocol/sdk": "1"}, "description": "\u001b[31mred\u202e"}"#;
    std::fs::write(dir.path().join("package.json"), json).expect("written");
    let analysis = analyze(&analyzer(Endpoints::default()), &dir.path().to_string_lossy()).await.expect("analyses");
    assert!(runs(&analysis).ends_with("!tools-mcp"));
    let kinds: Vec<WarningKind> = analysis.warnings.iter().map(|w| w.kind).collect();
    assert_eq!(kinds, [WarningKind::Guessed, WarningKind::InstallScript]);
    assert_eq!(analysis.manifest.description, "[31mred");
}
