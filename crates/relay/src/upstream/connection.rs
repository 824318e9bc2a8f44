//! The life of a server's connections: wanted, connecting, ready, ended, and again when wanted.

use super::calls::{Call, Effect, Reply};
use super::link::{self, Carrier, Line, Link};
use super::listeners::LISTEN;
use super::pipes::{self, Pipes};
use super::server::{Ask, Server, To};
use super::{ConnectError, Upstream};
use crate::error::CallError;
use crate::session::level_name;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often calls are looked at for their deadline: one timer per server, not one per call.
const SWEEP: Duration = Duration::from_millis(500);

const FOR_EVER: Duration = Duration::from_hours(24 * 365);

/// Where a server's connection stands.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// There is none, and nobody asked.
    Cold,
    /// It is being made.
    Connecting,
    /// It is up and initialised.
    Ready(Arc<Link>),
    /// It could not be made; the next call tries again.
    Failed(Arc<ConnectError>),
    /// There will be no more.
    Stopped,
}

/// Lines that a remote server refused because it had forgotten our session. It did not act on them, so they are sent
/// again after a new handshake, the only retry there is.
pub(super) type Unsent = Vec<(u64, Vec<u8>)>;

impl Server {
    /// The server's task.
    pub(super) async fn run(self: Arc<Self>) {
        let (mut generation, mut connected) = (0, false);
        let mut unsent = Unsent::new();
        loop {
            if unsent.is_empty() {
                tokio::select! {
                    () = self.stop.cancelled() => break,
                    () = self.wanted.notified() => {}
                }
            }
            generation += 1;
            let close = self.stop.child_token();
            *self.current.lock() = close.clone();
            self.phase.send_replace(Phase::Connecting);
            match self.connecting(generation, &close, &unsent).await {
                Ok((link, driver)) => {
                    self.phase.send_replace(Phase::Ready(Arc::clone(&link)));
                    self.make_good();
                    tracing::info!(deployment = %self.id, "connected");
                    if std::mem::replace(&mut connected, true) {
                        self.meter.restarted();
                    }
                    unsent = self.serve(driver).await;
                    self.unlink();
                    self.phase.send_replace(Phase::Cold);
                    tracing::info!(deployment = %self.id, "connection ended");
                }
                Err(error) => {
                    tracing::warn!(deployment = %self.id, %error, "no connection");
                    unsent.clear();
                    self.phase.send_replace(Phase::Failed(Arc::new(error)));
                }
            }
            self.clear_up(&unsent);
        }
        self.phase.send_replace(Phase::Stopped);
        self.unlink();
        self.clear_up(&Unsent::new());
    }

    /// Connects, looking at deadlines meanwhile: calls that a remote server refused may be waiting for it.
    async fn connecting(
        self: &Arc<Self>,
        generation: u64,
        close: &CancellationToken,
        unsent: &Unsent,
    ) -> Result<(Arc<Link>, JoinHandle<Unsent>), ConnectError> {
        let mut sweep = tokio::time::interval(SWEEP);
        let mut connected = std::pin::pin!(self.connect(generation, close, unsent));
        loop {
            tokio::select! {
                connected = &mut connected => return connected,
                _ = sweep.tick() => self.sweep(),
            }
        }
    }

    async fn upstream(&self) -> Result<Upstream, ConnectError> {
        match self.instance {
            None => self.context.upstreams.connect(self.id).await,
            Some(instance) => self.context.upstreams.connect_alone(self.id, instance).await,
        }
    }

    /// Some servers end when the first thing they hear is not `initialize`. They get a second start without the question,
    /// and if that goes well are not asked again.
    async fn connect(
        self: &Arc<Self>,
        generation: u64,
        close: &CancellationToken,
        unsent: &Unsent,
    ) -> Result<(Arc<Link>, JoinHandle<Unsent>), ConnectError> {
        let connected = self.connect_once(generation, close, unsent).await;
        if close.is_cancelled()
            || !matches!(connected, Err(ConnectError::Ended))
            || self.shy.swap(true, Ordering::Relaxed)
        {
            return connected;
        }
        self.clear_up(unsent);
        let connected = self.connect_once(generation, close, unsent).await;
        self.shy.store(connected.is_ok(), Ordering::Relaxed);
        connected
    }

