//! Real servers under the real helper. Linux reads `/proc` to see what is left; the same promises hold on macOS.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

use std::time::{Duration, Instant};

use crate::support::{Stage, lives, marked, parent, pids_in};
use catwalk_domain::Secret;
use catwalk_supervisor::{Error, Stream};
use catwalk_testkit::wait::eventually;
use catwalk_testkit::zoo::Animal;

const FIVE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn start_echo_stop() {
    let stage = Stage::new(&[]);
    let mut talk = stage.start(Animal::Echo, &[]).await;
    let answer = talk.ask("tools/call", r#"{"name":"echo","arguments":{"text":"hello"}}"#).await;
    assert!(answer.contains("hello"), "{answer}");
    assert_eq!(stage.records(), 1);
    let pid = talk.control.pid();
    assert!(lives(pid));

    // What the relay does: it drops its end when told.
    let control = talk.control.clone();
    let relay = async {
        control.stopping().cancelled().await;
        drop(talk.stdin);
    };
    let start = Instant::now();
    tokio::join!(control.stop(), relay);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "a polite server leaves at once, not after {:?}",
        start.elapsed()
    );
    let exit = control.exited().await;
    assert_eq!((exit.code, exit.signal), (Some(0), None), "it left by itself");
    assert!(control.is_gone() && !lives(pid));
    assert_eq!(stage.records(), 0);
    let said: Vec<_> = stage.log.tail(10).into_iter().map(|line| line.text).collect();
    assert_eq!(said, ["echo is ready", "echo leaves"]);
}

/// A large answer does not wait for its reader at every 64 KiB.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_answer_of_nearly_a_mebibyte_fits_the_pipe() {
    let stage = Stage::new(&[]);
    let mut spec = stage.spec(Animal::Echo, &[]);
    spec.program = "/bin/sh".into();
    spec.args = ["-c", "head -c 900000 /dev/zero; echo written >&2"].map(|arg| Secret::new(arg.to_owned())).into();
    let process = stage.spawn(spec).await;
    // Nobody reads its stdout.
    let exit = tokio::time::timeout(FIVE, process.control().exited()).await.expect("it need not wait for a reader");
    assert_eq!(exit.code, Some(0));
}

/// FAULTS case 22.
#[tokio::test]
async fn ignores_stdin_and_sigterm() {
    let stage = Stage::new(&[]);
    let mut talk = stage.start(Animal::IgnoresStop, &[]).await;
    talk.ask("ping", "{}").await;
    let start = Instant::now();
    talk.control.stop().await;
    assert!(start.elapsed() < FIVE, "took {:?}", start.elapsed());
    assert!(!lives(talk.control.pid()));
    assert_eq!(talk.control.exited().await.signal, Some(9));
}

/// FAULTS case 21, the daemons: double-forked, own session, deaf to SIGTERM.
#[tokio::test]
async fn daemons_do_not_survive_a_stop() {
    let stage = Stage::new(&[]);
    let file = stage.dir.path().join("daemons");
    let mut talk = stage.start(Animal::Forker, &[&file.to_string_lossy()]).await;
    talk.ask("ping", "{}").await;
    let daemons = eventually("three daemons", FIVE, async || Some(pids_in(&file)).filter(|pids| pids.len() == 3)).await;
    let helper = parent(talk.control.pid());
    assert!(daemons.iter().all(|pid| parent(*pid) == helper), "the helper adopts them");
    let start = Instant::now();
    talk.control.stop().await;
    assert!(start.elapsed() < FIVE, "took {:?}", start.elapsed());
    assert!(!daemons.iter().any(|pid| lives(*pid)) && !lives(helper));
}

