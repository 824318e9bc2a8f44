//! One page of the registry.

use super::item::{Item, item};
use super::pass::Bookmark;
use crate::Error;
use crate::endpoints::join;
use crate::fetch::{Ask, Reply, get};
use crate::text::excerpt;
use catwalk_domain::Millis;
use reqwest::Client;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use url::Url;

const WHO: &str = "The MCP Registry";
/// The most that the registry gives at once.
const LIMIT: &str = "100";
/// A hundred entries of the size that publication allows.
const MOST: usize = 8 << 20;
/// Longest wait that the registry may ask for and get.
const PATIENCE: i64 = 3600;

/// What one page told.
#[derive(Debug)]
pub struct Page {
    /// Entries that are new or changed, and those that are gone.
    pub items: Vec<Item>,
    /// Where reading stands after it.
    pub bookmark: Bookmark,
    /// It was the last of its pass.
    pub last: bool,
    /// Its pass went over everything: entries of earlier passes are gone.
    pub swept: bool,
}

/// Asks for the page that the bookmark stands before.
///
/// # Errors
/// [`Error`]; the bookmark is then as good as before.
pub async fn next_page(http: &Client, base: &Url, bookmark: &Bookmark, now: Millis) -> Result<Page, Error> {
    let mut mark = bookmark.clone();
    let reply = ask(http, base, &mut mark, now).await?;
    let reply = if reply.status.as_u16() == 400 && mark.under_way.as_ref().is_some_and(|p| p.cursor.is_some()) {
        // The place is forgotten there: from the beginning.
        mark.drop_pass();
        ask(http, base, &mut mark, now).await?
    } else {
        reply
    };
    match reply.status.as_u16() {
        200 => read(&reply, mark, now),
        304 => {
            mark.unchanged(now);
            Ok(Page { items: Vec::new(), bookmark: mark, last: true, swept: false })
        }
        429 | 503 => Err(Error::RateLimited {
            who: WHO.to_owned(),
            until: reply
                .header("retry-after")
                .and_then(|v| v.parse::<i64>().ok())
                .map(|s| now + s.clamp(1, PATIENCE) * 1000),
            token_helps: false,
            said: excerpt(&reply.text()),
        }),
        status => Err(Error::Refused {
            who: WHO.to_owned(),
            url: crate::error::shown(&reply.url),
            status,
            said: said(&reply),
        }),
    }
}

async fn ask(http: &Client, base: &Url, mark: &mut Bookmark, now: Millis) -> Result<Reply, Error> {
    let (since, etag) = (mark.since, mark.etag.clone());
    let pass = mark.begin(now);
    let mut url = join(base, ["v0.1", "servers"]);
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("limit", LIMIT).append_pair("version", "latest");
        if let Some(since) = since.filter(|_| !pass.full) {
            query.append_pair("updated_since", &rfc3339(since));
        }
        if let Some(cursor) = &pass.cursor {
            query.append_pair("cursor", cursor);
        }
    }
    let mut question = Ask::new(WHO, url).accept("application/json").max(MOST).wait(30);
    if let Some(etag) = etag.filter(|_| !pass.full && pass.cursor.is_none()) {
        question = question.header("if-none-match", &etag);
    }
    let reply = get(http, question).await?;
    if pass.cursor.is_none() {
        pass.began = reply.header("date").and_then(|d| OffsetDateTime::parse(d, &Rfc2822).ok()).map(millis);
        pass.etag = reply.header("etag").map(str::to_owned);
    }
    Ok(reply)
}

fn read(reply: &Reply, mut mark: Bookmark, now: Millis) -> Result<Page, Error> {
    let json = reply.json(WHO)?;
    let Some(servers) = json.get("servers").and_then(Value::as_array) else {
        return Err(Error::BadAnswer {
            who: WHO.to_owned(),
            url: crate::error::shown(&reply.url),
            detail: "it holds no list of servers".to_owned(),
        });
    };
    // What cannot be read is left out; one careless entry must not hide the others.
    let items: Vec<Item> = servers.iter().filter_map(item).collect();
    let newest = items.iter().map(Item::changed_at).max();
    let next = json.pointer("/metadata/nextCursor").or_else(|| json.pointer("/metadata/next_cursor"));
    let next = next.and_then(Value::as_str).map(str::to_owned);
    let seen = u32::try_from(items.len()).unwrap_or(u32::MAX);
    // A registry that has lost everything is an accident, and a cursor that leads nowhere no end: neither sweeps.
    let whole = mark.under_way.as_ref().is_some_and(|p| p.full && p.entries + seen > 0);
    let ends = next.as_ref().is_none_or(String::is_empty);
    let last = mark.turn(next, newest, seen, now);
    let swept = last && whole && ends;
    Ok(Page { items, bookmark: mark, last, swept })
}

/// `title: detail` of a problem document, or what else was said.
fn said(reply: &Reply) -> String {
    let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let word = |key: &str| json.as_ref().and_then(|j| j.get(key)?.as_str().map(str::to_owned));
    excerpt(&word("detail").or_else(|| word("error")).unwrap_or_else(|| reply.text()))
}

fn rfc3339(at: Millis) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_default()
}

pub(super) fn millis(at: OffsetDateTime) -> Millis {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}