    async fn connect_once(
        self: &Arc<Self>,
        generation: u64,
        close: &CancellationToken,
        unsent: &Unsent,
    ) -> Result<(Arc<Link>, JoinHandle<Unsent>), ConnectError> {
        let upstream = tokio::select! {
            () = close.cancelled() => return Err(ConnectError::Stopped),
            upstream = self.upstream() => upstream?,
        };
        let (link, driver) = match upstream {
            Upstream::Pipes { reader, writer, stray } => {
                let (server, pipes) = (Arc::clone(self), Pipes { reader, writer, stray });
                let drive = |link, lines| {
                    self.context.tracker.spawn(async move {
                        pipes::drive(server, link, pipes, lines).await;
                        Unsent::new()
                    })
                };
                self.greet(generation, close, Carrier::Pipes, drive).await?
            }
            Upstream::Http(remote) => self.reach(generation, close, remote).await?,
        };
        self.restore_wishes(&link);
        self.resend(&link, unsent);
        self.state.lock().link = Some(Arc::clone(&link));
        Ok((link, driver))
    }

    /// Sets a link up, driven by a task that `drive` starts, and shakes hands over it.
    pub(super) async fn greet(
        self: &Arc<Self>,
        generation: u64,
        close: &CancellationToken,
        carrier: Carrier,
        drive: impl FnOnce(Arc<Link>, UnboundedReceiver<Line>) -> JoinHandle<Unsent>,
    ) -> Result<(Arc<Link>, JoinHandle<Unsent>), ConnectError> {
        // A child, for a second attempt may come after a first one was closed.
        let close = close.child_token();
        let (size, meter) = (self.context.limits.outbox, Arc::clone(&self.meter));
        let (link, lines) = Link::new(generation, size, meter, carrier, close.clone());
        let driver = drive(Arc::clone(&link), lines);
        let shaken = tokio::select! {
            // First, for a refusal closes the connection too.
            biased;
            shaken = tokio::time::timeout(self.context.limits.handshake, self.shake_hands(&link)) => {
                shaken.unwrap_or(Err(ConnectError::Silent))
            }
            () = close.cancelled() => Err(ConnectError::Ended),
        };
        if let Err(error) = shaken {
            close.cancel();
            return Err(error);
        }
        Ok((link, driver))
    }

    /// A request of the relay's own on a given link.
    pub(super) async fn ask(&self, link: &Arc<Link>, method: &'static str, params: &Value) -> Result<Bytes, CallError> {
        let (sender, answer) = oneshot::channel();
        self.send_own(link, Reply::Own(sender), method, &params.to_string());
        answer.await.unwrap_or(Err(CallError::OutcomeUnknown))
    }

    /// Sends a request of the relay's own.
    pub(super) fn send_own(&self, link: &Arc<Link>, reply: Reply, method: &str, params: &str) {
        self.send_own_as(self.next_id(), link, reply, method, params);
    }

    /// The same, under an id that its sender already knows.
    pub(super) fn send_own_as(&self, id: u64, link: &Arc<Link>, reply: Reply, method: &str, params: &str) {
        let now = Instant::now();
        let limits = &self.context.limits;
        let patience = match method {
            // Listening has no end.
            LISTEN => FOR_EVER,
            // Whoever asks looks at the time.
            "initialize" | "server/discover" => limits.handshake.max(limits.call),
            _ => limits.call,
        };
        let call = Call {
            reply,
            method: method.into(),
            tool: None,
            effect: Effect::None,
            started: now,
            deadline: now + patience,
            generation: link.generation,
            again: None,
            resent: false,
            params: None,
            rounds: 0,
        };
        self.state.lock().calls.insert(id, call);
        link.send_own(link::line(Some(id), method, Some(params)), Some(id));
    }