/// FAULTS case 21, the storm.
#[tokio::test]
async fn a_fork_storm_is_stopped() {
    let stage = Stage::new(&[]);
    let mark = stage.dir.path().to_string_lossy().into_owned();
    let mut talk = stage.start(Animal::ForkBomb, &["3", &mark]).await;
    talk.ask("ping", "{}").await;
    eventually("a storm", FIVE, async || (marked(&mark).len() > 12).then_some(())).await;
    let start = Instant::now();
    talk.control.stop().await;
    assert!(start.elapsed() < FIVE, "took {:?}", start.elapsed());
    assert!(marked(&mark).is_empty(), "nothing is left");
}

#[tokio::test]
async fn a_crash_is_seen_as_an_event() {
    let stage = Stage::new(&[]);
    let mut talk = stage.start(Animal::Echo, &[]).await;
    talk.ask("ping", "{}").await;
    talk.send("tools/call", r#"{"name":"crash","arguments":{"code":7}}"#).await;
    assert_eq!(talk.line().await, None, "stdout ends");
    let ended = Instant::now();
    let exit = talk.control.exited().await;
    assert!(ended.elapsed() < Duration::from_millis(250), "seen after {:?}", ended.elapsed());
    assert_eq!((exit.code, exit.signal), (Some(7), None));
    assert_eq!(stage.log.tail(1)[0].text, "crashing as asked", "the last words are in the log by then");
}

#[tokio::test]
async fn dies_at_start_with_its_reason_in_the_log() {
    let stage = Stage::new(&[]);
    let talk = stage.start(Animal::DiesAtStart, &[]).await;
    assert_eq!(talk.control.exited().await.code, Some(3));
    let last = stage.log.tail(1).remove(0);
    assert_eq!((last.stream, last.text.as_str()), (Stream::Stderr, "KeyError: 'API_KEY'"));
}

#[tokio::test]
async fn what_cannot_start_is_refused() {
    let stage = Stage::new(&[]);
    let mut spec = stage.spec(Animal::Echo, &[]);
    spec.program = stage.dir.path().join("no-such-program");
    let id = catwalk_domain::DeploymentId(uuid::Uuid::nil());
    let error = stage.supervisor.spawn(id, spec, stage.log.clone()).await.expect_err("no such program");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(error.problem().evidence[0].contains("No such file"), "{:?}", error.problem());
    assert_eq!(stage.records(), 0);
}

/// FAULTS case 19: the child is never blocked, the answers still come, memory and disk stay small.
#[tokio::test]
async fn case_19_a_stderr_flood_blocks_nothing() {
    let stage = Stage::new(&[]);
    let mut talk = stage.start(Animal::StderrFlood, &[]).await;
    eventually("a flood", Duration::from_secs(20), async || (stage.log.dropped() > 100_000).then_some(())).await;
    for n in 0..20 {
        let answer = talk.ask("tools/call", &format!(r#"{{"name":"echo","arguments":{{"text":"n{n}"}}}}"#)).await;
        assert!(answer.contains(&format!("n{n}")), "{answer}");
    }
    let statm = std::fs::read_to_string("/proc/self/statm").expect("our own memory");
    let pages: usize = statm.split(' ').nth(1).and_then(|field| field.parse().ok()).expect("resident pages");
    assert!(pages < 65_536, "{} MiB resident", pages / 256);
    talk.control.stop().await;
    let files = std::fs::read_dir(stage.dir.path().join("log")).expect("the log's folder").flatten();
    let bytes: u64 = files.map(|file| file.metadata().expect("a file").len()).sum();
    assert!(bytes <= 10 << 20, "{bytes} bytes on disk");
}

/// Secrets stand on no command line and not in the helper's environment; the child has them, and only what it was given.
#[tokio::test]
async fn secrets_stay_off_the_process_table() {
    let canary = "c4nary-5ecret-v4lue";
    let stage = Stage::new(&[canary]);
    let careless = std::fs::File::open("/dev/null").expect("a descriptor");
    rustix::io::fcntl_setfd(&careless, rustix::io::FdFlags::empty())
        .expect("inheritable, as a C library might leave it");
    let mut spec = stage.spec(Animal::Echo, &[]);
    spec.env.push(("API_KEY".into(), Secret::new(canary.into())));
    let mut talk = crate::support::Talk::new(stage.spawn(spec).await);
    let answer = talk.ask("tools/call", r#"{"name":"env","arguments":{"name":"API_KEY"}}"#).await;
    assert!(answer.contains(canary), "the server gets it");

    let server = talk.control.pid();
    let helper = parent(server);
    let read = |pid: u32, what: &str| {
        String::from_utf8_lossy(&std::fs::read(format!("/proc/{pid}/{what}")).expect("readable")).into_owned()
    };
    for (pid, what) in [(helper, "cmdline"), (server, "cmdline"), (helper, "environ")] {
        assert!(!read(pid, what).contains(canary), "{pid} {what}");
    }
    assert_eq!(read(helper, "environ"), "", "the helper needs no environment at all");
    let mut names: Vec<_> = read(server, "environ")
        .split('\0')
        .filter_map(|entry| entry.split_once('='))
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["API_KEY", "PATH"], "nothing of ours is added");
    assert!(
        read(server, "limits").lines().any(|line| line.starts_with("Max core file size        0 ")),
        "no core dumps"
    );
    let listing = std::fs::read_dir(format!("/proc/{server}/fd")).expect("its descriptors").flatten();
    let mut descriptors: Vec<_> = listing.map(|entry| entry.file_name()).collect();
    descriptors.sort();
    assert_eq!(descriptors, ["0", "1", "2"], "neither our channel nor anything that Catwalk happened to hold open");
    let records = std::fs::read_dir(stage.dir.path().join("run")).expect("records").flatten();
    assert!(records.map(|file| std::fs::read_to_string(file.path()).expect("text")).all(|text| !text.contains(canary)));
    talk.control.stop().await;
}

#[tokio::test]
async fn a_large_environment_arrives_whole() {
    let stage = Stage::new(&[]);
    let mut spec = stage.spec(Animal::Echo, &[]);
    spec.env.push(("BIG".into(), Secret::new("ü\"\\".repeat(20_000))));
    let mut talk = crate::support::Talk::new(stage.spawn(spec).await);
    let answer = talk.ask("tools/call", r#"{"name":"env","arguments":{"name":"BIG"}}"#).await;
    assert_eq!(answer.matches("\\u00fc").count(), 20_000);
    talk.control.stop().await;
}

/// Somebody kills the helper: the server it held does not live on.
#[tokio::test]
async fn a_killed_helper_takes_its_server_along() {
    let stage = Stage::new(&[]);
    let mut talk = stage.start(Animal::IgnoresStop, &[]).await;
    talk.ask("ping", "{}").await;
    let helper = parent(talk.control.pid());
    crate::support::kill(helper, "KILL");
    let exit = talk.control.exited().await;
    assert_eq!((exit.code, exit.signal), (None, None), "nobody saw how it ended");
    assert!(!lives(talk.control.pid()));
    assert_eq!(stage.records(), 0);
}

/// A logout sends SIGTERM to everything: the helper stops its tree first.
#[tokio::test]
async fn a_terminated_helper_stops_its_tree() {
    let stage = Stage::new(&[]);
    let mut talk = stage.start(Animal::Forker, &[]).await;
    talk.ask("ping", "{}").await;
    crate::support::kill(parent(talk.control.pid()), "TERM");
    drop(talk.stdin);
    let exit = talk.control.exited().await;
    assert_eq!(exit.code, Some(0));
}

#[tokio::test]
async fn a_frozen_helper_does_not_hold_up_a_stop() {
    let stage = Stage::new(&[]);
    let mut talk = stage.start(Animal::Echo, &[]).await;
    talk.ask("ping", "{}").await;
    let helper = parent(talk.control.pid());
    crate::support::kill(helper, "STOP");
    let start = Instant::now();
    talk.control.stop().await;
    assert!(start.elapsed() < FIVE, "took {:?}", start.elapsed());
    assert!(!lives(talk.control.pid()) && !lives(helper));
}
