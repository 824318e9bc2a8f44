//! A server's lists whole, for who serves those of many servers as one.

use super::known::CHANGED;
use super::outward::Request;
use super::server::{Server, State};
use crate::envelope;
use crate::error::CallError;
use crate::session::{Session, SessionKey};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::time::Instant;

/// A list's pages, each a result as the server gave it.
pub(crate) type Pages = Arc<[Bytes]>;

/// A list on its way, for everybody who asks before it has come or has changed.
pub(crate) type Listing = Shared<BoxFuture<'static, Result<Pages, CallError>>>;

/// The code of who does not know a method.
const NO_METHOD: i64 = -32601;

impl Server {
    /// All pages of a list as it is now. It comes whether or not it is waited for.
    pub(crate) fn list(self: &Arc<Self>, method: &'static str) -> Listing {
        let mut state = self.state.lock();
        if let Some(listing) = state.listings.get(method).filter(|listing| listing.peek().is_none()) {
            return listing.clone();
        }
        let server = Arc::clone(self);
        let listing = async move { server.all_pages(method).await }.boxed().shared();
        state.listings.insert(method, listing.clone());
        drop(state);
        self.context.tracker.spawn(listing.clone());
        listing
    }

    /// A server that has no such list has an empty one.
    async fn all_pages(self: &Arc<Self>, method: &str) -> Result<Pages, CallError> {
        let limits = &self.context.limits;
        if self.state.lock().known.initialize.is_none() {
            self.link(Instant::now() + limits.hold).await?;
        }
        let capability = method.split('/').next().unwrap_or_default();
        if !self.state.lock().known.declares(capability) {
            return Ok(Pages::default());
        }
        let (mut pages, mut bytes, mut params) = (Vec::new(), 0, json!({}));
        while pages.len() < limits.list_pages && bytes < limits.list_bytes {
            let request = Request { method: method.into(), params: Some(params.to_string().into()) };
            let page = match self.call_own(request).await {
                Err(CallError::Server { code: NO_METHOD, .. }) if pages.is_empty() => break,
                answered => answered?,
            };
            let next = cursor(&page);
            bytes += page.len();
            pages.push(page);
            let Some(next) = next else { break };
            params = json!({ "cursor": next });
        }
        let pages: Pages = pages.into();
        self.state.lock().known.listed(method, &pages);
        Ok(pages)
    }

    /// A list as it was last seen.
    pub(crate) fn listed(&self, method: &str) -> Option<Pages> {
        self.state.lock().known.pages(method)
    }

    /// A session was given lists without the server's own: it is told when the server is there.
    pub(crate) fn owe(&self, session: SessionKey) {
        let mut state = self.state.lock();
        if state.link.is_none() {
            state.owed.insert(session);
        }
    }

    /// The server is there.
    pub(super) fn make_good(&self) {
        let mut state = self.state.lock();
        for session in std::mem::take(&mut state.owed) {
            for notice in CHANGED {
                state.announce(session, notice);
            }
        }
    }

    /// Tells a session, or who listens for it, that a list has changed.
    pub(crate) fn announce(&self, session: SessionKey, notice: &str) {
        self.state.lock().announce(session, notice);
    }

    /// What it wants its clients' models to know.
    pub(crate) fn instructions(&self) -> Option<String> {
        let said = self.state.lock().known.initialize.clone()?;
        let said: &RawValue = serde_json::from_slice(&said).ok()?;
        serde_json::from_str(envelope::field(said, "instructions")?.get()).ok()
    }

    /// Whether it declared a capability, as far as is known.
    pub(crate) fn declares(&self, capability: &str) -> bool {
        self.state.lock().known.declares(capability)
    }

    /// Whether a session subscribed to a resource here.
    pub(crate) fn is_subscribed(&self, uri: &str, session: &Session) -> bool {
        self.state.lock().subscriptions.get(uri).is_some_and(|sessions| sessions.contains(&session.key))
    }
}

impl State {
    fn announce(&self, session: SessionKey, notice: &str) {
        if let Some(session) = self.sessions.get(&session) {
            session.notify(notice);
        }
        self.tell_listener(session, notice);
    }
}

/// Where the next page of a list begins.
pub(super) fn cursor(result: &[u8]) -> Option<String> {
    let result: &RawValue = serde_json::from_slice(result).ok()?;
    serde_json::from_str(envelope::field(result, "nextCursor")?.get()).ok()
}
