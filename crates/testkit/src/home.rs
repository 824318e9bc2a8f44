//! A home of its own for every test: nothing reads or writes the real one.

use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A temporary home with the XDG folders in it, removed when dropped.
#[derive(Debug)]
pub struct TempHome {
    dir: TempDir,
}

impl TempHome {
    /// Makes the home and its folders (private to this user, as `XDG_RUNTIME_DIR` must be).
    pub fn new() -> std::io::Result<Self> {
        // A short name: socket paths in it are limited to about 100 bytes.
        let dir = tempfile::Builder::new().prefix("cw-").tempdir()?;
        let home = Self { dir };
        for folder in [home.config(), home.data(), home.cache(), home.state(), home.runtime()] {
            std::fs::create_dir_all(&folder)?;
            private(&folder)?;
        }
        Ok(home)
    }

    /// The home folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// `XDG_CONFIG_HOME`.
    pub fn config(&self) -> PathBuf {
        self.path().join(".config")
    }

    /// `XDG_DATA_HOME`.
    pub fn data(&self) -> PathBuf {
        self.path().join(".local/share")
    }

    /// `XDG_CACHE_HOME`.
    pub fn cache(&self) -> PathBuf {
        self.path().join(".cache")
    }

    /// `XDG_STATE_HOME`.
    pub fn state(&self) -> PathBuf {
        self.path().join(".local/state")
    }

    /// `XDG_RUNTIME_DIR`.
    pub fn runtime(&self) -> PathBuf {
        self.path().join("run")
    }

    /// Environment that makes a child live in this home.
    pub fn env(&self) -> Vec<(String, String)> {
        let text = |p: &Path| p.to_string_lossy().into_owned();
        let home = text(self.path());
        vec![
            ("HOME".into(), home.clone()),
            ("USERPROFILE".into(), home),
            ("APPDATA".into(), text(&self.config())),
            ("LOCALAPPDATA".into(), text(&self.data())),
            ("XDG_CONFIG_HOME".into(), text(&self.config())),
            ("XDG_DATA_HOME".into(), text(&self.data())),
            ("XDG_CACHE_HOME".into(), text(&self.cache())),
            ("XDG_STATE_HOME".into(), text(&self.state())),
            ("XDG_RUNTIME_DIR".into(), text(&self.runtime())),
        ]
    }
}

#[cfg(unix)]
fn private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn private(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
