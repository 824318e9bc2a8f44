//! Reading goes on while answers wait for the pipe or for their time. One thread: two would cost a wake-up per call.

use crate::answer::{Answer, answer};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

const READ: usize = 64 << 10;

/// Serves until the input ends.
pub(crate) fn serve() -> io::Result<()> {
    fcntl_setfl(stdout(), fcntl_getfl(stdout())? | OFlags::NONBLOCK)?;
    let (mut input, mut out, mut written) = (Vec::new(), Vec::new(), 0);
    let mut later: BTreeMap<(Instant, u64), Vec<u8>> = BTreeMap::new();
    let mut seen: u64 = 0;
    loop {
        if may_read(written < out.len(), &later)? {
            let start = input.len();
            input.resize(start + READ, 0);
            let got = rustix::io::read(stdin(), &mut input[start..])?;
            input.truncate(start + got);
            if got == 0 {
                return Ok(());
            }
            let mut from = 0;
            // Only what just came can hold the end of the first line.
            let mut search = start;
            while let Some(at) = memchr::memchr(b'\n', &input[search..]) {
                seen += 1;
                match answer(&input[from..search + at], &mut out) {
                    Answer::None | Answer::Now => {}
                    Answer::Later(after, bytes) => drop(later.insert((Instant::now() + after, seen), bytes)),
                    Answer::Crash => return Ok(()),
                }
                search += at + 1;
                from = search;
            }
            input.drain(..from);
        }
        while let Some(due) = later.first_entry().filter(|entry| entry.key().0 <= Instant::now()) {
            out.extend_from_slice(&due.remove());
        }
        written += write(&out[written..])?;
        if written == out.len() {
            out.clear();
            written = 0;
        }
    }
}

/// Waits for something to do; whether there is something to read. With nothing else to wait for, reading itself waits.
fn may_read(unwritten: bool, later: &BTreeMap<(Instant, u64), Vec<u8>>) -> io::Result<bool> {
    let due = later.first_key_value().map(|((at, _), _)| at.saturating_duration_since(Instant::now()));
    if !unwritten && due.is_none() {
        return Ok(true);
    }
    let (input, output) = (stdin(), stdout());
    let mut wait = [PollFd::new(&input, PollFlags::IN), PollFd::new(&output, PollFlags::OUT)];
    // To the next millisecond, or it would spin for the last part of one.
    let due = due.map(|due| due + Duration::from_millis(1)).and_then(|due| due.try_into().ok());
    poll(&mut wait[..if unwritten { 2 } else { 1 }], due.as_ref())?;
    Ok(!wait[0].revents().is_empty())
}

/// Writes what the pipe takes now.
fn write(bytes: &[u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < bytes.len() {
        match rustix::io::write(stdout(), &bytes[done..]) {
            Ok(more) => done += more,
            Err(Errno::AGAIN) => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(done)
}
