//! Folders on this computer.

use crate::support::{analyze, analyzer, asks, runs};
use catwalk_analysis::Endpoints;
use catwalk_domain::{EvidenceSource, Fix, ProblemCode, WarningKind};
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

/// What only the program's source says: asked for, with the line that says it.
#[tokio::test]
async fn a_server_without_a_word_about_itself_is_read_by_its_source() {
    let servers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/servers");
    let analyzer = analyzer(Endpoints::default());
    for (server, asked) in [
        ("ts-tickets", vec!["env:HARBOUR_TOKEN*#", "env:HARBOUR_URL", "env:HARBOUR_TEAM", "env:HARBOUR_PAGE_SIZE"]),
        (
            "py-weather",
            vec![
                "env:WEATHER_API_KEY*#",
                "env:WEATHER_STATION*",
                "env:WEATHER_URL",
                "env:WEATHER_UNITS",
                "env:WEATHER_TIMEOUT",
            ],
        ),
        (
            "ts-options",
            vec!["arg:0*", "arg:1:--currency*", "env:LEDGER_ACCOUNT*", "env:LEDGER_API_KEY#", "env:LEDGER_MODE"],
        ),
    ] {
        let analysis = analyze(&analyzer, &servers.join(server).to_string_lossy()).await.expect("analyses");
        assert_eq!(asks(&analysis), asked, "{server}");
        let evidence = analysis.evidence.iter().find(|e| e.pointer == "/packages/0/environmentVariables/0");
        let Some(EvidenceSource::File { path, line: Some(line), .. }) = evidence.map(|e| &e.source) else {
            panic!("{server}: {evidence:?}")
        };
        let text = std::fs::read_to_string(servers.join(server).join(path)).expect("readable");
        let name = analysis.manifest.packages[0].environment_variables[0].name.as_str();
        let said = text.lines().nth(usize::try_from(*line).expect("small") - 1);
        assert!(said.is_some_and(|said| said.contains(name)), "{server}: {said:?} says nothing of {name}");
    }
    let analysis = analyze(&analyzer, &servers.join("ts-tickets").to_string_lossy()).await.expect("analyses");
    let quote = |pointer: &str| analysis.evidence.iter().find(|e| e.pointer == pointer).map(|e| e.excerpt.clone());
    assert_eq!(quote("/packages/0").as_deref(), Some("registers the tools list_tickets, close_ticket"));
    assert!(quote("/packages/0/transport/type").is_some());
}
