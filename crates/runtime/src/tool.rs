//! Starts our own tools: no shell, no inherited environment, killed with all their children when cancelled or dropped.

use crate::environment::Env;
use crate::job::Job;
use crate::{Error, evidence};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

/// Output kept of each stream: its end.
const KEEP: usize = 512 * 1024;
/// Nothing we run takes this long unless it hangs.
const LIMIT: Duration = Duration::from_mins(30);
/// The holder needs three seconds at most to end a tree.
const HELD: Duration = Duration::from_secs(5);

/// A tool about to be run.
#[derive(Debug)]
pub(crate) struct Tool {
    /// What it does, for people, e.g. `Resolving left-pad`.
    pub(crate) step: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Env,
    pub(crate) cwd: PathBuf,
}

/// What it said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// The last lines, for people.
    pub(crate) fn evidence(&self) -> Vec<String> {
        let lines = evidence::tail(&self.stderr);
        if lines.is_empty() { evidence::tail(&self.stdout) } else { lines }
    }
}

impl Tool {
    /// Runs it to its end.
    pub(crate) async fn run(self, job: &Job<'_>) -> Result<Output, Error> {
        let holder = job.runtime.config.holder.as_deref().filter(|_| cfg!(unix));
        let mut child = Tree(self.spawn(holder)?);
        // Kept open for as long as the tool may run: its end is how the holder learns of ours.
        let lifeline = child.0.stdin.take();
        let (out, err) = (child.0.stdout.take(), child.0.stderr.take());
        let all = async { tokio::join!(end_of(out), end_of(err), child.0.wait()) };
        let finished = job.cancel.run_until_cancelled(tokio::time::timeout(LIMIT, all)).await;
        match finished {
            Some(Ok((stdout, stderr, status))) => {
                let status = status.map_err(Error::io(&self.program))?;
                tracing::debug!(step = self.step, code = status.code(), "tool ended");
                Ok(Output { ok: status.success(), stdout, stderr })
            }
            other => {
                // Its files are about to be removed: wait until nobody writes any more. The holder ends all that the tool
                // has started, also what has left its group.
                if lifeline.is_some() {
                    drop(lifeline);
                    tokio::time::timeout(HELD, child.0.wait()).await.ok();
                }
                child.kill();
                child.0.wait().await.ok();
                let evidence = vec![format!("It did not end within {} minutes.", LIMIT.as_secs() / 60)];
                Err(if other.is_none() { Error::Cancelled } else { Error::Tool { step: self.step, evidence } })
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one place of this crate that starts a process")]
    fn spawn(&self, holder: Option<&Path>) -> Result<Child, Error> {
        let mut command = match holder {
            Some(holder) => {
                let mut held = Command::new(holder);
                held.arg("hold").arg(&self.program);
                held
            }
            None => Command::new(&self.program),
        };
        command
            .args(&self.args)
            .env_clear()
            .envs(&self.env)
            .current_dir(&self.cwd)
            .stdin(if holder.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        #[cfg(windows)]
        command.creation_flags(0x0800_0000); // CREATE_NO_WINDOW: no console flashes up
        command.spawn().map_err(Error::io(&self.program))
    }
}

/// A child that leads a process group; dropping it kills the group.
struct Tree(Child);

impl Tree {
    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
        {
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
        self.0.start_kill().ok();
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // `id` is gone once the child was waited for, so a group that reused the number is never hit.
        self.kill();
    }
}

async fn end_of(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut kept = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(n @ 1..) = stream.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..n]);
        if kept.len() > 2 * KEEP {
            kept.drain(..kept.len() - KEEP);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}
