//! What differs between the systems: how a server is started so that it cannot be orphaned.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod watch;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::spawn;
#[cfg(unix)]
pub(crate) use watch::end_leftover;
#[cfg(windows)]
pub(crate) use windows::{end_leftover, spawn};

use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{Stream, Words};

/// What a server's stderr is to be.
fn stderr_of(words: &Words) -> Stdio {
    match words {
        Words::Log(_) => Stdio::piped(),
        Words::Stderr => Stdio::inherit(),
    }
}

/// Reads a server's stderr into its log until the end, at whatever speed it comes: the log drops, the pipe never fills.
/// Without a log it flows past us.
async fn drain(stderr: Option<impl AsyncRead + Unpin>, words: Words) {
    let (Some(mut stderr), Words::Log(log)) = (stderr, words) else { return };
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count) = stderr.read(&mut buffer).await {
        if count == 0 {
            break;
        }
        log.write(Stream::Stderr, &buffer[..count]);
    }
    log.flush(Stream::Stderr);
}
