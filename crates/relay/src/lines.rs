//! Newline-delimited messages from a pipe, with a cap: a longer line is skipped, but its ends are kept, for they may tell
//! whose answer it was.

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

const READ: usize = 64 << 10;
/// How much of either end of a cut line is kept.
const END: usize = 256;

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A line, without its line feed.
    Line(Bytes),
    /// A line longer than the cap.
    Cut(Cut),
}

/// The ends of a line that was cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    head: Vec<u8>,
    tail: Vec<u8>,
}

/// Splits bytes into lines.
#[derive(Debug)]
pub(crate) struct Lines {
    buffer: BytesMut,
    /// How much of the buffer holds no line feed.
    scanned: usize,
    max: usize,
    cut: Option<Cut>,
}

impl Lines {
    /// Lines of up to `max` bytes.
    pub(crate) fn new(max: usize) -> Self {
        Self { buffer: BytesMut::with_capacity(READ), scanned: 0, max, cut: None }
    }

    /// Reads once; false at the end. May be dropped and called again.
    pub(crate) async fn fill(&mut self, reader: &mut (impl AsyncRead + Unpin)) -> std::io::Result<bool> {
        self.buffer.reserve(READ);
        Ok(reader.read_buf(&mut self.buffer).await? > 0)
    }

    /// The next line among what was read.
    pub(crate) fn next(&mut self) -> Option<Item> {
        let Some(at) = memchr::memchr(b'\n', &self.buffer[self.scanned..]) else {
            self.scanned = self.buffer.len();
            if self.cut.is_some() || self.scanned > self.max {
                self.skip(self.scanned);
                self.scanned = 0;
            }
            return None;
        };
        let end = self.scanned + at;
        self.scanned = 0;
        if self.cut.is_some() || end > self.max {
            self.skip(end + 1);
            return self.cut.take().map(Item::Cut);
        }
        let mut line = self.buffer.split_to(end + 1).freeze();
        line.truncate(end);
        if self.buffer.is_empty() && line.len() > READ {
            // The allocation belongs to that line; keeping it would keep the largest line's size for good.
            self.buffer = BytesMut::new();
        }
        Some(Item::Line(line))
    }

    /// What is left when the pipe ended without a line feed.
    pub(crate) fn rest(&mut self) -> Option<Item> {
        let line = self.buffer.split().freeze();
        self.scanned = 0;
        (self.cut.is_none() && !line.is_empty()).then_some(Item::Line(line))
    }

    /// Throws the first `len` bytes away but for the line's ends.
    fn skip(&mut self, len: usize) {
        let gone = self.buffer.split_to(len);
        let cut = self.cut.get_or_insert_default();
        if cut.head.is_empty() {
            cut.head.extend_from_slice(&gone[..gone.len().min(END)]);
        }
        cut.tail.extend_from_slice(&gone[gone.len().saturating_sub(END)..]);
        let over = cut.tail.len().saturating_sub(END);
        cut.tail.drain(..over);
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }
}

impl Cut {
    /// The id of the response, where it stands first (Python's SDK) or last (TypeScript's).
    pub(crate) fn id(&self) -> Option<u64> {
        let squeeze = |bytes: &[u8]| -> String {
            String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_whitespace()).collect()
        };
        let (head, tail) = (squeeze(&self.head), squeeze(&self.tail));
        let first = head.strip_prefix("{\"jsonrpc\":\"2.0\",\"id\":").or_else(|| head.strip_prefix("{\"id\":"));
        if let Some((id, _)) = first.and_then(|rest| rest.split_once(',')) {
            return id.parse().ok();
        }
        let last = tail.strip_suffix(",\"jsonrpc\":\"2.0\"}").or_else(|| tail.strip_suffix('}'))?;
        last.rsplit_once("\"id\":")?.1.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, Lines};

    async fn all(input: &[u8], max: usize) -> Vec<String> {
        let (mut lines, mut input, mut got) = (Lines::new(max), input, Vec::new());
        let show = |item| match item {
            Item::Line(line) => String::from_utf8_lossy(&line).into_owned(),
            Item::Cut(cut) => format!("cut {:?}", cut.id()),
        };
        while lines.fill(&mut input).await.expect("reading memory does not fail") {
            while let Some(item) = lines.next() {
                got.push(show(item));
            }
        }
        got.extend(lines.rest().map(show));
        got
    }

    #[tokio::test]
    async fn splits_and_cuts() {
        assert_eq!(all(b"a\n\nbc\nd", 10).await, ["a", "", "bc", "d"]);
        assert_eq!(all(b"0123456789\nab\n", 4).await, ["cut None", "ab"]);
        let filler = "x".repeat(300_000);
        for (line, expect) in [
            (format!(r#"{{"jsonrpc": "2.0", "id": 41, "result": "{filler}"}}"#), "cut Some(41)"),
            (format!(r#"{{"result":{{"id":7,"t":"{filler}"}},"jsonrpc":"2.0","id":42}}"#), "cut Some(42)"),
            (format!(r#"{{"result":{{"id":7,"t":"{filler}"}},"id":43,"jsonrpc":"2.0"}}"#), "cut Some(43)"),
            (format!(r#"{{"result":{{"id":7,"t":"{filler}"}}}}"#), "cut None"),
        ] {
            assert_eq!(all(format!("{line}\nnext\n").as_bytes(), 1000).await, [expect, "next"]);
        }
    }
}
