//! Watching the server and ending its tree: stdin closed, 2 s, SIGTERM to the group, 2 s, kill everything.

use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::notes::Note;
use super::receive::report;
use crate::tree;
use crate::wire::{PATIENCE, Report};

/// Once the server itself left politely, what it started gets this long after SIGTERM.
const LEFTOVERS: Duration = Duration::from_millis(500);
/// A process that survives SIGKILL hangs in the kernel; waiting longer does not help.
const KILLING: Duration = Duration::from_secs(3);
/// Between two passes over a tree that is being killed.
const PASS: Duration = Duration::from_millis(5);

/// Returns when nothing of the tree is left (or all was tried).
pub(super) fn watch(server: u32, queue: &Receiver<Note>, control: &UnixStream) {
    let mut tree = Tree { server, queue, control, exited: false, empty: false };
    if tree.next(None) == Some(Asked::ToStop) {
        // Catwalk has closed the server's stdin together with its request (or the kernel did when Catwalk died).
        if tree.wait_for_exit(PATIENCE) {
            tree.say_goodbye_to_leftovers();
        } else {
            tree::signal_group(server, Signal::TERM);
            tree.wait_for_exit(PATIENCE);
        }
    }
    // A server that ended by itself leaves without ceremony: it may be started again at once, and must find its ports free.
    tree.kill();
}

#[derive(PartialEq)]
enum Asked {
    ToStop,
    Nothing,
}

struct Tree<'a> {
    server: u32,
    queue: &'a Receiver<Note>,
    control: &'a UnixStream,
    exited: bool,
    empty: bool,
}

impl Tree<'_> {
    /// Takes the next note, reporting an exit at once; `None` when `until` passed first.
    fn next(&mut self, until: Option<Instant>) -> Option<Asked> {
        let note = match until {
            None => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(until) => self.queue.recv_timeout(until.saturating_duration_since(Instant::now())),
        };
        match note {
            Ok(Note::Stop) => return Some(Asked::ToStop),
            Ok(Note::Exited { code, signal, at }) => {
                self.exited = true;
                report(self.control, &Report::Exited { code, signal, at });
            }
            Ok(Note::Empty) | Err(RecvTimeoutError::Disconnected) => self.empty = true,
            Err(RecvTimeoutError::Timeout) => return None,
        }
        Some(Asked::Nothing)
    }

    fn wait_for_exit(&mut self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while !self.exited && !self.empty && self.next(Some(until)).is_some() {}
        self.exited || self.empty
    }

    fn say_goodbye_to_leftovers(&mut self) {
        let left = tree::descendants(std::process::id());
        for pid in &left {
            tree::signal(*pid, Signal::TERM);
        }
        let until = Instant::now() + LEFTOVERS;
        while !left.is_empty() && !self.empty && self.next(Some(until)).is_some() {}
    }

    fn kill(&mut self) {
        let until = Instant::now() + KILLING;
        // Where there is no sub-reaper the group is all that can be reached. The group's number cannot have been reused:
        // either the server is not reaped yet, or a member of the group still holds it, or nothing gets the signal.
        #[cfg(not(target_os = "linux"))]
        tree::signal_group(self.server, Signal::KILL);
        while !self.empty && Instant::now() < until {
            tree::kill_descendants(std::process::id());
            if !self.exited {
                tree::signal_group(self.server, Signal::KILL);
            }
            self.next(Some(Instant::now() + PASS));
        }
        let count = if self.empty { 0 } else { tree::descendants(std::process::id()).len() };
        if count > 0 {
            report(self.control, &Report::Left { count });
        }
    }
}
