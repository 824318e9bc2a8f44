//! Dated copies of what a client's file was: ten of each client, readable by the user alone.

use crate::ClientKind;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use time::{OffsetDateTime, format_description::FormatItem, macros::format_description};

const KEEP: usize = 10;

/// Sorts by age as text, and is a legal file name everywhere.
const STAMP: &[FormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second].[subsecond digits:9]Z");

/// Copies bytes into the folder and prunes older copies of the same client.
pub(crate) fn keep(folder: &Path, kind: ClientKind, bytes: &[u8]) -> io::Result<PathBuf> {
    fs::DirBuilder::new().recursive(true).create(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    let stamp = OffsetDateTime::now_utc().format(STAMP).map_err(io::Error::other)?;
    let path = folder.join(format!("{}.{stamp}.bak", kind.id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    prune(folder, kind)?;
    Ok(path)
}

fn prune(folder: &Path, kind: ClientKind) -> io::Result<()> {
    let prefix = format!("{}.", kind.id());
    let mut names: Vec<_> = fs::read_dir(folder)?.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.retain(|n| n.starts_with(&prefix));
    names.sort_unstable();
    let old = names.len().saturating_sub(KEEP);
    names[..old].iter().try_for_each(|name| fs::remove_file(folder.join(name)))
}
