//! What registries say of packages: who built them, how old and used they are, what they need, and whose name they almost have.

use crate::support::{FakeRegistry, NOW, analyze, analyzer};
use base64::Engine;
use catwalk_domain::{Analysis, FactTopic, WarningKind};
use catwalk_testkit::github::{FakeGitHub, Repository};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn fact(analysis: &Analysis, topic: FactTopic) -> Option<&str> {
    analysis.facts.iter().find(|f| f.topic == topic).map(|f| f.text.as_str())
}

fn warned(analysis: &Analysis, kind: WarningKind) -> bool {
    analysis.warnings.iter().any(|w| w.kind == kind)
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// An npm package `notes-mcp` whose statement of origin names `origin` and is about a file with this first byte.
async fn npm(origin: &str, digest: u8) -> (FakeGitHub, FakeRegistry) {
    let github = FakeGitHub::empty().await.expect("the fake starts");
    let bytes = [7_u8; 64];
    let one = json!({"name": "notes-mcp", "version": "1.2.0", "bin": "x.js", "description": "MCP notes", "engines": {"node": ">=20"},
        "repository": "github:ada/notes-mcp", "dist": {"integrity": format!("sha512-{}", base64(&bytes)), "attestations": {"url": "x"}}});
    let full = json!({"dist-tags": {"latest": "1.2.0"}, "versions": {"1.1.0": {}, "1.2.0": one.clone()},
        "time": {"created": "2025-11-01T00:00:00Z", "1.2.0": "2026-09-01T00:00:00Z"}});
    let hex = format!("{digest:02x}").repeat(64);
    let statement = json!({"subject": [{"digest": {"sha512": hex}}], "predicate": {"buildDefinition": {
        "externalParameters": {"workflow": {"repository": format!("https://github.com/{origin}")}},
        "resolvedDependencies": [{"digest": {"gitCommit": "0123456789012345678901234567890123456789"}}]}}});
    let attestations = json!({"attestations": [{"predicateType": "https://slsa.dev/provenance/v1",
        "bundle": {"dsseEnvelope": {"payload": base64(statement.to_string().as_bytes())}}}]});
    let more: BTreeMap<String, Value> = BTreeMap::from([
        ("/npm/notes-mcp".to_owned(), full),
        ("/npm/-/npm/v1/attestations/notes-mcp@1.2.0".to_owned(), attestations),
        ("/counter/downloads/point/last-week/notes-mcp".to_owned(), json!({"downloads": 12_345})),
    ]);
    let registry =
        FakeRegistry::start_with(BTreeMap::from([("notes-mcp".to_owned(), one)]), BTreeMap::new(), more).await;
    (github, registry)
}

#[tokio::test]
async fn npm_tells_age_use_needs_and_origin() {
    let (github, registry) = npm("ada/notes-mcp", 7).await;
    let analysis = analyze(&analyzer(registry.with(&github)), "npm:notes-mcp").await.expect("analyses");
    assert_eq!(fact(&analysis, FactTopic::Requires), Some("It needs Node.js >=20."));
    assert_eq!(fact(&analysis, FactTopic::Age), Some("The package exists for 12 months, in 2 versions."));
    assert_eq!(fact(&analysis, FactTopic::Downloads), Some("It was downloaded 12,345 times last week."));
    let built = "npm keeps a signed statement that it was built from github.com/ada/notes-mcp at commit 0123456.";
    assert_eq!(fact(&analysis, FactTopic::Provenance), Some(built));
    assert!(analysis.warnings.is_empty(), "{:?}", analysis.warnings);
}

#[tokio::test]
async fn a_statement_about_another_file_or_repository_is_no_support() {
    let (github, registry) = npm("ada/notes-mcp", 8).await;
    let other_file = analyze(&analyzer(registry.with(&github)), "npm:notes-mcp").await.expect("analyses");
    assert_eq!(fact(&other_file, FactTopic::Provenance), None);
    let (github, registry) = npm("mallory/notes-mcp", 7).await;
    let elsewhere = analyze(&analyzer(registry.with(&github)), "npm:notes-mcp").await.expect("analyses");
    assert!(warned(&elsewhere, WarningKind::Unverified), "{:?}", elsewhere.warnings);
}

#[tokio::test]
async fn package_and_repository_that_name_each_other_say_so() {
    let (github, registry) = npm("ada/notes-mcp", 7).await;
    let manifest = r#"{"name": "notes-mcp", "version": "1.2.0", "bin": "x.js", "description": "MCP notes"}"#;
    github.add(Repository::new("ada", "notes-mcp", [("package.json".to_owned(), manifest.as_bytes().to_vec())]));
    let analysis = analyze(&analyzer(registry.with(&github)), "ada/notes-mcp").await.expect("analyses");
    assert!(
        fact(&analysis, FactTopic::PointsBack).is_some_and(|f| f.contains("name each other")),
        "{:?}",
        analysis.facts
    );
}

#[tokio::test]
async fn pypi_tells_needs_age_origin_and_holes() {
    let github = FakeGitHub::empty().await.expect("the fake starts");
    let upload = |time: &str| json!([{"upload_time_iso_8601": time}]);
    let page = json!({
        "info": {"name": "notes-mcp", "version": "0.2.0", "summary": "MCP notes", "requires_python": ">=3.11",
            "project_urls": {"Repository": "https://github.com/ada/notes-mcp"}},
        "releases": {"0.1.0": upload("2026-11-15T00:00:00Z"), "0.2.0": upload("2026-11-16T00:00:00Z"), "0.0.1": []},
        "urls": [{"filename": "notes_mcp-0.2.0-py3-none-any.whl", "packagetype": "bdist_wheel", "upload_time_iso_8601": "2026-11-16T00:00:00Z"}],
        "vulnerabilities": [{"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fixed_in": ["0.3.0"]}, {"id": "PYSEC-2", "withdrawn": "2026-11-20"}]});
    let integrity = json!({"attestation_bundles": [{"publisher": {"kind": "GitHub", "repository": "ada/notes-mcp", "workflow": "x.yml"}}]});
    let more = BTreeMap::from([
        ("/pypi/pypi/notes-mcp/json".to_owned(), page),
        ("/pypi/integrity/notes-mcp/0.2.0/notes_mcp-0.2.0-py3-none-any.whl/provenance".to_owned(), integrity),
    ]);
    let registry = FakeRegistry::start_with(BTreeMap::new(), BTreeMap::new(), more).await;
    let analysis = analyze(&analyzer(registry.with(&github)), "pypi:notes-mcp").await.expect("analyses");
    assert_eq!(fact(&analysis, FactTopic::Requires), Some("It needs Python >=3.11."));
    let age = fact(&analysis, FactTopic::Age);
    assert!(age.is_some_and(|a| a.ends_with(" days, in 2 versions.")), "{age:?} at {NOW}");
    assert_eq!(
        fact(&analysis, FactTopic::Provenance),
        Some("PyPI keeps a signed statement that it was built from github.com/ada/notes-mcp.")
    );
    let holes: Vec<&str> =
        analysis.warnings.iter().filter(|w| w.kind == WarningKind::Vulnerable).map(|w| w.text.as_str()).collect();
    assert_eq!(holes, ["This version has known vulnerabilities: CVE-2026-1 (closed in 0.3.0)."]);
    assert!(warned(&analysis, WarningKind::VeryNew), "{:?}", analysis.warnings);
}

#[tokio::test]
async fn names_that_are_almost_anothers_are_warned_of() {
    let github = FakeGitHub::empty().await.expect("the fake starts");
    let package = |name: &str| json!({"name": name, "version": "1.0.0", "bin": "x.js", "description": "MCP"});
    let npm = BTreeMap::from(["firecrawl-mpc", "firecrawl-mcp"].map(|n| (n.to_owned(), package(n))));
    let registry = FakeRegistry::start(npm, BTreeMap::new()).await;
    let analyzer = analyzer(registry.with(&github));
    assert!(warned(&analyze(&analyzer, "npm:firecrawl-mpc").await.expect("analyses"), WarningKind::LookAlike));
    assert!(!warned(&analyze(&analyzer, "npm:firecrawl-mcp").await.expect("analyses"), WarningKind::LookAlike));
}
