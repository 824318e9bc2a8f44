//! The real registries: the official servers as a user would paste them, and packages that are no servers.

use crate::support::{analyze, analyzer, asks, runs};
use catwalk_analysis::{Endpoints, Error};
use catwalk_domain::{Answers, FieldKind, Form, ProblemCode, WarningKind, launch};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn the_official_servers_ask_only_for_what_is_needed() {
    let analyzer = analyzer(Endpoints::default());
    let table: [(&str, &str, &[&str]); 8] = [
        ("@modelcontextprotocol/server-memory", "npm:@modelcontextprotocol/server-memory!mcp-server-memory", &[]),
        (
            "@modelcontextprotocol/server-everything",
            "npm:@modelcontextprotocol/server-everything!mcp-server-everything",
            &[],
        ),
        (
            "@modelcontextprotocol/server-sequential-thinking",
            "npm:@modelcontextprotocol/server-sequential-thinking!mcp-server-sequential-thinking",
            &[],
        ),
        (
            "@modelcontextprotocol/server-filesystem",
            "npm:@modelcontextprotocol/server-filesystem!mcp-server-filesystem",
            &["arg:0*+"],
        ),
        ("mcp-server-time", "pypi:mcp-server-time!mcp-server-time", &[]),
        ("mcp-server-fetch", "pypi:mcp-server-fetch!mcp-server-fetch", &[]),
        ("mcp-server-git", "pypi:mcp-server-git!mcp-server-git", &[]),
        ("https://pypi.org/project/mcp-server-sqlite/", "pypi:mcp-server-sqlite!mcp-server-sqlite", &[]),
    ];
    for (text, run, required) in table {
        let start = Instant::now();
        let analysis = analyze(&analyzer, text).await.unwrap_or_else(|e| panic!("{text}: {e} {:?}", e.problem()));
        let took = start.elapsed();
        let asks = asks(&analysis);
        println!("{text}: {took:?} {asks:?} {:?}", analysis.warnings);
        assert_eq!(runs(&analysis), run);
        let needed: Vec<&str> = asks.iter().filter(|a| a.contains('*')).map(String::as_str).collect();
        assert_eq!(needed, required, "{text}: {:#}", analysis.manifest.to_json());
        assert!(took < Duration::from_secs(8), "{text} took {took:?}");
        if required.is_empty() {
            launch(&analysis.manifest, &Answers::default()).expect("nothing is missing");
        }
        assert!(analysis.manifest.repository.is_some() || text.contains("sqlite"), "{text}");
        assert!(analysis.published_at.is_some(), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_and_files_are_picked_not_typed() {
    let analyzer = analyzer(Endpoints::default());
    let filesystem = analyze(&analyzer, "npx -y @modelcontextprotocol/server-filesystem").await.expect("analyses");
    let form = Form::of(&filesystem.manifest);
    let folder = form.fields.iter().find(|f| f.key.0 == "arg:0").expect("it asks for folders");
    assert!(folder.kind == FieldKind::Folder && folder.repeated && folder.required, "{folder:?}");
    let git = analyze(&analyzer, "mcp-server-git").await.expect("analyses");
    let field =
        Form::of(&git.manifest).fields.into_iter().find(|f| f.name == "--repository").expect("it offers a repository");
    assert!(field.kind == FieldKind::Folder && !field.required, "{field:?}");
    let sqlite = analyze(&analyzer, "mcp-server-sqlite").await.expect("analyses");
    let field =
        Form::of(&sqlite.manifest).fields.into_iter().find(|f| f.name == "--db-path").expect("it offers a file");
    assert!(field.kind == FieldKind::File && !field.required, "{field:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pasted_outranks_what_was_read() {
    let analyzer = analyzer(Endpoints::default());
    let text = r#"{"mcpServers": {"my memory": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory@2026.1.26"],
        "env": {"MEMORY_FILE_PATH": "/home/ada/memory.jsonl", "NODE_OPTIONS": "--require /x.js", "EXTRA_TOKEN": "sk-abcdefghijklmn12345"}}}}"#;
    match analyze(&analyzer, text).await {
        Ok(analysis) => {
            assert_eq!(analysis.manifest.title.as_deref(), Some("my memory"));
            assert_eq!(analysis.manifest.version, "2026.1.26");
            assert_eq!(asks(&analysis), ["env:EXTRA_TOKEN*#", "env:MEMORY_FILE_PATH"]);
            assert!(
                analysis.warnings.iter().any(|w| w.kind == WarningKind::Dropped && w.text.contains("NODE_OPTIONS"))
            );
            assert!(!analysis.manifest.to_json().to_string().contains("sk-abc"));
        }
        Err(error) => assert!(matches!(error, Error::NotFound { .. }), "{error}"),
    }
    let folders =
        analyze(&analyzer, "npx -y @modelcontextprotocol/server-filesystem /home/ada/notes").await.expect("analyses");
    assert_eq!(asks(&folders), Vec::<String>::new());
    assert_eq!(launch(&folders.manifest, &Answers::default()).expect("complete").args[0].expose(), "/home/ada/notes");
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_that_are_no_servers() {
    let analyzer = analyzer(Endpoints::default());
    for text in ["npm:left-pad", "pypi:requests", "left-pad"] {
        let problem = analyze(&analyzer, text).await.expect_err(text).problem();
        assert_eq!(problem.code, ProblemCode::NotAServer, "{text}: {problem:?}");
        assert!(problem.fix.is_some() && !problem.evidence.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_versions_that_do_not_exist() {
    let analyzer = analyzer(Endpoints::default());
    for text in [
        "@modelcontextprotocol/server-that-never-was",
        "@modelcontextprotocol/server-memory@0.0.999",
        "mcp-server-time==0.0.999",
    ] {
        let problem = analyze(&analyzer, text).await.expect_err(text).problem();
        assert_eq!(problem.code, ProblemCode::NotFound, "{text}: {problem:?}");
    }
}
