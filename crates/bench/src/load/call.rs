//! A call of `echo` whose answer can be told from every other.

use serde::Deserialize;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Calls with a text of a given size. The text of each begins with a tag of its own, so that an answer to another call,
/// even one with the same id in another session, is seen.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    tool: String,
    filler: String,
    escaped: String,
}

#[derive(Deserialize)]
struct Answer<'a> {
    id: u64,
    #[serde(borrow)]
    result: Option<Outcome<'a>>,
    #[serde(borrow)]
    error: Option<Refused<'a>>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    content: Vec<Content<'a>>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Refused<'a> {
    #[serde(borrow)]
    message: Cow<'a, str>,
}

impl Calls {
    /// Calls of `tool` with about `size` bytes of text, some of it awkward: quotes, line breaks, letters of several bytes.
    pub(crate) fn new(tool: &str, size: usize) -> Self {
        const AWKWARD: &str = "The \"quick\" brown fox\njumps \\ over the lazy dog; größer, 速い. ";
        let mut filler: String = AWKWARD.chars().cycle().take(size).collect();
        while filler.len() > size {
            filler.pop();
        }
        let quoted = serde_json::Value::from(filler.as_str()).to_string();
        Self { tool: tool.to_owned(), escaped: quoted.trim_matches('"').to_owned(), filler }
    }

    /// The request: `id` on the wire, `tag` in the text.
    pub(crate) fn request(&self, id: u64, tag: &str) -> String {
        let mut out = String::with_capacity(self.escaped.len() + 160);
        let _ = write!(
            out,
            "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"{}\",\"arguments\":\
             {{\"text\":\"{tag} {}\"}}}}}}",
            self.tool, self.escaped
        );
        out
    }

    /// Whether this is the answer.
    pub(crate) fn check(&self, id: u64, tag: &str, answer: &[u8]) -> Result<(), Wrong> {
        let answer: Answer<'_> = serde_json::from_slice(answer)?;
        if answer.id != id {
            return Err(Wrong::Id);
        }
        if let Some(Refused { message }) = answer.error {
            return Err(Wrong::Error(message.into_owned()));
        }
        let content = answer.result.map(|result| result.content).unwrap_or_default();
        let [Content { text }] = &*content else { return Err(Wrong::NoText) };
        match text.strip_prefix(tag).and_then(|rest| rest.strip_prefix(' ')) {
            Some(rest) if rest == self.filler => Ok(()),
            Some(_) => Err(Wrong::Changed),
            None => Err(Wrong::Text),
        }
    }
}

/// What is wrong with an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Wrong {
    /// Not one as MCP has them.
    #[error("no answer of a tool: {0}")]
    Shape(#[from] serde_json::Error),
    /// Another call's.
    #[error("another call's id")]
    Id,
    /// Another call's.
    #[error("another call's text")]
    Text,
    /// Right but for what is in it.
    #[error("the text was changed")]
    Changed,
    /// Something else.
    #[error("no text")]
    NoText,
    /// The call was not carried out, or nobody knows, and says so.
    #[error("error: {0}")]
    Error(String),
}

#[cfg(test)]
mod tests {
    use super::Calls;

    #[test]
    fn only_its_own_answer_will_do() {
        let calls = Calls::new("echo", 200);
        let request: serde_json::Value = serde_json::from_str(&calls.request(7, "a")).expect("is JSON");
        let text = &request["params"]["arguments"]["text"];
        let answer = |id: u64, text: &str| {
            let content = serde_json::json!([{ "type": "text", "text": text }]);
            serde_json::json!({ "jsonrpc": "2.0", "id": id, "result": { "content": content } }).to_string()
        };
        let text = text.as_str().expect("a text");
        assert!(calls.check(7, "a", answer(7, text).as_bytes()).is_ok());
        assert!(calls.check(8, "a", answer(7, text).as_bytes()).is_err());
        assert!(calls.check(7, "b", answer(7, text).as_bytes()).is_err());
        assert!(calls.check(7, "a", answer(7, &text.replace("fox", "cow")).as_bytes()).is_err());
        assert!(calls.check(7, "a", br#"{"id":7,"error":{"code":1,"message":"no"}}"#).is_err());
    }
}
