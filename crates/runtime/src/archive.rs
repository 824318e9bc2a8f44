//! Unpacking what strangers packed.

pub(crate) mod tarball;
pub(crate) mod zip;

use crate::Error;
use std::io::{Read, Write};
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// Caps, so that a small download cannot fill the disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

/// What is left of the caps.
struct Budget<'a> {
    limits: Limits,
    files: usize,
    bytes: u64,
    cancel: &'a CancellationToken,
}

impl<'a> Budget<'a> {
    fn new(limits: Limits, cancel: &'a CancellationToken) -> Self {
        Self { limits, files: limits.files, bytes: limits.bytes, cancel }
    }

    fn take_file(&mut self) -> Result<(), Error> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        self.files = self
            .files
            .checked_sub(1)
            .ok_or_else(|| Error::HostileArchive { why: format!("holds more than {} files", self.limits.files) })?;
        Ok(())
    }

    /// Writes a file; sizes in headers are claims, so what counts is what comes out.
    fn write(&mut self, from: &mut impl Read, to: &Path, executable: bool) -> Result<(), Error> {
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).map_err(Error::io(parent))?;
        }
        let mut file = std::fs::File::create(to).map_err(Error::io(to))?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let n = from.read(&mut buffer).map_err(|e| Error::HostileArchive { why: format!("is damaged ({e})") })?;
            if n == 0 {
                break;
            }
            if self.cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            self.bytes = self.bytes.checked_sub(n as u64).ok_or_else(|| Error::HostileArchive {
                why: format!("unpacks to more than {} bytes", self.limits.bytes),
            })?;
            file.write_all(&buffer[..n]).map_err(Error::io(to))?;
        }
        mark(&file, executable).map_err(Error::io(to))
    }
}

#[cfg(unix)]
fn mark(file: &std::fs::File, executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // Only the executable bit is taken from the archive: no setuid, nothing writable by others.
    file.set_permissions(std::fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the unix form can fail")]
fn mark(_: &std::fs::File, _: bool) -> std::io::Result<()> {
    Ok(())
}
