//! Lines: what one is, and how chunks become some.

use catwalk_domain::Millis;
use serde::{Deserialize, Serialize};

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Stream {
    /// The server's stdout, where it was not the protocol.
    Stdout,
    /// The server's stderr.
    Stderr,
    /// Catwalk itself.
    Catwalk,
}

/// One line, already masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When it came.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub at: Millis,
    /// Where from.
    pub stream: Stream,
    /// What it says.
    pub text: String,
}

impl LogLine {
    /// As it stands in the file: time, stream and text, separated by tabs. A text holds no line end.
    pub(super) fn to_file(&self) -> String {
        let stream = match self.stream {
            Stream::Stdout => "out",
            Stream::Stderr => "err",
            Stream::Catwalk => "catwalk",
        };
        format!("{}\t{stream}\t{}\n", self.at, self.text)
    }

    pub(super) fn from_file(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, '\t');
        let at = parts.next()?.parse().ok()?;
        let stream = match parts.next()? {
            "out" => Stream::Stdout,
            "err" => Stream::Stderr,
            "catwalk" => Stream::Catwalk,
            _ => return None,
        };
        Some(Self { at, stream, text: parts.next()?.to_owned() })
    }
}

/// Cuts a stream of chunks into lines. Holds at most one line's room; what is longer is skipped up to its end.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    partial: Vec<u8>,
}

impl Splitter {
    pub(super) fn take(&mut self, mut bytes: &[u8], room: usize, mut each: impl FnMut(&[u8])) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            if self.partial.is_empty() {
                each(&line[..line.len().min(room)]);
            } else {
                self.add(line, room);
                each(&self.partial);
                self.partial.clear();
            }
            bytes = rest;
        }
        self.add(bytes, room);
    }

    pub(super) fn finish(&mut self, mut each: impl FnMut(&[u8])) {
        if !self.partial.is_empty() {
            each(&std::mem::take(&mut self.partial));
        }
    }

    fn add(&mut self, bytes: &[u8], room: usize) {
        let free = room.saturating_sub(self.partial.len());
        self.partial.extend_from_slice(&bytes[..bytes.len().min(free)]);
    }
}
