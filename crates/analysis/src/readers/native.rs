//! What a program that is compiled says of itself, whichever of the languages it is written in.

use super::{cargo, go};
use crate::doc::Doc;
use crate::files::Files;

/// A fact of a build file, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) line: u32,
}

impl Said {
    pub(super) fn new(text: &str, line: u32) -> Self {
        Self { text: text.to_owned(), line }
    }
}

/// A program of Go or Rust.
#[derive(Clone, Debug)]
pub(crate) struct Native<'a> {
    pub(crate) doc: &'a Doc,
    /// Programs that a build of it gives, the one to start first.
    pub(crate) bins: Vec<String>,
    /// The words by which people with its tools install it from its source; `{repository}` stands for its address.
    pub(crate) install: Option<Said>,
    /// `Go 1.24`, `Rust 1.85`.
    pub(crate) toolchain: Option<Said>,
    pub(crate) version: Option<Said>,
    pub(crate) description: Option<Said>,
    /// The library for writing servers that it asks for.
    pub(crate) sdk: Option<Said>,
}

impl<'a> Native<'a> {
    /// Nothing known yet but the file.
    pub(super) fn of(doc: &'a Doc) -> Self {
        let (install, toolchain, version, description, sdk) = Default::default();
        Self { doc, bins: Vec::new(), install, toolchain, version, description, sdk }
    }

    /// The folder's program.
    pub(crate) fn read(files: &'a Files, folder: &str) -> Option<Self> {
        let go = files.doc(folder, "go.mod").and_then(|doc| go::read(doc, files, folder));
        go.or_else(|| files.doc(folder, "Cargo.toml").and_then(|doc| cargo::read(doc, files, folder)))
    }

    /// How people with its tools install it.
    pub(crate) fn install(&self, repository: Option<&str>) -> Option<Said> {
        let said = self.install.as_ref()?;
        match (said.text.contains("{repository}"), repository) {
            (true, None) => None,
            (_, address) => Some(Said::new(&said.text.replace("{repository}", address.unwrap_or_default()), said.line)),
        }
    }
}

/// The likeliest of several programs comes first: the project's own name, then one that speaks of MCP.
pub(super) fn likeliest_first(bins: &mut [String], own: &str) {
    bins.sort_by_key(|b| (b != own, !crate::signs::in_words(b)));
}

/// Whether a name can be a program's.
pub(super) fn is_program(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}
