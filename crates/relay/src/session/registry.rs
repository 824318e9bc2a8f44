//! All sessions, by their random ids.

use super::guests::Guests;
use super::{Hello, Keeper, KeptSession, NO_LEVEL, Session, SessionKey, Transport, level_rank};
use crate::error::Fault;
use crate::limits::Limits;
use crate::peer::Peer;
use crate::routes::{Scope, Table, TokenRule};
use crate::stream::Stream;
use crate::version::Version;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catwalk_domain::DeploymentId;
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// A session that was opened, and those that had to make room for it.
pub(crate) type Opened = Result<(Arc<Session>, Vec<Arc<Session>>), Fault>;

/// A kept session that goes on.
pub(crate) enum Revived {
    /// From now on; who had to make room for it.
    Now(Arc<Session>, Vec<Arc<Session>>),
    /// Another request of its client came first.
    Already(Arc<Session>),
}

/// The relay's sessions.
pub(crate) struct Sessions {
    pub(super) by_id: RwLock<HashMap<Box<str>, Arc<Session>>>,
    pub(super) guests: Guests,
    /// Where sessions are written down, if they are.
    pub(super) keeper: OnceLock<Arc<dyn Keeper>>,
    /// Sessions of an earlier relay, whose clients have not come back yet, by the hash of their id.
    pub(super) kept: Mutex<HashMap<String, KeptSession>>,
    next_key: AtomicU64,
    ticks: AtomicU64,
    started: Instant,
    pub(super) limits: Arc<Limits>,
}

impl Sessions {
    /// None yet.
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Self {
            by_id: RwLock::default(),
            keeper: OnceLock::new(),
            kept: Mutex::default(),
            guests: Guests::default(),
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
        scope: &Scope,
        version: Version,
        hello: Hello,
        peer: Peer,
    ) -> Opened {
        let (session, gone) = self.make(token, scope, version, Transport::Streamable, peer)?;
        session.declare(hello);
        Ok((session, gone))
    }

    /// Opens a session of HTTP+SSE, whose `initialize` comes later.
    pub(crate) fn open_sse(&self, token: &Arc<TokenRule>, scope: &Scope, peer: Peer) -> Opened {
        self.make(token, scope, Version::V2024_11_05, Transport::Sse, peer)
    }

    fn make(
        &self,
        token: &Arc<TokenRule>,
        scope: &Scope,
        version: Version,
        transport: Transport,
        peer: Peer,
    ) -> Opened {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(|_| Fault::SessionsFull)?;
        let session = self.fresh(URL_SAFE_NO_PAD.encode(bytes).into(), token, scope.clone(), version, transport, peer);
        let mut by_id = self.by_id.write();
        let gone = if by_id.len() >= self.limits.sessions { Self::make_room(&mut by_id)? } else { Vec::new() };
        by_id.insert(session.id.clone(), Arc::clone(&session));
        Ok((session, gone))
    }

    /// A session, not entered anywhere.
    pub(super) fn fresh(
        &self,
        id: Box<str>,
        token: &Arc<TokenRule>,
        scope: Scope,
        version: Version,
        transport: Transport,
        peer: Peer,
    ) -> Arc<Session> {
        Arc::new(Session {
            key: self.key(),
            id,
            token: Arc::clone(token),
            scope,
            version,
            transport,
            peer,
            hello: OnceLock::new(),
            standalone: Arc::new(Stream::standalone(&self.limits)),
            streams: Mutex::default(),
            max_streams: self.limits.streams,
            next_stream: AtomicU64::new(1),
            in_flight: 0.into(),
            level: NO_LEVEL.into(),
            active: AtomicU64::new(self.tick()),
            keeping: OnceLock::new(),
            noted: 0.into(),
            wishes: Mutex::default(),
            closed: false.into(),
        })
    }

    /// A number that no session has or will have.
    pub(crate) fn key(&self) -> SessionKey {
        self.next_key.fetch_add(1, Ordering::Relaxed)
    }

