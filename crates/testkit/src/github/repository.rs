//! One repository of the fake: its files and what is odd about it.

use anyhow::{Context, Result};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// One repository.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    owner: String,
    repo: String,
    /// Path to content.
    files: BTreeMap<String, Vec<u8>>,
    /// Path to target.
    links: BTreeMap<String, String>,
    pub(super) odd: Odd,
}

/// What `.fake.json` may say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Odd {
    pub(super) branches: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) default_branch: Option<String>,
    pub(super) description: Option<String>,
    pub(super) archived: bool,
    pub(super) empty: bool,
    pub(super) truncated: bool,
    pub(super) private: bool,
    pub(super) template: bool,
    pub(super) topics: Vec<String>,
    /// In KB, as GitHub counts it.
    pub(super) size: Option<u64>,
    /// The web host's 301: `owner/repo` that it is called now.
    pub(super) moved_to: Option<String>,
    same_as: Option<String>,
}

impl Repository {
    /// A repository of files in memory.
    pub fn new(owner: &str, repo: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self { owner: owner.to_owned(), repo: repo.to_owned(), files: files.into_iter().collect(), ..Self::default() }
    }

    /// The same with a description and topics.
    #[must_use]
    pub fn about(mut self, description: &str, topics: &[&str]) -> Self {
        self.odd.description = Some(description.to_owned());
        self.odd.topics = topics.iter().map(|t| (*t).to_owned()).collect();
        self
    }

    /// The same, made to be copied.
    #[must_use]
    pub fn template(mut self) -> Self {
        self.odd.template = true;
        self
    }

    pub(super) fn read(owner: &str, repo: &str, folder: &Path, root: &Path) -> Result<Self> {
        let mut out = Self::new(owner, repo, []);
        let odd = folder.join(".fake.json");
        if odd.is_file() {
            let text = std::fs::read_to_string(&odd)?;
            out.odd = serde_json::from_str(&text).with_context(|| format!("reading {}", odd.display()))?;
        }
        let content = out.odd.same_as.as_ref().map_or_else(|| folder.to_path_buf(), |other| root.join(other));
        out.walk(&content, "")?;
        Ok(out)
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_symlink() {
                self.links.insert(path, std::fs::read_link(entry.path())?.to_string_lossy().into_owned());
            } else if kind.is_dir() {
                self.walk(&entry.path(), &path)?;
            } else if path != ".fake.json" {
                self.files.insert(path, std::fs::read(entry.path())?);
            }
        }
        Ok(())
    }

    pub(super) fn key(&self) -> String {
        self.full_name().to_lowercase()
    }

    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.repo)
    }

    pub(super) fn owner(&self) -> &str {
        &self.owner
    }

    pub(super) fn name(&self) -> &str {
        &self.repo
    }

    pub(super) fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    pub(super) fn links(&self) -> &BTreeMap<String, String> {
        &self.links
    }

    pub(super) fn default_branch(&self) -> &str {
        self.odd.default_branch.as_deref().or(self.odd.branches.first().map(String::as_str)).unwrap_or("main")
    }

    /// A stable number that survives renames.
    pub(super) fn id(&self) -> u64 {
        let digest = Sha256::digest(self.key().as_bytes());
        digest.iter().take(4).fold(0, |id, byte| id << 8 | u64::from(*byte))
    }

    /// The commit that every branch is at.
    pub(super) fn commit(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.full_name());
        for (path, content) in &self.files {
            hash.update(path);
            hash.update(content);
        }
        hex(&hash.finalize())
    }

    /// Id of a folder's tree.
    pub(super) fn tree(&self, folder: &str) -> String {
        hex(&Sha256::digest(format!("{}:{folder}", self.commit()).as_bytes()))
    }

    /// The folder that a tree's id stands for; commits and branches stand for the root.
    pub(super) fn folder_of(&self, id: &str) -> Option<String> {
        if self.knows(id) || self.tree("") == id {
            return Some(String::new());
        }
        self.folders().into_iter().find(|f| self.tree(f) == id)
    }

    pub(super) fn folders(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for path in self.files.keys().chain(self.links.keys()) {
            let parts: Vec<&str> = path.split('/').collect();
            out.extend((1..parts.len()).map(|n| parts[..n].join("/")));
        }
        out.sort();
        out.dedup();
        out
    }

    /// Whether a branch, tag, `HEAD` or (shortened) commit is known.
    pub(super) fn knows(&self, reference: &str) -> bool {
        let reference =
            reference.strip_prefix("refs/heads/").or_else(|| reference.strip_prefix("refs/tags/")).unwrap_or(reference);
        let listed = self.odd.branches.iter().chain(&self.odd.tags).any(|b| b == reference);
        let commit = reference.len() >= 7 && self.commit().starts_with(reference);
        listed || commit || reference == "HEAD" || reference == self.default_branch()
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
    bytes.iter().take(20).flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}
