//! Replacing a file whole or not at all.

use crate::Error;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{Builder, NamedTempFile};

/// A link that leads through more links than this leads nowhere.
const LINKS: usize = 40;

const PREFIX: &str = ".catwalk-";
const SUFFIX: &str = ".tmp";
/// No write takes this long.
const LEFTOVER: Duration = Duration::from_mins(1);

/// SHA-256 as hex.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Turns a system error into ours.
pub(crate) fn io<'a>(client: &'static str, what: &'static str, file: &'a Path) -> impl Fn(io::Error) -> Error + 'a {
    move |source| Error::Io { client, what, file: file.to_owned(), source }
}

/// The file's bytes; `None` if there is none. A folder or device in its place is an error.
pub(crate) fn read(client: &'static str, file: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::metadata(file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(io(client, "read", file)(e)),
        Ok(meta) if !meta.is_file() => return Err(Error::NotText { client, file: file.to_owned() }),
        Ok(_) => {}
    }
    fs::read(file).map(Some).map_err(io(client, "read", file))
}

/// Where a path really leads: a symlink stays a symlink, its target is written. The target may not exist yet.
pub(crate) fn target(client: &'static str, file: &Path) -> Result<PathBuf, Error> {
    let mut path = file.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            // Not a link, or not there: this is the place.
            Err(_) => return Ok(path),
        }
    }
    Err(io(client, "follow", file)(io::Error::other("too many symbolic links")))
}

/// Puts new bytes in place of exactly the file that had `expected` as its hash; `None` means there was no file.
pub(crate) fn replace(client: &'static str, file: &Path, expected: Option<&str>, new: &[u8]) -> Result<(), Error> {
    let changed = || Error::Changed { client, file: file.to_owned() };
    let still = |target: &Path| Ok(read(client, target)?.as_deref().map(hash).as_deref() == expected);
    let target = target(client, file)?;
    if !still(&target)? {
        return Err(changed());
    }
    let before = expected.and_then(|_| fs::metadata(&target).ok());
    if before.as_ref().is_some_and(|m| m.permissions().readonly()) {
        return Err(Error::ReadOnly { client, file: file.to_owned() });
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let temporary = write_beside(folder, new, before.as_ref()).map_err(io(client, "write", file))?;
    // Writing took a while, and a running client rewrites its file when it likes: look again at the last moment.
    if !still(&target)? {
        return Err(changed());
    }
    match put(temporary, &target, before.is_some()) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(changed()),
        result => result.map_err(io(client, "replace", file))?,
    }
    sync_folder(folder).map_err(io(client, "write", file))
}

/// Deletes exactly the file that had `expected` as its hash.
pub(crate) fn delete(client: &'static str, file: &Path, expected: &str) -> Result<(), Error> {
    let target = target(client, file)?;
    if read(client, &target)?.as_deref().map(hash).as_deref() != Some(expected) {
        return Err(Error::Changed { client, file: file.to_owned() });
    }
    fs::remove_file(&target).map_err(io(client, "delete", file))?;
    sync_folder(target.parent().unwrap_or(Path::new("."))).map_err(io(client, "delete", file))
}

/// A finished file on the same volume, with the old one's mode and owner; 0600 when there was none.
fn write_beside(folder: &Path, bytes: &[u8], before: Option<&fs::Metadata>) -> io::Result<NamedTempFile> {
    sweep(folder)?;
    let mut file = Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(before) = before {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, chown};
            let own = file.as_file().metadata()?;
            if (own.uid(), own.gid()) != (before.uid(), before.gid()) {
                chown(file.path(), Some(before.uid()), Some(before.gid()))?;
            }
        }
        file.as_file().set_permissions(before.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// Deletes what a kill in the middle of [`write_beside`] left: it holds the secrets of the file beside it.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX));
        // A young one may be in use by another Catwalk.
        let age = || entry.metadata().and_then(|m| m.modified()).ok()?.elapsed().ok();
        if ours && age().is_some_and(|age| age > LEFTOVER) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Renames into place; a new file never lands on one that appeared meanwhile.
fn put(file: NamedTempFile, target: &Path, over: bool) -> io::Result<()> {
    if !over {
        return file.persist_noclobber(target).map(drop).map_err(io::Error::from);
    }
    let mut file = file;
    for wait in [50, 100, 200, 400, 800] {
        match file.persist(target) {
            Ok(_) => return Ok(()),
            // Windows: access denied (5) or shared (32), most often an antivirus that is done in a moment.
            Err(e) if cfg!(windows) && matches!(e.error.raw_os_error(), Some(5 | 32)) => {
                file = e.file;
                std::thread::sleep(Duration::from_millis(wait));
            }
            Err(e) => return Err(e.error),
        }
    }
    file.persist(target).map(drop).map_err(io::Error::from)
}

/// Makes a rename survive a power cut. Windows has no such call and needs none.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
