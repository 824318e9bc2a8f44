//! The last lines, in memory.

use std::collections::VecDeque;

use super::LogLine;

/// Long lines must not add up to more than this.
const BYTES: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Ring {
    lines: VecDeque<LogLine>,
    bytes: usize,
    most: usize,
}

impl Ring {
    pub(super) fn new(most: usize) -> Self {
        Self { lines: VecDeque::new(), bytes: 0, most: most.max(1) }
    }

    pub(super) fn push(&mut self, line: LogLine) {
        self.bytes += line.text.len();
        self.lines.push_back(line);
        while self.lines.len() > self.most || (self.bytes > BYTES && self.lines.len() > 1) {
            if let Some(old) = self.lines.pop_front() {
                self.bytes -= old.text.len();
            }
        }
    }

    pub(super) fn last(&self, n: usize) -> Vec<LogLine> {
        self.lines.range(self.lines.len().saturating_sub(n)..).cloned().collect()
    }
}
