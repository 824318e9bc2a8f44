//! The pure state machine of one deployment: (state, event, now) → effects. No clock, no I/O, no randomness but a seed.
//!
//! The app feeds it what happened and carries out what it asks. Every request and every answer carries the *epoch*, the
//! number of the attempt; answers of an older attempt are ignored. Whatever may be going on is ended by one barrier,
//! [`Effect::Stop`]: the app cancels what it is doing for that attempt, waits for it, stops a process that came of it,
//! and only then answers [`Event::Stopped`]. That is how there are never two processes of one deployment.
//!
//! The rules, all of them here and nowhere else:
//! - The first start after a user's action that fails is a failure: the person is looking, so say it at once.
//! - A server that has been ready is restarted: at once, then after 1-2-4-8-16-32-60 s ± 20 %; ten good minutes forget.
//! - Five crashes within 60 s pause it. A user's action, the network's return and a wake-up clear the count. What is no
//!   fault of the server's does not count: failures while offline, a hosted server or a database out of reach.
//! - Three missed health checks in a row: unhealthy, stop, restart. A single long call is no miss.
//! - The clock may jump. Back: all remembered times move along. Forward: waits end early, which harms nobody.

mod backoff;
mod event;
mod words;

use catwalk_domain::{Desired, Millis, Problem, ProblemCode, Status, StatusEvent};

use backoff::Backoff;
pub use event::{Effect, Epoch, Event, Plan};

/// Misses in a row that make a server unhealthy.
const MISSES: u32 = 3;
/// Ready for this long, and earlier crashes are forgotten.
const GOOD: Millis = 10 * 60_000;

/// One deployment's state. Make it with [`Machine::new`], then feed it with [`Machine::on`].
#[derive(Clone, Debug)]
pub struct Machine {
    desired: Desired,
    epoch: Epoch,
    phase: Phase,
    /// It has been ready since the last user's action: a failure is a crash to recover from, not a wrong answer.
    proven: bool,
    offline: bool,
    misses: u32,
    ready_since: Option<Millis>,
    backoff: Backoff,
    last: Millis,
    published: Status,
}

#[derive(Clone, Debug)]
enum Phase {
    // No process, nothing under way.
    Stopped,
    Failed(Problem),
    Paused(Problem),
    Restarting { at: Millis },
    // An attempt under way.
    Queued,
    Checking,
    Installing { step: String, done: Option<u64>, total: Option<u64> },
    Starting,
    Testing,
    Ready { tools: u32 },
    // The barrier was asked for and has not answered.
    Ending(Then),
}

/// What follows the barrier.
#[derive(Clone, Debug)]
enum Then {
    Rest,
    Start,
    Fail(Problem),
    Retry(Problem),
}

impl Machine {
    /// A deployment that is not running. `proven`: it has been ready in an earlier run of the app. `seed` drives the
    /// jitter; any number will do.
    pub fn new(proven: bool, seed: u64) -> Self {
        Self {
            desired: Desired::Stopped,
            epoch: 0,
            phase: Phase::Stopped,
            proven,
            offline: false,
            misses: 0,
            ready_since: None,
            backoff: Backoff::new(seed),
            last: Millis::MIN,
            published: Status::Stopped,
        }
    }

    /// The number of the attempt under way (or of the last one).
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// What the user wants.
    pub fn desired(&self) -> Desired {
        self.desired
    }

    /// The state as people see it.
    pub fn status(&self) -> Status {
        match &self.phase {
            Phase::Stopped => Status::Stopped,
            Phase::Failed(problem) => Status::Failed { problem: problem.clone() },
            Phase::Paused(problem) => Status::Paused { problem: problem.clone() },
            Phase::Restarting { at } => Status::Restarting { at: *at, attempt: self.backoff.attempt() },
            Phase::Queued => Status::Queued,
            Phase::Checking => Status::Checking,
            Phase::Installing { step, done, total } => {
                Status::Installing { step: step.clone(), done: *done, total: *total }
            }
            Phase::Starting => Status::Starting,
            Phase::Testing => Status::Testing,
            Phase::Ready { tools } => Status::Ready { tools: *tools },
            Phase::Ending(Then::Retry(_)) => Status::Unhealthy,
            Phase::Ending(_) => Status::Stopping,
        }
    }

