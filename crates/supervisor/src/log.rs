//! The log of one deployment: everything its server says that is not the conversation.
//!
//! Bytes come in chunks; they are cut into lines, cleaned of control characters, masked line by line (so a secret split
//! over two chunks is still found), and only then kept: in a ring for the tail, in capped files, and sent to listeners.
//! A flood cannot hurt: past its budget a line still passes through the ring, but the file and the listeners get a count.

mod budget;
mod clean;
mod file;
mod line;
mod mask;
mod ring;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use catwalk_domain::Secret;
use tokio::sync::broadcast;

use budget::Budget;
use clean::clean;
use file::Files;
use line::Splitter;
pub use line::{LogLine, Stream};
use mask::Masker;
use ring::Ring;

/// What a log may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one line; the rest of it is cut off.
    pub line: usize,
    /// Bytes on disk, all files together.
    pub total: u64,
    /// Lines kept in memory for the tail (at most 1 MiB of them).
    pub tail: usize,
    /// Bytes that may come at once.
    pub burst: u64,
    /// Bytes per second after that.
    pub per_second: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 16 * 1024, total: 10 << 20, tail: 1000, burst: 1 << 20, per_second: 256 << 10 }
    }
}

/// How many lines a slow listener may be behind before it misses some.
const LISTENERS: usize = 256;

/// A deployment's log. Writing never waits for a reader.
#[derive(Debug)]
pub struct Log {
    inner: Mutex<Inner>,
    live: broadcast::Sender<LogLine>,
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    masker: Masker,
    splitters: [Splitter; 3],
    ring: Ring,
    files: Files,
    budget: Budget,
    /// Lines not kept since the last notice, and since the log was opened.
    missing: u64,
    dropped: u64,
}

impl Log {
    /// Opens (or makes) the log in `dir`; the end of what an earlier run wrote is the tail to begin with. Values in
    /// `masks` never reach a sink. Where the folder refuses, the log is kept in memory and says so.
    pub fn open(dir: impl Into<PathBuf>, masks: &[Secret<String>], limits: Limits) -> Arc<Self> {
        let mut files = Files::new(dir.into(), limits.total);
        let opened = files.open().map(drop);
        let mut ring = Ring::new(limits.tail);
        files.last_lines().into_iter().for_each(|line| ring.push(line));
        let inner = Inner {
            limits,
            masker: Masker::new(masks),
            splitters: Default::default(),
            ring,
            files,
            budget: Budget::new(limits.burst, limits.per_second),
            missing: 0,
            dropped: 0,
        };
        let log = Arc::new(Self { inner: Mutex::new(inner), live: broadcast::Sender::new(LISTENERS) });
        if let Err(error) = opened {
            log.line(Stream::Catwalk, format!("This log is not kept on disk: {error}").as_bytes());
        }
        log
    }

    /// Takes a chunk of a stream, as it comes from the pipe. Incomplete lines wait for their end.
    pub fn write(&self, stream: Stream, bytes: &[u8]) {
        let inner = &mut *self.lock();
        let room = inner.room();
        let mut splitter = std::mem::take(&mut inner.splitters[stream as usize]);
        splitter.take(bytes, room, |line| inner.keep(stream, line, &self.live));
        inner.splitters[stream as usize] = splitter;
    }

    /// Takes one whole line, without its end.
    pub fn line(&self, stream: Stream, bytes: &[u8]) {
        let inner = &mut *self.lock();
        let room = inner.room();
        for line in bytes.split(|byte| *byte == b'\n') {
            inner.keep(stream, &line[..line.len().min(room)], &self.live);
        }
    }

    /// The stream has ended: a last line without an end is kept, and lines that were dropped are accounted for.
    pub fn flush(&self, stream: Stream) {
        let inner = &mut *self.lock();
        let mut splitter = std::mem::take(&mut inner.splitters[stream as usize]);
        splitter.finish(|line| inner.keep(stream, line, &self.live));
        inner.account(&self.live);
    }

    /// The last `n` lines, oldest first.
    pub fn tail(&self, n: usize) -> Vec<LogLine> {
        self.lock().ring.last(n)
    }

    /// Lines from now on. A listener that falls behind misses lines; it can ask for the tail again.
    pub fn subscribe(&self) -> broadcast::Receiver<LogLine> {
        self.live.subscribe()
    }

    /// Replaces the values to mask, for lines from now on.
    pub fn set_masks(&self, masks: &[Secret<String>]) {
        let masker = Masker::new(masks);
        self.lock().masker = masker;
    }

    /// Words of the server that go elsewhere than into the log, such as its answer to a call, with the values masked.
    pub fn mask(&self, text: &str) -> String {
        self.lock().masker.mask(text, text.len())
    }

    /// How many lines were not written to the file because they came too fast or the disk refused.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic in between leaves at worst a cut line.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// How much of a line is looked at: more than is kept, so that a secret lying across the cap is seen whole.
    fn room(&self) -> usize {
        self.limits.line + self.masker.longest() + 1
    }

    fn keep(&mut self, stream: Stream, raw: &[u8], listeners: &broadcast::Sender<LogLine>) {
        let text = clean(raw);
        // A line that was cut may end in the first half of a secret: that much of its end is never shown.
        let whole = raw.len() < self.room();
        let cap = if whole { text.len() } else { text.len().saturating_sub(self.masker.longest()) };
        let text = self.masker.mask(&text, cap.min(self.limits.line));
        let line = LogLine { at: crate::supervisor::now(), stream, text };
        if self.budget.allows(line.text.len() as u64 + 32) {
            self.account(listeners);
            self.publish(&line, listeners);
        } else {
            self.missing += 1;
            self.dropped += 1;
        }
        self.ring.push(line);
    }

    /// Says how many lines are missing, in their place.
    fn account(&mut self, listeners: &broadcast::Sender<LogLine>) {
        if self.missing > 0 {
            let text = format!("{} lines came too fast and were not kept", std::mem::take(&mut self.missing));
            let line = LogLine { at: crate::supervisor::now(), stream: Stream::Catwalk, text };
            self.publish(&line, listeners);
            self.ring.push(line);
        }
    }

    fn publish(&mut self, line: &LogLine, listeners: &broadcast::Sender<LogLine>) {
        // A full disk stops the file first; the ring and the listeners go on.
        if self.files.append(line).is_err() {
            self.dropped += 1;
        }
        if listeners.receiver_count() > 0 {
            listeners.send(line.clone()).ok();
        }
    }
}

#[cfg(test)]
mod tests;
