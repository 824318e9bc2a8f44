//! Unix: through the helper, over a socket that is the helper's standard input.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as Socket;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use catwalk_domain::DeploymentId;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::watch::Watch;
use crate::identity::Identity;
use crate::record::Record;
use crate::wire::{self, CARRIER, Report};
use crate::{Control, Error, Process, Spec, Supervisor, Words};

/// The helper starts in milliseconds; a machine under heavy load gets some more.
const START: Duration = Duration::from_secs(15);

/// A helper that clears up takes five seconds at most.
const CLEARED: Duration = Duration::from_secs(8);

/// A pipe holds 64 KiB, and a large answer fills it many times over, with a change of process each time. What all pipes
/// of a user may hold is bounded too (64 MiB, then new ones get next to nothing), hence no more than this for one server.
const FROM_SERVER: usize = 1 << 20;
const TO_SERVER: usize = 256 << 10;

pub(crate) type Reports = Lines<BufReader<OwnedReadHalf>>;

pub(crate) async fn spawn(sup: &Supervisor, id: DeploymentId, spec: Spec, words: Words) -> Result<Process, Error> {
    let (ours, theirs) = Socket::pair().map_err(Error::Channel)?;
    // Both ends are close-on-exec: another thread's spawn can inherit neither our lifeline nor the server's stdin.
    let (server_reads, we_write) = io::pipe().map_err(Error::Channel)?;
    widen(&we_write, TO_SERVER);
    let order = wire::encode(&spec)?;
    let mut helper = start_helper(sup, theirs, &words)?;
    let record = remember(sup, id, &helper)?;

    carry(&ours, &server_reads.into()).map_err(Error::Channel)?;
    let (reports, mut orders) = channel(ours).map_err(Error::Channel)?;
    let mut reports = BufReader::new(reports).lines();
    let answer = timeout(START, async {
        orders.write_all(&order).await.map_err(Error::Channel)?;
        started(&mut reports, &spec).await
    });
    let pid = match answer.await.unwrap_or(Err(Error::HelperSilent)) {
        Ok(pid) => pid,
        Err(error) => {
            abandon(sup, &record, helper, (reports, orders)).await;
            return Err(error);
        }
    };
    drop(order);
    let record = Record { server: Identity::of(pid), ..record };
    if let Err(error) = write(sup, &record) {
        abandon(sup, &record, helper, (reports, orders)).await;
        return Err(error);
    }

    let stdin =
        ChildStdin::from_std(std::process::ChildStdin::from(OwnedFd::from(we_write))).map_err(Error::Channel)?;
    let Some(stdout) = helper.stdout.take() else {
        return Err(Error::HelperDied); // cannot happen: it was asked for
    };
    widen(&stdout, FROM_SERVER);
    let (exit, state) = watch::channel(None);
    let control = Control { pid, stopping: CancellationToken::new(), state: Arc::new(state) };
    let drained = sup.tasks.spawn(super::drain(helper.stderr.take(), words.clone()));
    let watch = Watch { helper, record, run_dir: sup.run_dir.clone(), stopping: control.stopping(), words };
    sup.tasks.spawn(watch.run(reports, orders, drained, exit));
    Ok(Process { stdin, stdout, control })
}

#[expect(clippy::disallowed_methods, reason = "this is where processes are started")]
fn start_helper(sup: &Supervisor, control: Socket, words: &Words) -> Result<Child, Error> {
    let mut command = Command::new(&sup.helper);
    command.arg("run").env_clear().current_dir("/");
    command.stdin(Stdio::from(OwnedFd::from(control))).stdout(Stdio::piped()).stderr(super::stderr_of(words));
    command.spawn().map_err(|source| Error::Helper { helper: sup.helper.clone(), source })
}

/// Makes a pipe larger where the system can; one that stays as it is serves as well.
fn widen(pipe: &impl AsFd, size: usize) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, size);
    #[cfg(not(target_os = "linux"))]
    let _ = (pipe, size);
}

/// Writes the record before the helper gets its order: there is no moment in which an unrecorded server runs.
fn remember(sup: &Supervisor, id: DeploymentId, helper: &Child) -> Result<Record, Error> {
    let helper = helper.id().and_then(Identity::of).ok_or(Error::HelperDied)?;
    let record = Record::new(id, helper);
    write(sup, &record)?;
    Ok(record)
}

/// Lets go of the channel, which makes the helper clear up, should it have started something, and waits until it has: the
/// next attempt must not find this one's server alive.
async fn abandon<Channel>(sup: &Supervisor, record: &Record, mut helper: Child, channel: Channel) {
    drop(channel);
    if timeout(CLEARED, helper.wait()).await.is_ok() {
        forget(sup, record);
    } else {
        // The record stays, for the sweep at the next start.
        tracing::warn!("a helper does not end");
    }
}

fn write(sup: &Supervisor, record: &Record) -> Result<(), Error> {
    let Some(dir) = &sup.run_dir else { return Ok(()) };
    record.write(dir).map_err(|source| Error::Folder { path: dir.clone(), source })
}

fn forget(sup: &Supervisor, record: &Record) {
    if let Some(dir) = &sup.run_dir {
        record.remove(dir);
    }
}

/// Sends the server's stdin. One byte into an empty socket never blocks.
fn carry(control: &Socket, stdin: &OwnedFd) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors = [stdin.as_fd()];
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(control, &[IoSlice::new(&[CARRIER])], &mut ancillary, SendFlags::empty())?;
    Ok(())
}

fn channel(control: Socket) -> io::Result<(OwnedReadHalf, OwnedWriteHalf)> {
    control.set_nonblocking(true)?;
    Ok(UnixStream::from_std(control)?.into_split())
}

async fn started(reports: &mut Reports, spec: &Spec) -> Result<u32, Error> {
    let line = reports.next_line().await.map_err(Error::Channel)?.ok_or(Error::HelperDied)?;
    match serde_json::from_str(&line).map_err(Error::Order)? {
        Report::Started { pid } => Ok(pid),
        Report::Refused { reason } => Err(Error::Refused { program: spec.program.clone(), reason }),
        Report::Exited { .. } | Report::Left { .. } => Err(Error::HelperDied),
    }
}
