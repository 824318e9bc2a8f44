//! One actor per deployment: it feeds the supervisor's state machine with what happened and carries out what that asks.
//!
//! The rules (when to restart, to pause, to give up) are the machine's; here is only the work: checking, installing,
//! starting, testing, stopping, each as a task that answers with the epoch it was asked for.

mod feeds;
mod health;
mod steps;

use crate::App;
use crate::connections::Offer;
use crate::events::{Event as Notice, Tag};
use crate::views::ActivityView;
use catwalk_domain::{Deployment, DeploymentId, Desired, Millis, ProblemCode, Status, StatusEvent};
use catwalk_supervisor::machine::{Effect, Epoch, Event, Machine};
use catwalk_supervisor::{Control, Limits, Log};
use health::Health;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longest wait for the database to take a change of status.
const RECORD: Duration = Duration::from_secs(2);

/// The handle of an actor. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Actor {
    inbox: mpsc::UnboundedSender<Message>,
    shared: Arc<Shared>,
}

enum Message {
    Event(Event),
    End,
}

struct Shared {
    status: watch::Sender<StatusEvent>,
    last_call: Mutex<Option<ActivityView>>,
    tools: watch::Sender<Option<u32>>,
    log: Arc<Log>,
    ended: CancellationToken,
}

impl Actor {
    /// A person wants it running or stopped.
    pub(crate) fn want(&self, desired: Desired) {
        self.tell(Event::Want(desired));
    }

    /// The app has started and it should run.
    pub(crate) fn resume(&self) {
        self.tell(Event::Resume);
    }

    /// A person wants it started anew.
    pub(crate) fn restart(&self) {
        self.tell(Event::UserRestart);
    }

    /// The computer slept and woke.
    pub(crate) fn woke(&self) {
        self.tell(Event::Woke);
    }

    /// The computer has lost its networks, or has one (another one) again.
    pub(crate) fn network(&self, up: bool) {
        self.tell(if up { Event::NetworkUp } else { Event::NetworkDown });
    }

    /// Stops the server and ends the actor. Returns when nothing of it runs any more.
    pub(crate) async fn end(self) {
        self.inbox.send(Message::End).ok();
        self.shared.ended.cancelled().await;
    }

    pub(crate) fn status(&self) -> StatusEvent {
        self.shared.status.borrow().clone()
    }

    /// Waits until its server has shown that it works, or will not without somebody's doing.
    pub(crate) async fn proven(&self) -> Status {
        let mut status = self.shared.status.subscribe();
        let stands = |event: &StatusEvent| !matches!(event.status, Status::Stopped) && !event.status.is_moving();
        let stands = status.wait_for(stands).await.map(|event| event.status.clone());
        stands.unwrap_or(Status::Stopped)
    }

    pub(crate) fn tools(&self) -> Option<u32> {
        *self.shared.tools.borrow()
    }

    pub(crate) fn log(&self) -> Arc<Log> {
        self.shared.log.clone()
    }

    pub(crate) fn last_call(&self) -> Option<ActivityView> {
        self.shared.last_call.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn note_call(&self, call: ActivityView) {
        *self.shared.last_call.lock().unwrap_or_else(PoisonError::into_inner) = Some(call);
    }

    fn tell(&self, event: Event) {
        self.inbox.send(Message::Event(event)).ok();
    }
}

impl App {
    /// The actor of a deployment, if it has one.
    pub(crate) fn actor(&self, id: DeploymentId) -> Option<Actor> {
        self.actors().get(&id).cloned()
    }

    /// Takes the actor out, to end it.
    pub(crate) fn forget_actor(&self, id: DeploymentId) -> Option<Actor> {
        self.actors().remove(&id)
    }

