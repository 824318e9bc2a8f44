//! What can happen to the helper, put on one queue.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use catwalk_domain::Millis;
use rustix::process::{WaitOptions, wait};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::wire::STOP;

/// One happening.
pub(super) enum Note {
    /// Stop the tree: asked for, or Catwalk is gone, or the system is shutting down.
    Stop,
    /// The server itself ended.
    Exited { code: Option<i32>, signal: Option<i32>, at: Millis },
    /// No child is left, adopted ones included.
    Empty,
}

/// Listens to Catwalk. The end of the stream is the message that matters most.
pub(super) fn listen(mut control: UnixStream, notes: Sender<Note>) {
    thread::spawn(move || {
        let mut byte = [0];
        while matches!(control.read(&mut byte), Ok(1)) && byte[0] != STOP {}
        notes.send(Note::Stop).ok();
    });
}

/// A logout or `kill` of the helper stops the tree instead of orphaning it.
pub(super) fn on_signals(notes: Sender<Note>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            notes.send(Note::Stop).ok();
        }
    });
    Ok(())
}

/// Waits for any child: the server, and whatever the sub-reaper adopted. Runs until none is left.
pub(super) fn reap(server: u32, notes: Sender<Note>) {
    thread::spawn(move || {
        loop {
            match wait(WaitOptions::empty()) {
                Ok(Some((pid, status))) if u32::try_from(pid.as_raw_nonzero().get()) == Ok(server) => {
                    let (code, signal) = (status.exit_status(), status.terminating_signal());
                    notes.send(Note::Exited { code, signal, at: now() }).ok();
                }
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => break, // ECHILD
            }
        }
        notes.send(Note::Empty).ok();
    });
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
