//! One list of many: every entry as its server gave it, but for its name.

use super::gather::Said;
use super::names;
use crate::envelope;
use crate::upstream::translate;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::HashSet;

/// A kind of list.
pub(super) struct List {
    /// The request for it.
    pub(super) method: &'static str,
    /// Where it stands in the result.
    pub(super) member: &'static str,
    /// By what its entries are told apart.
    pub(super) key: &'static str,
    /// Whether that is a name, which gets the slug in front; URIs stay what they are.
    pub(super) named: bool,
    /// The notice of its changes.
    pub(super) notice: &'static str,
}

pub(super) const TOOLS: &List = &List {
    method: "tools/list",
    member: "tools",
    key: "name",
    named: true,
    notice: "notifications/tools/list_changed",
};
pub(super) const PROMPTS: &List = &List {
    method: "prompts/list",
    member: "prompts",
    key: "name",
    named: true,
    notice: "notifications/prompts/list_changed",
};
pub(super) const RESOURCES: &List = &List {
    method: "resources/list",
    member: "resources",
    key: "uri",
    named: false,
    notice: "notifications/resources/list_changed",
};
pub(super) const TEMPLATES: &List = &List {
    method: "resources/templates/list",
    member: "resourceTemplates",
    key: "uriTemplate",
    named: false,
    notice: "notifications/resources/list_changed",
};

impl List {
    /// The list that a request is for.
    pub(super) fn of(method: &str) -> Option<&'static Self> {
        [TOOLS, PROMPTS, RESOURCES, TEMPLATES].into_iter().find(|list| list.method == method)
    }

    /// The entries of a page, each with its key as it stands there, and what that says.
    pub(super) fn entries<'a>(&self, page: &'a [u8]) -> Vec<(&'a RawValue, &'a RawValue, String)> {
        let page: Option<&RawValue> = serde_json::from_slice(page).ok();
        let entries = page.and_then(|page| envelope::field(page, self.member));
        let entries: Vec<&RawValue> = entries.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        let with_key = |entry: &'a RawValue| {
            let key = envelope::field(entry, self.key)?;
            Some((entry, key, serde_json::from_str(key.get()).ok()?))
        };
        entries.into_iter().filter_map(with_key).collect()
    }
}

/// What became of many lists.
#[derive(Default)]
pub(super) struct Merged {
    /// The entries, raw, each with what its client tells it by.
    pub(super) entries: Vec<(String, String)>,
    omitted: Vec<Value>,
    refused: Vec<Value>,
}

/// Puts lists together. Of two entries that a client could not tell apart it gets the first.
pub(super) fn merge(list: &List, said: &[Said], budget: usize) -> Merged {
    let (mut merged, mut taken) = (Merged::default(), HashSet::new());
    for Said { member, pages } in said {
        let slug = &*member.slug;
        let pages = match pages {
            Ok(pages) => pages,
            Err(why) => {
                merged.omitted.push(json!({ "server": slug, "reason": why }));
                continue;
            }
        };
        for (entry, raw, key) in pages.iter().flat_map(|page| list.entries(page)) {
            let shown = if list.named { names::shown(slug, &key, budget) } else { key.clone() };
            if !taken.insert(shown.clone()) {
                let why = format!("another {} here is called the same", list.key_of());
                merged.refused.push(json!({ "server": slug, (list.key): key, "reason": why }));
                continue;
            }
            let entry = if list.named {
                envelope::replace(entry.get(), raw.get(), &Value::from(&*shown).to_string())
            } else {
                entry.get().to_owned()
            };
            merged.entries.push((shown, entry));
        }
    }
    merged
}

impl List {
    fn key_of(&self) -> &'static str {
        self.member.strip_suffix('s').unwrap_or(self.member)
    }
}

impl Merged {
    /// The result that holds a page of it, from entry `from` on.
    pub(super) fn result(&self, list: &List, from: usize, page: usize, modern: bool) -> String {
        let entries = self.entries.iter().map(|(_, entry)| &**entry);
        let shown: Vec<_> = entries.skip(from).take(page).collect();
        let next = (from + page < self.entries.len()).then(|| (from + page).to_string());
        self.with(list, &shown, next.as_deref(), modern)
    }

    /// The result that holds these entries, and says what is not among them.
    pub(super) fn with(&self, list: &List, entries: &[&str], next: Option<&str>, modern: bool) -> String {
        let entries = format!("[{}]", entries.join(","));
        let next = next.map(|next| format!("\"{next}\""));
        let mut meta = json!({});
        for (name, those) in [("app.catwalk/omitted", &self.omitted), ("app.catwalk/refused", &self.refused)] {
            if !those.is_empty() {
                meta[name] = Value::from(those.clone());
            }
        }
        let told = meta.as_object().is_some_and(|meta| !meta.is_empty()).then(|| meta.to_string());
        let mut set = vec![(list.member, &*entries)];
        set.extend(next.as_deref().map(|next| ("nextCursor", next)));
        set.extend(told.as_deref().map(|told| ("_meta", told)));
        completed(&envelope::edit("{}", &set, &[]), list.method, modern)
    }
}

/// A result of our own as a client of 2026-07-28 needs it.
pub(super) fn completed(result: &str, method: &str, modern: bool) -> String {
    let raw: Option<&RawValue> = serde_json::from_str(result).ok().filter(|_| modern);
    let members = raw.map(|raw| translate::completion(raw, method, None)).unwrap_or_default();
    let rest = result.strip_prefix('{').unwrap_or_default();
    match rest {
        "}" => format!("{{{}}}", members.trim_end_matches(',')),
        rest => format!("{{{members}{rest}"),
    }
}
