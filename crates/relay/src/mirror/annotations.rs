//! Which parameters of which tools are repeated in headers: what `x-mcp-header` says in the tools' schemas.

use super::{Mismatch, PARAM, decoded, single};
use http::{HeaderMap, HeaderName};
use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};

const KEY: &str = "x-mcp-header";
/// Schemas nested deeper than this have no annotations for us.
const DEPTH: usize = 32;

/// The annotated tools of a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Annotations {
    tools: HashMap<String, Vec<Annotated>>,
    complete: bool,
}

/// An annotated parameter.
#[derive(Clone, Debug)]
struct Annotated {
    path: Vec<String>,
    header: String,
    integer: bool,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    tools: Vec<Tool<'a>>,
    #[serde(borrow, rename = "nextCursor")]
    next: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Tool<'a> {
    name: String,
    #[serde(borrow, rename = "inputSchema")]
    schema: Option<&'a RawValue>,
}

impl Annotations {
    /// Learns from a page of `tools/list`. The first page begins anew.
    pub(crate) fn learn(&mut self, result: &str, first: bool) {
        if first {
            *self = Self::default();
        }
        let any = memmem::find(result.as_bytes(), KEY.as_bytes()).is_some();
        if !any && memmem::find(result.as_bytes(), b"\"nextCursor\"").is_none() {
            self.complete = true;
            return;
        }
        let Ok(page) = serde_json::from_str::<Page<'_>>(result) else { return };
        self.complete = page.next.is_none_or(|next| next.get() == "null");
        for tool in page.tools {
            let schema = tool.schema.filter(|schema| memmem::find(schema.get().as_bytes(), KEY.as_bytes()).is_some());
            let Some(schema) = schema.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok()) else { continue };
            let mut found = Vec::new();
            // A tool with a broken annotation is one that no client may call with headers; nothing is checked then.
            if collect(&schema, &mut Vec::new(), &mut found).is_some() && !found.is_empty() {
                self.tools.insert(tool.name, found);
            }
        }
    }

    /// Whether all pages have been seen since the list last changed.
    pub(crate) fn complete(&self) -> bool {
        self.complete
    }

    /// The list has changed.
    pub(crate) fn stale(&mut self) {
        self.complete = false;
    }

    /// The headers of a call of `tool`, each with the value that its argument has, if it has one.
    pub(super) fn of(&self, tool: &str, arguments: Option<&RawValue>) -> Vec<(&str, Option<String>)> {
        let Some(annotated) = self.tools.get(tool) else { return Vec::new() };
        let arguments: Value = arguments.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        let value = |annotated: &Annotated| annotated.path.iter().try_fold(&arguments, |value, key| value.get(key));
        annotated.iter().map(|annotated| (&*annotated.header, value(annotated).and_then(text))).collect()
    }

    /// Checks the headers of a call against its arguments.
    pub(crate) fn check(&self, headers: &HeaderMap, tool: &str, arguments: Option<&RawValue>) -> Result<(), Mismatch> {
        let integers = self.tools.get(tool).into_iter().flatten().map(|annotated| annotated.integer);
        for ((header, meant), integer) in self.of(tool, arguments).into_iter().zip(integers) {
            let Ok(name) = HeaderName::try_from(format!("{PARAM}{header}")) else { continue };
            let agree = match (single(headers, &name)?, meant) {
                (None, None) => true,
                (Some(said), Some(meant)) => {
                    decoded(said).is_some_and(|said| said == meant || (integer && whole(&said) == whole(&meant)))
                }
                _ => false,
            };
            if !agree {
                return Err(Mismatch(format!("the Mcp-Param-{header} header is not what the body's arguments say")));
            }
        }
        Ok(())
    }
}

/// The annotations along `properties`; none if one of them is against the rules.
fn collect(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Annotated>) -> Option<()> {
    if path.len() > DEPTH {
        return None;
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Some(()) };
    for (name, property) in properties {
        path.push(name.clone());
        if let Some(header) = property.get(KEY) {
            let header = header.as_str().filter(|header| HeaderName::try_from(format!("{PARAM}{header}")).is_ok())?;
            let kind = property.get("type").and_then(Value::as_str)?;
            let taken: HashSet<_> = found.iter().map(|other| other.header.to_ascii_lowercase()).collect();
            if header.is_empty()
                || !matches!(kind, "string" | "integer" | "boolean")
                || taken.contains(&header.to_ascii_lowercase())
            {
                return None;
            }
            found.push(Annotated { path: path.clone(), header: header.to_owned(), integer: kind == "integer" });
        }
        collect(property, path, found)?;
        path.pop();
    }
    Some(())
}

/// A value as a header says it. Null and what is no scalar are not said.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number without the `.0` that some languages write.
fn whole(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::Annotations;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use serde_json::json;
    use serde_json::value::to_raw_value;

    #[test]
    fn arguments_and_their_headers() {
        let mut known = Annotations::default();
        let properties = json!({
            "region": { "type": "string", "x-mcp-header": "Region" },
            "count": { "type": "integer", "x-mcp-header": "Count" },
            "deep": { "type": "object", "properties": { "dry": { "type": "boolean", "x-mcp-header": "Dry" } } },
        });
        let broken = json!({ "a": { "type": "number", "x-mcp-header": "A" } });
        let page = json!({ "tools": [
            { "name": "t", "inputSchema": { "type": "object", "properties": properties } },
            { "name": "broken", "inputSchema": { "type": "object", "properties": broken } },
        ] });
        known.learn(&page.to_string(), true);
        assert!(known.complete());
        for (headers, arguments, fine) in [
            (&[("mcp-param-region", "eu")][..], json!({ "region": "eu" }), true),
            (&[("mcp-param-region", "=?base64?ZXU=?=")], json!({ "region": "eu" }), true),
            (&[("mcp-param-region", "us")], json!({ "region": "eu" }), false),
            (&[], json!({ "region": "eu" }), false),
            (&[("mcp-param-region", "eu")], json!({}), false),
            (&[("mcp-param-region", "eu")], json!({ "region": null }), false),
            (&[("mcp-param-region", "eu"), ("mcp-param-region", "eu")], json!({ "region": "eu" }), false),
            (&[("mcp-param-count", "42.0")], json!({ "count": 42 }), true),
            (&[("mcp-param-count", "43")], json!({ "count": 42 }), false),
            (&[("mcp-param-dry", "true")], json!({ "deep": { "dry": true } }), true),
            (&[("mcp-param-dry", "true")], json!({ "deep": { "dry": false } }), false),
            (&[("mcp-param-other", "x")], json!({}), true),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            let raw = to_raw_value(&arguments).expect("is JSON");
            assert_eq!(known.check(&map, "t", Some(&raw)).is_ok(), fine, "{headers:?} {arguments}");
            assert!(known.check(&map, "broken", Some(&raw)).is_ok() && known.check(&map, "new", Some(&raw)).is_ok());
        }
    }
}
