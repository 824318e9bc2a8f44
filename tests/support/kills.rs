//! Words of the kill test: the app under attack, what it left behind, and the table of it all.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use catwalk_testkit::processes::{self, Process};
use catwalk_testkit::wait::eventually_blocking;

use crate::status_log::StatusLog;
use crate::world::World;

const NOT_GONE: &str = "failed to forward arguments to the running instance";
/// What Catwalk promises of all that it has started.
const GONE: Duration = Duration::from_secs(5);
/// The web view starts its own processes, which end when they see that the app is gone; one that is itself still starting on
/// a busy machine sees it late.
const WEB_VIEW_GONE: Duration = Duration::from_secs(30);

/// The app, started as a person's desktop starts it.
pub(crate) struct Running {
    child: Child,
    pub(crate) log: StatusLog,
    started: Instant,
    env: Vec<(String, String)>,
    output: PathBuf,
    tries: u32,
}

impl Running {
    pub(crate) fn start(world: &World) -> Self {
        let log = StatusLog::follow(world.data());
        let (env, output) = (world.env(), world.home().join("app.log"));
        Self { child: launch(&env, &output), log, started: Instant::now(), env, output, tries: 0 }
    }

    /// Waits for a state, or one that comes after it; how long it took since the start.
    pub(crate) fn reach(&mut self, state: &str, patience: Duration) -> Duration {
        let start = Instant::now();
        loop {
            let states = self.log.states();
            if states.iter().any(|s| s == state) {
                return self.started.elapsed();
            }
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                let output = std::fs::read_to_string(&self.output).unwrap_or_default();
                // The bus had not noticed yet that the killed one is gone: whom it asked to show its window was dead.
                if output.contains(NOT_GONE) && self.tries < 3 {
                    self.tries += 1;
                    println!("started anew: {NOT_GONE}");
                    std::fs::write(&self.output, "").expect("it can be written");
                    self.child = launch(&self.env, &self.output);
                    continue;
                }
                panic!("the app ended by itself ({status}) after {states:?}\n{output}");
            }
            assert!(start.elapsed() < patience, "waited {patience:?} in vain for {state}; there came {states:?}");
            // Closer than `eventually` looks: some states last a few milliseconds.
            std::thread::yield_now();
        }
    }

    /// Waits until something that it started has this word on its command line.
    pub(crate) fn starts(&self, word: &str, patience: Duration) {
        let named = |p: &Process| String::from_utf8_lossy(&p.command_line()).contains(word);
        eventually_blocking(word, patience, || processes::descendants(self.child.id()).iter().any(named).then_some(()));
    }

    /// Ends it as a person's session does; how that goes on is for [`Self::reach`] and [`Self::ended`] to see.
    pub(crate) fn ask_to_quit(&self) {
        processes::terminate(self.child.id());
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self, patience: Duration) -> ExitStatus {
        eventually_blocking("the app to end", patience, || self.child.try_wait().expect("it can be asked"))
    }

    /// `kill -9`; the state that the log names last, and how long children lived on.
    pub(crate) fn kill(mut self, world: &World) -> (String, Remains) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it can be waited for");
        let remains = Remains::after_kill(world.data());
        (self.log.last().unwrap_or_default(), remains)
    }
}

#[allow(clippy::disallowed_methods, reason = "the product's ban on starting processes does not bind its tests")]
fn launch(env: &[(String, String)], output: &Path) -> Child {
    let file = || File::options().create(true).append(true).open(output).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_catwalk-desktop"));
    command.envs(env.iter().map(|(name, value)| (name, value))).stdin(Stdio::null()).stdout(file()).stderr(file());
    command.spawn().expect("the app starts")
}

/// What was left of a killed app.
pub(crate) struct Remains {
    /// How long something that Catwalk started lived on.
    pub(crate) lived: Duration,
    /// What lived longer than it may.
    pub(crate) orphans: Vec<String>,
}

