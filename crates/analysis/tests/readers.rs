//! Files about building and operating a server: `setup.py`, compose files, `go.mod`, `Cargo.toml`, `requirements.txt`.

use crate::support::{FakeRegistry, analyze, analyzer, asks, runs};
use catwalk_analysis::Endpoints;
use catwalk_domain::manifest::{Language, TransportKind};
use catwalk_domain::{Analysis, EvidenceSource, FactTopic, ProblemCode};
use catwalk_testkit::github::{FakeGitHub, Repository};
use std::collections::BTreeMap;

/// A repository of `ada` with these files, and registries that know nothing.
async fn world(repo: &str, files: &[(&str, &str)]) -> (FakeGitHub, FakeRegistry) {
    let github = FakeGitHub::empty().await.expect("the fake starts");
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    github.add(Repository::new("ada", repo, files));
    (github, FakeRegistry::start(BTreeMap::new(), BTreeMap::new()).await)
}

/// `path:line` of the evidence for a fact.
fn places(analysis: &Analysis, pointer: &str) -> Vec<String> {
    let of = |source: &EvidenceSource| match source {
        EvidenceSource::File { path, line, .. } => format!("{path}:{}", line.unwrap_or_default()),
        other => format!("{other:?}"),
    };
    analysis.evidence.iter().filter(|e| e.pointer == pointer).map(|e| of(&e.source)).collect()
}

const SETUP: &str = r#"import os
from setuptools import setup

with open("README.md") as readme:
    text = readme.read()

VERSION = "0.4.2"

setup(
    name="tide-tables",
    version=VERSION,
    description="Tides of all harbours",
    long_description=text,
    python_requires=">=3.11",
    install_requires=[line.strip() for line in open("requirements.txt")],
    entry_points={"console_scripts": ["tide-tables=tides.cli:main", "rm=os:system"]},
)
"#;

#[tokio::test]
async fn a_setup_py_is_read_and_never_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write("setup.py", &format!("{SETUP}\nopen('ran', 'w').write('x')\n"));
    write("requirements.txt", "# what it needs\nhttpx\nfastmcp>=2.0 # the library\n");
    write("tides/cli.py", "import os\ndef main():\n    key = os.environ[\"TIDES_KEY\"]\n");
    let analysis = analyze(&analyzer(Endpoints::default()), &dir.path().to_string_lossy()).await.expect("analyses");
    assert!(runs(&analysis).ends_with("!tide-tables"), "{}", runs(&analysis));
    assert_eq!(analysis.manifest.run_hint().language, Some(Language::Python));
    assert_eq!(analysis.manifest.version, "0.4.2");
    assert_eq!(analysis.manifest.description, "Tides of all harbours");
    assert_eq!(asks(&analysis), ["env:TIDES_KEY*#"]);
    assert_eq!(places(&analysis, "/_meta/app.catwalk~1run/bin"), ["setup.py:10"]);
    assert_eq!(places(&analysis, "/packages/0"), ["requirements.txt:3"]);
    let needs = analysis.facts.iter().find(|f| f.topic == FactTopic::Requires).expect("it needs a Python");
    assert_eq!(needs.text, "It needs Python >=3.11.");
    assert!(!dir.path().join("ran").exists());
}

const GO: &str = "module github.com/ada/harbour\n\ngo 1.25\n\nrequire github.com/mark3labs/mcp-go v0.40.0\n";

#[tokio::test]
async fn a_compose_file_names_the_image_what_it_asks_for_and_how_it_talks() {
    let compose = "services:\n  cache:\n    image: redis:8\n  harbour-mcp:\n    image: ghcr.io/ada/harbour-mcp:2.0.1\n    command: serve --transport=http\n    ports: ['8931:8000']\n    environment:\n      HARBOUR_TOKEN: ${HARBOUR_TOKEN:?needed}\n      HARBOUR_AREA: ${HARBOUR_AREA:-north}\n      CACHE: ${CACHE:-redis://cache:6379}\n      MCP_PORT: ${MCP_PORT:-8000}\n";
    let files = [
        ("README.md", "# Harbour\n\nAn MCP server for harbours. Start it with `docker compose up`.\n"),
        ("compose.yaml", compose),
        ("go.mod", GO),
        ("cmd/harbour-mcp/main.go", "package main\n"),
    ];
    let (github, registry) = world("harbour", &files).await;
    let analysis =
        analyze(&analyzer(registry.with(&github)), "https://github.com/ada/harbour").await.expect("analyses");
    assert_eq!(runs(&analysis), "oci:ghcr.io/ada/harbour-mcp:2.0.1!");
    assert_eq!(asks(&analysis), ["env:HARBOUR_TOKEN*#", "env:HARBOUR_AREA", "env:CACHE"]);
    let package = &analysis.manifest.packages[0];
    assert_eq!(package.transport.kind, TransportKind::StreamableHttp);
    assert_eq!(package.transport.url.as_deref(), Some("http://127.0.0.1:8931/mcp"));
    assert_eq!(places(&analysis, "/packages/0/identifier"), ["compose.yaml:5"]);
    assert_eq!(places(&analysis, "/packages/0/transport/type"), ["compose.yaml:6"]);
    assert_eq!(places(&analysis, "/packages/0/environmentVariables/0"), ["compose.yaml:9"]);
    let install = analysis.facts.iter().find(|f| f.topic == FactTopic::Install).expect("it can be installed");
    let words = "With its language's own tools it is installed by “go install github.com/ada/harbour/cmd/harbour-mcp@latest”, which needs Go 1.25 or newer.";
    assert_eq!(install.text, words);
}

