//! A running server and the handle to it.

use std::sync::Arc;

use catwalk_domain::Millis;
use serde::{Deserialize, Serialize};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A server that has been started. The pipes belong to whoever talks to it; stderr already flows into its log.
#[derive(Debug)]
pub struct Process {
    /// Write requests here. Drop it when [`Control::stopping`] fires: a polite server leaves when its stdin closes.
    pub stdin: ChildStdin,
    /// Read answers here. It ends when the server closes it or ends.
    pub stdout: ChildStdout,
    pub(crate) control: Control,
}

impl Process {
    /// The handle for stopping and waiting; clone it freely.
    pub fn control(&self) -> Control {
        self.control.clone()
    }
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exit {
    /// Its exit code, if it ended by itself.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// When.
    pub at: Millis,
}

/// A handle to a running server's process tree. Dropping it does nothing; a task of the supervisor owns the process.
#[derive(Clone, Debug)]
pub struct Control {
    pub(crate) pid: u32,
    pub(crate) stopping: CancellationToken,
    pub(crate) state: Arc<watch::Receiver<Option<Exit>>>,
}

impl Control {
    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Fires as soon as a stop is wanted. **Whoever holds [`Process::stdin`] must drop it then**: the supervisor cannot
    /// close a pipe end that it has given away, and a server that sees no end of its input is given 2 s and then SIGTERM.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Stops the whole tree: close stdin, 2 s, SIGTERM to the group, 2 s, kill. Returns within 5 s, when everything is
    /// gone. Dropping the future does not take the request back.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.exited().await;
    }

    /// Resolves when the server and all it started are gone and the last of stderr is in the log. An exit is seen within
    /// 250 ms; [`Exit::at`] is the moment of the exit itself.
    pub async fn exited(&self) -> Exit {
        let mut state = watch::Receiver::clone(&self.state);
        match state.wait_for(Option::is_some).await.map(|exit| *exit) {
            Ok(Some(exit)) => exit,
            // The supervisor's runtime is shutting down: the lifeline is cut, the helper is killing the tree.
            Ok(None) | Err(_) => Exit { code: None, signal: None, at: crate::supervisor::now() },
        }
    }

    /// Whether the tree is gone.
    pub fn is_gone(&self) -> bool {
        self.state.borrow().is_some()
    }
}
