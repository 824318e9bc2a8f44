//! What Catwalk and its helper say to each other on the control channel.
//!
//! Catwalk sends one byte that carries the read end of the server's stdin, then the order (length and JSON), later maybe
//! [`STOP`]. The helper answers with one [`Report`] per line. The end of the stream, from either side, means the other
//! is gone.

use std::path::PathBuf;
use std::time::Duration;

use catwalk_domain::Millis;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::{Error, Spec};

/// The byte that carries the stdin descriptor.
pub(crate) const CARRIER: u8 = b'>';
/// The byte that asks for the stop sequence.
pub(crate) const STOP: u8 = b'.';
/// How long a server may take to leave after its stdin was closed, and again after SIGTERM.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// An order larger than this is a mistake.
pub(crate) const MAX_ORDER: usize = 8 * 1024 * 1024;

/// What the helper shall start.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) cwd: PathBuf,
    pub(crate) home: PathBuf,
}

impl Drop for Order {
    fn drop(&mut self) {
        self.args.zeroize();
        self.env.iter_mut().for_each(|(_, value)| value.zeroize());
    }
}

/// The order as bytes, wiped when dropped.
pub(crate) fn encode(spec: &Spec) -> Result<Zeroizing<Vec<u8>>, Error> {
    let order = Order {
        program: spec.program.clone(),
        args: spec.args.iter().map(|arg| arg.expose().clone()).collect(),
        env: spec.env.iter().map(|(name, value)| (name.clone(), value.expose().clone())).collect(),
        cwd: spec.cwd.clone(),
        home: spec.home.clone(),
    };
    // Room for the worst escaping, so that growing never leaves a copy behind in freed memory.
    let room =
        order.args.iter().chain(order.env.iter().map(|(_, value)| value)).map(|text| text.len() * 6).sum::<usize>();
    let names = order.env.iter().map(|(name, _)| name.len() * 6 + 16).sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + names + 64 * 1024));
    bytes.extend_from_slice(&[0; 4]);
    serde_json::to_writer(&mut *bytes, &order).map_err(Error::Order)?;
    let length = u32::try_from(bytes.len() - 4).unwrap_or(u32::MAX).to_le_bytes();
    bytes[..4].copy_from_slice(&length);
    Ok(bytes)
}

/// What the helper tells.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "camelCase")]
pub(crate) enum Report {
    /// The server runs.
    Started { pid: u32 },
    /// It could not be started.
    Refused { reason: String },
    /// It ended; what it left behind is being killed, and the end of the stream says that this is done.
    Exited { code: Option<i32>, signal: Option<i32>, at: Millis },
    /// Something of the tree could not be killed (it hangs inside the kernel).
    Left { count: usize },
}
