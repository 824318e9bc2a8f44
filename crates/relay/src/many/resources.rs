//! Whose a resource is. URIs stay what servers made them, so it is looked up: in the lists, then in the templates, and at
//! last by asking everybody to read it.

use super::merge::{RESOURCES, TEMPLATES};
use super::{Many, template};
use crate::envelope;
use crate::session::Session;
use crate::upstream::{Caller, Request, Server};
use futures_util::future::{join, join_all};
use memchr::memmem;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::time::timeout;

impl Many {
    /// Who has a resource, after asking if need be.
    pub(super) async fn owner(&self, session: &Arc<Session>, uri: &str) -> Option<Arc<Server>> {
        if let Some(owner) = self.known_owner(session, uri) {
            return Some(owner);
        }
        join(self.gather(session, RESOURCES), self.gather(session, TEMPLATES)).await;
        match self.known_owner(session, uri) {
            Some(owner) => Some(owner),
            None => self.reader(uri).await,
        }
    }

    /// Who has a resource, as far as is known.
    pub(super) fn known_owner(&self, session: &Arc<Session>, uri: &str) -> Option<Arc<Server>> {
        let view = self.view();
        let quoted = Value::from(uri).to_string();
        let mut made = None;
        for member in &view.members {
            let Some(server) = member.there() else { continue };
            let listed = server.listed(RESOURCES.method).unwrap_or_default();
            // Lists may be long, and most do not have it.
            let may = |page: &&bytes::Bytes| memmem::find(page, quoted.as_bytes()).is_some();
            if listed.iter().filter(may).flat_map(|page| RESOURCES.entries(page)).any(|(_, _, key)| key == uri) {
                return member.server(session, &self.all).ok();
            }
            let templates = server.listed(TEMPLATES.method).unwrap_or_default();
            for (_, _, template) in templates.iter().flat_map(|page| TEMPLATES.entries(page)) {
                // In a request for completion the template itself stands for its resources.
                let sure = if template == uri { Some(usize::MAX) } else { template::fits(&template, uri) };
                if sure > made.as_ref().map(|(sure, _)| *sure) {
                    made = sure.map(|sure| (sure, Arc::clone(&server)));
                }
            }
        }
        made.map(|(_, server)| server)
    }

    /// The first that can read it.
    async fn reader(&self, uri: &str) -> Option<Arc<Server>> {
        let params = json!({ "uri": uri }).to_string();
        let reads = self.servers().into_iter().filter(|server| server.declares("resources")).map(async |server| {
            let request = Request { method: "resources/read".into(), params: Some(params.clone().into()) };
            let read = timeout(self.context().limits.gather, server.call_own(request)).await;
            matches!(read, Ok(Ok(_))).then_some(server)
        });
        join_all(reads).await.into_iter().flatten().next()
    }

    /// Whoever was told to watch a resource need not any more.
    pub(super) fn unsubscribe(&self, caller: Caller, request: Request) {
        let params = request.params().and_then(|params| serde_json::from_str::<&RawValue>(params).ok());
        let uri = params.and_then(|params| envelope::string_field(params, "uri")).map(|(uri, _)| uri);
        let uri = uri.unwrap_or_default();
        if let Some(server) = self.servers().iter().find(|server| server.is_subscribed(&uri, &caller.session)) {
            return server.call(caller, request);
        }
        caller.session.unsubscribed(&uri);
        caller.answer("{}");
    }

    /// A session joins again that an earlier relay knew.
    pub(crate) fn rejoin(self: &Arc<Self>, session: &Arc<Session>, subscriptions: &[String]) {
        self.servers().iter().for_each(|server| server.rejoin(session, &[]));
        for uri in subscriptions {
            session.subscribed(uri);
            let (many, session, uri) = (Arc::clone(self), Arc::clone(session), uri.clone());
            self.context().tracker.spawn(async move {
                let stop = many.context().stop.clone();
                let owner = tokio::select! {
                    () = stop.cancelled() => None,
                    owner = many.owner(&session, &uri) => owner,
                };
                if let Some(owner) = owner {
                    owner.rejoin(&session, &[uri]);
                }
            });
        }
    }
}
