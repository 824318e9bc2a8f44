//! A message on its way to a client: a small head of our own, then the server's bytes as they came.

use crate::envelope::Outcome;
use bytes::Bytes;
use serde_json::value::RawValue;

/// Up to this size copying beats keeping the server's read buffer alive.
const COPY: usize = 16 << 10;

/// One JSON-RPC message without raw line breaks, so it fits an SSE `data:` line as it is.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    head: Bytes,
    body: Bytes,
    tail: Bytes,
}

impl Message {
    /// An answer under the client's own id. `line` is what `outcome` was borrowed from.
    pub(crate) fn answer(id: &str, outcome: Outcome<'_>, line: &Bytes) -> Self {
        let (member, value) = outcome.member();
        Self::joined(&["{\"jsonrpc\":\"2.0\",\"id\":", id, ",\"", member, "\":"], value, line)
    }

    /// A result with members that it lacks put first, each with a comma after it.
    pub(crate) fn completed(id: &str, members: &str, result: &RawValue, line: &Bytes) -> Self {
        let rest = result.get().strip_prefix('{').unwrap_or_default();
        let empty = rest.trim_start().starts_with('}');
        let members = if empty { members.strip_suffix(',').unwrap_or_default() } else { members };
        Self::spliced(&["{\"jsonrpc\":\"2.0\",\"id\":", id, ",\"result\":{", members], rest, line)
    }

    /// An answer made here.
    pub(crate) fn own_answer(id: &str, result: &str) -> Self {
        Self::from_text(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{result}}}"))
    }

    /// An error made here.
    pub(crate) fn error(id: &str, code: i64, message: &str, data: Option<&serde_json::Value>) -> Self {
        let mut error = serde_json::json!({ "code": code, "message": message });
        if let Some(data) = data {
            error["data"] = data.clone();
        }
        Self::from_text(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{error}}}"))
    }

    /// A raw error.
    pub(crate) fn own_error(id: &str, error: &str) -> Self {
        Self::from_text(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{error}}}"))
    }

    /// The code of the error that it is, as an answer under this id.
    pub(crate) fn error_code(&self, id: &str) -> Option<i64> {
        let start = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":");
        let rest = self.head.strip_prefix(start.as_bytes())?;
        let raw = if self.body.is_empty() { rest.strip_suffix(b"}")? } else { &self.body };
        let error: &RawValue = serde_json::from_slice(raw).ok()?;
        crate::envelope::field(error, "code")?.get().parse().ok()
    }

    /// A request to the client, under an id of ours.
    pub(crate) fn request(id: u64, method: &str, params: Option<&str>) -> Self {
        Self::from_text(text(Some(id), method, params))
    }

    /// A notification to the client.
    pub(crate) fn notification(method: &str, params: Option<&str>) -> Self {
        Self::from_text(text(None, method, params))
    }

    fn from_text(text: String) -> Self {
        Self { head: one_line(text.into()), body: Bytes::new(), tail: Bytes::new() }
    }

    fn joined(head: &[&str], value: &RawValue, line: &Bytes) -> Self {
        Self::spliced(head, value.get(), line)
    }

    /// `head`, then `value`, a slice of `line`, and the end of the message.
    fn spliced(head: &[&str], value: &str, line: &Bytes) -> Self {
        let size = head.iter().map(|part| part.len()).sum::<usize>();
        let large = value.len() > COPY;
        let mut out = Vec::with_capacity(size + if large { 0 } else { value.len() + 1 });
        for part in head {
            out.extend_from_slice(part.as_bytes());
        }
        if large {
            let body = one_line(line.slice_ref(value.as_bytes()));
            return Self { head: out.into(), body, tail: Bytes::from_static(b"}") };
        }
        out.extend_from_slice(value.as_bytes());
        out.push(b'}');
        Self { head: one_line(out.into()), body: Bytes::new(), tail: Bytes::new() }
    }

    /// The bytes, in order; later parts may be empty.
    pub(crate) fn parts(self) -> [Bytes; 3] {
        [self.head, self.body, self.tail]
    }

    /// How many bytes.
    pub(crate) fn len(&self) -> usize {
        self.head.len() + self.body.len() + self.tail.len()
    }

    /// Several answers as one batch.
    pub(crate) fn array(messages: Vec<Self>) -> Self {
        let mut out = Vec::with_capacity(messages.iter().map(|message| message.len() + 1).sum::<usize>() + 1);
        for message in messages {
            out.push(if out.is_empty() { b'[' } else { b',' });
            for part in message.parts() {
                out.extend_from_slice(&part);
            }
        }
        out.push(b']');
        Self { head: out.into(), body: Bytes::new(), tail: Bytes::new() }
    }
}

/// The text of a request or notification.
fn text(id: Option<u64>, method: &str, params: Option<&str>) -> String {
    let method = serde_json::Value::from(method);
    let id = id.map(|id| format!(",\"id\":{id}")).unwrap_or_default();
    match params {
        Some(params) => format!("{{\"jsonrpc\":\"2.0\"{id},\"method\":{method},\"params\":{params}}}"),
        None => format!("{{\"jsonrpc\":\"2.0\"{id},\"method\":{method}}}"),
    }
}

/// The same JSON on one line. Raw line breaks are only ever white space in valid JSON, and pipes never have them.
fn one_line(bytes: Bytes) -> Bytes {
    if memchr::memchr2(b'\n', b'\r', &bytes).is_none() {
        return bytes;
    }
    bytes.iter().map(|&byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::Message;
    use crate::envelope::Envelope;
    use bytes::Bytes;

    fn bytes(message: Message) -> Vec<u8> {
        message.parts().concat()
    }

    #[test]
    fn ids_change_and_nothing_else() {
        for filler in ["x", &"y".repeat(100_000)] {
            let line = Bytes::from(format!(r#"{{"result":{{"a": "{filler}" }},"id":7,"jsonrpc":"2.0"}}"#));
            let Ok(Envelope::Response { outcome, .. }) = Envelope::parse(&line) else { panic!("a response") };
            let message = Message::answer("\"mine\"", outcome, &line);
            let expect = format!(r#"{{"jsonrpc":"2.0","id":"mine","result":{{"a": "{filler}" }}}}"#);
            assert_eq!(message.len(), expect.len());
            assert_eq!(bytes(message), expect.as_bytes());
        }
    }

    #[test]
    fn one_line_always() {
        let line = Bytes::from_static(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\r\n \"a\":1\n}}");
        let Ok(Envelope::Response { outcome, .. }) = Envelope::parse(&line) else { panic!("a response") };
        assert!(!bytes(Message::answer("1", outcome, &line)).contains(&b'\n'));
    }
}
