//! Settings that must be known before the database is open: a small JSON file, replaced as a whole.

use crate::database::SealedUrl;
use crate::views::Appearance;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

const FILE: &str = "preferences.json";

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Light, dark, or as the system.
    pub appearance: Appearance,
    /// The relay's port; fixed per installation because configs of AI apps hold it.
    pub relay_port: u16,
    /// Use this PostgreSQL database instead of the built-in one.
    pub postgres: Option<SealedUrl>,
    /// Ports that the relay had before: entries of AI apps may still lead there.
    pub earlier_ports: Vec<u16>,
    /// The port was another program's: what apps sent there must not open the relay any more.
    pub tokens_exposed: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            appearance: Appearance::default(),
            relay_port: crate::config::DEFAULT_PORT,
            postgres: None,
            earlier_ports: Vec::new(),
            tokens_exposed: false,
        }
    }
}

impl Preferences {
    /// Reads them; no file means the defaults.
    ///
    /// # Errors
    /// When there is a file that cannot be read: with the defaults in its place, the servers would seem to be gone and
    /// the relay would be elsewhere.
    pub(crate) fn read(data: &Path) -> std::io::Result<Self> {
        match std::fs::read(data.join(FILE)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Puts a file that cannot be read aside, to begin anew.
    pub(crate) fn put_aside(data: &Path) -> std::io::Result<()> {
        std::fs::rename(data.join(FILE), data.join(format!("{FILE}.damaged-{}", crate::clock::now())))
    }

    /// Writes them: whole or not at all.
    pub(crate) fn write(&self, data: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(data)?;
        let mut file = tempfile::NamedTempFile::new_in(data)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.as_file().sync_all()?;
        file.persist(data.join(FILE))?;
        Ok(())
    }
}