#[tokio::test]
async fn what_a_readme_shows_outranks_a_compose_file() {
    let readme = "# Harbour\n\n```json\n{\"mcpServers\": {\"harbour\": {\"command\": \"docker\", \"args\": [\"run\", \"-i\", \"--rm\", \"-e\", \"HARBOUR_KEY\", \"ghcr.io/ada/harbour-mcp\"], \"env\": {\"HARBOUR_KEY\": \"<key>\"}}}}\n```\n";
    let compose = "services:\n  harbour-mcp:\n    image: ghcr.io/ada/harbour-mcp\n    command: --transport sse\n    ports: ['9000:9000']\n    environment: [HARBOUR_KEY, OTHER_KEY]\n";
    let (github, registry) = world("harbour", &[("README.md", readme), ("docker-compose.yml", compose)]).await;
    let analysis =
        analyze(&analyzer(registry.with(&github)), "https://github.com/ada/harbour").await.expect("analyses");
    assert_eq!(analysis.manifest.packages[0].transport.kind, TransportKind::Stdio);
    assert_eq!(asks(&analysis), ["env:HARBOUR_KEY*#"]);
}

#[tokio::test]
async fn what_cannot_be_run_yet_says_how_its_language_installs_it() {
    let cargo =
        "[package]\nname = \"knots\"\nversion = \"1.0.0\"\nrust-version = \"1.85\"\n[dependencies]\nrmcp = \"0.8\"\n";
    for (files, words) in [
        (
            vec![("go.mod", GO), ("main.go", "package main\n")],
            ["go install github.com/ada/harbour@latest", "needs Go 1.25"],
        ),
        (
            vec![("Cargo.toml", cargo), ("src/main.rs", "fn main() {}\n")],
            ["cargo install --git https://github.com/ada/harbour knots", "needs Rust 1.85"],
        ),
    ] {
        let (github, registry) = world("harbour", &files).await;
        let error =
            analyze(&analyzer(registry.with(&github)), "https://github.com/ada/harbour").await.expect_err("not yet");
        let problem = error.problem();
        assert_eq!(problem.code, ProblemCode::Unsupported, "{problem:?}");
        assert!(words.iter().all(|w| problem.evidence.iter().any(|e| e == w)), "{problem:?}");
    }
    let files = [("requirements.txt", "mcp[cli]==1.9\n"), ("server.py", "x = 1\n")];
    let (github, registry) = world("harbour", &files).await;
    let error = analyze(&analyzer(registry.with(&github)), "https://github.com/ada/harbour").await.expect_err("none");
    let problem = error.problem();
    assert_eq!(problem.code, ProblemCode::Unsupported);
    assert!(problem.evidence.iter().any(|e| e.starts_with("requirements.txt:1")), "{problem:?}");
}

#[tokio::test]
async fn a_source_that_can_be_built_comes_before_the_image_of_a_compose_file() {
    let files = [
        ("package.json", r#"{"name": "harbour-mcp", "version": "1.0.0", "bin": {"harbour-mcp": "x.js"}}"#),
        (
            "compose.yaml",
            "services:\n  harbour-mcp:\n    image: ghcr.io/ada/harbour-mcp\n    environment: [HARBOUR_KEY]\n",
        ),
    ];
    let (github, registry) = world("harbour", &files).await;
    let analysis =
        analyze(&analyzer(registry.with(&github)), "https://github.com/ada/harbour").await.expect("analyses");
    assert_eq!(runs(&analysis), "github:ada/harbour!harbour-mcp");
    assert_eq!(asks(&analysis), ["env:HARBOUR_KEY#"]);
}
