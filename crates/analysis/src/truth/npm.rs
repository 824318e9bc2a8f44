//! What the npm registry and its counter say of a package.

use super::{Built, PATIENCE, age, built, lookalike, statement};
use crate::analyzer::Analyzer;
use crate::draft::Draft;
use crate::endpoints::join;
use crate::fetch::{Ask, get};
use crate::npm::{Document, millis};
use crate::text::clean;
use catwalk_domain::{EvidenceSource, FactTopic, Millis};
use serde_json::Value;
use url::Url;

const WHO: &str = "npm";

/// What is asked beside the package's own page. Missing answers are nothing to worry about.
#[derive(Default)]
pub(crate) struct Npm {
    /// Downloads of the last week, and who says so.
    downloads: Option<(u64, Url)>,
    built: Option<Built>,
}

/// Asks for downloads and for the statement of origin, side by side.
pub(crate) async fn ask_npm(analyzer: &Analyzer, document: &Document) -> Npm {
    let name = document.name();
    let (downloads, built) = tokio::join!(downloads(analyzer, &name), origin(analyzer, document));
    Npm { downloads, built }
}

async fn downloads(analyzer: &Analyzer, name: &str) -> Option<(u64, Url)> {
    let base = analyzer.endpoints.counter()?;
    let url = join(base, ["downloads", "point", "last-week"].into_iter().chain(name.split('/')));
    let json = json(analyzer, url.clone(), "application/json").await?;
    Some((json.get("downloads")?.as_u64()?, url))
}

async fn origin(analyzer: &Analyzer, document: &Document) -> Option<Built> {
    document.0.pointer("/dist/attestations")?;
    let subject = format!("{}@{}", document.name(), document.version());
    let url = join(&analyzer.endpoints.npm, ["-", "npm", "v1", "attestations", subject.as_str()]);
    let json = json(analyzer, url.clone(), "application/json").await?;
    statement::of_npm(&json, document.0.pointer("/dist/integrity").and_then(Value::as_str), url.as_str())
}

async fn json(analyzer: &Analyzer, url: Url, accept: &str) -> Option<Value> {
    let reply = get(&analyzer.http, Ask::new(WHO, url).accept(accept).max(1 << 20).wait(PATIENCE)).await.ok()?;
    reply.status.is_success().then(|| reply.json(WHO).ok()).flatten()
}

impl Npm {
    /// Writes down what is known of a release; `full` is the page of all versions.
    pub(crate) fn tell(
        self,
        draft: &mut Draft,
        document: &Document,
        full: Option<&Value>,
        source: &EvidenceSource,
        now: Millis,
    ) {
        if let Some(node) = document.0.pointer("/engines/node").and_then(Value::as_str).filter(|n| *n != "*") {
            draft.tell(FactTopic::Requires, &format!("It needs Node.js {}.", clean(node, 60)), source);
        }
        draft.licence(&document.text("license").unwrap_or_default(), source);
        let times = full.and_then(|f| f.get("time")).and_then(Value::as_object);
        let first = times.and_then(|t| t.get("created")?.as_str()).and_then(millis);
        let versions = full.and_then(|f| f.get("versions")).and_then(Value::as_object).map_or(0, serde_json::Map::len);
        if let (Some(first), 1..) = (first, versions) {
            age(draft, first, versions, source, now);
        }
        if let Some((count, url)) = self.downloads {
            let text = format!("It was downloaded {} times last week.", grouped(count));
            let source = EvidenceSource::Api { name: "npm’s counter".to_owned(), url: url.to_string() };
            draft.tell(FactTopic::Downloads, &text, &source);
        }
        if let Some(statement) = &self.built {
            let named = document.repository().and_then(|r| crate::source::repository_of(&r)).map(|(o, r, _)| (o, r));
            built(draft, WHO, statement, named);
        }
        lookalike(draft, "npm", &document.name());
    }
}

/// `1234567` → `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn large_numbers_can_be_read() {
        assert_eq!([0, 999, 1000, 1_234_567].map(super::grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
