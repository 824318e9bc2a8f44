//! What to start.

use std::path::PathBuf;
use std::sync::Arc;

use catwalk_domain::Secret;

use crate::Log;

/// A server process to start: everything the child will see.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Absolute path of the executable. It is started directly, never through a shell and never searched for.
    pub program: PathBuf,
    /// Its arguments. Some servers take credentials here (their choice), so they are handled as secrets.
    pub args: Vec<Secret<String>>,
    /// The complete environment: nothing of Catwalk's own is added.
    pub env: Vec<(String, Secret<String>)>,
    /// Where it starts.
    pub cwd: PathBuf,
    /// Its private home; made if missing. The fence will let it write here.
    pub home: PathBuf,
}

/// Where what a server writes to stderr goes.
#[derive(Clone, Debug)]
pub enum Words {
    /// Into its log.
    Log(Arc<Log>),
    /// To our own stderr, untouched: for a command in a terminal.
    Stderr,
}

impl From<Arc<Log>> for Words {
    fn from(log: Arc<Log>) -> Self {
        Self::Log(log)
    }
}
