//! Where answers of the API outlive the program: a shelf that somebody else keeps, because this crate writes nothing.

use super::answers::{Kept, Question};
use crate::fetch::Reply;
use reqwest::StatusCode;
use reqwest::header::{ETAG, HeaderMap, HeaderValue};
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;
use url::Url;

/// Largest answer that is put there.
const MAX_ONE: usize = 512 << 10;

/// An answer that is worth keeping, with the tag by which GitHub tells whether it is still true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelved {
    /// The `ETag`.
    pub tag: String,
    /// The body.
    pub body: String,
}

/// What takes a while.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Keeps answers between runs of the program. Whoever cannot do it now says nothing: it is only a cache. What it gives is
/// believed no further than GitHub, asked with the tag, says that nothing has changed.
pub trait Shelf: Send + Sync {
    /// The answer to a question, if it is kept.
    fn get<'a>(&'a self, question: &'a str) -> Later<'a, Option<Shelved>>;

    /// Keeps the answer to a question.
    fn put<'a>(&'a self, question: &'a str, answer: Shelved) -> Later<'a, ()>;
}

/// A question in one line.
fn named((url, accept): &Question) -> String {
    format!("{url} {accept}")
}

/// Looks for an answer that an earlier run had.
pub(super) async fn take(shelf: &dyn Shelf, question: &Question, since: Instant) -> Option<Kept> {
    let Shelved { tag, body } = shelf.get(&named(question)).await?;
    let mut headers = HeaderMap::new();
    headers.insert(ETAG, HeaderValue::from_str(&tag).ok()?);
    let url = Url::parse(&question.0).ok()?;
    let reply = Reply { status: StatusCode::OK, headers, body: body.into_bytes(), url, cut: false };
    // Not one that was given just now: it must be asked for.
    let at = since.checked_sub(std::time::Duration::from_secs(1))?;
    Some(Kept { tag, reply, at })
}

/// Puts a new answer there, if it has a tag and is text of no great size.
pub(super) async fn put(shelf: &dyn Shelf, question: &Question, reply: &Reply) {
    let Some(tag) = reply.header("etag").filter(|_| !reply.cut && reply.body.len() <= MAX_ONE) else { return };
    if let Ok(body) = std::str::from_utf8(&reply.body) {
        let answer = Shelved { tag: tag.to_owned(), body: body.to_owned() };
        shelf.put(&named(question), answer).await;
    }
}
