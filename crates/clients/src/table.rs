//! The table of clients: a new one is a row (contract sheet 09), not code elsewhere.

use crate::{Entry, Homes, How};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The AI apps that Catwalk can write into. A closed list that grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientKind {
    /// Anthropic's desktop app.
    ClaudeDesktop,
    /// Anthropic's coding agent.
    ClaudeCode,
}

impl ClientKind {
    /// All of them, in the order people see.
    pub const ALL: [Self; 2] = [Self::ClaudeDesktop, Self::ClaudeCode];

    /// Its id, as in the store and in backup names.
    pub fn id(self) -> &'static str {
        row(self).id
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        row(self).name
    }

    /// Whether it speaks HTTP to the relay itself; otherwise its entry must be a bridge.
    pub fn speaks_http(self) -> bool {
        row(self).http
    }

    /// What makes a running one notice the change, one plain sentence.
    pub fn reload(self) -> &'static str {
        row(self).reload
    }
}

impl fmt::Display for ClientKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A client id that the table does not have.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no AI app is called `{0}` here")]
pub struct UnknownClient(String);

impl FromStr for ClientKind {
    type Err = UnknownClient;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|k| k.id() == text).ok_or_else(|| UnknownClient(text.to_owned()))
    }
}

/// How a client's file is written. TOML and YAML clients will be further formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON. Comments and trailing commas are kept where they are; we never add any.
    Json,
}

/// One row.
pub(crate) struct Client {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// The file.
    pub(crate) file: fn(&Homes) -> PathBuf,
    /// The folder that shows it is installed; a missing file is created only then.
    pub(crate) folder: fn(&Homes) -> PathBuf,
    /// The keys that lead to the object of servers.
    pub(crate) key: &'static [&'static str],
    pub(crate) format: Format,
    pub(crate) http: bool,
    /// Builds the entry; `None` where the client cannot reach a server that way.
    pub(crate) entry: fn(&Entry) -> Option<Value>,
    /// Names that the client keeps for itself.
    pub(crate) reserved: &'static [&'static str],
    pub(crate) reload: &'static str,
}

static CLAUDE_DESKTOP: Client = Client {
    id: "claude-desktop",
    name: "Claude Desktop",
    file: |h| h.config.join("Claude").join("claude_desktop_config.json"),
    folder: |h| h.config.join("Claude"),
    key: &["mcpServers"],
    format: Format::Json,
    // Remote entries in this file are ignored by the app.
    http: false,
    entry: |e| bridge(e, None),
    reserved: &[],
    reload: "Quit Claude Desktop and open it again.",
};

static CLAUDE_CODE: Client = Client {
    id: "claude-code",
    name: "Claude Code",
    file: |h| h.claude_config.as_ref().unwrap_or(&h.home).join(".claude.json"),
    folder: |h| h.claude_config.clone().unwrap_or_else(|| h.home.join(".claude")),
    key: &["mcpServers"],
    format: Format::Json,
    http: true,
    // `url` without `type` is an error there.
    entry: |e| http(e, "http").or_else(|| bridge(e, Some("stdio"))),
    reserved: &["workspace", "ide", "claude-in-chrome"],
    reload: "Start a new Claude Code session.",
};

/// A client's row.
pub(crate) fn row(kind: ClientKind) -> &'static Client {
    match kind {
        ClientKind::ClaudeDesktop => &CLAUDE_DESKTOP,
        ClientKind::ClaudeCode => &CLAUDE_CODE,
    }
}

impl Client {
    /// Whether the client is on this computer.
    pub(crate) fn installed(&self, homes: &Homes) -> bool {
        (self.folder)(homes).is_dir() || (self.file)(homes).is_file()
    }
}

fn bridge(entry: &Entry, kind: Option<&str>) -> Option<Value> {
    let How::Bridge { command, args, env } = &entry.how else { return None };
    let mut value = kind.map_or_else(|| json!({}), |kind| json!({ "type": kind }));
    value["command"] = json!(command.to_str()?);
    value["args"] = json!(args);
    if !env.is_empty() {
        value["env"] = json!(env);
    }
    Some(value)
}

fn http(entry: &Entry, kind: &str) -> Option<Value> {
    let How::Http { url, token } = &entry.how else { return None };
    Some(json!({ "type": kind, "url": url, "headers": { "Authorization": format!("Bearer {}", token.expose()) } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Os, Ours};

    #[test]
    fn every_kind_has_its_row() {
        for kind in ClientKind::ALL {
            assert_eq!(kind.id().parse(), Ok(kind));
        }
        assert!("netscape".parse::<ClientKind>().is_err());
    }

    #[test]
    fn files() {
        let homes = |config: &str, claude: Option<&str>| Homes {
            home: "/h".into(),
            config: config.into(),
            claude_config: claude.map(PathBuf::from),
            os: Os::Linux,
            ours: Ours::default(),
        };
        for (kind, homes, expect) in [
            (ClientKind::ClaudeDesktop, homes("/h/.config", None), "/h/.config/Claude/claude_desktop_config.json"),
            (
                ClientKind::ClaudeDesktop,
                homes("/h/Library/Application Support", None),
                "/h/Library/Application Support/Claude/claude_desktop_config.json",
            ),
            (ClientKind::ClaudeCode, homes("/h/.config", None), "/h/.claude.json"),
            (ClientKind::ClaudeCode, homes("/h/.config", Some("/elsewhere")), "/elsewhere/.claude.json"),
        ] {
            assert_eq!((row(kind).file)(&homes), PathBuf::from(expect));
        }
    }
}
