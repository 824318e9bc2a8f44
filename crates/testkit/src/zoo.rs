//! The server zoo: small MCP servers, one well-behaved, the others each with one vice. Plain Python, no dependencies.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One server of the zoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Animal {
    /// Well-behaved: tools `echo`, `env`, `sleep`, `crash`, `big`, `pid`; legacy era 2025-11-25.
    Echo,
    /// The same, while stderr floods.
    StderrFlood,
    /// The same, but deaf to the end of stdin and to SIGTERM.
    IgnoresStop,
    /// The same, with double-forked daemons; an extra argument names a file for their pids.
    Forker,
    /// The same, inside a storm of forking children.
    ForkBomb,
    /// Dies with a traceback before it answers.
    DiesAtStart,
    /// The same as `Echo`, with junk on stdout.
    JunkStdout,
    /// A call of `echo` first prints one line of 200 MB; an extra argument sets the size.
    HugeLine,
    /// Never answers.
    Silent,
}

impl Animal {
    /// Where its script is.
    pub fn script(self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("zoo").join(match self {
            Self::Echo => "echo.py",
            Self::StderrFlood => "stderr_flood.py",
            Self::IgnoresStop => "ignores_stop.py",
            Self::Forker => "forker.py",
            Self::ForkBomb => "fork_bomb.py",
            Self::DiesAtStart => "dies_at_start.py",
            Self::JunkStdout => "junk_stdout.py",
            Self::HugeLine => "huge_line.py",
            Self::Silent => "silent.py",
        })
    }

    /// How to start it: program and arguments. `-B` keeps the source folder free of compiled files, `-u` its output free
    /// of buffers.
    pub fn command(self) -> (PathBuf, Vec<String>) {
        let script = self.script().to_string_lossy().into_owned();
        (python(), vec!["-B".into(), "-u".into(), script])
    }
}

/// The absolute path of Python 3 itself: what is first on `PATH` may be a version chooser's shell script, which would
/// bring an environment and processes of its own into the tests.
///
/// # Panics
/// When there is none: the zoo cannot be shown without it.
pub fn python() -> PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    let find = || {
        let name = if cfg!(windows) { "python" } else { "python3" };
        let asked = Command::new(name).args(["-c", "import sys; print(sys.executable)"]).output();
        let path = asked.expect("the zoo needs python3 on PATH").stdout;
        PathBuf::from(String::from_utf8_lossy(&path).trim().to_owned())
    };
    PYTHON.get_or_init(find).clone()
}
