//! The client side: what happens to an HTTP request, in the order in which it happens.

mod body;
mod delete;
mod get;
pub(crate) mod headers;
mod metrics;
mod modern;
mod post;
mod reply;
mod sse;

pub(crate) use reply::Reply;

use crate::context::Context;
use crate::error::Fault;
use crate::guard::host::Hosts;
use crate::guard::origin::Origins;
use crate::guard::token;
use crate::many::Many;
use crate::peer::Peer;
use crate::routes::{Door, Scope, Table, TokenRule};
use crate::session::{Opened, Revived, Session, Sessions, Transport};
use crate::upstream::Servers;
use http::{Method, Request};
use hyper::body::Incoming;
use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Everything that requests need.
pub(crate) struct Front {
    pub(crate) hosts: Hosts,
    pub(crate) origins: Origins,
    pub(crate) routes: RwLock<Arc<Table>>,
    pub(crate) sessions: Sessions,
    pub(crate) servers: Arc<Servers>,
    pub(crate) context: Arc<Context>,
    /// Requests refused for who made them.
    pub(crate) strangers: AtomicU64,
}

/// A request that may pass, and where it leads.
pub(crate) struct Admitted {
    pub(crate) token: Arc<TokenRule>,
    pub(crate) scope: Scope,
    pub(crate) door: Door,
    /// The routes that admitted it.
    table: Arc<Table>,
}

impl Front {
    /// Whom a new session is to talk to. In an isolated deployment that is a process of its own; the longest idle session
    /// gives its up if need be.
    pub(crate) fn peer(&self, admitted: &Admitted) -> Result<Peer, Fault> {
        let Admitted { token, scope, table, .. } = admitted;
        let Scope::One(id) = *scope else {
            return Ok(Peer::Many(Arc::new(Many::new(scope, &self.servers, table, token))));
        };
        if !table.isolates(id) {
            return Ok(Peer::One(self.servers.get(id)));
        }
        let taken = self.servers.take_alone(id).or_else(|full| {
            let gone = self.sessions.make_room_alone(id).ok_or(full)?;
            self.servers.leave(&gone);
            self.servers.take_alone(id)
        });
        taken.map(Peer::One)
    }

    /// A session that was opened, or not; whoever made room for it leaves, and a process made for it in vain ends.
    fn opened(&self, opened: Opened, peer: &Peer) -> Result<Arc<Session>, Fault> {
        match opened {
            Ok((session, gone)) => {
                for session in gone {
                    self.servers.leave(&session);
                }
                Ok(session)
            }
            Err(fault) => {
                peer.discard(&self.servers);
                Err(fault)
            }
        }
    }

    /// What stands for a client without a session.
    pub(crate) fn guest(&self, admitted: &Admitted) -> Result<Arc<Session>, Fault> {
        if let Some(guest) = self.sessions.guest(&admitted.token, &admitted.scope) {
            return Ok(guest);
        }
        let peer = self.peer(admitted)?;
        let (guest, new) = self.sessions.open_guest(&admitted.token, &admitted.scope, peer.clone());
        if new {
            self.refresh(&guest);
        } else {
            peer.discard(&self.servers);
        }
        Ok(guest)
    }

    /// The session of that id, be it one that was kept over a restart of the relay.
    pub(crate) fn session(&self, id: &str, admitted: &Admitted) -> Result<Arc<Session>, Fault> {
        let Admitted { token, scope, .. } = admitted;
        self.sessions.find(id, token, scope, Transport::Streamable).or_else(|unknown| {
            let kept = self.sessions.kept(id, token, scope).ok_or(unknown)?;
            let peer = self.peer(admitted)?;
            match self.sessions.revive(id, &kept, token, peer.clone()) {
                Ok(Revived::Now(session, gone)) => {
                    let session = self.opened(Ok((session, gone)), &peer)?;
                    session.peer.rejoin(&session, &kept.subscriptions);
                    self.refresh(&session);
                    Ok(session)
                }
                Ok(Revived::Already(session)) => self.opened(Err(Fault::SessionUnknown), &peer).or(Ok(session)),
                Err(fault) => self.opened(Err(fault), &peer),
            }
        })
    }

    /// A new session is known to its servers from now on.
    pub(crate) fn join(&self, session: &Arc<Session>) {
        session.peer.join(session);
        self.refresh(session);
    }

    /// The routes may have changed while a session was being opened.
    fn refresh(&self, session: &Arc<Session>) {
        if let Peer::Many(many) = &session.peer {
            let table = Arc::clone(&self.routes.read());
            many.refresh(&table, session);
        }
    }

    /// Answers a request.
    pub(crate) async fn serve(self: &Arc<Self>, request: Request<Incoming>) -> Reply {
        let scraped = (request.uri().path() == metrics::PATH).then(|| self.routes.read().metrics).flatten();
        let answered = match scraped {
            Some(hash) => self.check(&request).and_then(|()| metrics::metrics(self, &hash, &request)),
            None => self.answer(request).await,
        };
        answered.unwrap_or_else(|fault| {
            self.note(&fault);
            reply::refusal(&fault)
        })
    }

    async fn answer(self: &Arc<Self>, request: Request<Incoming>) -> Result<Reply, Fault> {
        match self.admit(&request) {
            Ok(admitted) => match (admitted.door, request.method()) {
                (Door::Endpoint, &Method::POST) => post::post(self, admitted, request).await,
                (Door::Endpoint, &Method::GET) => get::get(self, &admitted, &request),
                (Door::Endpoint, &Method::DELETE) => delete::delete(self, &admitted, &request),
                (Door::Endpoint, _) => Err(Fault::HttpMethod("POST, GET, DELETE")),
                (Door::Events, &Method::GET) => sse::open(self, &admitted, &request),
                (Door::Events, _) => Err(Fault::HttpMethod("GET")),
                (Door::Messages, &Method::POST) => sse::take(self, admitted, request).await,
                (Door::Messages, _) => Err(Fault::HttpMethod("POST")),
            },
            Err(fault) => Err(fault),
        }
    }

    /// Says in the log that somebody is trying doors: at the first time, and each time the count has doubled.
    fn note(&self, fault: &Fault) {
        tracing::debug!(%fault, "refused");
        self.context.metrics.refused(fault);
        if matches!(fault, Fault::HostForeign | Fault::OriginForeign | Fault::TokenUnknown | Fault::TokenElsewhere) {
            let times = self.strangers.fetch_add(1, Ordering::Relaxed) + 1;
            if times.is_power_of_two() {
                tracing::warn!(%fault, times, "somebody who may not call keeps trying");
            }
        }
    }

    /// What concerns every request, whoever sends it.
    fn check(&self, request: &Request<Incoming>) -> Result<(), Fault> {
        self.hosts.check(request.headers(), request.uri())?;
        self.origins.check(request.headers())?;
        token::none_in_url(request.uri())
    }

    /// Who is it, and may it? The token comes before the path, so that a stranger learns no names; strangers fill nobody's
    /// bucket.
    fn admit(&self, request: &Request<Incoming>) -> Result<Admitted, Fault> {
        self.check(request)?;
        let table = Arc::clone(&self.routes.read());
        let token = token::bearer(request.headers(), &table)?;
        table.bucket(&token).map_or(Ok(()), |bucket| bucket.take(&self.context.limits))?;
        let (scope, door) = table.find(request.uri().path()).ok_or(Fault::NoRoute)?;
        if !table.opens(&token, &scope) {
            return Err(Fault::TokenElsewhere);
        }
        Ok(Admitted { token, scope, door, table })
    }
}
