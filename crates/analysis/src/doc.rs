//! A text with the place it came from, and the launches that a README prints.

mod blocks;
mod printed;
mod sections;

use crate::scan::Facts;
use catwalk_domain::EvidenceSource;
pub(crate) use printed::{Printed, installs};
pub(crate) use sections::Section;
use std::sync::OnceLock;

/// Longest text that is looked at.
const MAX_TEXT: usize = 512 << 10;

/// A text with the place it came from.
#[derive(Clone, Debug)]
pub(crate) struct Doc {
    pub(crate) text: String,
    origin: EvidenceSource,
    /// Read once: a long README is asked several times.
    printed: OnceLock<Vec<Printed>>,
    blocks: OnceLock<Vec<(u32, String)>>,
    headings: OnceLock<Vec<sections::Heading>>,
    /// Of a source file: what it tells. Read once too.
    scanned: OnceLock<Facts>,
}

impl Doc {
    /// A file of a repository or package.
    pub(crate) fn file(path: &str, text: String, url: Option<String>) -> Self {
        Self::new(text, EvidenceSource::File { path: path.to_owned(), line: None, url })
    }

    /// A field of an API's answer.
    pub(crate) fn api(name: &str, url: &str, text: String) -> Self {
        let origin = EvidenceSource::Api { name: name.to_owned(), url: url.to_owned() };
        Self::new(text, origin)
    }

    /// What is longer than any document needs to be is cut.
    fn new(mut text: String, origin: EvidenceSource) -> Self {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        let (printed, blocks) = (OnceLock::new(), OnceLock::new());
        Self { text, origin, printed, blocks, headings: OnceLock::new(), scanned: OnceLock::new() }
    }

    /// Whether it is a file that holds JSON alone.
    fn is_json(&self) -> bool {
        matches!(&self.origin, EvidenceSource::File { path, .. } if crate::source::has_extension(path, "json"))
    }

    /// Where a line of it stands.
    pub(crate) fn at(&self, line: Option<u32>) -> EvidenceSource {
        match &self.origin {
            EvidenceSource::File { path, url, .. } => EvidenceSource::File {
                path: path.clone(),
                line,
                url: url.clone().map(|u| line.map_or(u.clone(), |l| format!("{u}#L{l}"))),
            },
            other => other.clone(),
        }
    }

    /// Its path; empty when it is no file.
    pub(crate) fn path(&self) -> &str {
        match &self.origin {
            EvidenceSource::File { path, .. } => path,
            _ => "",
        }
    }

    /// What it tells as a source file.
    pub(crate) fn facts(&self) -> &Facts {
        self.scanned.get_or_init(|| crate::scan::scan(self.path(), &self.text))
    }

    /// Where the first occurrence of some words stands.
    pub(crate) fn find(&self, words: &str) -> EvidenceSource {
        self.at(crate::text::line_of(&self.text, words))
    }

    /// Every launch that the document prints, in its order.
    pub(crate) fn recipes(&self) -> &[Printed] {
        self.printed.get_or_init(|| printed::read(self))
    }

    /// Fenced code blocks with the line of their fence.
    pub(crate) fn blocks(&self) -> &[(u32, String)] {
        self.blocks.get_or_init(|| blocks::fenced(&self.text))
    }

    /// The headings that a line stands under.
    pub(crate) fn section(&self, line: u32) -> Section<'_> {
        Section::of(self.headings.get_or_init(|| sections::headings(&self.text)), line)
    }
}
