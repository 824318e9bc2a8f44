//! What PyPI says of a package.

use super::{Built, PATIENCE, age, built, lookalike, statement};
use crate::analyzer::Analyzer;
use crate::draft::Draft;
use crate::endpoints::join;
use crate::fetch::{Ask, get};
use crate::npm::millis;
use crate::text::clean;
use catwalk_domain::{EvidenceSource, FactTopic, Millis, WarningKind};
use serde_json::Value;

const WHO: &str = "PyPI";

/// What is asked beside the package's own page.
#[derive(Default)]
pub(crate) struct Pypi {
    built: Option<Built>,
}

/// Asks who built the release's first file.
pub(crate) async fn ask_pypi(analyzer: &Analyzer, release: &Value, name: &str, version: &str) -> Pypi {
    let ask = async {
        let file = release.pointer("/urls/0/filename")?.as_str()?;
        let url = join(&analyzer.endpoints.pypi, ["integrity", name, version, file, "provenance"]);
        let accept = "application/vnd.pypi.integrity.v1+json";
        let ask = Ask::new(WHO, url.clone()).accept(accept).max(1 << 20).wait(PATIENCE);
        let reply = get(&analyzer.http, ask).await.ok().filter(|r| r.status.is_success())?;
        statement::of_pypi(&reply.json(WHO).ok()?, url.as_str())
    };
    Pypi { built: ask.await }
}

impl Pypi {
    /// Writes down what is known of a release, whose repository is `named`.
    pub(crate) fn tell(
        self,
        draft: &mut Draft,
        release: &Value,
        name: &str,
        named: Option<(String, String)>,
        source: &EvidenceSource,
        now: Millis,
    ) {
        let python = release.pointer("/info/requires_python").and_then(Value::as_str).filter(|p| !p.is_empty());
        if let Some(python) = python {
            draft.tell(FactTopic::Requires, &format!("It needs Python {}.", clean(python, 60)), source);
        }
        let terms = ["license_expression", "license"]
            .iter()
            .find_map(|key| release.pointer(&format!("/info/{key}")).and_then(Value::as_str).filter(|t| !t.is_empty()));
        draft.licence(terms.unwrap_or_default(), source);
        let releases = release.get("releases").and_then(Value::as_object);
        let files = releases.into_iter().flat_map(|r| r.values()).filter_map(Value::as_array).flatten();
        let first = files.filter_map(|f| f.get("upload_time_iso_8601")?.as_str()).filter_map(millis).min();
        let versions =
            releases.map_or(0, |r| r.values().filter(|v| v.as_array().is_some_and(|v| !v.is_empty())).count());
        if let (Some(first), 1..) = (first, versions) {
            age(draft, first, versions, source, now);
        }
        if let Some(statement) = &self.built {
            built(draft, WHO, statement, named);
        }
        vulnerabilities(draft, release);
        lookalike(draft, "pypi", name);
    }
}

/// Known holes of exactly this version, with the first version that closes each.
fn vulnerabilities(draft: &mut Draft, release: &Value) {
    let list = release.get("vulnerabilities").and_then(Value::as_array).into_iter().flatten();
    let open = list.filter(|v| v.get("withdrawn").is_none_or(Value::is_null));
    let names: Vec<String> = open
        .take(5)
        .filter_map(|v| {
            let alias = v.pointer("/aliases/0").or_else(|| v.get("id"))?.as_str()?;
            let fixed = v.pointer("/fixed_in/0").and_then(Value::as_str);
            let fixed = fixed.map(|f| format!(" (closed in {})", clean(f, 20))).unwrap_or_default();
            Some(format!("{}{fixed}", clean(alias, 40)))
        })
        .collect();
    if !names.is_empty() {
        let text = format!("This version has known vulnerabilities: {}.", names.join(", "));
        draft.warn(WarningKind::Vulnerable, text);
    }
}
