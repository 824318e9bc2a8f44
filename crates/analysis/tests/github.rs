//! Repositories, against the fake GitHub.

use crate::support::{FakeRegistry, analyze, analyzer, asks, client, on, runs};
use catwalk_domain::manifest::Language;
use catwalk_domain::{EvidenceSource, FactTopic, Fix, ProblemCode, WarningKind};
use catwalk_testkit::github::FakeGitHub;
use serde_json::json;
use std::collections::BTreeMap;

pub(crate) const NOTES: &str = "https://github.com/fixture-labs/node-notes";

/// The fake GitHub with registries that know two packages: one that points back to the fixture, one that does not.
pub(crate) async fn world() -> (FakeGitHub, FakeRegistry) {
    let github = FakeGitHub::start().await.expect("the fake starts");
    let time = json!({"name": "mcp-server-time", "version": "2026.1.1", "summary": "Time over MCP",
        "project_urls": {"Repository": "https://github.com/modelcontextprotocol/servers/tree/main/src/time"}});
    let memory = json!({"name": "@modelcontextprotocol/server-memory", "version": "2026.1.1", "bin": {"mcp-server-memory": "x.js"},
        "mcpName": "io.github.modelcontextprotocol/server-memory", "repository": "github:modelcontextprotocol/servers"});
    let npm = BTreeMap::from([("@modelcontextprotocol/server-memory".to_owned(), memory)]);
    let registry = FakeRegistry::start(npm, BTreeMap::from([("mcp-server-time".to_owned(), time)])).await;
    (github, registry)
}

#[tokio::test]
async fn a_folder_of_a_monorepo_leads_to_its_published_package() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    for text in [
        "https://github.com/modelcontextprotocol/servers/tree/main/src/time",
        "https://github.com/modelcontextprotocol/servers/blob/main/src/time/README.md",
        "modelcontextprotocol/servers/tree/HEAD/src/time",
    ] {
        let analysis = analyze(&analyzer, text).await.unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(runs(&analysis), "pypi:mcp-server-time!mcp-server-time", "{text}");
        assert_eq!(analysis.commit, github.commit("modelcontextprotocol", "servers"));
        let repository = analysis.manifest.repository.as_ref().expect("it has a repository");
        assert_eq!(repository.subfolder.as_deref(), Some("src/time"));
        assert_eq!(asks(&analysis), ["arg:0:--local-timezone"]);
        assert!(analysis.warnings.iter().all(|w| w.kind != WarningKind::Unverified), "{:?}", analysis.warnings);
        let line =
            analysis.evidence.iter().find(|e| e.pointer == "/packages/0/packageArguments/0").expect("it has evidence");
        let EvidenceSource::File { path, line, url } = &line.source else { panic!("{line:?}") };
        assert_eq!((path.as_str(), *line), ("src/time/README.md", Some(11)));
        assert!(url.as_ref().is_some_and(|u| u.ends_with("/src/time/README.md#L11")), "{url:?}");
    }
}

#[tokio::test]
async fn the_real_index_and_the_fake_repository_agree() {
    let github = FakeGitHub::start().await.expect("the fake starts");
    let analysis =
        analyze(&analyzer(on(&github)), "https://github.com/modelcontextprotocol/servers/tree/main/src/time")
            .await
            .expect("analyses");
    assert_eq!(runs(&analysis), "pypi:mcp-server-time!mcp-server-time");
    assert!(analysis.published_at.is_some());
}

#[tokio::test]
async fn a_monorepo_lists_its_servers() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let error = analyze(&analyzer, "modelcontextprotocol/servers").await.expect_err("several");
    let links =
        ["greeter", "time"].map(|f| format!("https://github.com/modelcontextprotocol/servers/tree/main/src/{f}"));
    let Some(Fix::ChooseSource { choices }) = error.problem().fix else { panic!("{error:?}") };
    assert_eq!(choices.iter().map(|c| c.text.clone()).collect::<Vec<_>>(), links);
    let time = &choices[1];
    assert_eq!(time.title, "mcp-server-time");
    assert!(time.detail.as_ref().is_some_and(|d| d.starts_with("src/time")), "{time:?}");
    for link in links {
        analyze(&analyzer, &link).await.unwrap_or_else(|e| panic!("{link}: {e:?}"));
    }
}