impl Remains {
    /// Watches until all are gone, but not longer than promised. This process adopts every orphan of the app, so none can
    /// hide; the folder is a second way to find them.
    pub(crate) fn after_kill(data: &Path) -> Self {
        let start = Instant::now();
        let (mut left, mut lived) = (Vec::new(), Duration::ZERO);
        eventually_blocking("the promised time", WEB_VIEW_GONE * 2, || {
            left = left_behind(data);
            let ours = left.iter().any(|process| !of_web_view(process));
            if ours {
                lived = start.elapsed();
            }
            (left.is_empty() || start.elapsed() > if ours { GONE } else { WEB_VIEW_GONE }).then_some(())
        });
        let orphans = left.iter().map(ToString::to_string).collect();
        // The next round is to see its own only.
        for process in &left {
            processes::kill(process.pid);
        }
        eventually_blocking("the end of orphans", GONE, || left_behind(data).is_empty().then_some(()));
        Self { lived, orphans }
    }
}

/// Ends whatever this test has started, each as `kill -9` does.
pub(crate) fn end_all(patience: Duration) {
    for process in processes::descendants(std::process::id()) {
        processes::kill(process.pid);
    }
    all_gone(patience);
}

/// Waits until nothing runs that this test has started.
pub(crate) fn all_gone(patience: Duration) {
    let start = Instant::now();
    eventually_blocking("everything to end", patience * 2, || {
        let left = processes::descendants(std::process::id());
        let names: Vec<String> = left.iter().map(ToString::to_string).collect();
        assert!(left.is_empty() || start.elapsed() < patience, "after {patience:?} there still run {names:#?}");
        left.is_empty().then_some(())
    });
}

fn of_web_view(process: &Process) -> bool {
    let words = process.command_line();
    let program = words.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(program).rsplit('/').next().is_some_and(|name| name.starts_with("WebKit"))
}

fn left_behind(data: &Path) -> Vec<Process> {
    let own = std::process::id();
    let mut left = processes::descendants(own);
    if left.is_empty() {
        left.extend(processes::all().into_iter().filter(|p| p.pid != own && p.has_to_do_with(data)));
    }
    left
}

/// Waits for a moment; where in a state a kill strikes is a matter of chance, though of the same chance every time.
pub(crate) fn pass(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::thread::yield_now();
    }
}

/// Chance from a seed.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        limit * u32::try_from(self.0 % 1000).unwrap_or(0) / 1000
    }
}

/// One row per state.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<String, Row>);

#[derive(Default)]
struct Row {
    kills: usize,
    orphans: Vec<String>,
    lived: Vec<Duration>,
    back: Vec<Duration>,
}

impl Table {
    pub(crate) fn kill(&mut self, state: &str, remains: Remains) {
        let row = self.0.entry(state.to_owned()).or_default();
        row.kills += 1;
        row.lived.push(remains.lived);
        row.orphans.extend(remains.orphans);
    }

    /// How long the start after a kill in this state took to be ready.
    pub(crate) fn back(&mut self, state: &str, time: Duration) {
        self.0.entry(state.to_owned()).or_default().back.push(time);
    }

    pub(crate) fn kills(&self) -> usize {
        self.0.values().map(|row| row.kills).sum()
    }

    pub(crate) fn kills_in(&self, state: &str) -> usize {
        self.0.get(state).map_or(0, |row| row.kills)
    }

    pub(crate) fn orphans(&self) -> Vec<&String> {
        self.0.values().flat_map(|row| &row.orphans).collect()
    }

    pub(crate) fn print(&mut self) {
        println!(
            "{:<12}{:>6}{:>9}{:>18}{:>20}{:>10}",
            "state", "kills", "orphans", "children gone (s)", "ready again (s)", "slowest"
        );
        for (state, row) in &mut self.0 {
            row.back.sort();
            let longest = row.lived.iter().max().copied().unwrap_or_default().as_secs_f64();
            let seconds = |time: Option<&Duration>| time.map_or("-".to_owned(), |t| format!("{:.1}", t.as_secs_f64()));
            let (middle, last) = (seconds(row.back.get(row.back.len() / 2)), seconds(row.back.last()));
            println!("{state:<12}{:>6}{:>9}{longest:>18.2}{middle:>20}{last:>10}", row.kills, row.orphans.len());
        }
    }
}
