//! The rules of RUNTIME.md, one by one.

use catwalk_domain::{Desired, Fix, Problem, ProblemCode, Status};
use catwalk_supervisor::Exit;
use catwalk_supervisor::machine::{Effect, Event, Machine, Plan};

/// Runs an attempt up to `Ready`.
fn make_ready(machine: &mut Machine, now: i64) {
    let epoch = machine.epoch();
    assert_eq!(machine.status(), Status::Queued);
    machine.on(Event::Begun(epoch), now);
    assert_eq!(machine.on(Event::Checked(epoch, Ok(Plan::Start)), now)[1], Effect::Spawn(epoch));
    assert_eq!(machine.on(Event::Spawned(epoch, Ok(())), now)[1], Effect::Test(epoch));
    machine.on(Event::Tested(epoch, Ok(3)), now);
    assert_eq!(machine.status(), Status::Ready { tools: 3 });
}

fn ready(now: i64) -> Machine {
    let mut machine = Machine::new(false, 7);
    machine.on(Event::Want(Desired::Running), now);
    make_ready(&mut machine, now);
    machine
}

fn crash(machine: &mut Machine, now: i64) -> Vec<Effect> {
    let exit = Exit { code: Some(1), signal: None, at: now };
    machine.on(Event::Exited { epoch: machine.epoch(), exit, tail: vec!["last words".into()] }, now)
}

/// Crashes and returns the wait until the next start.
fn wait_after_crash(machine: &mut Machine, now: i64) -> i64 {
    crash(machine, now);
    let Status::Restarting { at, .. } = machine.status() else { panic!("{:?}", machine.status()) };
    at - now
}

fn restart(machine: &mut Machine, now: i64) {
    machine.on(Event::Timer, now);
    make_ready(machine, now);
}

fn problem(code: ProblemCode) -> Problem {
    Problem::new(code, "title", "explanation")
}

#[test]
fn the_way_to_ready_shows_every_state() {
    let mut machine = Machine::new(false, 1);
    let mut seen = Vec::new();
    for event in [
        Event::Want(Desired::Running),
        Event::Begun(1),
        Event::Checked(1, Ok(Plan::Install)),
        Event::InstallProgress { epoch: 1, step: "uv".into(), done: Some(1), total: Some(2) },
        Event::Installed(1, Ok(())),
        Event::Spawned(1, Ok(())),
        Event::Tested(1, Ok(2)),
        Event::Want(Desired::Stopped),
        Event::Stopped(1),
    ] {
        for effect in machine.on(event, 5) {
            if let Effect::Publish(event) = effect {
                seen.push(event.status.name());
            }
        }
    }
    let expect =
        ["queued", "checking", "installing", "installing", "starting", "testing", "ready", "stopping", "stopped"];
    assert_eq!(seen, expect);
}

#[test]
fn waits_grow_and_ten_good_minutes_forget() {
    let mut machine = ready(0);
    let mut now = 0;
    for (nth, seconds) in [0, 1, 2, 4, 8, 16, 32, 60, 60, 60].into_iter().enumerate() {
        now += 61_000; // slow enough never to be a crash loop
        let wait = wait_after_crash(&mut machine, now);
        assert!((seconds * 800..=seconds * 1200).contains(&wait), "wait {nth}: {wait}");
        if wait > 0 {
            assert_eq!(machine.on(Event::Timer, now + wait - 1), [Effect::WakeAt(now + wait)], "too early");
        }
        now += wait;
        restart(&mut machine, now);
    }
    now += 10 * 60_000;
    assert_eq!(wait_after_crash(&mut machine, now), 0, "ten good minutes");
}

/// FAULTS case 34.
#[test]
fn five_crashes_in_a_minute_pause() {
    let mut machine = ready(0);
    let mut now = 1_000;
    for _ in 0..4 {
        now += wait_after_crash(&mut machine, now);
        restart(&mut machine, now);
        now += 100;
    }
    crash(&mut machine, now);
    let Status::Paused { problem } = machine.status() else { panic!("{:?}", machine.status()) };
    assert_eq!((problem.code, problem.fix), (ProblemCode::CrashLoop, Some(Fix::Restart)));
    assert_eq!(problem.evidence, ["last words"]);

    // Neither a timer nor a network wakes it; a person does, with a clean slate.
    machine.on(Event::Timer, now + 1_000_000);
    machine.on(Event::NetworkUp, now + 1_000_000);
    assert_eq!(machine.status().name(), "paused");
    machine.on(Event::UserRestart, now);
    make_ready(&mut machine, now);
    assert_eq!(wait_after_crash(&mut machine, now), 0);
}

