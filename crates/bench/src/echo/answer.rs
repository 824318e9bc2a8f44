//! What each request is answered with.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// What to do about a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing: it was a notification.
    None,
    /// It has been written to the buffer.
    Now,
    /// Write this later.
    Later(Duration, Vec<u8>),
    /// End the process.
    Crash,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    method: Option<&'a str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Call<'a> {
    name: &'a str,
    #[serde(borrow)]
    arguments: Option<Arguments<'a>>,
}

#[derive(Deserialize)]
struct Arguments<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    ms: Option<u64>,
}

const TOOLS: &str = r#"{"tools":[{"name":"echo","description":"Gives text back","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}},{"name":"sleep","description":"Answers later","inputSchema":{"type":"object","properties":{"ms":{"type":"integer"}},"required":["ms"]}},{"name":"crash","description":"Ends the server","inputSchema":{"type":"object"}}]}"#;

/// Answers one line into `out`.
pub(crate) fn answer(line: &[u8], out: &mut Vec<u8>) -> Answer {
    let Ok(Request { id: Some(id), method: Some(method), params }) = serde_json::from_slice(line) else {
        return Answer::None;
    };
    let id = id.get();
    match method {
        "tools/call" => {
            let call: Option<Call<'_>> = params.and_then(|params| serde_json::from_str(params.get()).ok());
            let Some(Call { name, arguments }) = call else { return fail(id, out) };
            let text = arguments.as_ref().and_then(|arguments| arguments.text);
            match (name, text, arguments.as_ref().and_then(|arguments| arguments.ms)) {
                ("echo", Some(text), _) => content(id, text.get(), out),
                ("sleep", _, Some(ms)) => {
                    let mut later = Vec::new();
                    content(id, "\"awake\"", &mut later);
                    return Answer::Later(Duration::from_millis(ms), later);
                }
                ("crash", ..) => return Answer::Crash,
                _ => return fail(id, out),
            }
        }
        "initialize" => {
            let asked = params.and_then(|params| serde_json::from_str::<serde_json::Value>(params.get()).ok());
            let version = asked.as_ref().and_then(|params| params["protocolVersion"].as_str()).unwrap_or("2025-06-18");
            let hello = serde_json::json!({ "protocolVersion": version, "capabilities": { "tools": {} },
                "serverInfo": { "name": "bench-echo", "version": env!("CARGO_PKG_VERSION") } });
            result(id, &hello.to_string(), out);
        }
        "tools/list" => result(id, TOOLS, out),
        "ping" => result(id, "{}", out),
        _ => return fail(id, out),
    }
    Answer::Now
}

fn result(id: &str, result: &str, out: &mut Vec<u8>) {
    for part in ["{\"jsonrpc\":\"2.0\",\"id\":", id, ",\"result\":", result, "}\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

fn content(id: &str, text: &str, out: &mut Vec<u8>) {
    let parts = ["{\"jsonrpc\":\"2.0\",\"id\":", id, ",\"result\":{\"content\":[{\"type\":\"text\",\"text\":", text];
    for part in parts.into_iter().chain(["}]}}\n"]) {
        out.extend_from_slice(part.as_bytes());
    }
}

fn fail(id: &str, out: &mut Vec<u8>) -> Answer {
    let error = ",\"error\":{\"code\":-32601,\"message\":\"no such method or tool\"}}\n";
    for part in ["{\"jsonrpc\":\"2.0\",\"id\":", id, error] {
        out.extend_from_slice(part.as_bytes());
    }
    Answer::Now
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer};

    #[test]
    fn answers() {
        let call = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{params}}}"#);
        let mut out = Vec::new();
        let echo = call(r#"{"name":"echo","arguments":{"text":"a\"b\u00e9"}}"#);
        assert_eq!(answer(echo.as_bytes(), &mut out), Answer::Now);
        let expect = r#"{"jsonrpc":"2.0","id":"x","result":{"content":[{"type":"text","text":"a\"b\u00e9"}]}}"#;
        assert_eq!(String::from_utf8_lossy(&out).trim_end(), expect);
        assert_eq!(answer(call(r#"{"name":"crash"}"#).as_bytes(), &mut out), Answer::Crash);
        assert_eq!(answer(br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, &mut out), Answer::None);
        let sleep = answer(call(r#"{"name":"sleep","arguments":{"ms":5}}"#).as_bytes(), &mut out);
        assert!(matches!(sleep, Answer::Later(after, _) if after.as_millis() == 5));
    }
}