    /// A kept session goes on, under the id that its client came back with. If two requests bring it back at once, the
    /// second finds what the first made: then nobody had to make room, and `peer` is not taken.
    pub(crate) fn revive(
        &self,
        id: &str,
        kept: &KeptSession,
        token: &Arc<TokenRule>,
        peer: Peer,
    ) -> Result<Revived, Fault> {
        let version = Version::known(&kept.version).ok_or(Fault::SessionUnknown)?;
        let mut by_id = self.by_id.write();
        if let Some(session) = by_id.get(id) {
            return Ok(Revived::Already(Arc::clone(session)));
        }
        let session = self.fresh(id.into(), token, kept.scope.clone(), version, Transport::Streamable, peer);
        session.declare(Hello::from_params(&kept.hello));
        if let Some(rank) = kept.level.as_deref().and_then(level_rank) {
            session.set_level(rank);
        }
        let gone = if by_id.len() >= self.limits.sessions { Self::make_room(&mut by_id)? } else { Vec::new() };
        by_id.insert(id.into(), Arc::clone(&session));
        drop(by_id);
        self.revived(&kept.hash);
        self.begin_keeping(&session, &kept.hello);
        Ok(Revived::Now(session, gone))
    }

    fn make_room(by_id: &mut HashMap<Box<str>, Arc<Session>>) -> Result<Vec<Arc<Session>>, Fault> {
        let oldest = by_id.values().filter(|session| session.is_idle()).min_by_key(|session| session.last_active());
        let id = oldest.ok_or(Fault::SessionsFull)?.id.clone();
        Ok(by_id.remove(&id).into_iter().collect())
    }

    /// The session of that id, if this token made it for this address over this transport. Anybody else's is as good
    /// as none.
    pub(crate) fn find(
        &self,
        id: &str,
        token: &TokenRule,
        scope: &Scope,
        transport: Transport,
    ) -> Result<Arc<Session>, Fault> {
        let by_id = self.by_id.read();
        let session = by_id.get(id).filter(|session| session.token.id == token.id && session.scope == *scope);
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
        let scope = Scope::One(deployment);
        let idle = |session: &Session| session.peer.is_alone() && session.is_idle();
        let alone = by_id.values().filter(|session| session.scope == scope && idle(session));
        match alone.min_by_key(|session| session.last_active()).map(|session| session.id.clone()) {
            Some(id) => by_id.remove(&id),
            None => self.guests.extract_one(&scope, idle),
        }
    }

    /// Forgets and returns those that the routes no longer permit.
    pub(crate) fn revoke(&self, table: &Table) -> Vec<Arc<Session>> {
        self.revoke_kept(table);
        let gone = |session: &Session| {
            let as_before = match session.scope {
                Scope::One(id) => table.isolates(id) == session.peer.is_alone(),
                Scope::All | Scope::Set(_) => true,
            };
            !table.permits(&session.token, &session.scope) || !as_before
        };
        let mut all = self.extract(gone);
        all.extend(self.guests.extract(gone));
        all
    }

    /// Forgets and returns those that were idle for too long.
    pub(crate) fn expire(&self) -> Vec<Arc<Session>> {
        self.expire_kept();
        let now = self.tick();
        let gone = |session: &Session| {
            let idle = if session.peer.is_alone() { self.limits.isolated_idle } else { self.limits.session_idle };
            let idle = u64::try_from(idle.as_micros()).unwrap_or(u64::MAX);
            now.checked_sub(idle).is_some_and(|before| session.last_active() < before) && session.is_idle()
        };
        let mut all = self.extract(gone);
        all.extend(self.guests.extract(gone));
        all
    }

    /// Forgets and returns all.
    pub(crate) fn drain(&self) -> Vec<Arc<Session>> {
        let guests = self.guests.extract(|_| true);
        self.by_id.write().drain().map(|(_, session)| session).chain(guests).collect()
    }

    /// Those that talk to many servers as one.
    pub(crate) fn with_many(&self) -> Vec<Arc<Session>> {
        let mut all: Vec<_> = self.by_id.read().values().cloned().collect();
        all.extend(self.guests.all());
        all.retain(|session| matches!(session.peer, Peer::Many(_)));
        all
    }

    /// Whether a session was not used for as long as a process of its own is kept for.
    pub(crate) fn is_idle_alone(&self, session: &Session) -> bool {
        let idle = u64::try_from(self.limits.isolated_idle.as_micros()).unwrap_or(u64::MAX);
        self.tick().checked_sub(idle).is_some_and(|before| session.last_active() < before) && session.is_idle()
    }

    fn extract(&self, gone: impl Fn(&Session) -> bool) -> Vec<Arc<Session>> {
        self.by_id.write().extract_if(|_, session| gone(session)).map(|(_, session)| session).collect()
    }

    /// Microseconds since start, each given out once: a clock that also orders.
    pub(super) fn tick(&self) -> u64 {
        let now = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.ticks.fetch_max(now, Ordering::Relaxed);
        self.ticks.fetch_add(1, Ordering::Relaxed)
    }
}
