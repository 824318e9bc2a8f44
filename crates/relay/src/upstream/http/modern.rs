//! A remote server of 2026-07-28: what its requests say in headers, and a cancel, which is the end of its request.

use super::{Streamable, VERSION};
use crate::envelope::{self, Envelope};
use crate::mirror;
use crate::upstream::link::Line;
use crate::version::Version;
use ::http::{HeaderMap, HeaderValue};
use serde_json::value::RawValue;

impl Streamable {
    /// The headers of a request in the newest revision; none in an older one. `server/discover` belongs to the newest
    /// even before the server has said that it knows it.
    pub(super) fn mirrored(&self, line: &[u8]) -> Option<HeaderMap> {
        let Ok(Envelope::Request { method, params, .. }) = Envelope::parse(line) else { return None };
        if !self.link.is_modern() && method != "server/discover" {
            return None;
        }
        let mut headers = mirror::headers(&method, params, &self.server.known_annotations());
        headers.insert(VERSION, HeaderValue::from_static(Version::MODERN.as_str()));
        Some(headers)
    }

    /// Takes a notification of ours that is for the relay's own end of the wire: there is nothing to send.
    pub(super) fn absorbs(&self, line: &Line) -> bool {
        if line.call.is_some() || !self.link.is_modern() {
            return false;
        }
        let Ok(Envelope::Notification { method, params }) = Envelope::parse(&line.bytes) else { return true };
        if method == "notifications/cancelled"
            && let Some(id) = params.and_then(|params| envelope::field(params, "requestId")).map(RawValue::get)
            && let Some(gone) = id.parse().ok().and_then(|id: u64| self.running.lock().remove(&id))
        {
            gone.cancel();
        }
        true
    }
}
