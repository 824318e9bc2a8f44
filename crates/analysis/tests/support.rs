//! What the tests of analysis share: a client, the schema, the facts of a form in one line.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part of this file")]

use catwalk_analysis::{Analyzer, Endpoints, Error, source::parse};
use catwalk_domain::{Analysis, Form, Millis};
use std::sync::OnceLock;

/// 2026-11-23, so that the ages of real versions do not depend on the day of the test.
pub const NOW: Millis = 1_795_400_000_000;

pub fn client() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().build().expect("a client can be made")
}

pub fn analyzer(endpoints: Endpoints) -> Analyzer {
    Analyzer::new(client(), endpoints, None)
}

pub async fn analyze(analyzer: &Analyzer, text: &str) -> Result<Analysis, Error> {
    let source = parse(text).unwrap_or_else(|p| panic!("{text}: {p}"));
    let analysis = analyzer.analyze(&source, NOW).await?;
    check(&analysis);
    Ok(analysis)
}

/// What must hold of every analysis: the official schema, evidence that points at something, clean short excerpts.
pub fn check(analysis: &Analysis) {
    let json = analysis.manifest.to_json();
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
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
pub fn runs(analysis: &Analysis) -> String {
    let package = analysis.manifest.package().expect("it has a package");
    format!("{}:{}!{}", package.registry_type, package.identifier, analysis.manifest.run_hint().bin.unwrap_or_default())
}

/// Keys of the form: required ones with `*`, secret ones with `#`, repeated ones with `+`.
pub fn asks(analysis: &Analysis) -> Vec<String> {
    let mark = |flag: bool, mark: &str| if flag { mark.to_owned() } else { String::new() };
    let fields = Form::of(&analysis.manifest).fields;
    fields
        .iter()
        .map(|f| format!("{}{}{}{}", f.key, mark(f.required, "*"), mark(f.secret, "#"), mark(f.repeated, "+")))
        .collect()
}
