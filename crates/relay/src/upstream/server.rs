//! One MCP server as all its clients share it: the tables, and who may touch them.
//!
//! A `Mutex` guards the tables; it is held for look-ups only, never while bytes are copied or awaited. Callers and the
//! task that reads the server work on them directly, so a call costs no hop through a third task.

use super::calls::Call;
use super::connection::Phase;
use super::held::Held;
use super::http::Way;
use super::known::{Known, Snapshot};
use super::link::Link;
use super::listeners::{LISTEN, Listener};
use super::lists::Listing;
use super::parked::Parked;
use super::rounds::SharedRound;
use crate::context::Context;
use crate::error::CallError;
use crate::metrics::Meter;
use crate::session::{Session, SessionKey};
use crate::stream::Stream;
use catwalk_domain::DeploymentId;
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// A deployment's server.
pub(crate) struct Server {
    pub(super) id: DeploymentId,
    /// Which of an isolated deployment's processes it is.
    pub(super) instance: Option<u64>,
    pub(super) context: Arc<Context>,
    pub(super) meter: Arc<Meter>,
    pub(super) state: Mutex<State>,
    pub(super) phase: watch::Sender<Phase>,
    pub(super) wanted: Notify,
    /// Ends the connection that is up or coming up; each has its own.
    pub(super) current: Mutex<CancellationToken>,
    /// Ends the server's task for good.
    pub(super) stop: CancellationToken,
    /// Counts the changes of what clients want to hear of.
    pub(super) wishes: watch::Sender<u64>,
    /// Up to which of them a server of 2026-07-28 has said that it will tell.
    pub(super) heard: watch::Sender<u64>,
    /// A process of it ended, or said nothing, when it was asked for its era; so the next one is not asked.
    pub(super) shy: AtomicBool,
    next_id: AtomicU64,
}

/// The tables.
#[derive(Default)]
pub(super) struct State {
    /// The connection, once it is initialised.
    pub(super) link: Option<Arc<Link>>,
    /// Calls in flight, by our id.
    pub(super) calls: HashMap<u64, Call>,
    /// Calls that wait to be sent, by the id they will have.
    pub(super) held: HashMap<u64, Held>,
    /// The server's questions to clients, by the id we gave the client.
    pub(super) asks: HashMap<u64, Ask>,
    /// The sessions of this deployment.
    pub(super) sessions: HashMap<SessionKey, Arc<Session>>,
    /// Who subscribed to which resource.
    pub(super) subscriptions: HashMap<String, HashSet<SessionKey>>,
    /// The calls whose clients of 2026-07-28 have yet to answer a question.
    pub(super) parked: HashMap<u64, Parked>,
    /// Who listens for changes without a session.
    pub(super) listeners: HashMap<SessionKey, Listener>,
    /// Lists on their way, by method.
    pub(super) listings: HashMap<&'static str, Listing>,
    /// Sessions that were given lists without this server's.
    pub(super) owed: HashSet<SessionKey>,
    /// The relay's own stream of changes at a server of 2026-07-28, and what was wished for when it was opened.
    pub(super) listening: Option<(u64, u64)>,
    /// The level of log message the server was told.
    pub(super) level: Option<u8>,
    /// The transport that a remote server is known to speak.
    pub(super) way: Option<Way>,
    /// What it said of itself.
    pub(super) known: Known,
}

/// A question of the server that a client has to answer.
#[derive(Debug)]
pub(super) struct Ask {
    /// Where the answer goes.
    pub(super) to: To,
    /// Who was asked.
    pub(super) session: SessionKey,
    /// Where the question was put.
    pub(super) stream: Arc<Stream>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("id", &self.id).field("instance", &self.instance).finish_non_exhaustive()
    }
}

/// Where the answer to a question goes.
#[derive(Debug)]
pub(super) enum To {
    /// To the server, under its own id, raw.
    Server(Box<str>),
    /// Among the answers that a call is to be made again with, under this key.
    Round(SharedRound, String),
}

impl Server {
    /// A server that nobody needs yet. Its task ends with the context.
    pub(super) fn start(id: DeploymentId, context: &Arc<Context>) -> Arc<Self> {
        Self::start_as(id, None, context)
    }

    /// One that serves a single session.
    pub(super) fn start_alone(id: DeploymentId, context: &Arc<Context>) -> Arc<Self> {
        Self::start_as(id, Some(context.instances.fetch_add(1, Ordering::Relaxed)), context)
    }

    fn start_as(id: DeploymentId, instance: Option<u64>, context: &Arc<Context>) -> Arc<Self> {
        let server = Arc::new(Self {
            id,
            instance,
            context: Arc::clone(context),
            meter: context.metrics.meter(id),
            state: Mutex::default(),
            phase: watch::Sender::new(Phase::Cold),
            wanted: Notify::new(),
            current: Mutex::default(),
            stop: context.stop.child_token(),
            wishes: watch::Sender::new(1),
            heard: watch::Sender::new(0),
            shy: AtomicBool::new(false),
            next_id: AtomicU64::new(1),
        });
        context.tracker.spawn(Arc::clone(&server).run());
        server
    }

