//! GitHub's tarballs: one top folder, files, links; nothing else gets in.

use super::{Budget, Limits};
use crate::Error;
use flate2::read::GzDecoder;
use std::path::{Component, Path, PathBuf};
use tar::{Archive, EntryType};
use tokio_util::sync::CancellationToken;

/// Unpacks a gzipped tar without its top folder into an empty folder.
///
/// Links are made after all files, so that no file is ever written through one, and only if they stay inside.
pub(crate) fn unpack(from: &Path, to: &Path, limits: Limits, cancel: &CancellationToken) -> Result<(), Error> {
    let damaged = |e: std::io::Error| Error::HostileArchive { why: format!("is damaged ({e})") };
    let file = std::fs::File::open(from).map_err(Error::io(from))?;
    let mut archive = Archive::new(GzDecoder::new(std::io::BufReader::new(file)));
    let mut budget = Budget::new(limits, cancel);
    let mut links = Vec::new();
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::XGlobalHeader) {
            continue; // carries the commit
        }
        budget.take_file()?;
        let path = entry.path().map_err(damaged)?.into_owned();
        let Some(path) = inside(&path)? else { continue };
        let at = to.join(&path);
        match kind {
            EntryType::Directory => std::fs::create_dir_all(&at).map_err(Error::io(&at))?,
            EntryType::Regular | EntryType::Continuous => {
                let executable = entry.header().mode().is_ok_and(|m| m & 0o111 != 0);
                budget.write(&mut entry, &at, executable)?;
            }
            EntryType::Symlink => {
                let target = entry.link_name().map_err(damaged)?.unwrap_or_default().into_owned();
                links.push((path, target));
            }
            other => {
                let why = format!("holds something that is neither file, folder nor symbolic link ({other:?})");
                return Err(Error::HostileArchive { why });
            }
        }
    }
    links.iter().try_for_each(|(path, target)| link(to, path, target))
}

/// The path without the top folder; `None` for the top folder itself.
fn inside(path: &Path) -> Result<Option<PathBuf>, Error> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name),
            Component::CurDir => {}
            _ => return Err(escape(path)),
        }
    }
    let rest: PathBuf = parts.iter().skip(1).collect();
    Ok((!rest.as_os_str().is_empty()).then_some(rest))
}

fn link(root: &Path, path: &Path, target: &Path) -> Result<(), Error> {
    if !stays(path, target) {
        return Err(escape(path));
    }
    // A folder on the way that is itself a link would make `..` mean something else than we checked.
    let mut folder = root.to_owned();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        match folder.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => return Err(escape(path)),
            Ok(_) => {}
            Err(_) => std::fs::create_dir(&folder).map_err(Error::io(&folder))?,
        }
    }
    let at = root.join(path);
    make_link(target, &at).map_err(Error::io(&at))
}

/// Whether a link at `path` to `target` stays inside. `..` may only lead: after a name (which may be a link) it would
/// mean something that cannot be told from the text.
fn stays(path: &Path, target: &Path) -> bool {
    let mut depth = path.components().count().saturating_sub(1);
    let mut named = false;
    for part in target.components() {
        match part {
            Component::Normal(_) => named = true,
            Component::CurDir => {}
            Component::ParentDir if !named && depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

fn escape(path: &Path) -> Error {
    Error::HostileArchive { why: format!("writes outside of its folder ({})", path.display()) }
}

#[cfg(unix)]
fn make_link(target: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

/// Making links needs a privilege on Windows; git itself writes the target as text there.
#[cfg(not(unix))]
fn make_link(target: &Path, at: &Path) -> std::io::Result<()> {
    std::fs::write(at, target.to_string_lossy().as_bytes())
}

#[cfg(test)]
mod tests;
