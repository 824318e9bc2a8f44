//! Questions to GitHub's API and its raw host, and what their refusals mean.

use super::Desk;
use super::budget::Closed;
use super::shelf;
use crate::Error;
use crate::analyzer::Analyzer;
use crate::endpoints::join;
use crate::fetch::{Ask, Reply, get};
use crate::text::{clean, excerpt};
use catwalk_domain::Millis;
use serde_json::Value;
use std::time::Instant;
use url::Url;

pub(super) const WHO: &str = "GitHub";

/// Asks the API: not while it wants us to wait, not twice at the same time, and with the tag of what is known. Refusals that
/// mean the same everywhere are errors; the rest is for the caller.
pub(super) async fn ask(analyzer: &Analyzer, url: Url, accept: &str, max: usize, now: Millis) -> Result<Reply, Error> {
    let Desk { answers, budget } = &*analyzer.github;
    let question = (url.to_string(), accept.to_owned());
    let since = Instant::now();
    let turn = answers.turn(&question);
    let _mine = turn.lock().await;
    let mut kept = answers.get(&question);
    if let (None, Some(shelf)) = (&kept, &analyzer.shelf) {
        kept = shelf::take(shelf.as_ref(), &question, since).await;
    }
    if let Some(kept) = kept.as_ref().filter(|k| k.at >= since) {
        return Ok(kept.reply.clone());
    }
    let token = analyzer.github_token.as_ref();
    if let Some(closed) = budget.closed(now) {
        return Err(closed_until(closed, token.is_none()));
    }
    let mut ask =
        Ask::new(WHO, url.clone()).accept(accept).max(max).token(token).header("x-github-api-version", "2022-11-28");
    if let Some(kept) = &kept {
        ask = ask.header("if-none-match", &kept.tag);
    }
    let reply = get(&analyzer.http, ask).await?;
    budget.note(&reply);
    match (reply.status.as_u16(), kept) {
        (304, Some(kept)) => {
            answers.confirm(&question, &kept.reply);
            Ok(kept.reply)
        }
        (401, _) => Err(Error::TokenRefused { who: WHO.to_owned() }),
        (403 | 429, _) => Err(limited(analyzer, &reply, now)),
        (status @ 500..=599, _) => {
            Err(Error::Refused { who: WHO.to_owned(), url: url.to_string(), status, said: excerpt(&reply.text()) })
        }
        (200, _) => {
            answers.keep(&question, &reply);
            if let Some(shelf) = &analyzer.shelf {
                shelf::put(shelf.as_ref(), &question, &reply).await;
            }
            Ok(reply)
        }
        _ => Ok(reply),
    }
}

/// `https://api…/repos/owner/repo/…`.
pub(super) fn repo_url(analyzer: &Analyzer, owner: &str, repo: &str, rest: &[&str]) -> Url {
    join(&analyzer.endpoints.github_api, ["repos", owner, repo].into_iter().chain(rest.iter().copied()))
}

/// The primary limit names the second of its reset, the secondary one how long to wait. Until then nobody asks.
fn limited(analyzer: &Analyzer, reply: &Reply, now: Millis) -> Error {
    let number = |name: &str| reply.header(name).and_then(|v| v.parse::<i64>().ok());
    let said = message(reply);
    let primary = number("x-ratelimit-remaining") == Some(0);
    let until = match (number("retry-after"), number("x-ratelimit-reset")) {
        (Some(seconds), _) => Some(now.saturating_add(seconds.clamp(0, 86_400) * 1000)),
        (None, Some(reset)) if primary => Some(reset.saturating_mul(1000)),
        _ if said.to_lowercase().contains("rate limit") => Some(now + 60_000),
        _ => None,
    };
    let token_helps = analyzer.github_token.is_none();
    match until {
        Some(until) => {
            let closed = Closed { until, primary, said };
            analyzer.github.budget.close(closed.clone());
            closed_until(closed, token_helps)
        }
        None if reply.status.as_u16() == 403 => {
            Error::Refused { who: WHO.to_owned(), url: reply.url.to_string(), status: 403, said }
        }
        None => Error::RateLimited { who: WHO.to_owned(), until, token_helps: false, said },
    }
}

fn closed_until(closed: Closed, token_helps: bool) -> Error {
    let Closed { until, primary, said } = closed;
    Error::RateLimited { who: WHO.to_owned(), until: Some(until), token_helps: token_helps && primary, said }
}

/// The `message` of an error's body.
pub(super) fn message(reply: &Reply) -> String {
    let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let text = json.as_ref().and_then(|j| j.get("message")?.as_str());
    text.map_or_else(|| excerpt(&reply.text()), |t| clean(t, 200))
}

/// The raw host has limits of its own, which say nothing of the API's.
fn too_many(reply: &Reply, token_helps: bool, now: Millis) -> Error {
    let wait = reply.header("retry-after").and_then(|v| v.parse::<i64>().ok()).unwrap_or(60);
    let until = Some(now.saturating_add(wait.saturating_mul(1000)));
    Error::RateLimited { who: WHO.to_owned(), until, token_helps, said: message(reply) }
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
        429 => Err(too_many(&reply, analyzer.github_token.is_none(), now)),
        // A single file that cannot be had is one reason less, not a failure of the whole.
        _ => Ok(None),
    }
}
