//! A model of the app: it carries out effects, sometimes late, sometimes twice, and checks what must never happen.

use catwalk_domain::{Desired, Millis, Problem, ProblemCode, Status};
use catwalk_supervisor::Exit;
use catwalk_supervisor::machine::{Effect, Epoch, Event, Machine, Plan};

/// xorshift64*: small, good enough, and the seed tells the whole story.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % most
    }

    fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).expect("below a length")
    }

    fn time(&mut self, most: u64) -> Millis {
        Millis::try_from(self.below(most)).expect("a small number")
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Request {
    Check,
    Install,
    Spawn,
    Test,
    Stop,
}

pub(crate) struct World {
    pub(crate) machine: Machine,
    pub(crate) now: Millis,
    pub(crate) random: Random,
    /// Whether the clock only goes forward.
    steady: bool,
    /// Few user actions, short times, many crashes: the way into a pause.
    crashy: bool,
    under_way: Vec<(Request, Epoch)>,
    live: Option<Epoch>,
    tested: Option<Epoch>,
    wake: Option<Millis>,
    late: Vec<Event>,
    crashes: Vec<Millis>,
    shown: Status,
    pub(crate) seen: [u64; 12],
}

impl World {
    pub(crate) fn new(seed: u64, steady: bool) -> Self {
        let machine = Machine::new(seed.is_multiple_of(2), seed);
        let shown = machine.status();
        Self {
            machine,
            now: 1_700_000_000_000,
            random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            steady,
            crashy: seed % 4 < 2,
            under_way: Vec::new(),
            live: None,
            tested: None,
            wake: None,
            late: Vec::new(),
            crashes: Vec::new(),
            shown,
            seen: [0; 12],
        }
    }

    /// One random step.
    pub(crate) fn step(&mut self) {
        let calm = self.crashy && self.random.below(20) > 0;
        match self.random.below(100) {
            0..=5 if calm => self.crash(),
            0..=1 => self.tell(Event::Want(Desired::Running)),
            2 => self.tell(Event::Want(Desired::Stopped)),
            3 => self.tell(Event::UserRestart),
            4 => {
                let news = [Event::NetworkUp, Event::NetworkDown, Event::Woke][self.random.index(3)].clone();
                self.tell(news);
            }
            5 => self.tell(Event::Timer),
            6..=8 => self.crash(),
            9..=12 => self.tell(Event::HealthMissed(self.machine.epoch())),
            13 => self.tell(Event::HealthOk(self.machine.epoch())),
            14..=19 => self.tell_late(),
            20..=29 => {
                let most = [10, 1_000, 20_000, 900_000][self.random.index(if calm { 3 } else { 4 })];
                let time = self.random.time(most);
                self.pass(time);
            }
            30..=31 if !self.steady => self.now += self.random.time(200_000_000) - 100_000_000,
            _ => self.answer(if calm { 99 } else { 90 }),
        }
    }

    /// Time goes by; a timer that is due fires.
    pub(crate) fn pass(&mut self, time: Millis) {
        self.now += time;
        if self.wake.is_some_and(|at| at <= self.now) {
            self.wake = None;
            self.tell(Event::Timer);
        }
    }

    fn crash(&mut self) {
        if let Some(epoch) = self.live.take() {
            self.crashes.push(self.now);
            // A test that was under way dies with it, and says so sooner or later.
            if let Some(at) = self.under_way.iter().position(|(request, _)| *request == Request::Test) {
                self.under_way.remove(at);
                self.late.push(Event::Tested(epoch, Err(problem())));
            }
            let exit = Exit { code: None, signal: Some(11), at: self.now };
            self.tell(Event::Exited { epoch, exit, tail: vec!["boom".into()] });
        }
    }

    fn tell_late(&mut self) {
        if !self.late.is_empty() {
            let at = self.random.index(self.late.len());
            // Sometimes it stays to come again.
            let event = if self.random.below(2) == 0 { self.late.swap_remove(at) } else { self.late[at].clone() };
            self.tell(event);
        }
    }

    /// Answers one request; `good` of a hundred succeed.
    pub(crate) fn answer(&mut self, good: u64) {
        if self.under_way.is_empty() {
            return;
        }
        let at = self.random.index(self.under_way.len());
        let (request, epoch) = self.under_way.swap_remove(at);
        let fine = self.random.below(100) < good;
        let event = match request {
            Request::Check if self.machine.status() == Status::Queued && self.random.below(2) == 0 => {
                self.under_way.push((request, epoch));
                Event::Begun(epoch)
            }
            Request::Check if fine => {
                let plan = if self.random.below(2) == 0 { Plan::Install } else { Plan::Start };
                Event::Checked(epoch, Ok(plan))
            }
            Request::Check => Event::Checked(epoch, Err(problem())),
            Request::Install => Event::Installed(epoch, if fine { Ok(()) } else { Err(problem()) }),
            Request::Spawn if fine => {
                assert_eq!(self.live, None, "two processes");
                self.live = Some(epoch);
                Event::Spawned(epoch, Ok(()))
            }
            Request::Spawn => {
                self.crashes.push(self.now);
                Event::Spawned(epoch, Err(problem()))
            }
            Request::Test if fine => {
                self.tested = Some(epoch);
                Event::Tested(epoch, Ok(4))
            }
            Request::Test => {
                self.crashes.push(self.now);
                Event::Tested(epoch, Err(problem()))
            }
            Request::Stop => Event::Stopped(epoch),
        };
        if request != Request::Stop && self.late.len() < 50 {
            self.late.push(event.clone());
        }
        self.tell(event);
    }

    pub(crate) fn tell(&mut self, event: Event) {
        if let Event::HealthMissed(_) = event {
            self.crashes.push(self.now); // may become one
        }
        let before = self.machine.epoch();
        let effects = self.machine.on(event, self.now);
        assert!(self.machine.epoch() - before <= 1, "one attempt at a time");
        for effect in effects {
            self.carry_out(effect);
        }
        self.check();
    }

    fn carry_out(&mut self, effect: Effect) {
        let request = match effect {
            Effect::Publish(event) => {
                assert_ne!(event.status, self.shown, "nothing changed");
                assert_eq!((event.at, &event.status), (self.now, &self.machine.status()));
                self.shown = event.status;
                if let (Status::Paused { problem }, true) = (&self.shown, self.steady) {
                    assert_eq!(problem.code, ProblemCode::CrashLoop);
                    let recent = self.crashes.iter().filter(|at| self.now - **at <= 60_000).count();
                    assert!(recent >= 5, "paused after {recent} crashes in a minute");
                }
                return;
            }
            Effect::WakeAt(at) => {
                self.wake = Some(at);
                return;
            }
            Effect::Check(epoch) => (Request::Check, epoch),
            Effect::Install(epoch) => (Request::Install, epoch),
            Effect::Spawn(epoch) => (Request::Spawn, epoch),
            Effect::Test(epoch) => (Request::Test, epoch),
            Effect::Stop(epoch) => {
                // The barrier: what was under way may still chatter, the process goes.
                for (request, epoch) in std::mem::take(&mut self.under_way) {
                    assert_ne!(request, Request::Stop, "one barrier per attempt");
                    self.late.push(match request {
                        Request::Check => Event::Checked(epoch, Ok(Plan::Start)),
                        Request::Install => Event::Installed(epoch, Ok(())),
                        Request::Spawn => Event::Spawned(epoch, Ok(())),
                        _ => Event::Tested(epoch, Ok(9)),
                    });
                }
                if let Some(epoch) = self.live.take() {
                    let exit = Exit { code: Some(0), signal: None, at: self.now };
                    self.late.push(Event::Exited { epoch, exit, tail: Vec::new() });
                }
                (Request::Stop, epoch)
            }
        };
        assert_eq!(request.1, self.machine.epoch(), "requests are of this attempt");
        assert!(self.under_way.is_empty(), "{request:?} beside {:?}", self.under_way);
        if request.0 != Request::Test && request.0 != Request::Stop {
            assert_eq!(self.live, None, "{request:?} while a process lives");
        }
        self.under_way.push(request);
    }

    /// What must be true after every event.
    fn check(&mut self) {
        let status = self.machine.status();
        let epoch = self.machine.epoch();
        assert_eq!(status, self.shown, "everything is published");
        match &status {
            Status::Ready { .. } => {
                assert_eq!((self.live, self.tested), (Some(epoch), Some(epoch)), "never ready without a passed test");
            }
            Status::Stopped | Status::Failed { .. } | Status::Paused { .. } | Status::Restarting { .. } => {
                assert!(self.live.is_none() && self.under_way.is_empty(), "{status:?} at rest");
            }
            Status::Testing => assert_eq!(self.live, Some(epoch)),
            _ => {}
        }
        match &status {
            Status::Restarting { at, attempt } => {
                assert!(at - self.now <= 72_000 && *attempt > 0, "waits at most 60 s + 20 %");
                assert_eq!(self.wake, Some(*at), "somebody will wake it");
            }
            _ if status.is_moving() => assert!(!self.under_way.is_empty(), "{status:?} would wait for ever"),
            _ => {}
        }
        if self.machine.desired() == Desired::Stopped {
            assert!(matches!(status, Status::Stopping | Status::Stopped), "{status:?} though not wanted");
        }
        self.crashes.retain(|at| self.now - at <= 60_000);
        let names = [
            "queued",
            "checking",
            "installing",
            "starting",
            "testing",
            "ready",
            "unhealthy",
            "restarting",
            "paused",
            "stopping",
            "stopped",
            "failed",
        ];
        self.seen[names.iter().position(|name| *name == status.name()).expect("a known state")] += 1;
    }

    /// From anywhere: stop, and the answers lead to `Stopped`; start, and good answers lead to `Ready`.
    pub(crate) fn settle(&mut self) {
        self.tell(Event::Want(Desired::Stopped));
        for _ in 0..3 {
            self.answer(50);
        }
        assert_eq!(self.machine.status(), Status::Stopped);
        self.tell(Event::Want(Desired::Running));
        for _ in 0..6 {
            self.answer(100);
        }
        assert_eq!(self.machine.status(), Status::Ready { tools: 4 });
    }
}

fn problem() -> Problem {
    Problem::new(ProblemCode::NoAnswer, "title", "explanation")
}
