//! Owns processes: starts servers, watches them, keeps their logs, stops them with everything they started.
//!
//! # Theory of operation
//!
//! A server is never a direct child of Catwalk. [`Supervisor::spawn`] starts a *helper*, `catwalk run` ([`run`]), and the
//! helper starts the server. The helper's standard input is a private socket, the *control channel*: over it the helper
//! receives the order (program, arguments, complete environment) and the read end of the server's stdin; it reports the
//! server's pid and exit, and may be told `stop`. So no secret is ever on a command line or in the helper's environment,
//! and the bytes of the conversation flow through kernel pipes with no copy in between.
//!
//! The channel is also the lifeline. When Catwalk goes away, even by kill -9, the kernel closes it; the helper then runs
//! the stop sequence and kills the whole tree. On Linux the helper is a *sub-reaper*: a daemon that double-forks away
//! becomes the helper's child, so "the helper has no children" means "the tree is gone". Parent-death signals are not
//! used: they fire when the creating *thread* ends and do not reach grandchildren.
//!
//! Should the helper die as well, Catwalk kills the server it reported; should both die at once, the next start finds
//! the record in the run folder and [`Supervisor::sweep`] kills what is left, by pid, start time and boot id.
//!
//! [`machine`] is the other half: the pure rules of when to start, restart, pause and give up. It asks for effects, the
//! app carries them out with this crate and the others.
//!
//! Architecture invariant: this crate knows no MCP, HTTP or SQL, nor where secrets come from.

mod error;
mod identity;
mod log;
pub mod machine;
mod platform;
mod process;
#[cfg_attr(windows, expect(dead_code, reason = "Windows has no helper to record: the Job Object dies with Catwalk"))]
mod record;
pub mod run;
mod spec;
mod supervisor;
mod tree;
#[cfg_attr(windows, expect(dead_code, reason = "Windows has no helper to talk to"))]
mod wire;

pub use error::Error;
pub use log::{Limits, Log, LogLine, Stream};
pub use process::{Control, Exit, Process};
pub use spec::{Spec, Words};
pub use supervisor::Supervisor;
