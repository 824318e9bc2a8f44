//! The tests must leave the person's own home alone: what names Catwalk there is listed before and after.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where programs keep their files in a home, on all systems.
const PLACES: &[&str] = &[
    "",
    ".config",
    ".config/autostart",
    ".local/share",
    ".local/share/applications",
    ".local/state",
    ".cache",
    "Library/Application Support",
    "Library/Caches",
    "Library/Logs",
    "AppData/Roaming",
    "AppData/Local",
];
/// Files of the AI apps that Catwalk may edit when it is told to.
const CLIENTS: &[&str] =
    &[".config/Claude/claude_desktop_config.json", "Library/Application Support/Claude/claude_desktop_config.json"];

/// What stood in the home at one moment.
pub(crate) struct Home(BTreeMap<PathBuf, Option<SystemTime>>);

impl Home {
    /// Looks now.
    pub(crate) fn look() -> Self {
        std::env::home_dir().map_or_else(|| Self(BTreeMap::new()), |home| Self::look_in(&home))
    }

    fn look_in(home: &Path) -> Self {
        let mut seen = BTreeMap::new();
        for place in PLACES {
            for entry in std::fs::read_dir(home.join(place)).into_iter().flatten().flatten() {
                // A build folder is no trace of a test: CI keeps one here between runs.
                let name = entry.file_name().to_string_lossy().to_lowercase();
                if name.contains("catwalk") && !crate::paths::target().starts_with(entry.path()) {
                    seen.insert(entry.path(), None);
                }
            }
        }
        for file in CLIENTS {
            if let Ok(data) = home.join(file).metadata() {
                seen.insert(home.join(file), data.modified().ok());
            }
        }
        Self(seen)
    }

    /// What is new or changed since `self` was taken.
    pub(crate) fn traces(&self, now: &Self) -> Vec<PathBuf> {
        now.0.iter().filter(|(path, time)| self.0.get(*path) != Some(*time)).map(|(path, _)| path.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Home;

    #[test]
    fn a_new_folder_is_found_and_an_old_one_is_not() {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::create_dir_all(home.path().join(".config/catwalk")).expect("the folder is ours");
        let before = Home::look_in(home.path());
        let new = home.path().join(".local/share/app.Catwalk.desktop");
        std::fs::create_dir_all(&new).expect("the folder is ours");
        assert_eq!(before.traces(&Home::look_in(home.path())), [new]);
        assert_eq!(before.traces(&before), Vec::<std::path::PathBuf>::new());
    }
}
