//! What the machine is told and what it asks for.

use catwalk_domain::{Desired, Millis, Problem, StatusEvent};

use crate::Exit;

/// The number of an attempt to run; it grows by one with every start.
pub type Epoch = u64;

/// What a check found to be needed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The software is missing or damaged.
    Install,
    /// Everything is on disk (or nothing needs to be).
    Start,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A person pressed start or stop. Send it for a person's action only; at the app's own start use [`Event::Resume`].
    Want(Desired),
    /// The app has started and the store says that this deployment should run.
    Resume,
    /// A person pressed restart (also: the answers or the version changed).
    UserRestart,
    /// The check has got its turn.
    Begun(Epoch),
    /// Answers [`Effect::Check`].
    Checked(Epoch, Result<Plan, Problem>),
    /// News from the installation.
    InstallProgress {
        /// Of which attempt.
        epoch: Epoch,
        /// What is being done.
        step: String,
        /// Bytes so far.
        done: Option<u64>,
        /// Bytes in all.
        total: Option<u64>,
    },
    /// Answers [`Effect::Install`].
    Installed(Epoch, Result<(), Problem>),
    /// Answers [`Effect::Spawn`]. An error means that nothing runs.
    Spawned(Epoch, Result<(), Problem>),
    /// Answers [`Effect::Test`] with the number of tools; also sent later when that number changes.
    Tested(Epoch, Result<u32, Problem>),
    /// The process that [`Effect::Spawn`] of this attempt started is gone, with its whole tree.
    Exited {
        /// Of which attempt.
        epoch: Epoch,
        /// How.
        exit: Exit,
        /// Its last lines, masked.
        tail: Vec<String>,
    },
    /// Answers [`Effect::Stop`]: nothing of this attempt runs or is under way any more.
    Stopped(Epoch),
    /// A health check was answered.
    HealthOk(Epoch),
    /// A health check was not answered in time.
    HealthMissed(Epoch),
    /// The time asked for with [`Effect::WakeAt`] has come (one too many does no harm).
    Timer,
    /// The computer has a network again.
    NetworkUp,
    /// The computer has lost its network.
    NetworkDown,
    /// The computer slept and woke.
    Woke,
}

impl Event {
    /// The attempt that it belongs to, if to one.
    pub fn epoch(&self) -> Option<Epoch> {
        match self {
            Self::Begun(epoch)
            | Self::Checked(epoch, _)
            | Self::InstallProgress { epoch, .. }
            | Self::Installed(epoch, _)
            | Self::Spawned(epoch, _)
            | Self::Tested(epoch, _)
            | Self::Exited { epoch, .. }
            | Self::Stopped(epoch)
            | Self::HealthOk(epoch)
            | Self::HealthMissed(epoch) => Some(*epoch),
            Self::Want(_)
            | Self::Resume
            | Self::UserRestart
            | Self::Timer
            | Self::NetworkUp
            | Self::NetworkDown
            | Self::Woke => None,
        }
    }
}

/// What the app must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Tell the world (and the store).
    Publish(StatusEvent),
    /// Look at answers, keys and disk, in turn with other deployments.
    Check(Epoch),
    /// Put the software on disk.
    Install(Epoch),
    /// Start the process.
    Spawn(Epoch),
    /// `initialize` and `tools/list`; the time limit (30 s) is the app's and its excess an error answer.
    Test(Epoch),
    /// The barrier: cancel what is under way for this attempt and wait until it has ended, stop the process if there is
    /// one, then answer [`Event::Stopped`].
    Stop(Epoch),
    /// Send [`Event::Timer`] at this time. A later one replaces an earlier.
    WakeAt(Millis),
}
