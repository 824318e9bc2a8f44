//! The headers of a request of 2026-07-28 beside its body.

use crate::envelope::Envelope;
use crate::front::headers::{accepts, is_json, modern, version};
use crate::guard::host::Hosts;
use crate::guard::origin::Origins;
use crate::mirror;
use crate::mirror::annotations::Annotations;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

/// Header lines, an empty line, a line with the result of a `tools/list`, and a body.
///
/// # Panics
/// When a check refuses the headers that the relay itself writes for that body.
pub fn headers(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let (head, tools, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n').take(64) {
        let mut pair = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (pair.next().unwrap_or_default(), pair.next().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii())) {
            headers.append(name, value);
        }
    }
    let addr = ([127, 0, 0, 1], 7420).into();
    let _ = Hosts::new(addr, &[]).check(&headers, &Uri::from_static("/mcp/one"));
    let _ = Origins::new(addr, Vec::new()).check(&headers);
    let _ = (version(&headers), modern(&headers), is_json(&headers), accepts(&headers, "text/event-stream"));

    let mut known = Annotations::default();
    if let Ok(tools) = std::str::from_utf8(tools) {
        known.learn(tools, true);
    }
    let Ok(Envelope::Request { method, params, .. }) = Envelope::parse(body.unwrap_or_default()) else { return };
    let _ = mirror::check(&headers, &method, params);
    let own = mirror::headers(&method, params, &known);
    assert!(mirror::check(&own, &method, params).is_ok(), "our own headers: {own:?}");
}