#[test]
fn four_crashes_in_a_minute_do_not_pause() {
    let mut machine = ready(0);
    let mut now = 0;
    for _ in 0..50 {
        now += wait_after_crash(&mut machine, now);
        restart(&mut machine, now);
        now += 15_100;
    }
}

#[test]
fn the_first_start_fails_at_once() {
    for (tail, fix) in [
        (vec!["KeyError: 'API_KEY'".to_owned()], Fix::EditAnswers { field: None }),
        (vec!["Segmentation fault".to_owned()], Fix::ShowLog),
    ] {
        let mut machine = Machine::new(true, 1);
        machine.on(Event::Want(Desired::Running), 0);
        machine.on(Event::Checked(1, Ok(Plan::Start)), 0);
        machine.on(Event::Spawned(1, Ok(())), 0);
        let exit = Exit { code: Some(3), signal: None, at: 0 };
        machine.on(Event::Exited { epoch: 1, exit, tail: tail.clone() }, 0);
        let Status::Failed { problem } = machine.status() else { panic!("{:?}", machine.status()) };
        assert_eq!((problem.code, problem.fix, problem.evidence), (ProblemCode::DiedAtStart, Some(fix), tail));
    }
}

#[test]
fn at_the_apps_start_a_proven_server_gets_its_retries() {
    for (proven, expect) in [(true, "restarting"), (false, "failed")] {
        let mut machine = Machine::new(proven, 1);
        machine.on(Event::Resume, 0);
        machine.on(Event::Checked(1, Ok(Plan::Start)), 0);
        machine.on(Event::Spawned(1, Err(problem(ProblemCode::DiedAtStart))), 0);
        assert_eq!(machine.status().name(), expect);
    }
}

#[test]
fn a_failed_test_ends_the_process_first() {
    let mut machine = Machine::new(false, 1);
    machine.on(Event::Want(Desired::Running), 0);
    machine.on(Event::Checked(1, Ok(Plan::Start)), 0);
    machine.on(Event::Spawned(1, Ok(())), 0);
    let effects = machine.on(Event::Tested(1, Err(problem(ProblemCode::NoAnswer))), 0);
    assert!(effects.contains(&Effect::Stop(1)), "{effects:?}");
    assert_eq!(machine.status(), Status::Stopping);
    machine.on(Event::Stopped(1), 0);
    assert_eq!(machine.status(), Status::Failed { problem: problem(ProblemCode::NoAnswer) });
}

#[test]
fn a_refused_credential_is_not_tried_again() {
    let mut machine = ready(0);
    wait_after_crash(&mut machine, 1);
    machine.on(Event::Timer, 1);
    machine.on(Event::Checked(2, Ok(Plan::Start)), 1);
    machine.on(Event::Spawned(2, Ok(())), 1);
    machine.on(Event::Tested(2, Err(problem(ProblemCode::CredentialRefused))), 1);
    machine.on(Event::Stopped(2), 1);
    assert_eq!(machine.status().name(), "failed");
}

#[test]
fn three_misses_in_a_row_restart() {
    let mut machine = ready(0);
    for event in [Event::HealthMissed(1), Event::HealthMissed(1), Event::HealthOk(1), Event::HealthMissed(1)] {
        machine.on(event, 0);
    }
    machine.on(Event::HealthMissed(1), 0);
    assert_eq!(machine.status().name(), "ready");
    let effects = machine.on(Event::HealthMissed(1), 0);
    assert!(effects.contains(&Effect::Stop(1)), "{effects:?}");
    assert_eq!(machine.status(), Status::Unhealthy);
    crash(&mut machine, 0); // its exit is expected now
    machine.on(Event::Stopped(1), 0);
    assert_eq!(machine.status(), Status::Restarting { at: 0, attempt: 1 });
}

