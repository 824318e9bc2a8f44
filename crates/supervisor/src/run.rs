//! What `catwalk run` does: hold one server's whole process tree and never let any of it outlive Catwalk.
//!
//! It is one thread waiting on a queue, fed by three small ones: the control channel, the system's signals, and the
//! reaper. It uses no async runtime: it must start in a few milliseconds and cost next to nothing while it waits.

#[cfg(unix)]
mod child;
#[cfg(unix)]
mod hold;
#[cfg(unix)]
mod inherited;
#[cfg(unix)]
mod notes;
#[cfg(unix)]
mod receive;
#[cfg(unix)]
mod stop;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the helper until its server's tree is gone. `args` are those after `catwalk run`; there are none, because
/// everything arrives over the control channel on standard input.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    if args.into_iter().next().is_some() {
        return refuse("catwalk run takes no arguments; Catwalk itself starts it");
    }
    start()
}

/// Runs `catwalk hold`: one of Catwalk's own tools, with `args` as its command line, which does not outlive Catwalk.
/// Standard input is the lifeline; what the tool prints and how it ends is passed through.
pub fn hold(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    held(args.into_iter())
}

#[cfg(unix)]
fn held(args: impl Iterator<Item = OsString>) -> ExitCode {
    hold::hold(args).unwrap_or_else(|error| refuse(&format!("catwalk hold: {error}")))
}

#[cfg(windows)]
fn held(_: impl Iterator<Item = OsString>) -> ExitCode {
    refuse("catwalk hold is not needed on Windows")
}

#[cfg(unix)]
fn start() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&format!("catwalk run is started by Catwalk itself ({error})")),
    }
}

/// On Windows a Job Object does the helper's work without a process of its own.
#[cfg(windows)]
fn start() -> ExitCode {
    refuse("catwalk run is not needed on Windows")
}

fn refuse(words: &str) -> ExitCode {
    use std::io::Write;
    writeln!(std::io::stderr(), "{words}").ok();
    ExitCode::from(2)
}

#[cfg(unix)]
fn serve() -> std::io::Result<()> {
    inherited::close();
    let control = receive::control()?;
    guard_self();
    let (stdin, order) = receive::order(&control)?;
    let (notes, queue) = std::sync::mpsc::channel();
    notes::listen(control.try_clone()?, notes.clone());
    // Before the server exists: from here on SIGTERM and the like mean "stop the tree", not "die and leave it".
    notes::on_signals(notes.clone())?;
    let server = match child::start(&order, stdin) {
        Ok(pid) => pid,
        Err(error) => {
            receive::report(&control, &crate::wire::Report::Refused { reason: error.to_string() });
            return Ok(());
        }
    };
    drop(order);
    receive::report(&control, &crate::wire::Report::Started { pid: server });
    child::let_go_of_stdio();
    notes::reap(server, notes);
    stop::watch(server, &queue, &control);
    Ok(())
}

/// The helper's own protection: its own session (a Ctrl-C in a terminal is not for it), no core dumps (inherited by the
/// server), not readable by other processes of the user, adopter of every orphan of the tree.
#[cfg(unix)]
fn guard_self() {
    rustix::process::setsid().ok();
    no_core_dumps();
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, getpid, set_child_subreaper, set_dumpable_behavior};
        set_child_subreaper(Some(getpid())).ok();
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}

/// From now on neither this process nor what it starts leaves its memory on disk when it crashes: secrets are in there.
pub fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).ok();
    }
}
