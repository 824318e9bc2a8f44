//! What a server said of itself, kept for when it is away: clients get its lists at once while it starts.

use super::lists::Pages;
use super::translate;
use crate::envelope;
use crate::mirror::Annotations;
use crate::version::Version;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What is known of a server, to be kept by the app over a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Its answer to `initialize`.
    pub initialize: Value,
    /// Its answers to list requests without a cursor, by method.
    pub lists: BTreeMap<String, Value>,
}

/// The same, raw.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Its answer to `initialize`.
    pub(super) initialize: Option<Bytes>,
    lists: HashMap<&'static str, Bytes>,
    /// The same whole, where somebody has asked for all pages.
    whole: HashMap<&'static str, Pages>,
    /// Which parameters of its tools are repeated in headers.
    pub(super) annotations: Arc<Annotations>,
}

/// The lists that are remembered, and the notice that one has changed.
const LISTS: [(&str, &str); 4] = [
    ("tools/list", "notifications/tools/list_changed"),
    ("prompts/list", "notifications/prompts/list_changed"),
    ("resources/list", "notifications/resources/list_changed"),
    ("resources/templates/list", "notifications/resources/list_changed"),
];

/// The notices that a list has changed.
pub(crate) const CHANGED: [&str; 3] =
    ["notifications/tools/list_changed", "notifications/prompts/list_changed", "notifications/resources/list_changed"];

fn list_name(method: &str) -> Option<&'static str> {
    LISTS.iter().find(|(list, _)| *list == method).map(|(list, _)| *list)
}

impl Known {
    /// Whether a request is for a list's first page, the only one that makes sense without its server.
    pub(super) fn is_list(method: &str, params: Option<&str>) -> bool {
        list_name(method).is_some() && !params.is_some_and(|params| params.contains("\"cursor\""))
    }

    /// The list as last seen.
    pub(super) fn list(&self, method: &str) -> Option<&Bytes> {
        self.lists.get(method)
    }

    /// All of a list as last seen; the first page, if nobody has asked for more.
    pub(super) fn pages(&self, method: &str) -> Option<Pages> {
        self.whole.get(method).cloned().or_else(|| Some(Pages::from([self.list(method)?.clone()])))
    }

    /// Remembers all of a list.
    pub(super) fn listed(&mut self, method: &str, pages: &Pages) {
        if let Some(name) = list_name(method) {
            self.whole.insert(name, Arc::clone(pages));
        }
    }

    /// Remembers a list.
    pub(super) fn remember(&mut self, method: &str, result: &str) {
        if let Some(name) = list_name(method) {
            self.lists.insert(name, Bytes::copy_from_slice(result.as_bytes()));
        }
    }

    /// Forgets what a notice says has changed.
    pub(super) fn forget(&mut self, notice: &str) {
        self.lists.retain(|list, _| !LISTS.contains(&(list, notice)));
        self.whole.retain(|list, _| !LISTS.contains(&(list, notice)));
        if LISTS[0].1 == notice {
            Arc::make_mut(&mut self.annotations).stale();
        }
    }

    /// Whether the server declared a capability.
    pub(super) fn declares(&self, capability: &str) -> bool {
        let parsed = self.initialize.as_ref().and_then(|raw| serde_json::from_slice::<Value>(raw).ok());
        parsed.is_some_and(|result| result["capabilities"].get(capability).is_some())
    }

    /// Whether it declared a part of one.
    pub(super) fn can(&self, what: &str, how: &str) -> bool {
        let parsed = self.initialize.as_ref().and_then(|raw| serde_json::from_slice::<Value>(raw).ok());
        parsed.is_some_and(|result| result["capabilities"][what][how] == true)
    }

    /// Takes what the server now says of itself.
    pub(super) fn introduced(&mut self, introduction: Bytes) {
        self.initialize = Some(introduction);
    }

    fn said(&self, key: &str) -> Option<&RawValue> {
        envelope::field(serde_json::from_slice(self.initialize.as_ref()?).ok()?, key)
    }

    /// Whether it is one of 2026-07-28.
    pub(super) fn is_modern(&self) -> bool {
        let version = self.said("protocolVersion").and_then(envelope::decoded);
        version.is_some_and(|version| version == Version::MODERN.as_str())
    }

    /// A remembered result for a client of 2026-07-28.
    pub(super) fn completed(&self, result: &str, method: &str) -> String {
        let Ok(raw) = serde_json::from_str::<&RawValue>(result) else { return "{}".to_owned() };
        let members = translate::completion(raw, method, self.said("serverInfo").map(RawValue::get));
        match result.strip_prefix('{') {
            Some(rest) if rest.trim_start().starts_with('}') => format!("{{{}}}", members.trim_end_matches(',')),
            Some(rest) => format!("{{{members}{rest}"),
            None => result.to_owned(),
        }
    }

    /// Learns from a page of the tools which of their parameters are repeated in headers.
    pub(super) fn learn(&mut self, result: &str, first: bool) {
        Arc::make_mut(&mut self.annotations).learn(result, first);
    }

    /// Whether the tool that `tools/call` names there is one that may be called twice, by the server's own word: it only
    /// reads, or a second call changes nothing more.
    pub(super) fn may_repeat(&self, params: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Tools {
            tools: Vec<Tool>,
        }
        #[derive(Deserialize)]
        struct Tool {
            name: String,
            #[serde(default)]
            annotations: Option<Annotations>,
        }
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Annotations {
            read_only_hint: bool,
            idempotent_hint: bool,
        }
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        let Some(list) = self.lists.get("tools/list") else { return false };
        let (Ok(Named { name }), Ok(Tools { tools })) = (serde_json::from_slice(params), serde_json::from_slice(list))
        else {
            return false;
        };
        let safe = |hints: &Annotations| hints.read_only_hint || hints.idempotent_hint;
        tools.iter().any(|tool| tool.name == name && tool.annotations.as_ref().is_some_and(safe))
    }

    /// For keeping.
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        let initialize = serde_json::from_slice(self.initialize.as_ref()?).ok()?;
        let parse = |(name, raw): (&&str, &Bytes)| Some(((*name).to_owned(), serde_json::from_slice(raw).ok()?));
        Some(Snapshot { initialize, lists: self.lists.iter().filter_map(parse).collect() })
    }

    /// From what was kept. What the server itself has said since stays.
    pub(super) fn restore(&mut self, snapshot: &Snapshot) {
        if self.initialize.is_none() {
            self.initialize = Some(snapshot.initialize.to_string().into());
        }
        for (method, result) in &snapshot.lists {
            if let Some(name) = list_name(method) {
                self.lists.entry(name).or_insert_with(|| result.to_string().into());
            }
        }
    }
}
