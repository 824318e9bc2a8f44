//! Questions to GitHub's API and its raw host, and what their refusals mean.

use crate::Error;
use crate::analyzer::Analyzer;
use crate::endpoints::join;
use crate::fetch::{Ask, Reply, get};
use crate::text::{clean, excerpt};
use catwalk_domain::Millis;
use serde_json::Value;
use url::Url;

const WHO: &str = "GitHub";

/// Asks the API. Refusals that mean the same everywhere are errors; the rest is for the caller.
pub(super) async fn ask(analyzer: &Analyzer, url: Url, accept: &str, max: usize, now: Millis) -> Result<Reply, Error> {
    let token = analyzer.github_token.as_ref();
    let question =
        Ask::new(WHO, url.clone()).accept(accept).max(max).token(token).header("x-github-api-version", "2022-11-28");
    let reply = get(&analyzer.http, question).await?;
    match reply.status.as_u16() {
        401 => Err(Error::TokenRefused { who: WHO.to_owned() }),
        403 | 429 => Err(limited(&reply, token.is_none(), now)),
        status @ 500..=599 => {
            Err(Error::Refused { who: WHO.to_owned(), url: url.to_string(), status, said: excerpt(&reply.text()) })
        }
        _ => Ok(reply),
    }
}

/// `https://api…/repos/owner/repo/…`.
pub(super) fn repo_url(analyzer: &Analyzer, owner: &str, repo: &str, rest: &[&str]) -> Url {
    join(&analyzer.endpoints.github_api, ["repos", owner, repo].into_iter().chain(rest.iter().copied()))
}

/// The primary limit names the second of its reset, the secondary one how long to wait.
fn limited(reply: &Reply, token_helps: bool, now: Millis) -> Error {
    let number = |name: &str| reply.header(name).and_then(|v| v.parse::<i64>().ok());
    let said = message(reply);
    let lower = said.to_lowercase();
    let primary = number("x-ratelimit-remaining") == Some(0);
    let until = match (number("retry-after"), number("x-ratelimit-reset")) {
        (Some(seconds), _) => Some(now + seconds * 1000),
        (None, Some(reset)) if primary => Some(reset * 1000),
        _ if lower.contains("rate limit") => Some(now + 60_000),
        _ => None,
    };
    if until.is_none() && reply.status.as_u16() == 403 {
        return Error::Refused { who: WHO.to_owned(), url: reply.url.to_string(), status: 403, said };
    }
    Error::RateLimited { who: WHO.to_owned(), until, token_helps: token_helps && primary, said }
}

/// The `message` of an error's body.
pub(super) fn message(reply: &Reply) -> String {
    let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let text = json.as_ref().and_then(|j| j.get("message")?.as_str());
    text.map_or_else(|| excerpt(&reply.text()), |t| clean(t, 200))
}

/// A file at a commit from the raw host, which does not count against the API. `None` when it is not there.
pub(super) async fn raw(
    analyzer: &Analyzer,
    full_name: &str,
    commit: &str,
    path: &str,
    max: usize,
    now: Millis,
) -> Result<Option<String>, Error> {
    let segments = full_name.split('/').chain([commit]).chain(path.split('/'));
    let url = join(&analyzer.endpoints.github_raw, segments);
    let reply = get(&analyzer.http, Ask::new(WHO, url).max(max).token(analyzer.github_token.as_ref())).await?;
    match reply.status.as_u16() {
        200 => Ok(Some(reply.text()).filter(|t| !t.starts_with("version https://git-lfs"))),
        429 => Err(limited(&reply, true, now)),
        // A single file that cannot be had is one reason less, not a failure of the whole.
        _ => Ok(None),
    }
}