    /// Takes one event; returns what the app must do now, the publication of a changed status first.
    pub fn on(&mut self, event: Event, now: Millis) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.follow_the_clock(now, &mut effects);
        if event.epoch().is_none_or(|epoch| epoch == self.epoch) {
            self.take(event, now, &mut effects);
        }
        let status = self.status();
        if status != self.published {
            self.published = status.clone();
            effects.insert(0, Effect::Publish(StatusEvent { at: now, status }));
        }
        effects
    }

    fn take(&mut self, event: Event, now: Millis, effects: &mut Vec<Effect>) {
        match event {
            Event::Want(Desired::Running) => self.want_running(effects),
            Event::Want(Desired::Stopped) => self.want_stopped(effects),
            Event::Resume => self.resume(effects),
            Event::UserRestart => self.user_restart(effects),
            Event::NetworkDown => self.offline = true,
            Event::NetworkUp => {
                self.offline = false;
                self.fresh_chance(effects);
            }
            Event::Woke => self.fresh_chance(effects),
            Event::Timer => self.timer(now, effects),
            Event::Stopped(_) => self.stopped(now, effects),
            Event::Exited { exit, tail, .. } => self.exited(&words::ended(exit), tail, now, effects),
            Event::HealthOk(_) => self.misses = 0,
            Event::HealthMissed(_) => self.health_missed(effects),
            answer => self.answered(answer, now, effects),
        }
    }

    /// Answers to requests; each counts only in the phase that waits for it, so a repeated answer does nothing.
    fn answered(&mut self, answer: Event, now: Millis, effects: &mut Vec<Effect>) {
        match (&mut self.phase, answer) {
            (Phase::Queued, Event::Begun(_)) => self.phase = Phase::Checking,
            (Phase::Queued | Phase::Checking, Event::Checked(_, Ok(Plan::Install))) => {
                self.phase = Phase::Installing { step: String::new(), done: None, total: None };
                effects.push(Effect::Install(self.epoch));
            }
            (Phase::Queued | Phase::Checking, Event::Checked(_, Ok(Plan::Start)))
            | (Phase::Installing { .. }, Event::Installed(_, Ok(()))) => {
                self.phase = Phase::Starting;
                effects.push(Effect::Spawn(self.epoch));
            }
            (Phase::Queued | Phase::Checking, Event::Checked(_, Err(problem))) if passes(&problem) => {
                self.failed(problem, now, effects);
            }
            // What else a check or an installation finds wrong does not mend itself.
            (Phase::Queued | Phase::Checking, Event::Checked(_, Err(problem)))
            | (Phase::Installing { .. }, Event::Installed(_, Err(problem))) => self.phase = Phase::Failed(problem),
            (Phase::Installing { step, done, total }, Event::InstallProgress { step: s, done: d, total: t, .. }) => {
                (*step, *done, *total) = (s, d, t);
            }
            (Phase::Starting, Event::Spawned(_, Ok(()))) => {
                self.phase = Phase::Testing;
                effects.push(Effect::Test(self.epoch));
            }
            (Phase::Starting, Event::Spawned(_, Err(problem))) => self.failed(problem, now, effects),
            (Phase::Testing, Event::Tested(_, Ok(tools))) => {
                self.phase = Phase::Ready { tools };
                (self.proven, self.misses, self.ready_since) = (true, 0, Some(now));
            }
            // The list of tools changed while it runs.
            (Phase::Ready { tools }, Event::Tested(_, Ok(count))) => *tools = count,
            // The process still lives: end it, then decide.
            (Phase::Testing, Event::Tested(_, Err(problem))) => {
                let then = if self.is_worth_a_retry(&problem) { Then::Retry(problem) } else { Then::Fail(problem) };
                self.end(then, effects);
            }
            _ => {}
        }
    }

    fn want_running(&mut self, effects: &mut Vec<Effect>) {
        self.desired = Desired::Running;
        match self.phase {
            Phase::Stopped | Phase::Failed(_) | Phase::Paused(_) | Phase::Restarting { .. } => {
                self.forgive();
                self.begin(effects);
            }
            Phase::Ending(Then::Rest | Then::Fail(_)) => {
                self.forgive();
                self.phase = Phase::Ending(Then::Start);
            }
            _ => {}
        }
    }

    fn want_stopped(&mut self, effects: &mut Vec<Effect>) {
        self.desired = Desired::Stopped;
        match self.phase {
            Phase::Stopped | Phase::Failed(_) | Phase::Paused(_) | Phase::Restarting { .. } => {
                self.phase = Phase::Stopped;
            }
            _ => self.end(Then::Rest, effects),
        }
    }

    /// As the last run of the app left it; not a user's action, so a server known to be good gets its retries.
    fn resume(&mut self, effects: &mut Vec<Effect>) {
        self.desired = Desired::Running;
        if matches!(self.phase, Phase::Stopped) {
            self.begin(effects);
        }
    }

    fn user_restart(&mut self, effects: &mut Vec<Effect>) {
        self.desired = Desired::Running;
        self.forgive();
        match self.phase {
            Phase::Stopped | Phase::Failed(_) | Phase::Paused(_) | Phase::Restarting { .. } => self.begin(effects),
            _ => self.end(Then::Start, effects),
        }
    }

    /// A user's action: the past is forgotten, and the next start must succeed.
    fn forgive(&mut self) {
        self.backoff.clear();
        self.proven = false;
    }

    /// The world changed for the better: what was waiting goes at once.
    fn fresh_chance(&mut self, effects: &mut Vec<Effect>) {
        self.backoff.clear();
        match &self.phase {
            Phase::Restarting { .. } => self.begin(effects),
            Phase::Failed(problem) if problem.code == ProblemCode::Offline => self.begin(effects),
            _ => {}
        }
    }

    fn timer(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if let Phase::Restarting { at } = self.phase {
            if now >= at { self.begin(effects) } else { effects.push(Effect::WakeAt(at)) }
        }
    }

    fn begin(&mut self, effects: &mut Vec<Effect>) {
        self.epoch += 1;
        (self.misses, self.ready_since) = (0, None);
        self.phase = Phase::Queued;
        effects.push(Effect::Check(self.epoch));
    }

    /// Asks for the barrier, once per attempt; a later wish only changes what follows it.
    fn end(&mut self, then: Then, effects: &mut Vec<Effect>) {
        if !matches!(self.phase, Phase::Ending(_)) {
            effects.push(Effect::Stop(self.epoch));
        }
        self.phase = Phase::Ending(then);
    }

    fn stopped(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if let Phase::Ending(then) = &self.phase {
            match then.clone() {
                Then::Rest => self.phase = Phase::Stopped,
                Then::Start => self.begin(effects),
                Then::Fail(problem) => self.phase = Phase::Failed(problem),
                Then::Retry(problem) => self.failed(problem, now, effects),
            }
        }
    }

    fn exited(&mut self, how: &str, tail: Vec<String>, now: Millis, effects: &mut Vec<Effect>) {
        match self.phase {
            Phase::Starting | Phase::Testing => self.failed(words::died_at_start(how, tail), now, effects),
            Phase::Ready { .. } => self.failed(words::crashed(how, tail), now, effects),
            // While ending, the barrier's answer counts, not the exit that it causes.
            _ => {}
        }
    }

    fn health_missed(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.phase, Phase::Ready { .. }) && !self.offline {
            self.misses += 1;
            if self.misses >= MISSES {
                self.end(Then::Retry(words::unhealthy()), effects);
            }
        }
    }

    fn is_worth_a_retry(&self, problem: &Problem) -> bool {
        use ProblemCode::{
            AnswersInvalid, CredentialRefused, KeyLost, KeychainLocked, NotAServer, SignInNeeded, Unsupported,
        };
        let needs_a_person = matches!(
            problem.code,
            AnswersInvalid | CredentialRefused | KeyLost | KeychainLocked | NotAServer | SignInNeeded | Unsupported
        );
        self.proven && !needs_a_person
    }

    /// An attempt is over and nothing of it lives any more: fail, pause, or wait for the next.
    fn failed(&mut self, problem: Problem, now: Millis, effects: &mut Vec<Effect>) {
        if !self.is_worth_a_retry(&problem) {
            self.phase = Phase::Failed(problem);
            return;
        }
        if self.ready_since.take().is_some_and(|since| now - since >= GOOD) {
            self.backoff.clear();
        }
        if !self.offline && !passes(&problem) && self.backoff.count(now) {
            self.phase = Phase::Paused(words::crash_loop(problem.evidence));
            return;
        }
        let at = now + self.backoff.next();
        self.phase = Phase::Restarting { at };
        effects.push(Effect::WakeAt(at));
    }

    /// When the clock was set back, everything remembered moves along, so no wait grows by the jump.
    fn follow_the_clock(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let back = self.last.saturating_sub(now);
        if back > 0 && self.last != Millis::MIN {
            self.backoff.shift(back);
            self.ready_since = self.ready_since.map(|since| since - back);
            if let Phase::Restarting { at } = &mut self.phase {
                *at -= back;
                effects.push(Effect::WakeAt(*at));
            }
        }
        self.last = now;
    }
}

/// Whether what is wrong lies outside the server and mends itself.
fn passes(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::Offline | ProblemCode::Storage)
}
