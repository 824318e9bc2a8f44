//! All sessions, by their random ids.

use super::{Capabilities, NO_LEVEL, Session, Transport};
use crate::error::Fault;
use crate::limits::Limits;
use crate::routes::{Table, TokenRule};
use crate::stream::Stream;
use crate::upstream::Server;
use crate::version::Version;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catwalk_domain::DeploymentId;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// A session that was opened, and those that had to make room for it.
pub(crate) type Opened = Result<(Arc<Session>, Vec<Arc<Session>>), Fault>;

/// The relay's sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    by_id: RwLock<HashMap<Box<str>, Arc<Session>>>,
    next_key: AtomicU64,
    ticks: AtomicU64,
    started: Instant,
    limits: Arc<Limits>,
}

impl Sessions {
    /// None yet.
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Self {
            by_id: RwLock::default(),
            next_key: AtomicU64::new(1),
            ticks: AtomicU64::new(0),
            started: Instant::now(),
            limits,
        }
    }

    /// Opens a session after `initialize`. Also says which one had to make room.
    pub(crate) fn open(
        &self,
        token: &Arc<TokenRule>,
        deployment: DeploymentId,
        version: Version,
        can: Capabilities,
        own: Option<Arc<Server>>,
    ) -> Opened {
        let (session, gone) = self.make(token, deployment, version, Transport::Streamable, own)?;
        session.declare(can);
        Ok((session, gone))
    }

    /// Opens a session of HTTP+SSE, whose `initialize` comes later.
    pub(crate) fn open_sse(
        &self,
        token: &Arc<TokenRule>,
        deployment: DeploymentId,
        own: Option<Arc<Server>>,
    ) -> Opened {
        self.make(token, deployment, Version::V2024_11_05, Transport::Sse, own)
    }

    fn make(
        &self,
        token: &Arc<TokenRule>,
        deployment: DeploymentId,
        version: Version,
        transport: Transport,
        own: Option<Arc<Server>>,
    ) -> Opened {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(|_| Fault::SessionsFull)?;
        let id: Box<str> = URL_SAFE_NO_PAD.encode(bytes).into();
        let session = Arc::new(Session {
            key: self.next_key.fetch_add(1, Ordering::Relaxed),
            id: id.clone(),
            token: Arc::clone(token),
            deployment,
            version,
            transport,
            own,
            can: OnceLock::new(),
            standalone: Arc::new(Stream::standalone(&self.limits)),
            streams: parking_lot::Mutex::default(),
            max_streams: self.limits.streams,
            next_stream: AtomicU64::new(1),
            in_flight: 0.into(),
            level: NO_LEVEL.into(),
            active: AtomicU64::new(self.tick()),
            closed: false.into(),
        });
        let mut by_id = self.by_id.write();
        let gone = if by_id.len() >= self.limits.sessions { Self::make_room(&mut by_id)? } else { Vec::new() };
        by_id.insert(id, Arc::clone(&session));
        Ok((session, gone))
    }

    fn make_room(by_id: &mut HashMap<Box<str>, Arc<Session>>) -> Result<Vec<Arc<Session>>, Fault> {
        let oldest = by_id.values().filter(|session| session.is_idle()).min_by_key(|session| session.last_active());
        let id = oldest.ok_or(Fault::SessionsFull)?.id.clone();
        Ok(by_id.remove(&id).into_iter().collect())
    }

    /// The session of that id, if this token made it for this deployment over this transport. Anybody else's is as good
    /// as none.
    pub(crate) fn find(
        &self,
        id: &str,
        token: &TokenRule,
        deployment: DeploymentId,
        transport: Transport,
    ) -> Result<Arc<Session>, Fault> {
        let by_id = self.by_id.read();
        let session = by_id.get(id).filter(|session| session.token.id == token.id && session.deployment == deployment);
        let session = session.filter(|session| session.transport == transport);
        let session = session.ok_or(Fault::SessionUnknown)?;
        session.touch(self.tick());
        Ok(Arc::clone(session))
    }

    /// Forgets a session.
    pub(crate) fn remove(&self, session: &Session) {
        self.by_id.write().remove(&session.id);
    }

    /// Forgets and returns the longest idle session of an isolated deployment, whose process another one needs.
    pub(crate) fn make_room_alone(&self, deployment: DeploymentId) -> Option<Arc<Session>> {
        let mut by_id = self.by_id.write();
        let alone = by_id.values().filter(|session| session.deployment == deployment && session.own.is_some());
        let oldest = alone.filter(|session| session.is_idle()).min_by_key(|session| session.last_active());
        let id = oldest?.id.clone();
        by_id.remove(&id)
    }

    /// Forgets and returns those that the routes no longer permit.
    pub(crate) fn revoke(&self, table: &Table) -> Vec<Arc<Session>> {
        self.extract(|session| {
            let isolated = table.isolates(session.deployment) == session.own.is_some();
            !table.permits(&session.token, session.deployment) || !isolated
        })
    }

    /// Forgets and returns those that were idle for too long.
    pub(crate) fn expire(&self) -> Vec<Arc<Session>> {
        let now = self.tick();
        self.extract(|session| {
            let idle = if session.own.is_some() { self.limits.isolated_idle } else { self.limits.session_idle };
            let idle = u64::try_from(idle.as_micros()).unwrap_or(u64::MAX);
            now.checked_sub(idle).is_some_and(|before| session.last_active() < before) && session.is_idle()
        })
    }

    /// Forgets and returns all.
    pub(crate) fn drain(&self) -> Vec<Arc<Session>> {
        self.by_id.write().drain().map(|(_, session)| session).collect()
    }

    fn extract(&self, gone: impl Fn(&Session) -> bool) -> Vec<Arc<Session>> {
        self.by_id.write().extract_if(|_, session| gone(session)).map(|(_, session)| session).collect()
    }

    /// Microseconds since start, each given out once: a clock that also orders.
    fn tick(&self) -> u64 {
        let now = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.ticks.fetch_max(now, Ordering::Relaxed);
        self.ticks.fetch_add(1, Ordering::Relaxed)
    }
}
