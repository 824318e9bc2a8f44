//! Whom a session talks to: one server, or many as one. Everything that a client may say goes through here.

use crate::envelope::Outcome;
use crate::error::{CallError, Fault};
use crate::many::Many;
use crate::routes::Table;
use crate::session::{Session, SessionKey};
use crate::stream::Stream;
use crate::upstream::{Caller, Filter, Request, Server, Servers};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The other side of a session.
#[derive(Clone, Debug)]
pub(crate) enum Peer {
    /// A deployment's server: the one that its clients share, or one for this session alone.
    One(Arc<Server>),
    /// Several deployments' servers.
    Many(Arc<Many>),
}

impl Peer {
    /// Whether it is a process for one session alone.
    pub(crate) fn is_alone(&self) -> bool {
        matches!(self, Self::One(server) if server.is_alone())
    }

    /// Takes a client's request. The answer, or an error, comes on the caller's stream.
    pub(crate) fn call(&self, caller: Caller, request: Request) {
        match self {
            Self::One(server) => server.call(caller, request),
            Self::Many(many) => many.call(caller, request),
        }
    }

    /// A request that goes on with an earlier one.
    pub(crate) async fn resume(
        &self,
        caller: Caller,
        request: Request,
        state: &RawValue,
        responses: Option<&RawValue>,
    ) -> Result<(), Fault> {
        match self {
            Self::One(server) => server.resume(caller, request, state, responses).await,
            Self::Many(many) => {
                let (server, request) = many.find(&caller.session, request).await?;
                server.resume(caller, request, state, responses).await
            }
        }
    }

    /// Takes a client's notification.
    pub(crate) fn notify(&self, session: &Session, method: &str, params: Option<&RawValue>) {
        self.each(|server| server.notify(session, method, params));
    }

    /// Takes a client's answer to a question. Whose it was, its number tells.
    pub(crate) fn reply(&self, session: &Session, id: &RawValue, outcome: Outcome<'_>) {
        self.each(|server| server.reply(session, id, outcome));
    }

    /// A client without a session has gone: what it waited for is cancelled.
    pub(crate) fn hung_up(&self, stream: &Arc<Stream>) {
        match self {
            Self::One(server) => server.hung_up(stream),
            Self::Many(many) => many.hung_up(stream),
        }
    }

    /// What it says of itself, as an answer to `initialize`.
    pub(crate) async fn introduction(&self) -> Result<Bytes, CallError> {
        match self {
            Self::One(server) => server.introduction().await,
            Self::Many(many) => Ok(many.introduction()),
        }
    }

    /// Checks the headers that repeat parameters of a tool's call.
    pub(crate) async fn mirrored(
        &self,
        session: &Arc<Session>,
        headers: &HeaderMap,
        tool: &str,
        arguments: Option<&RawValue>,
    ) -> Result<(), Fault> {
        match self {
            Self::One(server) => Ok(server.annotations().await.check(headers, tool, arguments)?),
            Self::Many(many) => many.mirrored(session, headers, tool, arguments).await,
        }
    }

    /// A client listens for changes. The first thing on its stream says what it will hear of.
    pub(crate) async fn listen(
        &self,
        key: SessionKey,
        session: &Arc<Session>,
        stream: &Arc<Stream>,
        id: &RawValue,
        wanted: Filter,
    ) -> Result<(), CallError> {
        match self {
            Self::One(server) => server.listen(key, session, stream, id, wanted).await,
            Self::Many(many) => many.listen(key, session, stream, id, wanted).await,
        }
    }

    /// It listens no more.
    pub(crate) fn unlisten(&self, key: SessionKey) {
        match self {
            Self::One(server) => server.unlisten(key),
            Self::Many(many) => many.unlisten(key),
        }
    }

    /// Asks for connections, without waiting for them.
    pub(crate) fn want(&self) {
        self.each(|server| server.want());
    }

    /// A session joins.
    pub(crate) fn join(&self, session: &Arc<Session>) {
        self.each(|server| server.join(session));
    }

    /// A session joins again that an earlier relay knew, with what it had asked for.
    pub(crate) fn rejoin(&self, session: &Arc<Session>, subscriptions: &[String]) {
        match self {
            Self::One(server) => server.rejoin(session, subscriptions),
            Self::Many(many) => many.rejoin(session, subscriptions),
        }
    }

    /// Whoever listens hears of this server's changes too.
    pub(crate) fn listen_at(&self, server: &Arc<Server>, session: &Session) {
        if let Self::Many(many) = self {
            many.listen_too(server, session);
        }
    }

    /// The routes have changed.
    pub(crate) fn refresh(&self, table: &Table, session: &Arc<Session>) {
        if let Self::Many(many) = self {
            many.refresh(table, session);
        }
    }

    /// A session ends, and with it the processes that it had for itself.
    pub(crate) fn leave(&self, session: &Session, servers: &Servers) {
        self.each(|server| {
            server.leave(session);
            if server.is_alone() {
                servers.end_alone(server);
            }
        });
    }

    /// A session was not used for long: of many servers, those that it had for itself end. It gets others when it comes back.
    pub(crate) fn release(&self, session: &Session, servers: &Servers) {
        if let Self::Many(many) = self {
            many.release(session, servers);
        }
    }

    /// No session came of it.
    pub(crate) fn discard(&self, servers: &Servers) {
        self.each(|server| {
            if server.is_alone() {
                servers.end_alone(server);
            }
        });
    }

    /// Every server that is there for it.
    fn each(&self, does: impl Fn(&Arc<Server>)) {
        match self {
            Self::One(server) => does(server),
            Self::Many(many) => many.servers().iter().for_each(does),
        }
    }
}
