//! Wheels.

use super::{Budget, Limits};
use crate::Error;
use std::io::Read;
use std::path::Path;
use tokio_util::sync::CancellationToken;
use zip::ZipArchive;

/// Unpacks a whole zip file into an empty folder. Links are refused: no wheel of ours has any.
pub(crate) fn unpack(from: &Path, to: &Path, limits: Limits, cancel: &CancellationToken) -> Result<(), Error> {
    let damaged = |e: zip::result::ZipError| Error::HostileArchive { why: format!("is damaged ({e})") };
    let file = std::fs::File::open(from).map_err(Error::io(from))?;
    let mut zip = ZipArchive::new(std::io::BufReader::new(file)).map_err(damaged)?;
    let mut budget = Budget::new(limits, cancel);
    for i in 0..zip.len() {
        budget.take_file()?;
        let mut entry = zip.by_index(i).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        let Some(path) = entry.enclosed_name() else {
            return Err(Error::HostileArchive { why: format!("writes outside of its folder ({name})") });
        };
        let at = to.join(path);
        if entry.is_symlink() {
            return Err(Error::HostileArchive { why: format!("holds a link ({name})") });
        } else if entry.is_dir() {
            std::fs::create_dir_all(&at).map_err(Error::io(&at))?;
        } else {
            let executable = entry.unix_mode().is_some_and(|m| m & 0o111 != 0);
            budget.write(&mut entry, &at, executable)?;
        }
    }
    Ok(())
}

/// The text of the first member whose name ends so, e.g. a wheel's metadata.
pub(crate) fn read_member(zip: &Path, end: &str) -> Result<String, Error> {
    let damaged = |why: String| Error::HostileArchive { why: format!("is damaged ({why})") };
    let file = std::fs::File::open(zip).map_err(Error::io(zip))?;
    let mut archive = ZipArchive::new(std::io::BufReader::new(file)).map_err(|e| damaged(e.to_string()))?;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(|e| damaged(e.to_string()))?;
        if entry.name().is_ok_and(|n| n.ends_with(end)) {
            let mut text = String::new();
            entry.take(1 << 20).read_to_string(&mut text).map_err(|e| damaged(e.to_string()))?;
            return Ok(text);
        }
    }
    Err(damaged(format!("no {end} in it")))
}
