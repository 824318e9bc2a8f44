//! `subscriptions/listen` at many servers: one stream, on which each of them tells what it has to.

use super::Many;
use crate::error::CallError;
use crate::message::Message;
use crate::session::{Session, SessionKey};
use crate::stream::{Kind, Stream};
use crate::upstream::{Filter, Server, translate};
use futures_util::future::join_all;
use serde_json::value::RawValue;
use std::sync::Arc;

/// A client's stream.
pub(super) struct Listening {
    stream: Arc<Stream>,
    /// The client's id for it, raw.
    id: Box<str>,
    filter: Filter,
}

impl Listening {
    /// Tells of a change, if the client wants to hear of it.
    pub(super) fn tell(&self, notice: &str) {
        if self.filter.takes(notice, None) {
            let params = translate::for_listener(None, &self.id);
            self.stream.push(Kind::Notice, Message::notification(notice, Some(&params)));
        }
    }

    fn at(&self, server: &Server, key: SessionKey, session: SessionKey) {
        server.listen_along(key, session, &self.stream, &self.id, self.filter.clone());
    }
}

impl Many {
    /// A client listens. It hears of every list, and of the resources that a member has.
    pub(crate) async fn listen(
        &self,
        key: SessionKey,
        session: &Arc<Session>,
        stream: &Arc<Stream>,
        id: &RawValue,
        wanted: Filter,
    ) -> Result<(), CallError> {
        let max = self.context().limits.subscriptions;
        if wanted.resources().len() > max {
            return Err(CallError::Subscriptions(max));
        }
        let owners = join_all(wanted.resources().iter().map(|uri| self.owner(session, uri))).await;
        let owned: Vec<_> = wanted.resources().iter().cloned().zip(owners).filter_map(|(u, s)| Some((u, s?))).collect();
        let filter = wanted.with_resources(owned.iter().map(|(uri, _)| uri.clone()).collect());
        let listening = Listening { stream: Arc::clone(stream), id: id.get().into(), filter };
        let servers = self.servers();
        let watching = servers.iter().map(async |server| {
            let theirs = owned.iter().filter(|(_, owner)| Arc::ptr_eq(owner, server)).map(|(uri, _)| uri.clone());
            server.watch_along(key, &theirs.collect::<Vec<_>>()).await;
        });
        join_all(watching).await;
        stream.push(Kind::Ask, listening.filter.acknowledgement(id.get()));
        for server in &servers {
            listening.at(server, key, session.key);
        }
        self.listeners.lock().insert(key, listening);
        Ok(())
    }

    /// A server joined after the client began to listen.
    pub(crate) fn listen_too(&self, server: &Arc<Server>, session: &Session) {
        for (key, listening) in &*self.listeners.lock() {
            listening.at(server, *key, session.key);
        }
    }

    /// It listens no more.
    pub(crate) fn unlisten(&self, key: SessionKey) {
        self.listeners.lock().remove(&key);
        self.servers().iter().for_each(|server| server.unlisten(key));
    }
}
