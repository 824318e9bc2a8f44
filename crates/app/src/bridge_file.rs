//! What `catwalk bridge` needs to find the relay: a file that only this user can read.
//!
//! The bridge is started by other apps, often many times a day, and must answer within milliseconds; asking the
//! keychain there would be slow and could show a dialog that nobody expects. The token in this file opens the relay
//! only, never a server's own credential.

use crate::error::internal;
use crate::tokens::BRIDGE;
use crate::{App, Config};
use catwalk_domain::{Problem, Secret};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

const FILE: &str = "bridge.json";
/// The desktop app's argument for coming up without its window.
pub const HIDDEN: &str = "--hidden";
/// Variables by which a program finds screen, session bus and our own folders. AI apps pass few of them to a bridge.
const DESKTOP: [&str; 11] = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_CURRENT_DESKTOP",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "CATWALK_DATA",
    "CATWALK_HELPER",
    "CATWALK_KEYCHAIN_SERVICE",
];

/// Address and token of the relay.
#[derive(Clone, Debug)]
pub struct BridgeFile {
    /// The relay's address, without a path.
    pub origin: String,
    /// The bridge's token.
    pub token: Secret<String>,
    /// How the desktop app is started where nobody listens.
    pub app: Option<Desktop>,
}

/// The desktop app, as it was started last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desktop {
    /// Its program. Started with [`HIDDEN`], it comes up without its window.
    pub program: PathBuf,
    /// What it takes to be on this person's desktop.
    pub env: BTreeMap<String, String>,
}

impl Desktop {
    fn of(config: &Config) -> Option<Self> {
        let set = |name: &&str| Some(((*name).to_owned(), std::env::var(name).ok()?));
        Some(Self { program: config.desktop()?.to_owned(), env: DESKTOP.iter().filter_map(set).collect() })
    }
}

#[derive(Serialize, Deserialize)]
struct Text {
    origin: String,
    token: String,
    #[serde(default)]
    app: Option<Desktop>,
}

impl BridgeFile {
    /// Reads the file of a data folder.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn read(data: &Path) -> std::io::Result<Self> {
        let text: Text = serde_json::from_slice(&std::fs::read(data.join(FILE))?)?;
        Ok(Self { origin: text.origin, token: Secret::new(text.token), app: text.app })
    }

    fn write(&self, data: &Path) -> std::io::Result<()> {
        let text = Text { origin: self.origin.clone(), token: self.token.expose().clone(), app: self.app.clone() };
        // Temporary files are made readable by their owner only, and keep that when they are renamed.
        let mut file = tempfile::NamedTempFile::new_in(data)?;
        file.write_all(&serde_json::to_vec(&text)?)?;
        file.as_file().sync_all()?;
        file.persist(data.join(FILE))?;
        Ok(())
    }
}

impl App {
    /// Writes the file for the relay as it listens now.
    pub(crate) async fn write_bridge_file(&self) -> Result<(), Problem> {
        let token = self.token_of(BRIDGE).await?;
        let app = Desktop::of(self.config());
        let file = BridgeFile { origin: self.relay_origin().to_owned(), token, app };
        file.write(self.config().data_dir()).map_err(|e| internal("The bridge's file could not be written", &e))
    }

    /// The port, the program or the desktop may have changed since the file was written; without a file nobody uses the
    /// bridge yet.
    pub(crate) async fn refresh_bridge_file(&self) {
        let Ok(old) = BridgeFile::read(self.config().data_dir()) else { return };
        if (old.origin != self.relay_origin() || old.app != Desktop::of(self.config()))
            && let Err(problem) = self.write_bridge_file().await
        {
            tracing::warn!(code = ?problem.code, "the bridge's file is stale");
        }
    }
}
