//! What a client is to know of one deployment, and how to recognise it again.

use crate::{ClientKind, Error, Ours, table};
use catwalk_domain::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One server as a client should know it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The wished name; the plan chooses another if somebody else's entry has it.
    pub name: String,
    /// How the client reaches it.
    pub how: How,
}

/// How a client reaches a server.
#[derive(Clone, Debug)]
pub enum How {
    /// The client starts our small binary, which speaks stdio to it and HTTP to the relay.
    Bridge {
        /// Absolute path of the `catwalk` binary: launchers do not have the shell's PATH.
        command: PathBuf,
        /// `bridge`, then what comes after `/mcp/` in the address; nothing for all servers as one.
        args: Vec<String>,
        /// Environment of the bridge.
        env: BTreeMap<String, String>,
    },
    /// The client speaks to the relay itself.
    Http {
        /// `http://127.0.0.1:<port>/mcp/<slug>`, or without the slug for all servers as one.
        url: String,
        /// This client's relay token.
        token: Secret<String>,
    },
}

/// How an entry of ours is known again. Holds no secret, so it may be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Mark {
    /// By what is started: our binary with `bridge <path>`.
    #[serde(rename_all = "camelCase")]
    Bridge {
        /// The binary as written into the entry.
        command: String,
        /// Where it leads, as in [`Mark::path`].
        #[serde(alias = "slug")]
        path: String,
    },
    /// By the relay's address.
    #[serde(rename_all = "camelCase")]
    Url {
        /// The address as written into the entry.
        url: String,
    },
}

impl Entry {
    /// The mark that its entry will carry.
    pub fn mark(&self) -> Mark {
        match &self.how {
            How::Bridge { command, args, .. } => Mark::Bridge {
                command: command.to_string_lossy().into_owned(),
                path: args.get(1).cloned().unwrap_or_default(),
            },
            How::Http { url, .. } => Mark::Url { url: url.clone() },
        }
    }
}

impl Mark {
    /// The mark of an entry found in a file, if it is ours.
    pub(crate) fn read(value: &Value, ours: &Ours) -> Option<Self> {
        if let Some(url) = ["url", "httpUrl", "serverUrl"].iter().find_map(|k| value.get(k)?.as_str()) {
            let at_relay = |origin: &String| {
                let path = url.strip_prefix(origin.trim_end_matches('/')).and_then(|rest| rest.strip_prefix("/mcp"));
                path.is_some_and(|rest| rest.is_empty() || rest.len() > 1 && rest.starts_with('/'))
            };
            return ours.relays.iter().any(at_relay).then(|| Self::Url { url: url.to_owned() });
        }
        let command = value.get("command")?.as_str()?;
        let path = match value.get("args")?.as_array()?.as_slice() {
            [first] if first == "bridge" => "",
            [first, path, ..] if first == "bridge" => path.as_str()?,
            _ => return None,
        };
        let known = ours.binaries.iter().any(|b| b == Path::new(command)) || file_name(command) == "catwalk";
        known.then(|| Self::Bridge { command: command.to_owned(), path: path.to_owned() })
    }

    /// Where the entry leads: what comes after `/mcp/`, so a deployment's slug, `set/<name>`, or nothing for all servers as
    /// one. Two entries that lead to the same differ in port or binary at most.
    pub fn path(&self) -> &str {
        match self {
            Self::Bridge { path, .. } => path,
            Self::Url { url } => url.split_once("/mcp").map_or("", |(_, rest)| rest.trim_start_matches('/')),
        }
    }

    /// Adds what this mark itself points to, so that our own latest address counts even if the caller forgot it.
    pub(crate) fn extend(&self, ours: &Ours) -> Ours {
        let mut ours = ours.clone();
        match self {
            Self::Bridge { command, .. } => ours.binaries.push(PathBuf::from(command)),
            Self::Url { url } => ours.relays.extend(url.split_once("/mcp").map(|(origin, _)| origin.to_owned())),
        }
        ours
    }

    /// Whether an entry found in a file still is the one with this mark.
    pub(crate) fn matches(&self, value: &Value) -> bool {
        Self::read(value, &self.extend(&Ours::default())).is_some_and(|found| found.path() == self.path())
    }
}

/// A command's name without folder and `.exe`, whichever system wrote it.
fn file_name(command: &str) -> &str {
    let name = command.rsplit(['/', '\\']).next().unwrap_or(command);
    name.strip_suffix(".exe").unwrap_or(name)
}

/// What to paste by hand where we must not write: the entry under the client's own key. Holds the token.
pub fn paste(kind: ClientKind, entry: &Entry) -> Result<Secret<String>, Error> {
    let client = table::row(kind);
    let value = (client.entry)(entry).ok_or(Error::WrongKind { client: client.name })?;
    let nested = client.key.iter().rev().fold(json!({ &entry.name: value }), |inner, key| json!({ *key: inner }));
    Ok(Secret::new(format!("{nested:#}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_and_others() {
        let ours =
            Ours { relays: vec!["http://127.0.0.1:7420".into()], binaries: vec!["/opt/catwalk/bin/cw-beta".into()] };
        for (value, path) in [
            (json!({"type": "http", "url": "http://127.0.0.1:7420/mcp/notes"}), Some("notes")),
            (json!({"serverUrl": "http://127.0.0.1:7420/mcp/notes"}), Some("notes")),
            (json!({"url": "http://127.0.0.1:74201/mcp/notes"}), None),
            (json!({"url": "http://127.0.0.1:8000/mcp/notes"}), None),
            (json!({"url": "http://127.0.0.1:7420.evil.example/mcp/notes"}), None),
            (json!({"url": "http://127.0.0.1:7420/mcp/"}), None),
            (json!({"url": "http://127.0.0.1:7420/mcp"}), Some("")),
            (json!({"url": "http://127.0.0.1:7420/mcpx"}), None),
            (json!({"url": "http://127.0.0.1:7420/mcp/set/work"}), Some("set/work")),
            (json!({"command": "/old/place/catwalk", "args": ["bridge"]}), Some("")),
            (json!({"command": "/old/place/catwalk", "args": ["bridge", "set/work"]}), Some("set/work")),
            (json!({"command": "/old/place/catwalk", "args": []}), None),
            (json!({"command": "/opt/catwalk/bin/cw-beta", "args": ["bridge", "notes"]}), Some("notes")),
            (json!({"command": "/old/place/catwalk", "args": ["bridge", "notes"]}), Some("notes")),
            (json!({"command": "C:\\Apps\\catwalk.exe", "args": ["bridge", "notes"]}), Some("notes")),
            (json!({"command": "/old/place/catwalk", "args": ["serve", "notes"]}), None),
            (json!({"command": "npx", "args": ["bridge", "notes"]}), None),
            (json!({"command": "npx"}), None),
            (json!("text"), None),
        ] {
            assert_eq!(Mark::read(&value, &ours).as_ref().map(Mark::path), path, "{value}");
        }
    }
}
