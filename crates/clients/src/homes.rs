//! Where to look, and how to tell our own entries from others.

use std::path::PathBuf;

/// Which system's file locations apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux and other Unix systems.
    Linux,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

impl Os {
    /// The system that this program was built for.
    pub const fn current() -> Self {
        if cfg!(target_os = "macos") {
            Self::Mac
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::Linux
        }
    }
}

/// The folders that client files are found under. Tests pass a temporary one.
#[derive(Clone, Debug)]
pub struct Homes {
    /// The user's home.
    pub home: PathBuf,
    /// Where desktop apps keep settings: `~/.config`, `~/Library/Application Support` or `%APPDATA%`.
    pub config: PathBuf,
    /// `$CLAUDE_CONFIG_DIR`, if the user has set it.
    pub claude_config: Option<PathBuf>,
    /// Whose file locations apply.
    pub os: Os,
    /// What makes an entry ours.
    pub ours: Ours,
}

/// What our own entries point to: the relay's addresses and the small binary, those of today and those of before.
#[derive(Clone, Debug, Default)]
pub struct Ours {
    /// Origins of the relay, e.g. `http://127.0.0.1:7420`. Add earlier ones after the port has moved.
    pub relays: Vec<String>,
    /// Absolute paths of the `catwalk` binary. Any binary of that name started with `bridge` counts too, because
    /// updates and `AppImage`s move it.
    pub binaries: Vec<PathBuf>,
}

impl Homes {
    /// The current user's folders. Set [`Homes::ours`] before use.
    pub fn from_env() -> Self {
        let os = Os::current();
        // Without a home nothing is found; a relative path would find whatever lies in the working folder.
        let home = std::env::home_dir().filter(|h| h.is_absolute()).unwrap_or_else(|| PathBuf::from("/nonexistent"));
        let dir = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let config = match os {
            Os::Linux => dir("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")),
            Os::Mac => home.join("Library").join("Application Support"),
            Os::Windows => dir("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming")),
        };
        Self { claude_config: dir("CLAUDE_CONFIG_DIR"), home, config, os, ours: Ours::default() }
    }
}
