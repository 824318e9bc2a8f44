//! The files: `server.log` and older ones, rotated, private to the user, with a cap on all together.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::LogLine;

/// The cap is divided among this many files, the oldest is dropped whole.
const FILES: u64 = 5;
/// How much of the last file is read back for the tail.
const BACK: u64 = 256 * 1024;

#[derive(Debug)]
pub(super) struct Files {
    dir: PathBuf,
    /// None while the folder refuses; the next line tries again.
    file: Option<File>,
    size: u64,
    each: u64,
}

impl Files {
    pub(super) fn new(dir: PathBuf, total: u64) -> Self {
        Self { dir, file: None, size: 0, each: (total / FILES).max(1) }
    }

    /// Opens the newest file, unless it is open.
    pub(super) fn open(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            fs::create_dir_all(&self.dir)?;
            let file = open(&self.path(0))?;
            self.size = file.metadata()?.len();
            self.file = Some(file);
        }
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn append(&mut self, line: &LogLine) -> io::Result<()> {
        let text = line.to_file();
        let length = text.len() as u64;
        self.open()?;
        if self.size > 0 && self.size + length > self.each {
            self.rotate()?;
        }
        self.open()?.write_all(text.as_bytes())?;
        self.size += length;
        Ok(())
    }

    fn path(&self, age: u64) -> PathBuf {
        self.dir.join(if age == 0 { "server.log".to_owned() } else { format!("server.{age}.log") })
    }

    fn rotate(&mut self) -> io::Result<()> {
        for age in (0..FILES - 1).rev() {
            match fs::rename(self.path(age), self.path(age + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.file = None;
        Ok(())
    }

    /// The end of the newest file, as lines.
    pub(super) fn last_lines(&self) -> Vec<LogLine> {
        let mut text = Vec::new();
        let read = File::open(self.path(0)).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.size.saturating_sub(BACK)))?;
            file.take(BACK).read_to_end(&mut text)
        });
        if read.is_err() {
            return Vec::new();
        }
        String::from_utf8_lossy(&text).lines().filter_map(LogLine::from_file).collect()
    }
}

fn open(path: &std::path::Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
