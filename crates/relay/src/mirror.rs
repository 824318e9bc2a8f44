//! What a request of 2026-07-28 says twice: in its body, and in headers that those between may route by. The body
//! decides; headers that say otherwise are refused from clients, and made from the body for servers.

pub(crate) mod annotations;

pub(crate) use annotations::Annotations;

use crate::envelope;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::ToStrError;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;
use std::borrow::Cow;

pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(crate) const METHOD: HeaderName = HeaderName::from_static("mcp-method");
pub(crate) const NAME: HeaderName = HeaderName::from_static("mcp-name");
/// What the header of a mirrored tool parameter begins with.
const PARAM: &str = "mcp-param-";

/// The member of `params` that `Mcp-Name` repeats.
fn named_by(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        _ => None,
    }
}

/// The one value of a header; none if it is missing. Two values are an error: readers would disagree which counts.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Mismatch> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Mismatch(format!("the {name} header stands there twice")));
    }
    let unreadable = |_: ToStrError| Mismatch(format!("the {name} header is not plain text"));
    value.to_str().map(|text| Some(text.trim_matches([' ', '\t']))).map_err(unreadable)
}

/// Headers and body disagree.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Mismatch(pub(crate) String);

/// Checks `Mcp-Method` and `Mcp-Name`.
pub(crate) fn check(headers: &HeaderMap, method: &str, params: Option<&RawValue>) -> Result<(), Mismatch> {
    match single(headers, &METHOD)? {
        Some(said) if decoded(said).as_deref() == Some(method) => {}
        Some(_) => return Err(Mismatch("the Mcp-Method header is not the method of the body".into())),
        None => return Err(Mismatch("the Mcp-Method header is missing".into())),
    }
    let said = single(headers, &NAME)?;
    let key = named_by(method);
    let meant = params.zip(key).and_then(|(params, key)| envelope::field(params, key));
    let meant = meant.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    match (said, meant) {
        (None, None) => Ok(()),
        (Some(said), Some(meant)) if decoded(said).as_deref() == Some(&*meant) => Ok(()),
        (None, Some(_)) => Err(Mismatch("the Mcp-Name header is missing".into())),
        (Some(_), Some(_)) => Err(Mismatch("the Mcp-Name header is not what the body names".into())),
        // Other methods may have names of their own, which we do not know.
        (Some(_), None) if key.is_none() => Ok(()),
        (Some(_), None) => Err(Mismatch("the Mcp-Name header names what the body does not".into())),
    }
}

/// The headers of a request to a server.
pub(crate) fn headers(method: &str, params: Option<&RawValue>, known: &Annotations) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(&encoded(value)) {
            headers.insert(name, value);
        }
    };
    put(METHOD, method);
    let named = params.zip(named_by(method)).and_then(|(params, key)| envelope::field(params, key));
    let Some(name) = named.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok()) else { return headers };
    put(NAME, &name);
    if method == "tools/call" {
        let arguments = params.and_then(|params| envelope::field(params, "arguments"));
        for (header, value) in known.of(&name, arguments) {
            if let (Ok(header), Some(value)) = (HeaderName::try_from(format!("{PARAM}{header}")), value) {
                put(header, &value);
            }
        }
    }
    headers
}

const OPEN: &str = "=?base64?";
const CLOSE: &str = "?=";

/// A header's value as text; values that are no plain ASCII travel in a base64 wrapping. None if that is broken.
fn decoded(value: &str) -> Option<Cow<'_, str>> {
    let Some(wrapped) = value.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE)) else {
        return Some(Cow::Borrowed(value));
    };
    String::from_utf8(STANDARD.decode(wrapped).ok()?).ok().map(Cow::Owned)
}

/// The reverse.
fn encoded(value: &str) -> Cow<'_, str> {
    let plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~')) && value.trim() == value;
    if plain && !(value.starts_with(OPEN) && value.ends_with(CLOSE)) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("{OPEN}{}{CLOSE}", STANDARD.encode(value)))
}

#[cfg(test)]
mod tests {
    use super::{check, decoded, encoded};
    use http::{HeaderMap, HeaderName, HeaderValue};
    use serde_json::value::RawValue;

    #[test]
    fn values_survive_their_way_through_a_header() {
        for value in ["plain", "", "two words", " edge", "edge\t", "naïve", "a\nb", "=?base64?eA==?=", "=?base64?x"] {
            let wire = encoded(value);
            assert!(wire.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{wire}");
            assert_eq!(decoded(&wire).as_deref(), Some(value));
        }
        for broken in ["=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "=?base64?/w==?="] {
            assert_eq!(decoded(broken), None, "{broken}");
        }
    }

    /// FAULTS case 5: headers that name another method or tool than the body.
    #[test]
    fn case_05_headers_against_body() {
        let call = r#"{"name":"delete","arguments":{}}"#;
        for (headers, method, params, fine) in [
            (&[("mcp-method", "tools/call"), ("mcp-name", "delete")][..], "tools/call", call, true),
            (&[("mcp-method", "tools/call"), ("mcp-name", "  delete ")], "tools/call", call, true),
            (&[("mcp-method", "tools/call"), ("mcp-name", "=?base64?ZGVsZXRl?=")], "tools/call", call, true),
            (&[("mcp-method", "=?base64?dG9vbHMvY2FsbA==?="), ("mcp-name", "delete")], "tools/call", call, true),
            (&[("mcp-method", "=?base64?dG9vbHMvbGlzdA==?="), ("mcp-name", "delete")], "tools/call", call, false),
            (&[("mcp-method", "tools/call"), ("mcp-name", "read")], "tools/call", call, false),
            (&[("mcp-method", "tools/call"), ("mcp-name", "Delete")], "tools/call", call, false),
            (
                &[("mcp-method", "tools/call"), ("mcp-name", "delete"), ("mcp-name", "delete")],
                "tools/call",
                call,
                false,
            ),
            (&[("mcp-method", "tools/call")], "tools/call", call, false),
            (&[("mcp-method", "tools/call"), ("mcp-name", "x")], "tools/call", "{}", false),
            (&[("mcp-name", "delete")], "tools/call", call, false),
            (&[("mcp-method", "TOOLS/CALL"), ("mcp-name", "delete")], "tools/call", call, false),
            (&[("mcp-method", "tools/list")], "tools/call", call, false),
            (&[("mcp-method", "tools/list")], "tools/list", "{}", true),
            (&[("mcp-method", "resources/read"), ("mcp-name", "a://b")], "resources/read", r#"{"uri":"a://b"}"#, true),
            (&[("mcp-method", "resources/read"), ("mcp-name", "a://c")], "resources/read", r#"{"uri":"a://b"}"#, false),
            (&[("mcp-method", "tasks/get"), ("mcp-name", "task-1")], "tasks/get", r#"{"taskId":"task-1"}"#, true),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            let params: &RawValue = serde_json::from_str(params).expect("is JSON");
            assert_eq!(check(&map, method, Some(params)).is_ok(), fine, "{headers:?} {method}");
        }
    }
}
