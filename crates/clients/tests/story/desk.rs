//! A temporary home with both clients installed.

use catwalk_clients::{Applied, ClientKind, Entry, Error, Homes, How, Os, Ours, Plan, apply, plan};
use catwalk_domain::Secret;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "cw_0123456789abcdef";
pub(crate) const RELAY: &str = "http://127.0.0.1:7420";

pub(crate) struct Desk {
    pub(crate) dir: TempDir,
    pub(crate) homes: Homes,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let home = dir.path().to_owned();
        let config = home.join(".config");
        fs::create_dir_all(config.join("Claude")).expect("Claude Desktop's folder");
        fs::create_dir_all(home.join(".claude")).expect("Claude Code's folder");
        let ours = Ours { relays: vec![RELAY.into()], binaries: vec!["/opt/catwalk/catwalk".into()] };
        Self { dir, homes: Homes { home, config, claude_config: None, os: Os::Linux, ours } }
    }

    pub(crate) fn file(&self, kind: ClientKind) -> PathBuf {
        match kind {
            ClientKind::ClaudeDesktop => self.homes.config.join("Claude/claude_desktop_config.json"),
            ClientKind::ClaudeCode => self.homes.home.join(".claude.json"),
        }
    }

    pub(crate) fn backups(&self) -> PathBuf {
        self.dir.path().join("catwalk/backups")
    }

    /// Writes Claude Code's file.
    pub(crate) fn with(self, text: &str) -> Self {
        fs::write(self.file(ClientKind::ClaudeCode), text).expect("a settings file");
        self
    }

    /// Reads Claude Code's file.
    pub(crate) fn text(&self) -> String {
        fs::read_to_string(self.file(ClientKind::ClaudeCode)).expect("a settings file")
    }

    pub(crate) fn plan(&self, slug: &str) -> Result<Plan, Error> {
        plan(&self.homes, ClientKind::ClaudeCode, &http(slug))
    }

    pub(crate) fn connect(&self, slug: &str) -> Applied {
        let plan = self.plan(slug).expect("a plan");
        apply(plan, &self.backups()).expect("the plan is carried out")
    }
}

pub(crate) fn http(slug: &str) -> Entry {
    Entry { name: slug.into(), how: How::Http { url: format!("{RELAY}/mcp/{slug}"), token: Secret::new(TOKEN.into()) } }
}

pub(crate) fn bridge(slug: &str) -> Entry {
    let args = vec!["bridge".into(), slug.into()];
    let how = How::Bridge { command: "/opt/catwalk/catwalk".into(), args, env: BTreeMap::new() };
    Entry { name: slug.into(), how }
}