#[test]
fn start_while_stopping_starts_afterwards_and_the_reverse() {
    let mut machine = ready(0);
    assert!(machine.on(Event::Want(Desired::Stopped), 0).contains(&Effect::Stop(1)));
    assert_eq!(machine.on(Event::Want(Desired::Running), 0), [], "still stopping, no second request");
    assert!(machine.on(Event::Stopped(1), 0).contains(&Effect::Check(2)));

    let mut machine = ready(0);
    machine.on(Event::UserRestart, 0);
    assert_eq!(machine.on(Event::Want(Desired::Stopped), 0), []);
    machine.on(Event::Stopped(1), 0);
    assert_eq!(machine.status(), Status::Stopped);
}

#[test]
fn answers_of_an_older_attempt_are_ignored() {
    let mut machine = ready(0);
    wait_after_crash(&mut machine, 1);
    machine.on(Event::Timer, 1);
    for late in [Event::Checked(1, Ok(Plan::Start)), Event::Spawned(1, Ok(())), Event::Stopped(1), Event::Begun(1)] {
        assert_eq!(machine.on(late, 1), []);
    }
    assert_eq!(machine.status(), Status::Queued);
}

/// FAULTS case 37: no crash counted while offline, all goes on when the network is back.
#[test]
fn what_is_out_of_reach_is_no_crash() {
    let mut machine = ready(0);
    let mut now = wait_after_crash(&mut machine, 0);
    for nth in 0..20 {
        machine.on(Event::Timer, now);
        let epoch = machine.epoch();
        if nth % 2 == 0 {
            machine.on(Event::Checked(epoch, Err(problem(ProblemCode::Storage))), now);
        } else {
            machine.on(Event::Checked(epoch, Ok(Plan::Start)), now);
            machine.on(Event::Spawned(epoch, Ok(())), now);
            machine.on(Event::Tested(epoch, Err(problem(ProblemCode::Offline))), now);
            machine.on(Event::Stopped(epoch), now);
        }
        let Status::Restarting { at, .. } = machine.status() else { panic!("{:?}", machine.status()) };
        assert!(at - now <= 72_000);
        now = at;
    }
    // A person who is looking is told at once.
    machine.on(Event::UserRestart, now);
    machine.on(Event::Checked(machine.epoch(), Err(problem(ProblemCode::Storage))), now);
    assert_eq!(machine.status().name(), "failed");
}

#[test]
fn offline_failures_do_not_count() {
    let mut machine = ready(0);
    machine.on(Event::NetworkDown, 0);
    let mut now = 0;
    for _ in 0..20 {
        now += wait_after_crash(&mut machine, now);
        restart(&mut machine, now);
        for _ in 0..10 {
            machine.on(Event::HealthMissed(machine.epoch()), now);
        }
    }
    crash(&mut machine, now);
    assert_eq!(machine.status().name(), "restarting");
    machine.on(Event::NetworkUp, now);
    make_ready(&mut machine, now);
    assert_eq!(wait_after_crash(&mut machine, now), 0);

    let mut machine = Machine::new(false, 1);
    machine.on(Event::Want(Desired::Running), 0);
    machine.on(Event::Checked(1, Ok(Plan::Install)), 0);
    machine.on(Event::Installed(1, Err(problem(ProblemCode::Offline))), 0);
    assert_eq!(machine.status().name(), "failed");
    assert!(machine.on(Event::NetworkUp, 0).contains(&Effect::Check(2)));
}

/// FAULTS case 37: a day forward or back.
#[test]
fn the_clock_may_jump() {
    const DAY: i64 = 86_400_000;
    let waiting = || {
        let mut machine = ready(0);
        for now in [0, 100_000, 200_000] {
            wait_after_crash(&mut machine, now);
            restart(&mut machine, now + 10_000);
        }
        let wait = wait_after_crash(&mut machine, 300_000);
        (machine, wait)
    };
    let (mut machine, wait) = waiting();
    let effects = machine.on(Event::Timer, 300_000 - DAY);
    assert_eq!(effects.last(), Some(&Effect::WakeAt(300_000 - DAY + wait)), "the wait moves along");
    machine.on(Event::Timer, 300_000 - DAY + wait);
    assert_eq!(machine.status(), Status::Queued);

    let (mut machine, _) = waiting();
    machine.on(Event::Woke, 300_000 + DAY);
    assert_eq!(machine.status(), Status::Queued);
}
