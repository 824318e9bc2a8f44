//! The headers of the Streamable HTTP transport.

use crate::error::Fault;
use crate::front::{Admitted, Front};
use crate::session::Session;
use crate::version::Version;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use std::sync::Arc;

pub(crate) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
pub(crate) use crate::mirror::VERSION;
pub(crate) const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// The revision in `MCP-Protocol-Version`, if there is one; one we do not speak is refused with the list of ours.
pub(crate) fn version(headers: &HeaderMap) -> Result<Option<Version>, Fault> {
    let mut values = headers.get_all(VERSION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes());
    match Version::known(&text) {
        Some(version) if values.next().is_none() => Ok(Some(version)),
        _ => Err(Fault::Version(text.chars().take(64).collect())),
    }
}

/// Whether the revision named is one with sessions, as it is if none is named.
pub(crate) fn has_sessions(headers: &HeaderMap) -> bool {
    matches!(version(headers), Ok(named) if named.is_none_or(|version| !version.is_modern()))
}

/// Refuses all revisions but the one without sessions.
pub(crate) fn modern(headers: &HeaderMap) -> Result<(), Fault> {
    match version(headers)? {
        Some(version) if version.is_modern() => Ok(()),
        _ => Err(Fault::Version(String::new())),
    }
}

/// The revision of a GET or DELETE, which the one without sessions does not have.
pub(crate) fn with_sessions(headers: &HeaderMap) -> Result<(), Fault> {
    match version(headers)? {
        Some(version) if version.is_modern() => Err(Fault::HttpMethod("POST")),
        _ => Ok(()),
    }
}

/// The session that a request names.
pub(crate) fn session(front: &Front, admitted: &Admitted, headers: &HeaderMap) -> Result<Arc<Session>, Fault> {
    let mut ids = headers.get_all(SESSION).iter();
    let (Some(id), None) = (ids.next(), ids.next()) else { return Err(Fault::SessionMissing) };
    let id = id.to_str().map_err(|_| Fault::SessionUnknown)?;
    front.session(id, admitted)
}

/// Whether the client takes `media` back. No Accept header takes anything.
pub(crate) fn accepts(headers: &HeaderMap, media: &'static str) -> Result<(), Fault> {
    let mut ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    let kind = media.split('/').next().unwrap_or_default();
    let fits = |range: &str| {
        let range = range.split(';').next().unwrap_or_default().trim();
        let wildcard = range.strip_suffix("/*").is_some_and(|any| any == "*" || any.eq_ignore_ascii_case(kind));
        wildcard || range.eq_ignore_ascii_case(media)
    };
    if ranges.flat_map(|value| value.split(',')).any(fits) { Ok(()) } else { Err(Fault::Accept(media)) }
}

/// A JSON body, said to be one: a web page cannot send that without asking the browser first.
pub(crate) fn is_json(headers: &HeaderMap) -> Result<(), Fault> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(Fault::ContentType) }
}

#[cfg(test)]
mod tests {
    use super::accepts;
    use http::header::ACCEPT;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn accept() {
        for (value, expect) in [
            ("application/json, text/event-stream", true),
            ("application/json;q=0.9,TEXT/EVENT-STREAM", true),
            ("*/*", true),
            ("text/*", true),
            ("application/json", false),
            ("text/event-streams", false),
            ("application/*", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(value));
            assert_eq!(accepts(&headers, "text/event-stream").is_ok(), expect, "{value}");
        }
        assert!(accepts(&HeaderMap::new(), "text/event-stream").is_ok());
    }
}
