//! The steps of an attempt. Each ends early when it is cancelled and answers at most once.

use super::{Answering, Slot};
use crate::App;
use crate::connections::Offer;
use crate::diagnose;
use catwalk_domain::{Deployment, DeploymentId, Fix, Form, Installed, Problem, ProblemCode, Target};
use catwalk_relay::Upstream;
use catwalk_runtime::Request;
use catwalk_supervisor::machine::{Epoch, Event, Plan};
use catwalk_supervisor::{Control, Log, Stream};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A server must list its tools by then. Clients give up at sixty seconds.
const TEST_LIMIT: Duration = Duration::from_secs(30);
/// Lines of a server's last output that a problem shows.
const TAIL: usize = 20;
/// Catwalk's own line before each start: what an earlier start had to say is no evidence in the next.
const STARTING: &str = "Starting";

/// How long a server that hung up is given to end: its end says more than its silence.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a step works with.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) app: App,
    pub(super) id: DeploymentId,
    pub(super) cancel: CancellationToken,
    pub(super) process: Slot,
    pub(super) log: Arc<Log>,
    pub(super) answers: Answering,
}

impl Step {
    /// Waits for its turn, then looks at answers, keys and disk.
    pub(super) async fn check(self, epoch: Epoch) {
        let turn = tokio::select! {
            () = self.cancel.cancelled() => return,
            turn = self.app.turn() => turn,
        };
        self.answers.tell(Event::Begun(epoch));
        let checked = tokio::select! {
            () = self.cancel.cancelled() => return,
            checked = self.look() => checked,
        };
        drop(turn);
        self.answers.tell(Event::Checked(epoch, checked));
    }

    async fn look(&self) -> Result<Plan, Problem> {
        let deployment = self.app.deployment(self.id).await?;
        let answers = self.app.keys().open_all(&deployment).await?;
        crate::deploy::refuse_wrong(&Form::of(&deployment.manifest).validate(&answers))?;
        let intact = deployment.installed.as_ref().is_some_and(|i| self.app.runtime().is_intact(i));
        let ready = deployment.target == Target::Remote || intact;
        Ok(if ready { Plan::Start } else { Plan::Install })
    }

    /// Puts the software on disk.
    pub(super) async fn install(self, epoch: Epoch) {
        let turn = tokio::select! {
            () = self.cancel.cancelled() => return,
            turn = self.app.turn() => turn,
        };
        // Not in a select: the runtime watches the token itself and cleans up before it returns.
        let done = self.put_on_disk(epoch).await;
        drop(turn);
        if !self.cancel.is_cancelled() {
            self.answers.tell(Event::Installed(epoch, done));
        }
    }

    async fn put_on_disk(&self, epoch: Epoch) -> Result<(), Problem> {
        let deployment = self.app.deployment(self.id).await?;
        let package = deployment.manifest.package().cloned().ok_or_else(crate::error::gone)?;
        let request = Request {
            deployment: self.id,
            package,
            hint: deployment.manifest.run_hint(),
            repository: deployment.manifest.repository.clone(),
            commit: deployment.commit.clone(),
            allow_scripts: deployment.allow_scripts.clone(),
            now: crate::clock::now(),
        };
        let answers = self.answers.clone();
        let progress = move |p: catwalk_runtime::Progress| {
            answers.tell(Event::InstallProgress { epoch, step: p.step, done: p.done, total: p.total });
        };
        let installed = self.app.runtime().install(request, &progress, &self.cancel).await.map_err(|e| e.problem())?;
        let kept = self.app.store().deployments().set_installed(self.id, Some(&installed)).await;
        kept.map_err(|e| e.problem())?;
        self.say(&format!("Installed version {}", installed.version));
        for note in self.app.runtime().notes(&installed) {
            self.say(&note);
        }
        Ok(())
    }

    /// Starts the process and offers its pipes to the relay.
    pub(super) async fn spawn(self, epoch: Epoch) {
        // Not in a select: what has been started must be known to the barrier that ends it.
        let started = self.start(epoch).await;
        self.answers.tell(Event::Spawned(epoch, started));
    }

    async fn start(&self, epoch: Epoch) -> Result<(), Problem> {
        let deployment = self.app.deployment(self.id).await?;
        if deployment.target == Target::Remote {
            let (remote, masks) = self.app.remote_of(&deployment).await?;
            match self.app.accounts().get(self.id).filter(|_| remote.credentials.is_some()) {
                Some(account) => account.mask_in(self.log.clone(), masks),
                None => self.log.set_masks(&masks),
            }
            self.app.relay().detach(self.id);
            self.app.connections().offer(self.id, Offer::Remote(remote));
            return Ok(());
        }
        let installed = deployment.installed.as_ref().ok_or_else(not_installed)?;
        self.start_process(epoch, &deployment, installed).await
    }

