//! An MCP session over one or more connections.

use crate::call::Calls;
use crate::wire::{Answer, Endpoint, Wire};
use anyhow::{Context, Result, bail};
use std::borrow::Cow;

const VERSION: &str = "2025-06-18";

/// A session: the head of every request that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    head: String,
    end: String,
}

impl Session {
    /// Shakes hands.
    pub(crate) async fn open(endpoint: &Endpoint, wire: &mut Wire) -> Result<Self> {
        let hello = format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{{\"protocolVersion\":\"{VERSION}\",\
             \"capabilities\":{{}},\"clientInfo\":{{\"name\":\"bench-load\",\"version\":\"1\"}}}}}}"
        );
        let answer = wire.exchange(&endpoint.head("POST", &[]), &hello).await.context("initialize")?;
        if answer.status != 200 {
            bail!("initialize: HTTP {}", answer.status);
        }
        message(&answer, 0).context("initialize")?;
        let id = answer.session.unwrap_or_default();
        let named = [("MCP-Protocol-Version", VERSION), ("Mcp-Session-Id", &id)];
        // A relay without sessions gave no id.
        let headers = if id.is_empty() { &named[..1] } else { &named };
        let session = Self { head: endpoint.head("POST", headers), end: endpoint.head("DELETE", headers) };
        let ready = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
        let answer = wire.exchange(&session.head, ready).await.context("initialized")?;
        if !matches!(answer.status, 200..300) {
            bail!("initialized: HTTP {}", answer.status);
        }
        Ok(session)
    }

    /// Calls `echo` once and checks what comes back.
    pub(crate) async fn call(&self, wire: &mut Wire, calls: &Calls, id: u64, tag: &str) -> Result<()> {
        let answer = wire.exchange(&self.head, &calls.request(id, tag)).await?;
        if answer.status != 200 {
            bail!("HTTP {}", answer.status);
        }
        Ok(calls.check(id, tag, &message(&answer, id)?)?)
    }

    /// Ends it.
    pub(crate) async fn end(&self, wire: &mut Wire) -> Result<()> {
        wire.exchange(&self.end, "").await.map(drop)
    }
}

#[derive(serde::Deserialize)]
struct Of {
    id: u64,
}

/// The response of `id` in a body: the body itself, or the event that holds it.
fn message(answer: &Answer, id: u64) -> Result<Cow<'_, [u8]>> {
    if !answer.events {
        return Ok(Cow::Borrowed(&answer.body));
    }
    let text = std::str::from_utf8(&answer.body)?.replace("\r\n", "\n");
    let events = text.split("\n\n").map(|event| {
        let data = event.lines().filter_map(|line| line.strip_prefix("data:"));
        data.map(|data| data.strip_prefix(' ').unwrap_or(data)).collect::<Vec<_>>().join("\n")
    });
    let ours = |event: &String| serde_json::from_str::<Of>(event).is_ok_and(|of| of.id == id);
    let event = events.into_iter().find(ours).context("no answer among the events")?;
    Ok(Cow::Owned(event.into_bytes()))
}
