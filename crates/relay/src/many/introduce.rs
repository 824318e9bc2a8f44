//! How many servers introduce themselves as one.

use super::Many;
use crate::upstream::translate;
use crate::version::Version;
use bytes::Bytes;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Bytes of instructions, all servers' together.
const WORDS: usize = 16 << 10;

impl Many {
    /// An answer to `initialize`, without waiting for anybody: members come and go, so it promises what any of them might
    /// have. Wakes those that sleep, for their lists are asked for next.
    pub(crate) fn introduction(&self) -> Bytes {
        self.servers().iter().for_each(|server| server.want());
        let info: Value = serde_json::from_str(&translate::own_info()).unwrap_or_default();
        let introduction = json!({
            "protocolVersion": Version::LATEST.as_str(),
            "capabilities": {
                "tools": { "listChanged": true },
                "prompts": { "listChanged": true },
                "resources": { "listChanged": true, "subscribe": true },
                "logging": {},
                "completions": {},
            },
            "serverInfo": info,
            "instructions": self.instructions(),
        });
        introduction.to_string().into()
    }

    /// What those of the servers that we know have to say.
    fn instructions(&self) -> String {
        let mut words = "Several servers at one address. What comes before `__` in the name of a tool or prompt says \
                         which of them it belongs to."
            .to_owned();
        for member in &self.view().members {
            let theirs = member.there().and_then(|server| server.instructions());
            if let Some(theirs) = theirs.filter(|theirs| words.len() + theirs.len() < WORDS) {
                let _ = write!(words, "\n\n## {}\n\n{theirs}", member.slug);
            }
        }
        words
    }
}