    async fn start_process(&self, epoch: Epoch, of: &Deployment, installed: &Installed) -> Result<(), Problem> {
        let start = self.app.start_of(of, installed).await?;
        self.log.set_masks(&start.masks);
        drop(start.masks);
        std::fs::create_dir_all(start.spec.home.join("tmp"))
            .map_err(|e| crate::error::internal("The server's private folder could not be made", &e))?;
        self.say(STARTING);
        let process = self.app.supervisor().spawn(self.id, start.spec, self.log.clone()).await;
        let process = process.map_err(|e| e.problem())?;
        let control = process.control();
        self.say(&format!("Started as process {}", control.pid()));
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(control.clone());
        self.watch(epoch, control);
        let log = self.log.clone();
        self.app.connections().offer(
            self.id,
            Offer::Ready(Upstream::Pipes {
                reader: Box::new(process.stdout),
                writer: Box::new(process.stdin),
                stray: Arc::new(move |line| log.line(Stream::Stdout, line)),
            }),
        );
        Ok(())
    }

    /// Reports the end of the process, whenever it comes.
    fn watch(&self, epoch: Epoch, control: Control) {
        let step = self.clone();
        self.app.tasks().spawn(async move {
            let exit = control.exited().await;
            let tail = tail(&step.log);
            // Heeded only while it is tested: a person must act, so starting it again is no use.
            if let Some(problem) = step.refusal(&tail).await {
                step.answers.tell(Event::Tested(epoch, Err(problem)));
            }
            step.answers.tell(Event::Exited { epoch, exit, tail });
        });
    }

    /// A real `initialize` and `tools/list` through the relay.
    pub(super) async fn test(self, epoch: Epoch) {
        let listed = tokio::select! {
            () = self.cancel.cancelled() => return,
            listed = tokio::time::timeout(TEST_LIMIT, self.app.relay().list_tools(self.id)) => listed,
        };
        let tested = match listed {
            Ok(Ok(answer)) => {
                let count = answer["tools"].as_array().map_or(0, Vec::len);
                self.say(&format!("Ready with {count} tools"));
                self.app.keep_snapshot(self.id).await;
                Ok(u32::try_from(count).unwrap_or(u32::MAX))
            }
            // It hung up because it ended, which is told elsewhere.
            Ok(Err(_)) if self.ends_now().await => return,
            Ok(Err(error)) => Err(self.diagnose(self.app.no_answer(self.id, &error)).await),
            Err(_) => Err(silent().evidence(tail(&self.log))),
        };
        self.answers.tell(Event::Tested(epoch, tested));
    }

    /// A line of our own in the server's log.
    fn say(&self, text: &str) {
        self.log.line(Stream::Catwalk, text.as_bytes());
    }

    /// Whether its process is at its end.
    async fn ends_now(&self) -> bool {
        let control = self.process.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(control) = control else { return false };
        tokio::select! {
            () = self.cancel.cancelled() => true,
            exited = tokio::time::timeout(LAST_WORDS, control.exited()) => exited.is_ok(),
        }
    }

    /// Tells a refused credential from other failures, where the server asks for one.
    async fn diagnose(&self, problem: Problem) -> Problem {
        if problem.code == ProblemCode::SignInNeeded {
            return problem;
        }
        let problem = problem.evidence(tail(&self.log));
        self.refusal(&problem.evidence).await.unwrap_or(problem)
    }

    async fn refusal(&self, words: &[String]) -> Option<Problem> {
        let secrets = self.app.store().secrets().list(self.id).await.unwrap_or_default();
        diagnose::refusal(words, !secrets.is_empty())
    }
}

/// The server's last words since it was last started; Catwalk's own lines are not among them.
fn tail(log: &Log) -> Vec<String> {
    let mut lines = log.tail(TAIL * 2);
    if let Some(start) = lines.iter().rposition(|l| l.stream == Stream::Catwalk && l.text == STARTING) {
        lines.drain(..start);
    }
    lines.retain(|l| l.stream != Stream::Catwalk);
    lines.drain(..lines.len().saturating_sub(TAIL));
    lines.into_iter().map(|l| l.text).collect()
}

fn not_installed() -> Problem {
    Problem::new(ProblemCode::InstallFailed, "The server is not installed", "Start it again to install it.")
        .fix(Fix::Restart)
}

fn silent() -> Problem {
    let text =
        "It runs, but did not answer within 30 seconds. Some servers need a key or a setting before they answer.";
    Problem::new(ProblemCode::NoAnswer, "The server does not answer", text).fix(Fix::ShowLog)
}
