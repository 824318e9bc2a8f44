//! Setting and dropping members of a JSON object whose other values stay the bytes they were.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The members of an object, in order, their values raw. None if it is no object.
pub(crate) fn members(object: &str) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    struct All;
    impl<'de> Visitor<'de> for All {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(key) = map.next_key::<Key<'de>>()? {
                all.push((key.0, map.next_value::<&'de RawValue>()?));
            }
            Ok(all)
        }
    }
    serde_json::Deserializer::from_str(object).deserialize_map(All).ok()
}

/// A key, borrowed if it can be.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// `object` with the members `set` (name, raw value) in the place of theirs or at the end, and without those of `drop`.
/// What is no object counts as an empty one.
pub(crate) fn edit(object: &str, set: &[(&str, &str)], drop: &[&str]) -> String {
    let mut out =
        String::with_capacity(object.len() + set.iter().map(|(key, value)| key.len() + value.len() + 4).sum::<usize>());
    out.push('{');
    let mut put = |key: &str, value: &str| {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&serde_json::Value::from(key).to_string());
        out.push(':');
        out.push_str(value);
    };
    for (key, value) in members(object).unwrap_or_default() {
        if !drop.contains(&&*key) && !set.iter().any(|(name, _)| *name == key) {
            put(&key, value.get());
        }
    }
    for (key, value) in set {
        put(key, value);
    }
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::edit;

    #[test]
    fn others_stay_as_they_are() {
        let object = r#"{ "a" : 1.50e3 , "b\u0022" : { "x": [ 1 ] }, "c":null}"#;
        assert_eq!(edit(object, &[], &[]), r#"{"a":1.50e3,"b\"":{ "x": [ 1 ] },"c":null}"#);
        assert_eq!(edit(object, &[("c", "7"), ("d", "[]")], &["a"]), r#"{"b\"":{ "x": [ 1 ] },"c":7,"d":[]}"#);
        assert_eq!(edit("{}", &[], &["a"]), "{}");
        assert_eq!(edit("[1]", &[("a", "1")], &[]), r#"{"a":1}"#);
    }
}
