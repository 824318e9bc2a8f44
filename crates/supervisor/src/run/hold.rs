//! What `catwalk hold` does: run one of Catwalk's own tools (npm, uv) and end it with all it started as soon as Catwalk is
//! gone. A tool gets no secret, so its words may stand on a command line; its result and its output are passed through.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::notes::{self, Note};
use super::{guard_self, inherited};
use crate::tree;

/// Between two passes over a tree that is being killed.
const PASS: Duration = Duration::from_millis(5);
/// A process that survives SIGKILL hangs in the kernel; waiting longer does not help.
const KILLING: Duration = Duration::from_secs(3);

/// Runs `args` (program and its arguments) for as long as standard input stays open.
pub(super) fn hold(mut args: impl Iterator<Item = OsString>) -> io::Result<ExitCode> {
    inherited::close();
    let nothing = || io::Error::new(io::ErrorKind::InvalidInput, "no program is named");
    let program = args.next().ok_or_else(nothing)?;
    let lifeline = std::fs::File::from(io::stdin().as_fd().try_clone_to_owned()?);
    guard_self();
    let (sender, queue) = channel();
    listen(lifeline, sender.clone());
    notes::on_signals(sender.clone())?;
    let child = start(&program, args)?;
    notes::reap(child, sender);
    Ok(watch(child, &queue))
}

/// In the group of this process, so that whoever ends the group ends both.
#[expect(clippy::disallowed_methods, reason = "this is where processes are started")]
fn start(program: &OsString, args: impl Iterator<Item = OsString>) -> io::Result<u32> {
    let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", program.display()));
    Ok(Command::new(program).args(args).stdin(Stdio::null()).spawn().map_err(named)?.id())
}

/// Nothing is ever written into it: the kernel closes it when Catwalk ends, however it ends.
fn listen(mut lifeline: impl Read + Send + 'static, notes: Sender<Note>) {
    std::thread::spawn(move || {
        let mut byte = [0];
        while matches!(lifeline.read(&mut byte), Ok(1)) {}
        notes.send(Note::Stop).ok();
    });
}

fn watch(child: u32, queue: &Receiver<Note>) -> ExitCode {
    let mut result = ExitCode::FAILURE;
    let mut empty = false;
    match queue.recv() {
        Ok(Note::Stop) => {}
        Ok(Note::Exited { code, .. }) => {
            result = code.and_then(|c| u8::try_from(c).ok()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
        Ok(Note::Empty) | Err(_) => empty = true,
    }
    // What a tool leaves running when it ends is nobody's any more.
    let until = Instant::now() + KILLING;
    while !empty && Instant::now() < until {
        tree::kill_descendants(std::process::id());
        if cfg!(not(target_os = "linux")) {
            tree::signal(child, rustix::process::Signal::KILL);
        }
        empty = matches!(queue.recv_timeout(PASS), Ok(Note::Empty) | Err(RecvTimeoutError::Disconnected));
    }
    result
}
