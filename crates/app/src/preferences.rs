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
}

impl Default for Preferences {
    fn default() -> Self {
        Self { appearance: Appearance::default(), relay_port: crate::config::DEFAULT_PORT, postgres: None }
    }
}

impl Preferences {
    /// Reads them; a missing or damaged file means the defaults, as nothing in it is worth refusing to start.
    pub(crate) fn read(data: &Path) -> Self {
        match std::fs::read(data.join(FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(%error, "the settings file is damaged; using the defaults");
                Self::default()
            }),
            Err(_) => Self::default(),
        }
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
