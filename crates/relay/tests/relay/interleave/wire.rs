//! As much HTTP as it takes to make many calls quickly.

use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub(crate) struct Wire {
    stream: BufReader<TcpStream>,
    left: Option<usize>,
    text: String,
}

impl Wire {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.expect("the relay listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream: BufReader::new(stream), left: None, text: String::new() }
    }

    pub(crate) async fn send(&mut self, head: &str, message: &Value) {
        let body = message.to_string();
        let request = format!("{head}{}\r\n\r\n{body}", body.len());
        self.stream.get_mut().write_all(request.as_bytes()).await.expect("the relay reads");
    }

    /// Sends what has no answer.
    pub(crate) async fn tell(&mut self, head: &str, message: &Value) {
        self.send(head, message).await;
        self.head().await;
        assert!(self.next(false).await.is_none(), "an answer to what wants none");
    }

    /// Reads a response's head; whether events follow.
    pub(crate) async fn head(&mut self) -> bool {
        let (mut events, mut line) = (false, self.line().await);
        assert!(line.starts_with("HTTP/1.1 20"), "{line}");
        self.left = Some(0);
        while !line.is_empty() {
            if let Some(length) = line.strip_prefix("content-length: ") {
                self.left = Some(length.parse().expect("a length"));
            } else if line == "transfer-encoding: chunked" {
                self.left = None;
            } else if line == "content-type: text/event-stream" {
                events = true;
            }
            line = self.line().await;
        }
        events
    }

    /// The next message of the response; none at its end.
    pub(crate) async fn next(&mut self, events: bool) -> Option<Value> {
        loop {
            if events && let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                match event.lines().find_map(|line| line.strip_prefix("data: ")) {
                    Some(data) => return Some(message(data)),
                    None => continue,
                }
            }
            let length = match self.left.take() {
                Some(length) => length,
                None => usize::from_str_radix(&self.line().await, 16).expect("a chunk's size"),
            };
            let mut bytes = vec![0; length];
            self.stream.read_exact(&mut bytes).await.expect("a whole body");
            if events {
                assert_eq!(self.line().await, "");
            } else {
                self.left = Some(0);
            }
            if length == 0 {
                assert_eq!(self.text, "", "half an event");
                return None;
            }
            let text = String::from_utf8(bytes).expect("is UTF-8");
            if !events {
                return Some(message(&text));
            }
            self.text += &text;
        }
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.expect("the relay answers");
        assert!(line.ends_with("\r\n"), "the relay hung up");
        line.truncate(line.len() - 2);
        line.to_ascii_lowercase().replace("http/1.1", "HTTP/1.1")
    }
}

fn message(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}
