//! The servers of a person or organisation on GitHub: a link to a person leads to a choice.

use super::api::{ask, message};
use crate::Error;
use crate::analyzer::Analyzer;
use crate::endpoints::join;
use crate::signs::in_words;
use crate::text::clean;
use catwalk_domain::{Millis, SourceChoice};
use serde_json::Value;

/// Most repositories that are offered.
const MAX: usize = 12;

/// The repositories that speak of MCP, those with most stars first.
pub(crate) async fn servers_of(analyzer: &Analyzer, owner: &str, now: Millis) -> Result<Vec<SourceChoice>, Error> {
    let mut url = join(&analyzer.endpoints.github_api, ["users", owner, "repos"]);
    url.set_query(Some("sort=pushed&per_page=100"));
    let reply = ask(analyzer, url.clone(), "application/vnd.github+json", 4 << 20, now).await?;
    if !reply.status.is_success() {
        return Err(Error::NotFound {
            what: format!("“{owner}” on GitHub"),
            hint: "There is no such user or organisation. Check the spelling, or paste the link of a repository."
                .to_owned(),
            looked: vec![url.to_string(), message(&reply)],
        });
    }
    let list = reply.json("GitHub")?;
    let mut found: Vec<(u64, SourceChoice)> = Vec::new();
    for entry in list.as_array().into_iter().flatten() {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        let topics = entry.get("topics").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let speaks = in_words(text("name")) || in_words(text("description")) || topics.into_iter().any(in_words);
        let full = text("full_name");
        if speaks && crate::source::parse(full).is_ok() {
            let detail = Some(clean(text("description"), 160)).filter(|d| !d.is_empty());
            let stars = entry.get("stargazers_count").and_then(Value::as_u64).unwrap_or_default();
            found.push((stars, SourceChoice { title: clean(full, 100), detail, text: full.to_owned() }));
        }
    }
    found.sort_by_key(|(stars, _)| std::cmp::Reverse(*stars));
    Ok(found.into_iter().take(MAX).map(|(_, choice)| choice).collect())
}
