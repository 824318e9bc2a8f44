//! What the tests of analysis share: a client, the schema, the facts of a form in one line.

use catwalk_analysis::{Analyzer, Endpoints, Error, source::parse};
use catwalk_domain::{Analysis, Form, Millis};
use catwalk_testkit::github::FakeGitHub;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// 2026-11-23, so that the ages of real versions do not depend on the day of the test.
pub(crate) const NOW: Millis = 1_795_400_000_000;

pub(crate) fn client() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().redirect(catwalk_analysis::redirects()).build().expect("a client can be made")
}

pub(crate) fn analyzer(endpoints: Endpoints) -> Analyzer {
    Analyzer::new(client(), endpoints, None)
}

pub(crate) async fn analyze(analyzer: &Analyzer, text: &str) -> Result<Analysis, Error> {
    let source = parse(text).unwrap_or_else(|p| panic!("{text}: {p}"));
    let analysis = analyzer.analyze(&source, NOW).await?;
    check(&analysis);
    Ok(analysis)
}

static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();

/// What must hold of every analysis: the official schema, evidence that points at something, clean short excerpts.
pub(crate) fn check(analysis: &Analysis) {
    let json = analysis.manifest.to_json();
    let schema = SCHEMA.get_or_init(|| {
        let text = include_str!("fixtures/mcp-server.schema.2025-12-11.json");
        let schema = serde_json::from_str(text).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let errors: Vec<String> = schema.iter_errors(&json).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?} in {json:#}");
    assert!(json.to_string().len() < 64 * 1024);
    for evidence in &analysis.evidence {
        assert!(json.pointer(&evidence.pointer).is_some(), "{} is not in {json:#}", evidence.pointer);
        assert!(evidence.excerpt.chars().count() <= 200 && !evidence.excerpt.chars().any(char::is_control));
    }
    let facts = ["/packages/0/identifier", "/packages/0/version"];
    for pointer in facts.iter().filter(|p| json.pointer(p).is_some()) {
        assert!(analysis.evidence.iter().any(|e| e.pointer == **pointer), "{pointer} has no evidence");
    }
    assert!(analysis.manifest.package().is_some() || analysis.manifest.remote().is_some());
}

/// `registry:identifier!bin`.
pub(crate) fn runs(analysis: &Analysis) -> String {
    let package = analysis.manifest.package().expect("it has a package");
    format!("{}:{}!{}", package.registry_type, package.identifier, analysis.manifest.run_hint().bin.unwrap_or_default())
}

/// Keys of the form: required ones with `*`, secret ones with `#`, repeated ones with `+`.
pub(crate) fn asks(analysis: &Analysis) -> Vec<String> {
    let mark = |flag: bool, mark: &str| if flag { mark.to_owned() } else { String::new() };
    let fields = Form::of(&analysis.manifest).fields;
    fields
        .iter()
        .map(|f| format!("{}{}{}{}", f.key, mark(f.required, "*"), mark(f.secret, "#"), mark(f.repeated, "+")))
        .collect()
}

/// A registry of both kinds with just the packages it is given; everything else is 404.
pub(crate) struct FakeRegistry {
    pub(crate) base: url::Url,
    task: tokio::task::JoinHandle<()>,
}

impl FakeRegistry {
    /// `npm`: name to `package.json`; `pypi`: name to `info`.
    pub(crate) async fn start(npm: BTreeMap<String, Value>, pypi: BTreeMap<String, Value>) -> Self {
        Self::start_with(npm, pypi, BTreeMap::new()).await
    }

    /// The same with further answers, path to JSON: pages of all versions, statements of origin, downloads.
    pub(crate) async fn start_with(
        npm: BTreeMap<String, Value>,
        pypi: BTreeMap<String, Value>,
        more: BTreeMap<String, Value>,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let base = format!("http://{}/", listener.local_addr().expect("it is bound"));
        let answer = move |request: axum::extract::Request| {
            let path = request.uri().path().replace("%2F", "/").replace("%40", "@");
            let found = if let Some(json) = more.get(&path) {
                Some(json.clone())
            } else if let Some(name) = path.strip_prefix("/npm/").and_then(|p| p.strip_suffix("/latest")) {
                npm.get(name).cloned()
            } else if let Some(name) = path.strip_prefix("/pypi/pypi/").and_then(|p| p.strip_suffix("/json")) {
                pypi.get(name).map(|info| serde_json::json!({"info": info, "urls": []}))
            } else {
                None
            };
            let answer = match found {
                Some(json) => (axum::http::StatusCode::OK, axum::Json(json)),
                None => (axum::http::StatusCode::NOT_FOUND, axum::Json(serde_json::json!({"error": "Not found"}))),
            };
            std::future::ready(answer)
        };
        let router = axum::Router::new().fallback(answer);
        #[expect(clippy::disallowed_methods, reason = "ends with the test")]
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { base: base.parse().expect("a URL"), task }
    }

    /// The endpoints of this registry and a fake GitHub.
    pub(crate) fn with(&self, github: &FakeGitHub) -> Endpoints {
        let part = |p: &str| self.base.join(p).expect("a URL");
        Endpoints { npm: part("npm/"), npm_counter: part("counter/"), pypi: part("pypi/"), ..on(github) }
    }
}

impl Drop for FakeRegistry {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The public registries with a fake GitHub.
pub(crate) fn on(github: &FakeGitHub) -> Endpoints {
    Endpoints {
        github_api: github.api(),
        github_raw: github.raw(),
        github_codeload: github.codeload(),
        github_web: github.web(),
        ..Endpoints::default()
    }
}