    /// The actor of a deployment, made when there is none yet. It does nothing until it is told.
    pub(crate) async fn reconcile(&self, deployment: &Deployment) -> Actor {
        if let Some(actor) = self.actor(deployment.id) {
            return actor;
        }
        let proven = match self.status_history(deployment.id).await {
            Ok(history) => history.iter().any(|e| matches!(e.status, Status::Ready { .. })),
            // One that was installed was most likely ready as well.
            Err(_) => deployment.installed.is_some(),
        };
        let folder = self.config().server_logs().join(deployment.id.to_string());
        let log = Log::open(folder, &[], Limits::default());
        let mut actors = self.actors();
        // Somebody else may have made it while the history was read.
        actors.entry(deployment.id).or_insert_with(|| self.make_actor(deployment.id, proven, &log)).clone()
    }

    /// Tries again what failed only because the keychain was locked or had lost the key.
    pub(crate) fn retry_locked(&self) {
        use ProblemCode::{KeyLost, KeychainLocked};
        let locked = |status: &Status| matches!(status, Status::Failed { problem } if matches!(problem.code, KeychainLocked | KeyLost));
        for actor in self.actors().values().filter(|a| locked(&a.status().status)) {
            actor.restart();
        }
    }

    fn make_actor(&self, id: DeploymentId, proven: bool, log: &Arc<Log>) -> Actor {
        let (inbox, messages) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            status: watch::Sender::new(StatusEvent { at: crate::clock::now(), status: Status::Stopped }),
            last_call: Mutex::default(),
            tools: watch::Sender::new(None),
            log: log.clone(),
            ended: CancellationToken::new(),
        });
        self.connections().offer(id, Offer::Stopped);
        self.forward_log(id, log, shared.ended.clone());
        let runner = Runner {
            app: self.clone(),
            id,
            machine: Machine::new(proven, u64::from_le_bytes(*id.0.as_bytes().last_chunk().unwrap_or(&[7; 8]))),
            inbox: inbox.clone(),
            shared: shared.clone(),
            under_way: None,
            process: Arc::default(),
            wake: None,
            health: Health::default(),
        };
        self.tasks().spawn(runner.run(messages));
        Actor { inbox, shared }
    }
}

/// The process of an attempt, once there is one; shared with the step that starts it.
type Slot = Arc<Mutex<Option<Control>>>;

struct Runner {
    app: App,
    id: DeploymentId,
    machine: Machine,
    inbox: mpsc::UnboundedSender<Message>,
    shared: Arc<Shared>,
    under_way: Option<UnderWay>,
    process: Slot,
    wake: Option<Millis>,
    health: Health,
}

/// A step that is being carried out.
struct UnderWay {
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Runner {
    async fn run(mut self, mut messages: mpsc::UnboundedReceiver<Message>) {
        let _ended = self.shared.ended.clone().drop_guard();
        loop {
            let wake = self.wake.map(|at| u64::try_from(at - crate::clock::now()).unwrap_or(0));
            let timer = async {
                match wake {
                    Some(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
                    None => std::future::pending().await,
                }
            };
            let event = tokio::select! {
                () = self.health.due() => {
                    self.check_health();
                    continue;
                }
                message = messages.recv() => match message {
                    Some(Message::Event(event)) => event,
                    Some(Message::End) | None => break,
                },
                () = timer => {
                    self.wake = None;
                    Event::Timer
                }
            };
            self.health.note(&event);
            for effect in self.machine.on(event, crate::clock::now()) {
                self.carry_out(effect).await;
            }
        }
        self.app.connections().offer(self.id, Offer::Stopped);
        barrier(&self.app, self.id, self.under_way.take(), &self.process).await;
        self.app.connections().forget(self.id);
    }

    async fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Publish(event) => self.publish(event).await,
            Effect::Check(epoch) => {
                self.app.connections().offer(self.id, Offer::NotYet);
                self.step(|s| s.check(epoch));
            }
            Effect::Install(epoch) => self.step(|s| s.install(epoch)),
            Effect::Spawn(epoch) => self.step(|s| s.spawn(epoch)),
            Effect::Test(epoch) => self.step(|s| s.test(epoch)),
            Effect::Stop(epoch) => self.stop(epoch),
            Effect::WakeAt(at) => self.wake = Some(at),
        }
    }

