//! A remote server over HTTP+SSE (2024-11-05): one event stream, on which everything comes, and an address of which it
//! tells, to which everything goes. When the stream ends, so does the connection; the next call makes another.

use super::target::{Target, is_events};
use crate::error::CallError;
use crate::sse::Reader;
use crate::upstream::ConnectError;
use crate::upstream::connection::Unsent;
use crate::upstream::link::{Line, Link};
use crate::upstream::server::Server;
use ::http::header::{ACCEPT, CONTENT_TYPE};
use bytes::Bytes;
use futures_util::Stream;
use reqwest::Method;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::task::TaskTracker;
use url::Url;

/// The connection to a server of the older transport.
pub(in crate::upstream) struct Older {
    pub(super) server: Arc<Server>,
    pub(super) link: Arc<Link>,
    pub(super) target: Arc<Target>,
}

impl Older {
    /// Moves messages until the link is closed or the stream ends.
    pub(in crate::upstream) async fn drive(self, mut lines: UnboundedReceiver<Line>) -> Unsent {
        let this = Arc::new(self);
        let close = this.link.close.clone();
        tokio::select! {
            () = close.cancelled() => {}
            () = this.carry(&mut lines) => {}
        }
        this.server.unlink();
        close.cancel();
        Unsent::new()
    }

    async fn carry(self: &Arc<Self>, lines: &mut UnboundedReceiver<Line>) {
        match self.open().await {
            Ok((messages, events)) => tokio::select! {
                () = self.read(events) => {}
                () = self.write(lines, &messages) => {}
            },
            // The first line is the handshake's: who waits for it hears why there is none.
            Err(error) => {
                if let Some(Line { call: Some(id), .. }) = lines.recv().await {
                    self.server.failed(id, error);
                }
            }
        }
    }

    /// Opens the stream and waits for the address.
    async fn open(
        &self,
    ) -> Result<(Url, Reader<impl Stream<Item = reqwest::Result<Bytes>> + Unpin + use<>>), CallError> {
        let refused = |why: &str| CallError::Unavailable(Arc::new(ConnectError::Refused { why: why.to_owned() }));
        let url = &self.target.url;
        let response =
            self.target.send(Method::GET, url, |request| request.header(ACCEPT, "text/event-stream")).await?;
        if !response.status().is_success() {
            return Err(CallError::Http(response.status().as_u16()));
        }
        if !is_events(&response) {
            return Err(refused("there is no event stream at its address"));
        }
        let mut events = Reader::new(response.bytes_stream(), self.server.context.limits.line);
        while let Ok(Some(event)) = events.next().await {
            if event.kind.as_deref() == Some("endpoint") {
                let address = url.join(event.data.trim()).map_err(|_| refused("its event stream names no address"))?;
                // The credential goes there too.
                if address.origin() != url.origin() {
                    return Err(refused("its event stream names an address on another host"));
                }
                return Ok((address, events));
            }
        }
        Err(refused("its event stream names no address"))
    }

    async fn read(&self, mut events: Reader<impl Stream<Item = reqwest::Result<Bytes>> + Unpin>) {
        loop {
            match events.next().await {
                Ok(Some(event)) if event.data.is_empty() => {}
                Ok(Some(event)) => super::take(&self.server, &self.link, &event.data.into()),
                Ok(None) => return,
                Err(_) => return self.server.cut(None),
            }
        }
    }

    async fn write(self: &Arc<Self>, lines: &mut UnboundedReceiver<Line>, messages: &Url) {
        let (posts, places) = (TaskTracker::new(), Arc::new(Semaphore::new(super::POSTS)));
        let mut greeted = false;
        while let (Some(line), Ok(place)) = (lines.recv().await, Arc::clone(&places).acquire_owned().await) {
            // POSTs overtake each other, but nothing may overtake `notifications/initialized`.
            let first = line.call.is_none() && !greeted;
            greeted |= first;
            let (this, messages) = (Arc::clone(self), messages.clone());
            let post = posts.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = this.link.close.cancelled() => {}
                    () = this.post(line, &messages) => {}
                }
            });
            if first {
                let _ = post.await;
            }
        }
    }

    async fn post(&self, line: Line, messages: &Url) {
        let bytes = Bytes::from(line.bytes);
        let posted = self.target.send(Method::POST, messages, |request| {
            request.header(CONTENT_TYPE, "application/json").body(bytes.clone())
        });
        let error = match posted.await {
            Ok(response) if response.status().is_success() => return,
            Ok(response) => CallError::Http(response.status().as_u16()),
            Err(error) => error,
        };
        if let Some(id) = line.call {
            self.server.failed(id, error);
        }
    }
}
