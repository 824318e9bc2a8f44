//! Folders as values: copying one without what does not belong to its source, and a digest of its contents.

use crate::Error;
use crate::archive::Limits;
use crate::download::{hex, sha256_file};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Made by tools, or none of our business.
const LEFT_OUT: [&str; 9] =
    [".git", ".hg", "node_modules", ".venv", "venv", "__pycache__", ".DS_Store", ".tox", ".pytest_cache"];

/// Source trees larger than this are not servers.
pub(crate) const SOURCE: Limits = Limits { files: 60_000, bytes: 1 << 30 };

/// One thing in a folder.
struct Item {
    /// From the root, with `/`.
    name: String,
    path: PathBuf,
    link: Option<PathBuf>,
    executable: bool,
}

/// Copies a folder, links as links. A link that leads out of it is left out: what it points to was not asked for.
pub(crate) fn copy(from: &Path, to: &Path, cancel: &CancellationToken) -> Result<(), Error> {
    let mut bytes = SOURCE.bytes;
    for item in list(from, cancel)? {
        let at = to.join(&item.name);
        if let Some(parent) = at.parent() {
            std::fs::create_dir_all(parent).map_err(Error::io(parent))?;
        }
        if let Some(target) = &item.link {
            let inside = item.path.canonicalize().is_ok_and(|p| from.canonicalize().is_ok_and(|f| p.starts_with(f)));
            if inside && target.is_relative() {
                link(target, &at).map_err(Error::io(&at))?;
            }
            continue;
        }
        let copied = std::fs::copy(&item.path, &at).map_err(Error::io(&item.path))?;
        bytes = bytes.checked_sub(copied).ok_or_else(too_large)?;
    }
    Ok(())
}

/// SHA-256 over names, modes and contents, the same on every computer.
pub(crate) fn digest(root: &Path, cancel: &CancellationToken) -> Result<String, Error> {
    let mut hash = Sha256::new();
    for item in list(root, cancel)? {
        let (kind, content) = match &item.link {
            Some(target) => ('l', target.to_string_lossy().into_owned()),
            None if item.executable => ('x', sha256_file(&item.path)?),
            None => ('f', sha256_file(&item.path)?),
        };
        hash.update(format!("{kind} {content} {}\n", item.name));
    }
    Ok(hex(&hash.finalize()))
}

fn list(root: &Path, cancel: &CancellationToken) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(Error::io(&folder))? {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let entry = entry.map_err(Error::io(&folder))?;
            let file_name = entry.file_name().to_string_lossy().into_owned();
            if LEFT_OUT.contains(&file_name.as_str()) {
                continue;
            }
            let (name, path) = (format!("{prefix}{file_name}"), entry.path());
            let meta = entry.metadata().map_err(Error::io(&path))?;
            if meta.is_dir() {
                folders.push((path, format!("{name}/")));
            } else if meta.is_symlink() {
                let link = Some(std::fs::read_link(&path).map_err(Error::io(&path))?);
                items.push(Item { name, path, link, executable: false });
            } else if meta.is_file() {
                items.push(Item { name, path, link: None, executable: executable(&meta) });
            }
            if items.len() > SOURCE.files {
                return Err(too_large());
            }
        }
    }
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(items)
}

fn too_large() -> Error {
    Error::HostileArchive { why: "(or folder) is far larger than a server's source".into() }
}

#[cfg(unix)]
fn executable(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn executable(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}
