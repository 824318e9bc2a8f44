//! One described server: the paths of its repository and the files that may be read.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which files are withheld, because the truth was taken from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hide {
    /// Those the truth names as its own origin.
    Leaks,
    /// Every file with a ready launch in it.
    Structured,
}

impl Hide {
    pub(crate) fn parse(word: &str) -> Result<Self> {
        match word {
            "leaks" => Ok(Self::Leaks),
            "structured" => Ok(Self::Structured),
            _ => bail!("--hide takes leaks or structured"),
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Leaks => "Answers hidden (leaks)",
            Self::Structured => "Answers hidden (structured)",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Leaks => "leaks",
            Self::Structured => "structured_files",
        }
    }
}

/// One described server.
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) repo: String,
    /// What a person would paste.
    pub(crate) link: String,
    pub(crate) truth: Option<Value>,
    folder: PathBuf,
}

/// Every entry below a folder, by name.
pub(crate) fn all(root: &Path) -> Result<Vec<Entry>> {
    let mut out = Vec::new();
    for found in std::fs::read_dir(root).with_context(|| format!("reading {}", root.display()))? {
        let folder = found?.path();
        if folder.join("files").is_dir() || folder.join("TREE.txt").is_file() {
            out.push(Entry::read(folder)?);
        }
    }
    out.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(out)
}

impl Entry {
    fn read(folder: PathBuf) -> Result<Self> {
        let id = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let truth = match std::fs::read_to_string(folder.join("truth.json")) {
            Ok(text) => Some(serde_json::from_str::<Value>(&text).with_context(|| format!("{id}/truth.json"))?),
            Err(_) => None,
        };
        let mut parts = id.splitn(3, "__");
        let owner = parts.next().unwrap_or_default().to_owned();
        let repo = parts.next().with_context(|| format!("{id} is not <owner>__<repo>"))?.to_owned();
        let inner = parts.next().map(str::to_owned);
        let told = truth.as_ref().and_then(|t| t.get("source_url")?.as_str().map(str::to_owned));
        let mut entry = Self { id, owner, repo, link: String::new(), truth, folder };
        entry.link = match (told, inner) {
            (Some(link), _) => link,
            (None, None) => format!("https://github.com/{}/{}", entry.owner, entry.repo),
            (None, Some(inner)) => {
                let folder = entry.find(&inner)?;
                format!("https://github.com/{}/{}/tree/main/{folder}", entry.owner, entry.repo)
            }
        };
        Ok(entry)
    }

    /// The folder that the id's third part stands for: its last name, or all of them with `__`.
    fn find(&self, inner: &str) -> Result<String> {
        let mut folders: BTreeSet<String> = BTreeSet::new();
        for path in self.paths()? {
            let mut path = path.as_str();
            while let Some((folder, _)) = path.rsplit_once('/') {
                folders.insert(folder.to_owned());
                path = folder;
            }
        }
        let same = |f: &&String| f.ends_with(&format!("/{inner}")) || *f == inner || f.replace('/', "__") == inner;
        let found = folders.iter().filter(same).min_by_key(|f| f.len());
        found.cloned().with_context(|| format!("{}: no folder {inner}", self.id))
    }

    /// All paths of the repository that are known.
    fn paths(&self) -> Result<BTreeSet<String>> {
        let tree = std::fs::read_to_string(self.folder.join("TREE.txt")).unwrap_or_default();
        let listed = tree.lines().map(str::trim).filter(|p| !p.is_empty() && !p.ends_with('/'));
        let mut out: BTreeSet<String> = listed.map(str::to_owned).collect();
        walk(&self.folder.join("files"), "", &mut out)?;
        Ok(out)
    }

    /// Path to content; a file whose content is not at hand is empty, one that is hidden does not exist.
    pub(crate) fn files(&self, hide: Option<Hide>) -> Result<Vec<(String, Vec<u8>)>> {
        let listed = |hide: Hide| self.truth.as_ref().and_then(|t| t.get(hide.key())?.as_array());
        let hidden: BTreeSet<&str> = hide.and_then(listed).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut out: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for path in self.paths()?.into_iter().filter(|p| !hidden.contains(p.as_str())) {
            let content = std::fs::read(self.folder.join("files").join(&path)).unwrap_or_default();
            out.insert(path, content);
        }
        Ok(out.into_iter().collect())
    }

    /// Which half of the collection it belongs to, by its repository's name (FNV-1a): rules made on one half are tried
    /// on the other.
    pub(crate) fn half(&self) -> u8 {
        let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
        let hash = format!("{}/{}", self.owner, self.repo).bytes().fold(2_166_136_261, mix);
        u8::from((hash >> 16) & 1 == 1)
    }
}

fn walk(folder: &Path, prefix: &str, out: &mut BTreeSet<String>) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &path, out)?;
        } else {
            out.insert(path);
        }
    }
    Ok(())
}