#[tokio::test]
async fn servers_without_a_package_are_built_from_source() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let notes = analyze(&analyzer, NOTES).await.expect("analyses");
    assert_eq!(runs(&notes), "github:fixture-labs/node-notes!node-notes");
    assert_eq!(notes.manifest.run_hint().language, Some(Language::Node));
    assert_eq!(notes.manifest.packages[0].version, notes.commit);
    assert_eq!(notes.manifest.version, "1.4.0");
    assert_eq!(asks(&notes), ["env:NOTES_API_KEY*#", "env:NOTES_OWNER"]);
    let echo = analyze(&analyzer, "fixture-labs/python-echo").await.expect("analyses");
    assert_eq!(runs(&echo), "github:fixture-labs/python-echo!catwalk-fixture-echo");
    assert_eq!(echo.manifest.run_hint().language, Some(Language::Python));
    assert_eq!(asks(&echo), ["env:ECHO_PREFIX"]);
    let greeter = analyze(&analyzer, "modelcontextprotocol/servers/tree/main/src/greeter").await.expect("analyses");
    assert_eq!(runs(&greeter), "github:modelcontextprotocol/servers!greeter-mcp");
    assert_eq!(greeter.manifest.repository.and_then(|r| r.subfolder).as_deref(), Some("src/greeter"));
}

#[tokio::test]
async fn three_questions_to_the_api_and_files_from_the_raw_host() {
    let (github, registry) = world().await;
    analyze(&analyzer(registry.with(&github)), NOTES).await.expect("analyses");
    let asked = github.asked();
    let api = asked.iter().filter(|p| p.starts_with("/api/")).count();
    assert_eq!(api, 3, "{asked:?}");
    let commit = github.commit("fixture-labs", "node-notes").expect("it exists");
    assert!(asked.iter().filter(|p| p.starts_with("/raw/")).all(|p| p.contains(&commit)), "{asked:?}");
}

#[tokio::test]
async fn branches_with_slashes_tags_and_commits() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let commit = github.commit("fixture-labs", "branchy").expect("it exists");
    for reference in ["feature/x", "v1.0", "trunk", &commit] {
        let text = format!("https://github.com/fixture-labs/branchy/tree/{reference}/src/greeter");
        let analysis = analyze(&analyzer, &text).await.unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(analysis.manifest.repository.and_then(|r| r.subfolder).as_deref(), Some("src/greeter"), "{text}");
    }
    // A fork of a published server is not the published server.
    let fork =
        analyze(&analyzer, "https://github.com/fixture-labs/branchy/tree/trunk/src/time").await.expect("analyses");
    assert_eq!(runs(&fork), "github:fixture-labs/branchy!mcp-server-time");
    assert!(fork.warnings.iter().any(|w| w.kind == WarningKind::Unverified), "{:?}", fork.warnings);
    for missing in ["tree/nowhere", "tree/trunk/src/nothing"] {
        let problem = analyze(&analyzer, &format!("https://github.com/fixture-labs/branchy/{missing}"))
            .await
            .expect_err(missing)
            .problem();
        assert_eq!(problem.code, ProblemCode::NotFound, "{missing}");
    }
}

