//! Two tools in the place of many, for clients that bear few: one finds tools, the other calls what was found.

use super::Many;
use super::merge::{TOOLS, completed, merge};
use crate::envelope;
use crate::error::CallError;
use crate::upstream::{Caller, Request};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

/// Finds. No server's tool is called so: theirs have a `__` in their names.
pub(super) const SEARCH: &str = "search_tools";
/// Calls.
pub(super) const CALL: &str = "call_tool";
/// Tools found at once, unless more are asked for, and if they are.
const FOUND: usize = 10;
const MOST: usize = 50;

/// Whether a request is a call of the tool that finds.
pub(super) fn is_search(request: &Request) -> bool {
    let params = || serde_json::from_str::<&RawValue>(request.params()?).ok();
    &*request.method == "tools/call"
        && params().and_then(|params| envelope::string_field(params, "name")).is_some_and(|(name, _)| name == SEARCH)
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    query: String,
    limit: Option<usize>,
}

impl Many {
    /// What a client that bears few tools gets.
    pub(super) fn on_demand_tools(&self) -> [String; 2] {
        let view = self.view();
        let slugs: Vec<_> = view.members.iter().map(|member| &*member.slug).collect();
        let search = json!({
            "name": SEARCH,
            "title": "Search tools",
            "description": format!("Finds tools of the servers {} by words of their names and descriptions, with the \
                schemas of their arguments. Use it before `{CALL}`. Without a query it lists what there is.", slugs.join(", ")),
            "inputSchema": {
                "type": "object",
                "properties": {
                    "query": { "type": "string", "description": "A few words on what is to be done" },
                    "limit": { "type": "integer", "minimum": 1, "maximum": MOST, "default": FOUND },
                },
            },
            "annotations": { "readOnlyHint": true, "openWorldHint": false },
        });
        let call = json!({
            "name": CALL,
            "title": "Call a tool",
            "description": format!("Calls a tool that `{SEARCH}` found, by its whole name."),
            "inputSchema": {
                "type": "object",
                "properties": {
                    "name": { "type": "string", "description": "The tool's name, as found" },
                    "arguments": { "type": "object", "description": "What its schema asks for" },
                },
                "required": ["name"],
            },
        });
        [search.to_string(), call.to_string()]
    }

    /// Answers a search: the tools themselves, the best first, each on a line.
    pub(super) async fn search(&self, caller: &Caller, request: &Request) {
        let params: Option<&RawValue> = request.params().and_then(|params| serde_json::from_str(params).ok());
        let arguments = params.and_then(|params| envelope::field(params, "arguments")).map_or("{}", RawValue::get);
        let Ok(wanted) = serde_json::from_str::<Wanted>(arguments) else { return caller.refuse(CallError::Params) };
        let merged = merge(TOOLS, &self.gather(&caller.session, TOOLS).await, self.view().budget.name);
        let query = wanted.query.to_lowercase();
        let words: Vec<_> = query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut found: Vec<_> = merged
            .entries
            .iter()
            .map(|(name, tool)| (score(&words, name, tool), tool.as_str()))
            .filter(|(score, _)| *score > 0 || words.is_empty())
            .collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let all = found.len();
        found.truncate(wanted.limit.unwrap_or(FOUND).clamp(1, MOST));
        let mut text: Vec<String> = found.iter().map(|(_, tool)| (*tool).to_owned()).collect();
        if all > found.len() {
            text.push(format!("{} more fit; say more, or raise `limit`.", all - found.len()));
        }
        if text.is_empty() {
            text.push(format!("None of the {} tools here fits. Try other words.", merged.entries.len()));
        }
        let result = json!({ "content": [{ "type": "text", "text": text.join("\n") }] }).to_string();
        caller.answer(&completed(&result, "tools/call", caller.modern.is_some()));
    }
}

/// How well a tool fits: a word in its name says more than one in its description.
fn score(words: &[&str], name: &str, tool: &str) -> usize {
    #[derive(Deserialize)]
    struct Said {
        #[serde(default)]
        title: String,
        #[serde(default)]
        description: String,
    }
    let said = serde_json::from_str(tool).unwrap_or(Said { title: String::new(), description: String::new() });
    let (name, title, description) = (name.to_lowercase(), said.title.to_lowercase(), said.description.to_lowercase());
    let word_score = |word: &&str| {
        let within = |text: &str, worth| if text.contains(*word) { worth } else { 0 };
        within(&name, 4) + within(&title, 2) + within(&description, 1)
    };
    words.iter().map(word_score).sum()
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn names_count_most() {
        let tool = r#"{"name":"x","description":"Creates a note, or an issue"}"#;
        assert!(score(&["issue"], "git__issue", tool) > score(&["issue"], "notes__add", tool));
        assert_eq!(score(&["mail"], "notes__add", tool), 0);
        assert!(score(&["note", "issue"], "x__y", tool) > score(&["note"], "x__y", tool));
    }
}
