//! Windows: a Job Object that dies with Catwalk's handle does what the helper does elsewhere.
//!
//! The server is started directly (its environment goes through `CreateProcess`, never on a command line) inside a job
//! with `KILL_ON_JOB_CLOSE`: when Catwalk ends, however it ends, the kernel closes the handle and kills every process of
//! the job, grandchildren included. process-wrap sets that flag only together with `KillOnDrop`. There is no SIGTERM
//! here: after its stdin was closed a server gets both waits, then the job is terminated.
//!
//! THE FENCE comes here too: AppContainer, after its prototype (RUNTIME.md, "The fence").

use std::process::Stdio;
use std::sync::Arc;

use catwalk_domain::DeploymentId;
use process_wrap::tokio::{ChildWrapper, CommandWrap, CreationFlags, JobObject, KillOnDrop};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use windows::Win32::System::Threading::CREATE_NO_WINDOW;

use crate::record::Record;
use crate::supervisor::now;
use crate::wire::PATIENCE;
use crate::{Control, Error, Exit, Process, Spec, Supervisor, Words};

pub(crate) async fn spawn(sup: &Supervisor, _id: DeploymentId, spec: Spec, words: Words) -> Result<Process, Error> {
    std::fs::create_dir_all(&spec.home).map_err(|source| Error::Folder { path: spec.home.clone(), source })?;
    let mut command = CommandWrap::with_new(&spec.program, |command| {
        command.args(spec.args.iter().map(|arg| arg.expose()));
        command.current_dir(&spec.cwd).env_clear();
        command.envs(spec.env.iter().map(|(name, value)| (name, value.expose())));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(super::stderr_of(&words));
    });
    // Without the flag a console window would flash up for every server.
    command.wrap(CreationFlags(CREATE_NO_WINDOW)).wrap(KillOnDrop).wrap(JobObject);
    let refused = |error: std::io::Error| Error::Refused { program: spec.program.clone(), reason: error.to_string() };
    let mut child = command.spawn().map_err(refused)?;
    let pid = child.id().unwrap_or_default();
    let (Some(stdin), Some(stdout)) = (child.stdin().take(), child.stdout().take()) else {
        return Err(Error::HelperDied); // cannot happen: both were asked for
    };
    let stderr = child.stderr().take();
    let (exit, state) = watch::channel(None);
    let control = Control { pid, stopping: CancellationToken::new(), state: Arc::new(state) };
    sup.tasks.spawn(super::drain(stderr, words));
    sup.tasks.spawn(hold(child, control.stopping(), exit));
    Ok(Process { stdin, stdout, control })
}

async fn hold(mut child: Box<dyn ChildWrapper>, stopping: CancellationToken, exit: watch::Sender<Option<Exit>>) {
    let ended = tokio::select! {
        status = child.wait() => status.ok(),
        () = stopping.cancelled() => timeout(PATIENCE * 2, child.wait()).await.ok().and_then(Result::ok),
    };
    let at = now();
    // Also after a polite exit: what the server left running in the job goes now.
    child.start_kill().ok();
    child.wait().await.ok();
    exit.send_replace(Some(Exit { code: ended.and_then(|status| status.code()), signal: None, at }));
}

/// Nothing outlives the job.
pub(crate) async fn end_leftover(_record: &Record) -> bool {
    false
}
