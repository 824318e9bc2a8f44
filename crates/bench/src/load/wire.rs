//! HTTP/1.1 as far as an MCP client needs it, on one kept-alive connection. By hand, so that the client's own share of
//! each figure stays small.

use anyhow::{Context, Result, anyhow, bail};
use bytes::{Buf, Bytes, BytesMut};
use std::net::{SocketAddr, ToSocketAddrs};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Where a relay is reached.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    addr: SocketAddr,
    host: String,
    path: String,
    token: Option<String>,
    /// What it calls the tool `echo`.
    pub(crate) tool: String,
}

impl Endpoint {
    /// An `http` address.
    pub(crate) fn new(url: &url::Url, token: Option<String>) -> Result<Self> {
        let (name, port) = (url.host_str().context("no host")?, url.port_or_known_default().context("no port")?);
        let host = format!("{name}:{port}");
        let addr = host.to_socket_addrs()?.next().with_context(|| format!("no address for {host}"))?;
        Ok(Self { addr, host, path: url.path().to_owned(), token, tool: "echo".to_owned() })
    }

    /// Its address.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The head of every request, up to where its length belongs.
    pub(crate) fn head(&self, method: &str, headers: &[(&str, &str)]) -> String {
        let mut head = format!("{method} {} HTTP/1.1\r\nHost: {}\r\n", self.path, self.host);
        let token = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let fixed = [("Accept", "application/json, text/event-stream"), ("Content-Type", "application/json")];
        let token = token.iter().map(|token| ("Authorization", &**token));
        for (name, value) in fixed.into_iter().chain(token).chain(headers.iter().copied()) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head + "Content-Length: "
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: BytesMut,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) session: Option<String>,
    pub(crate) events: bool,
    pub(crate) body: Bytes,
}

/// How a body's end is told.
enum Length {
    Known(usize),
    Chunked,
    Close,
}

impl Wire {
    /// Connects.
    pub(crate) async fn connect(addr: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(addr).await.context("connect")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: BytesMut::with_capacity(16 << 10) })
    }

    /// Sends a request and reads its response whole.
    pub(crate) async fn exchange(&mut self, head: &str, body: &str) -> Result<Answer> {
        let mut out = Vec::with_capacity(head.len() + body.len() + 16);
        for part in [head, &body.len().to_string(), "\r\n\r\n", body] {
            out.extend_from_slice(part.as_bytes());
        }
        self.stream.write_all(&out).await.context("send")?;
        let (mut answer, length) = self.head().await?;
        answer.body = match length {
            Length::Known(length) => {
                self.need(length).await?;
                self.buffer.split_to(length).freeze()
            }
            Length::Chunked => self.chunks().await?,
            Length::Close => {
                while self.fill().await? {}
                self.buffer.split().freeze()
            }
        };
        Ok(answer)
    }

    async fn head(&mut self) -> Result<(Answer, Length)> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut parsed = httparse::Response::new(&mut headers);
            if let httparse::Status::Complete(end) = parsed.parse(&self.buffer)? {
                let found = read_head(&parsed)?;
                self.buffer.advance(end);
                return Ok(found);
            }
            if !self.fill().await? {
                bail!("the connection ended before an answer");
            }
        }
    }

    async fn chunks(&mut self) -> Result<Bytes> {
        let mut body = BytesMut::new();
        loop {
            let (end, size) = loop {
                match httparse::parse_chunk_size(&self.buffer).map_err(|_| anyhow!("a bad chunk"))? {
                    httparse::Status::Complete(found) => break found,
                    httparse::Status::Partial => self.need(self.buffer.len() + 1).await?,
                }
            };
            let size = usize::try_from(size)?;
            self.need(end + size + 2).await?;
            self.buffer.advance(end);
            body.extend_from_slice(&self.buffer[..size]);
            self.buffer.advance(size + 2);
            if size == 0 {
                return Ok(body.freeze());
            }
        }
    }

    async fn need(&mut self, bytes: usize) -> Result<()> {
        while self.buffer.len() < bytes {
            if !self.fill().await? {
                bail!("the connection ended within an answer");
            }
        }
        Ok(())
    }

    async fn fill(&mut self) -> Result<bool> {
        self.buffer.reserve(16 << 10);
        Ok(self.stream.read_buf(&mut self.buffer).await.context("receive")? > 0)
    }
}

fn read_head(parsed: &httparse::Response<'_, '_>) -> Result<(Answer, Length)> {
    let header = |name: &str| {
        let header = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let status = parsed.code.context("no status")?;
    let length = match header("content-length") {
        _ if matches!(status, 204 | 304) => Length::Known(0),
        Some(length) => Length::Known(length.trim().parse()?),
        None if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) => {
            Length::Chunked
        }
        None => Length::Close,
    };
    let events = header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"));
    let session = header("mcp-session-id").map(str::to_owned);
    Ok((Answer { status, session, events, body: Bytes::new() }, length))
}
