//! Looking at the processes of this machine (Linux): who descends from whom, and who has to do with a folder.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A living process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Who started it, or adopted it.
    pub parent: u32,
}

impl Process {
    /// Its program, as far as this user may know.
    pub fn program(&self) -> Option<PathBuf> {
        fs::read_link(self.file("exe")).ok()
    }

    /// Its command line, words separated by NUL.
    pub fn command_line(&self) -> Vec<u8> {
        fs::read(self.file("cmdline")).unwrap_or_default()
    }

    /// The environment it was started with, entries separated by NUL; empty where it lets nobody look.
    pub fn environment(&self) -> Vec<u8> {
        fs::read(self.file("environ")).unwrap_or_default()
    }

    /// The folder it works in.
    pub fn folder(&self) -> Option<PathBuf> {
        fs::read_link(self.file("cwd")).ok()
    }

    /// Whether a crash of it may leave its memory on disk.
    pub fn may_dump_core(&self) -> bool {
        let limits = fs::read_to_string(self.file("limits")).unwrap_or_default();
        let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size"));
        // No line: it has ended.
        core.is_some_and(|limit| limit.split_whitespace().next() != Some("0"))
    }

    /// Whether it works in this folder, or its command line or environment names it.
    pub fn has_to_do_with(&self, folder: &Path) -> bool {
        let name = folder.to_string_lossy();
        let names = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(name.as_ref());
        self.folder().is_some_and(|f| f.starts_with(folder))
            || names(&self.command_line())
            || names(&self.environment())
    }

    fn file(&self, name: &str) -> PathBuf {
        format!("/proc/{}/{name}", self.pid).into()
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = String::from_utf8_lossy(&self.command_line()).replace('\0', " ");
        write!(f, "{} {}", self.pid, words.trim_end())
    }
}

/// All processes that live now. One that has ended and only waits to be counted does not.
pub fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| read(entry.file_name().to_str()?.parse().ok()?)).collect()
}

/// All processes whose line of parents leads to `root`, not `root` itself.
pub fn descendants(root: u32) -> Vec<Process> {
    let mut children: HashMap<u32, Vec<Process>> = HashMap::new();
    for process in all() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = children.remove(&root).unwrap_or_default();
    let mut next = 0;
    while let Some(process) = found.get(next) {
        let more = children.remove(&process.pid).unwrap_or_default();
        found.extend(more);
        next += 1;
    }
    found
}

/// From now on every orphan among this process's descendants becomes its child: after a kill, [`descendants`] of this
/// process shows exactly what was left behind, however far it has gone from its parents.
pub fn adopt_orphans() -> std::io::Result<()> {
    let me = rustix::process::getpid();
    Ok(rustix::process::set_child_subreaper(Some(me))?)
}

/// The second field of `stat` is the program's name in brackets and may itself hold brackets and spaces: split at the last.
fn read(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let ended = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok()?;
    (!ended).then_some(Process { pid, parent })
}

/// Ends it as `kill -9` does.
pub fn kill(pid: u32) {
    signal(pid, rustix::process::Signal::KILL);
}

/// Whether it lives.
pub fn lives(pid: u32) -> bool {
    read(pid).is_some()
}

/// Asks it to end.
pub fn terminate(pid: u32) {
    signal(pid, rustix::process::Signal::TERM);
}

/// Lets it abort, as a library that finds itself broken does. (A fault from outside would not end it: Rust's handler returns
/// from it and waits for the second.)
pub fn abort(pid: u32) {
    signal(pid, rustix::process::Signal::ABORT);
}

/// From now on what this process starts may leave core dumps, as far as the system lets it.
pub fn let_dump_core() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: None, maximum: None }).ok();
}

fn signal(pid: u32, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
        rustix::process::kill_process(pid, signal).ok();
    }
}
