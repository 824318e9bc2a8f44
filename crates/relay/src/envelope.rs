//! The JSON-RPC envelope, read without touching what is inside: `params`, `result` and `error` stay raw bytes.
//!
//! The scan checks the whole message (syntax, UTF-8, no key twice) but builds no tree, so what leaves the relay is valid
//! JSON whatever came in, and a 1 MiB result costs one pass.

mod members;
mod params;

pub(crate) use members::{edit, members};
pub(crate) use params::{ProgressToken, field, progress_token, replace, string_field};

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// One message, borrowed from its bytes.
#[derive(Debug)]
pub(crate) enum Envelope<'a> {
    /// Wants an answer.
    Request { id: &'a RawValue, method: Cow<'a, str>, params: Option<&'a RawValue> },
    /// Wants none.
    Notification { method: Cow<'a, str>, params: Option<&'a RawValue> },
    /// Is one.
    Response { id: &'a RawValue, outcome: Outcome<'a> },
}

/// What a response carries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome<'a> {
    /// The `result` member.
    Result(&'a RawValue),
    /// The `error` member.
    Error(&'a RawValue),
}

impl<'a> Outcome<'a> {
    /// The member's name and raw value.
    pub(crate) fn member(self) -> (&'static str, &'a RawValue) {
        match self {
            Self::Result(value) => ("result", value),
            Self::Error(value) => ("error", value),
        }
    }
}

/// Why bytes are no envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// No JSON (or not UTF-8).
    Syntax,
    /// JSON, but no JSON-RPC 2.0 message.
    Shape,
}

impl From<&serde_json::Error> for Malformed {
    fn from(error: &serde_json::Error) -> Self {
        match error.classify() {
            serde_json::error::Category::Data => Self::Shape,
            _ => Self::Syntax,
        }
    }
}

/// An id or method longer than this is nobody's honest one.
const MAX_NAME: usize = 1024;
/// A batch of more members than this neither.
const MAX_BATCH: usize = 1024;

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// Keeps `"result": null` apart from no result; plain `Option` would fold them together.
pub(super) fn present<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

impl<'a> Envelope<'a> {
    /// Reads one message.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let members: Members<'a> = serde_json::from_slice(bytes).map_err(|error| Malformed::from(&error))?;
        Self::from_members(&members).ok_or(Malformed::Shape)
    }

    fn from_members(members: &Members<'a>) -> Option<Self> {
        if members.jsonrpc?.get() != "\"2.0\"" || members.id.is_some_and(|id| !is_id(id)) {
            return None;
        }
        let method = match members.method {
            Some(raw) => Some(decoded(raw)?),
            None => None,
        };
        // `params` must be structured; a null there is a common slip and means none.
        let params = match members.params {
            Some(raw) if raw.get() == "null" => None,
            Some(raw) if !raw.get().starts_with(['{', '[']) => return None,
            other => other,
        };
        match (members.id, method, members.result, members.error) {
            (Some(id), Some(method), None, None) => Some(Self::Request { id, method, params }),
            (None, Some(method), None, None) => Some(Self::Notification { method, params }),
            (Some(id), None, Some(result), None) => Some(Self::Response { id, outcome: Outcome::Result(result) }),
            (Some(id), None, None, Some(error)) => Some(Self::Response { id, outcome: Outcome::Error(error) }),
            _ => None,
        }
    }
}

/// The members of a batch, each still raw; more than `MAX_BATCH` are a misshape.
pub(crate) fn batch(bytes: &[u8]) -> Result<Vec<&RawValue>, Malformed> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<&'de RawValue>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "up to {MAX_BATCH} messages")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = seq.next_element()? {
                if members.len() == MAX_BATCH {
                    return Err(serde::de::Error::invalid_length(MAX_BATCH + 1, &self));
                }
                members.push(member);
            }
            Ok(members)
        }
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let members = json.deserialize_seq(Members).and_then(|members| json.end().map(|()| members));
    members.map_err(|error| Malformed::from(&error))
}

/// Whether bytes begin like a batch.
pub(crate) fn is_batch(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

/// The text of a JSON string; borrowed when it has no escapes.
pub(crate) fn decoded(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    if inner.len() > MAX_NAME {
        None
    } else if inner.contains('\\') {
        serde_json::from_str(raw.get()).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// A string or a number: MCP forbids null.
fn is_id(raw: &RawValue) -> bool {
    let text = raw.get();
    text.len() <= MAX_NAME && text.starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Envelope, Malformed};

    #[test]
    fn shapes() {
        for (text, expect) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, "request"),
            (r#" { "params":{},"method":"a\u002fb","id":"x","jsonrpc":"2.0" } "#, "request"),
            (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, "notification"),
            (r#"{"jsonrpc":"2.0","id":1,"result":null}"#, "response"),
            (r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}"#, "response"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "Shape"),
            (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, "Shape"),
            (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, "Shape"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":7}"#, "Shape"),
            (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, "Shape"),
            (r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, "Shape"),
            (r#"{"level":"info","msg":"started"}"#, "Shape"),
            (r#"{"jsonrpc":"2.0","id":1,"result":{"a":}}"#, "Syntax"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, "Syntax"),
            ("Server listening", "Syntax"),
            ("", "Syntax"),
        ] {
            let got = match Envelope::parse(text.as_bytes()) {
                Ok(Envelope::Request { .. }) => "request".to_owned(),
                Ok(Envelope::Notification { .. }) => "notification".to_owned(),
                Ok(Envelope::Response { .. }) => "response".to_owned(),
                Err(malformed) => format!("{malformed:?}"),
            };
            assert_eq!(got, expect, "{text}");
        }
        assert_eq!(
            Envelope::parse(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xff\"}").err(),
            Some(Malformed::Syntax)
        );
    }

    #[test]
    fn batches_are_short() {
        let batch = |members: usize| format!("[{}]", vec!["1"; members].join(","));
        assert_eq!(super::batch(batch(1024).as_bytes()).map(|members| members.len()), Ok(1024));
        assert_eq!(super::batch(batch(1025).as_bytes()).err(), Some(Malformed::Shape));
        assert_eq!(super::batch(b"[1] 2").err(), Some(Malformed::Syntax));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(Envelope::parse(deep.as_bytes()).is_ok(), "skipping a value must not recurse");
    }
}
