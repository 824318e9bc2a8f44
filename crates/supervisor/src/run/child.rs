//! Starting the server from inside the helper.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::wire::Order;

/// Starts the server in a process group of its own; stdout and stderr are the helper's, handed straight through.
pub(super) fn start(order: &Order, stdin: OwnedFd) -> io::Result<u32> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&order.home)?;
    let mut command = fenced(order);
    command.stdin(Stdio::from(stdin)).process_group(0);
    // Dropping the handle neither kills nor waits: the reaper does both.
    Ok(command.spawn()?.id())
}

/// The command as the fence will let it run.
///
/// THE FENCE COMES HERE (RUNTIME.md, "The fence"): on Linux the program becomes `bwrap … -- program`, or the helper
/// restricts itself with Landlock and seccomp first; on macOS `sandbox-exec` with our profile. It must fail closed: what
/// cannot be fenced is returned as an error, not started. Until then nothing is fenced, and nothing may claim so.
#[expect(clippy::disallowed_methods, reason = "this is where processes are started")]
fn fenced(order: &Order) -> Command {
    let mut command = Command::new(&order.program);
    command.args(&order.args).current_dir(&order.cwd).env_clear();
    command.envs(order.env.iter().map(|(name, value)| (name, value)));
    command
}

/// The helper keeps no hand on the server's stdout: when the server closes it, the reader sees the end at once. It keeps
/// stderr, so that its own last words (a panic) reach the log.
pub(super) fn let_go_of_stdio() {
    if let Ok(nothing) = fs::OpenOptions::new().write(true).open("/dev/null") {
        rustix::stdio::dup2_stdout(&nothing).ok();
    }
}
