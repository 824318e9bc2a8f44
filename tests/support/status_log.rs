//! What the app's own log tells of a server's states, read while it is written.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Follows the log from where it stands.
pub(crate) struct StatusLog {
    folder: PathBuf,
    from: u64,
    text: String,
}

impl StatusLog {
    pub(crate) fn follow(data: &Path) -> Self {
        let mut log = Self { folder: data.join("logs"), from: 0, text: String::new() };
        log.read();
        log.text.clear();
        log
    }

    /// The states named since, oldest first.
    pub(crate) fn states(&mut self) -> Vec<String> {
        self.read();
        let whole = self.text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let state = |line: &str| Some(line.split_once("status=\"")?.1.split_once('"')?.0.to_owned());
        whole.lines().filter_map(state).collect()
    }

    /// Whether it says this.
    pub(crate) fn says(&mut self, words: &str) -> bool {
        self.read();
        self.text.contains(words)
    }

    pub(crate) fn last(&mut self) -> Option<String> {
        self.states().pop()
    }

    /// One file a day; a test that runs over midnight starts anew with the next.
    fn read(&mut self) {
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let Some(newest) = files.filter(|path| path.is_file()).max() else { return };
        let mut file = File::open(newest).expect("the log can be read");
        file.seek(SeekFrom::Start(self.from)).expect("it has got longer");
        let mut bytes = Vec::new();
        self.from += file.read_to_end(&mut bytes).expect("it can be read") as u64;
        self.text.push_str(&String::from_utf8_lossy(&bytes));
    }
}
