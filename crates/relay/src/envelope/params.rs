//! The few places inside `params` that the relay must see or rewrite, found without a tree and spliced in place.

use super::{decoded, present};
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Where a request asks for progress.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ProgressToken<'a> {
    /// Nowhere.
    None,
    /// Under this token, as it stands in the bytes.
    Raw(&'a str),
    /// `params` cannot be read as MCP has them (a key twice, say): refuse, or a token might slip through unmapped.
    Unreadable,
}

#[derive(Deserialize)]
struct WithMeta<'a> {
    #[serde(borrow, default, rename = "_meta", deserialize_with = "present")]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default, rename = "progressToken", deserialize_with = "present")]
    token: Option<&'a RawValue>,
}

/// Finds `_meta.progressToken`.
pub(crate) fn progress_token(params: &str) -> ProgressToken<'_> {
    // Nearly no request has one: look for the letters first. An escaped key could hide them, hence the second look.
    let bytes = params.as_bytes();
    if !params.starts_with('{')
        || (memmem::find(bytes, b"progressToken").is_none() && memmem::find(bytes, b"\\u").is_none())
    {
        return ProgressToken::None;
    }
    let Ok(WithMeta { meta }) = serde_json::from_str(params) else { return ProgressToken::Unreadable };
    let Some(meta) = meta.filter(|raw| raw.get().starts_with('{')) else { return ProgressToken::None };
    match serde_json::from_str(meta.get()) {
        Ok(Meta { token: Some(token) }) => ProgressToken::Raw(token.get()),
        Ok(Meta { token: None }) => ProgressToken::None,
        Err(_) => ProgressToken::Unreadable,
    }
}

/// The string at a top-level key of `params`, with its place: (decoded text, raw value).
pub(crate) fn string_field<'a>(params: &'a RawValue, key: &str) -> Option<(String, &'a RawValue)> {
    let raw = field(params, key)?;
    Some((decoded(raw)?.into_owned(), raw))
}

/// The raw value at a top-level key, without building the rest.
pub(crate) fn field<'a>(object: &'a RawValue, key: &str) -> Option<&'a RawValue> {
    struct Find<'k>(&'k str);
    impl<'de> serde::de::Visitor<'de> for Find<'_> {
        type Value = Option<&'de RawValue>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                let value = map.next_value::<&'de RawValue>()?;
                if key == self.0 {
                    found = Some(value);
                }
            }
            Ok(found)
        }
    }
    let mut json = serde_json::Deserializer::from_str(object.get());
    serde::Deserializer::deserialize_map(&mut json, Find(key)).ok().flatten()
}

/// `whole` with `part`, which must be a slice of it, replaced. The rest is copied byte for byte.
pub(crate) fn replace(whole: &str, part: &str, with: &str) -> String {
    let at = part.as_ptr() as usize - whole.as_ptr() as usize;
    let mut out = String::with_capacity(whole.len() + with.len());
    out.push_str(&whole[..at]);
    out.push_str(with);
    out.push_str(&whole[at + part.len()..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{ProgressToken, progress_token, replace};

    #[test]
    fn tokens() {
        for (params, expect) in [
            (r#"{"name":"x"}"#, ProgressToken::None),
            (r#"{"_meta":{"progressToken":"t\"1"}}"#, ProgressToken::Raw(r#""t\"1""#)),
            (r#"{"_meta":{"progress\u0054oken":7}}"#, ProgressToken::Raw("7")),
            (r#"{"arguments":{"_meta":{"progressToken":1}}}"#, ProgressToken::None),
            (r#"{"text":"progressToken"}"#, ProgressToken::None),
            (r#"{"_meta":{"progressToken":1},"_meta":{}}"#, ProgressToken::Unreadable),
            (r#"["progressToken"]"#, ProgressToken::None),
        ] {
            assert_eq!(progress_token(params), expect, "{params}");
        }
    }

    #[test]
    fn splices() {
        let params = r#"{ "_meta":{"progressToken" : "a"}, "x":1 }"#;
        let ProgressToken::Raw(token) = progress_token(params) else { panic!("has a token") };
        assert_eq!(replace(params, token, "42"), r#"{ "_meta":{"progressToken" : 42}, "x":1 }"#);
    }
}
