//! Which parameters are repeated in headers must be known before a call is checked or made: asked of the server, once,
//! if no client has asked for its tools since they last changed.

use super::link::Link;
use super::lists::cursor;
use super::outward::Request;
use super::server::Server;
use super::translate;
use crate::mirror::Annotations;
use serde_json::json;
use std::sync::Arc;

/// Pages that are asked for; a server that goes on is at fault.
const MAX_PAGES: usize = 100;

impl Server {
    /// What is known of it, after asking if need be. A server that gives no list has no annotations.
    pub(crate) async fn annotations(self: &Arc<Self>) -> Arc<Annotations> {
        let known = self.known_annotations();
        if known.complete() {
            return known;
        }
        let mut params = json!({});
        for _ in 0..MAX_PAGES {
            let request = Request { method: "tools/list".into(), params: Some(params.to_string().into()) };
            let Ok(result) = self.call_own(request).await else { break };
            let Some(next) = cursor(&result) else { break };
            params = json!({ "cursor": next });
        }
        self.known_annotations()
    }

    /// What is known now.
    pub(super) fn known_annotations(&self) -> Arc<Annotations> {
        Arc::clone(&self.state.lock().known.annotations)
    }

    /// Asks over a link that is not in force yet.
    pub(super) async fn learn_annotations(&self, link: &Arc<Link>) {
        let mut params = "{}".to_owned();
        for page in 0..MAX_PAGES {
            let asked = translate::to_modern(Some(&params), None, None);
            let asked = serde_json::from_str(&asked).unwrap_or_default();
            let Ok(result) = self.ask(link, "tools/list", &asked).await else { return };
            self.state.lock().known.learn(&String::from_utf8_lossy(&result), page == 0);
            let Some(next) = cursor(&result) else { return };
            params = json!({ "cursor": next }).to_string();
        }
    }
}