    /// Tells a new connection what the clients had asked of the last.
    fn restore_wishes(&self, link: &Arc<Link>) {
        if link.is_modern() {
            // Levels go with each request, and `keep_listening` tells the rest.
            return;
        }
        let (level, uris): (_, Vec<_>) = {
            let state = self.state.lock();
            (state.level, state.subscriptions.keys().cloned().collect())
        };
        if let Some(level) = level {
            let params = json!({ "level": level_name(level) }).to_string();
            self.send_own(link, Reply::Nobody, "logging/setLevel", &params);
        }
        for uri in uris {
            self.send_own(link, Reply::Nobody, "resources/subscribe", &json!({ "uri": uri }).to_string());
        }
    }

    fn resend(&self, link: &Arc<Link>, unsent: &Unsent) {
        for (id, line) in unsent {
            let mut state = self.state.lock();
            if let Some(call) = state.calls.get_mut(id) {
                (call.generation, call.resent) = (link.generation, true);
                drop(state);
                link.send_own(line.clone(), Some(*id));
            }
        }
    }

    /// Waits for the connection's end, looking at deadlines meanwhile.
    async fn serve(&self, mut driver: JoinHandle<Unsent>) -> Unsent {
        let mut sweep = tokio::time::interval(SWEEP);
        loop {
            tokio::select! {
                unsent = &mut driver => return unsent.unwrap_or_default(),
                _ = sweep.tick() => self.sweep(),
            }
        }
    }

    fn sweep(&self) {
        self.sweep_parked();
        let (now, limits) = (Instant::now(), &self.context.limits);
        let mut state = self.state.lock();
        let state = &mut *state;
        for call in state.calls.values() {
            if let Some(client) = call.client().filter(|_| now.duration_since(call.started) > limits.keep_alive) {
                client.stream.open();
            }
        }
        // Who waits for a person to answer the server's question is not late.
        let asked = |call: &Call| {
            call.client().is_some_and(|client| state.asks.values().any(|ask| ask.session == client.session.key))
        };
        let late: Vec<_> =
            state.calls.extract_if(|_, call| call.deadline < now && !asked(call) && !call.is_parked()).collect();
        for (id, call) in late {
            if let Some(link) = &state.link {
                link.send_own(link::line(None, "notifications/cancelled", Some(&cancelled(id))), None);
            }
            self.give_up(call, CallError::TimedOut(limits.call));
        }
    }

    /// After a connection ended: every call on it gets its second chance or its error, every question to a client is
    /// taken back.
    fn clear_up(self: &Arc<Self>, unsent: &Unsent) {
        let mut state = self.state.lock();
        let stays = |id: &u64| unsent.iter().any(|(unsent, _)| unsent == id);
        let lost: Vec<_> = state.calls.extract_if(|id, _| !stays(id)).map(|(_, call)| call).collect();
        // What a server of 2026-07-28 wants to know, its next process can be told as well.
        let stopped = self.stop.is_cancelled();
        let gone = |ask: &Ask| stopped || matches!(ask.to, To::Server(_));
        let asks: Vec<_> = state.asks.extract_if(|_, ask| gone(ask)).collect();
        if stopped {
            state.end_listeners(None);
        }
        drop(state);
        for (id, ask) in asks {
            ask.take_back(id);
            if let To::Round(round, _) = ask.to {
                self.end_round(&round);
            }
        }
        for call in lost {
            self.lost(call);
        }
    }
}

/// The `params` of a cancel.
pub(super) fn cancelled(id: u64) -> String {
    format!("{{\"requestId\":{id},\"reason\":\"no answer in time\"}}")
}