#[tokio::test]
async fn renamed_archived_and_enormous_repositories() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let renamed = analyze(&analyzer, "fixture-labs/renamed").await.expect("follows the redirect");
    assert_eq!(runs(&renamed), "github:fixture-labs/node-notes!node-notes");
    let moved = renamed.facts.iter().find(|f| f.topic == FactTopic::Moved).expect("it is told");
    assert_eq!(moved.text, "fixture-labs/renamed is called fixture-labs/node-notes now.");
    assert!(renamed.warnings.iter().any(|w| w.kind == WarningKind::Moved), "{:?}", renamed.warnings);
    let retired = analyze(&analyzer, "fixture-labs/retired").await.expect("analyses");
    assert!(retired.warnings.iter().any(|w| w.kind == WarningKind::Archived));
    let deep =
        analyze(&analyzer, "https://github.com/fixture-labs/enormous/tree/main/packages/deep").await.expect("walks");
    assert_eq!(runs(&deep), "github:fixture-labs/enormous!catwalk-fixture-echo");
}

#[tokio::test]
async fn a_package_that_does_not_point_back_is_marked() {
    let (github, registry) = world().await;
    let analysis = analyze(&analyzer(registry.with(&github)), "fixture-labs/unverified").await.expect("analyses");
    assert_eq!(runs(&analysis), "npm:@modelcontextprotocol/server-memory!mcp-server-memory");
    let kinds: Vec<WarningKind> = analysis.warnings.iter().map(|w| w.kind).collect();
    assert!(
        kinds.contains(&WarningKind::Unverified) && kinds.contains(&WarningKind::Dropped),
        "{:?}",
        analysis.warnings
    );
    assert_eq!(asks(&analysis), ["env:MEMORY_FILE_PATH*"], "snake case of the older schema is read");
}

#[tokio::test]
async fn what_cannot_be_run_says_why() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    for (repo, code) in [
        ("not-a-server", ProblemCode::NotAServer),
        ("hollow", ProblemCode::NotAServer),
        ("secret", ProblemCode::NotFound),
        ("never-was", ProblemCode::NotFound),
        ("container-only", ProblemCode::Unsupported),
    ] {
        let problem = analyze(&analyzer, &format!("fixture-labs/{repo}")).await.expect_err(repo).problem();
        assert_eq!(problem.code, code, "{repo}: {problem:?}");
        assert!(
            problem.explanation.ends_with('.') && !problem.evidence.is_empty() && problem.fix.is_some(),
            "{repo}: {problem:?}"
        );
    }
}

/// The fake itself: what `runtime` downloads has the form of the real archives.
#[tokio::test]
async fn the_fakes_archives_look_like_the_real_ones() {
    use std::io::Read;
    let github = FakeGitHub::start().await.expect("the fake starts");
    let commit = github.commit("fixture-labs", "node-notes").expect("it exists");
    for (url, top) in [
        (format!("{}fixture-labs/node-notes/tar.gz/{commit}", github.codeload()), format!("node-notes-{commit}")),
        (
            format!("{}repos/fixture-labs/node-notes/tarball/main", github.api()),
            format!("fixture-labs-node-notes-{}", &commit[..7]),
        ),
    ] {
        let reply = client().get(&url).header("user-agent", "test").send().await.expect("it answers");
        assert_eq!(reply.status(), 200, "{url}");
        let bytes = reply.bytes().await.expect("a body");
        let mut raw = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_ref()).read_to_end(&mut raw).expect("gzip");
        assert!(String::from_utf8_lossy(&raw[..1024]).contains(&format!("comment={commit}")));
        let mut tar = tar::Archive::new(raw.as_slice());
        let paths: Vec<String> =
            tar.entries().expect("tar").flatten().map(|e| e.path().expect("a path").display().to_string()).collect();
        assert_eq!(paths[0], "pax_global_header", "first comes the header that carries the commit");
        assert!(paths[1..].iter().all(|p| p.starts_with(&top)), "{paths:?}");
        assert!(paths.contains(&format!("{top}/src/index.js")), "{paths:?}");
    }
    let bare = client()
        .get(github.api().join("repos/fixture-labs/node-notes").expect("a URL"))
        .send()
        .await
        .expect("it answers");
    assert_eq!(bare.status(), 403, "GitHub wants a User-Agent");
}