    /// Whether the server is one of 2026-07-28, as far as is known.
    pub(super) fn is_modern(&self) -> bool {
        self.state.lock().is_modern()
    }

    /// The next of the ids that are never used twice.
    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// The next of the ids for questions, which no server of this relay uses twice.
    pub(super) fn next_ask(&self) -> u64 {
        self.context.asks.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether it serves a single session.
    pub(crate) fn is_alone(&self) -> bool {
        self.instance.is_some()
    }

    /// Asks for a connection, without waiting for it.
    pub(crate) fn want(&self) {
        if matches!(*self.phase.borrow(), Phase::Cold | Phase::Failed(_)) {
            self.wanted.notify_one();
        }
    }

    /// Lets no more calls onto the connection.
    pub(super) fn unlink(&self) {
        self.state.lock().link = None;
    }

    /// Ends the connection; the next call makes a new one.
    pub(crate) fn detach(&self) {
        self.current.lock().cancel();
    }

    /// Ends the server for good.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// The connection, made if need be.
    pub(super) async fn link(&self, deadline: Instant) -> Result<Arc<Link>, CallError> {
        let mut phase = self.phase.subscribe();
        self.want();
        let mut stale = true;
        let ready = async {
            loop {
                match &*phase.borrow_and_update() {
                    Phase::Ready(link) => return Ok(Arc::clone(link)),
                    Phase::Stopped => return Err(CallError::Stopping),
                    Phase::Failed(error) if !stale => return Err(CallError::Unavailable(Arc::clone(error))),
                    Phase::Cold if !stale => self.wanted.notify_one(),
                    Phase::Cold | Phase::Failed(_) | Phase::Connecting => {}
                }
                // A failure seen first is an earlier attempt's; one that comes later is the answer to ours.
                stale = false;
                if phase.changed().await.is_err() {
                    return Err(CallError::Stopping);
                }
            }
        };
        timeout_at(deadline, ready).await.unwrap_or(Err(CallError::NotReady(self.context.limits.hold)))
    }

    /// The server's answer to `initialize`, from memory if it has ever given one; that wakes it, but waits for nothing.
    pub(crate) async fn introduction(&self) -> Result<bytes::Bytes, CallError> {
        if let Some(known) = self.state.lock().known.initialize.clone() {
            self.want();
            return Ok(known);
        }
        self.link(Instant::now() + self.context.limits.hold).await?;
        self.state.lock().known.initialize.clone().ok_or(CallError::Answer("initialize"))
    }

    /// A session joins.
    pub(crate) fn join(&self, session: &Arc<Session>) {
        self.state.lock().sessions.insert(session.key, Arc::clone(session));
    }

    /// How many sessions there are.
    pub(crate) fn sessions(&self) -> usize {
        self.state.lock().sessions.len()
    }

    /// How many calls of clients it has not answered yet. The relay's own are not work.
    pub(crate) fn in_flight(&self) -> usize {
        // Listening is no work; a call whose client has yet to answer a question is.
        let works = |call: &&Call| call.session().is_some() && &*call.method != LISTEN;
        self.state.lock().calls.values().filter(works).count()
    }

    /// How many bytes it has said so far.
    pub(crate) fn heard(&self) -> u64 {
        self.meter.heard()
    }

    /// Whether it is connected.
    pub(crate) fn is_up(&self) -> bool {
        self.state.lock().link.is_some()
    }

    /// Whether somebody waits for the answer to a call.
    pub(super) fn awaits(&self, id: u64) -> bool {
        self.state.lock().calls.contains_key(&id)
    }

    /// Whether a call was sent for the first time.
    pub(super) fn is_first(&self, id: u64) -> bool {
        self.state.lock().calls.get(&id).is_some_and(|call| !call.resent)
    }

    /// What is known of it.
    pub(crate) fn snapshot(&self) -> Option<Snapshot> {
        self.state.lock().known.snapshot()
    }

    /// Teaches it what another process of the same deployment has said.
    pub(super) fn learn_from(&self, other: &Self) {
        let known = other.state.lock().known.clone();
        self.state.lock().known = known;
        self.shy.store(other.shy.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Teaches it what was known before.
    pub(crate) fn restore(&self, snapshot: &Snapshot) {
        let mut state = self.state.lock();
        state.known.restore(snapshot);
        // One that had sessions is greeted as before; should it have none any more, it will say so.
        self.shy.store(!state.known.is_modern(), Ordering::Relaxed);
    }
}

impl State {
    /// Whether the server is one of 2026-07-28: the one that is there, or the last that was.
    pub(super) fn is_modern(&self) -> bool {
        self.link.as_ref().map_or_else(|| self.known.is_modern(), |link| link.is_modern())
    }
}