    /// Tells whoever waits for the server on the relay and the window at once, and the store for every new state (not for
    /// each step of a download).
    async fn publish(&mut self, event: StatusEvent) {
        let before = self.shared.status.send_replace(event.clone());
        self.health.follow(&event.status);
        if let Status::Ready { tools } = event.status {
            self.shared.tools.send_replace(Some(tools));
        }
        match &event.status {
            Status::Failed { problem } | Status::Paused { problem } => {
                self.app.connections().offer(self.id, Offer::Never(problem.title.clone()));
            }
            Status::Stopping | Status::Stopped => self.app.connections().offer(self.id, Offer::Stopped),
            _ => {}
        }
        let notice = Notice { id: Some(self.id), status: Some(event.clone()), ..Notice::stale(Tag::Deployments) };
        self.app.events_out().send(notice);
        if before.status.name() != event.status.name() {
            tracing::info!(id = %self.id, status = event.status.name(), "status");
            // A database that is away must not keep the server from being stopped.
            let events = self.app.store().events();
            let kept = events.append(self.id, &event);
            match tokio::time::timeout(RECORD, kept).await {
                Ok(Ok(())) => {
                    // The history has it now.
                    let recorded = Notice { id: Some(self.id), ..Notice::stale(Tag::Deployments) };
                    self.app.events_out().send(recorded);
                }
                Ok(Err(error)) => tracing::warn!(%error, "a change of status was not recorded"),
                Err(_) => tracing::warn!("a change of status was not recorded: the database does not answer"),
            }
        }
    }

    /// Starts a step as a task. The machine never asks for the next one before this one answered or was barred.
    fn step<F: Future<Output = ()> + Send + 'static>(&mut self, make: impl FnOnce(steps::Step) -> F) {
        let cancel = CancellationToken::new();
        let step = steps::Step {
            app: self.app.clone(),
            id: self.id,
            cancel: cancel.clone(),
            process: self.process.clone(),
            log: self.shared.log.clone(),
            answers: Answering(self.inbox.clone()),
        };
        let task = self.app.tasks().spawn(make(step));
        self.under_way = Some(UnderWay { cancel, task });
    }

    fn check_health(&mut self) {
        let (check, epoch) = (self.health.check(&self.app, self.id), self.machine.epoch());
        let (app, id, answers) = (self.app.clone(), self.id, Answering(self.inbox.clone()));
        self.app.tasks().spawn(async move {
            let well = check.await;
            app.keep_snapshot(id).await;
            answers.tell(if well { Event::HealthOk(epoch) } else { Event::HealthMissed(epoch) });
        });
    }

    fn stop(&mut self, epoch: Epoch) {
        let (app, id, process) = (self.app.clone(), self.id, self.process.clone());
        let (under_way, inbox) = (self.under_way.take(), Answering(self.inbox.clone()));
        self.app.tasks().spawn(async move {
            barrier(&app, id, under_way, &process).await;
            inbox.tell(Event::Stopped(epoch));
        });
    }
}

/// Where steps send their answers.
#[derive(Clone)]
struct Answering(mpsc::UnboundedSender<Message>);

impl Answering {
    fn tell(&self, event: Event) {
        self.0.send(Message::Event(event)).ok();
    }
}

/// Ends what is under way, then the process that came of it, with everything it started.
async fn barrier(app: &App, id: DeploymentId, under_way: Option<UnderWay>, process: &Slot) {
    if let Some(step) = under_way {
        step.cancel.cancel();
        step.task.await.ok();
    }
    // The relay holds the server's stdin; letting go of it asks a polite server to leave.
    app.relay().detach(id);
    let control = process.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(control) = control {
        control.stop().await;
    }
}
