//! Server-sent events as a reader sees them (WHATWG HTML §9.2): for remote servers and for the bridge.

mod reader;

pub(crate) use reader::{Place, Reader};

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// The event's type, if it names one.
    pub(crate) kind: Option<String>,
    /// Its id, if it has one.
    pub(crate) id: Option<String>,
    /// How long to wait before coming back, if it says so (milliseconds).
    pub(crate) retry: Option<u64>,
    /// Its data lines, joined by line feeds.
    pub(crate) data: String,
}

/// A line longer than the cap.
#[derive(Debug, thiserror::Error)]
#[error("an event is longer than {0} bytes")]
pub(crate) struct TooLong(usize);

/// Splits a byte stream into events.
#[derive(Debug)]
pub(crate) struct Parser {
    line: Vec<u8>,
    event: Event,
    any: bool,
    after_cr: bool,
    first: bool,
    max: usize,
}

impl Parser {
    /// Events of up to `max` bytes.
    pub(crate) fn new(max: usize) -> Self {
        Self { line: Vec::new(), event: Event::default(), any: false, after_cr: false, first: true, max }
    }

    /// Takes a chunk; returns the events that it completes.
    pub(crate) fn feed(&mut self, mut chunk: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        // CR LF is one line end, also across two chunks.
        if std::mem::take(&mut self.after_cr) {
            chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
        }
        while let Some(at) = memchr::memchr2(b'\n', b'\r', chunk) {
            self.line.extend_from_slice(&chunk[..at]);
            let cr = chunk[at] == b'\r';
            chunk = &chunk[at + 1..];
            if cr {
                self.after_cr = chunk.is_empty();
                chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
            }
            let line = std::mem::take(&mut self.line);
            events.extend(self.end_line(&line));
            if self.event.data.len() > self.max {
                return Err(TooLong(self.max));
            }
        }
        self.line.extend_from_slice(chunk);
        if self.line.len() > self.max { Err(TooLong(self.max)) } else { Ok(events) }
    }

    fn end_line(&mut self, line: &[u8]) -> Option<Event> {
        let text = String::from_utf8_lossy(line);
        let mut text = &*text;
        if std::mem::take(&mut self.first) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            let complete = std::mem::take(&mut self.any);
            let event = std::mem::take(&mut self.event);
            return complete.then_some(event);
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "event" => self.event.kind = Some(value.to_owned()),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" => self.event.retry = value.parse().ok(),
            _ => return None,
        }
        self.any = true;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Parser};

    #[test]
    fn any_split_gives_the_same_events() {
        let text = "\u{feff}: hello\r\nid: 1.1\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\nevent: endpoint\rdata:/x\r\rretry: 50\nid: 2\ndata:\n\n";
        let event = |kind: Option<&str>, id: Option<&str>, retry, data: &str| Event {
            kind: kind.map(str::to_owned),
            id: id.map(str::to_owned),
            retry,
            data: data.to_owned(),
        };
        let expect = [
            event(None, Some("1.1"), None, "{\"a\":\n1}"),
            event(Some("endpoint"), None, None, "/x"),
            event(None, Some("2"), Some(50), ""),
        ];
        for size in 1..text.len() {
            let mut parser = Parser::new(1000);
            let events: Vec<_> =
                text.as_bytes().chunks(size).flat_map(|chunk| parser.feed(chunk).expect("is short")).collect();
            assert_eq!(events, expect, "chunks of {size}");
        }
    }

    #[test]
    fn too_long_is_refused() {
        let mut parser = Parser::new(10);
        assert!(parser.feed(b"data: 0123456789").is_err());
    }
}
