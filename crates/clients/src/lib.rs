//! Other apps' config files: where each AI app keeps its own, a lossless edit of one key, backup, undo.
//!
//! Vocabulary: a *client* is an AI app ([`ClientKind`]); an [`Entry`] is what we want it to know of one deployment; a
//! [`Plan`] is the exact change, shown before anything is written; [`Applied`] is the receipt that [`undo`] takes back.
//!
//! Architecture invariants:
//! - Every byte outside our key stays as it was: edits splice text, nothing is ever serialised again, and the result is
//!   parsed and compared before it may be written.
//! - A file that cannot be understood is not touched. An entry that is not ours is not overwritten.
//! - A file is replaced by rename only, and only while it still is the file that the plan was made from.
//! - This crate knows nothing of the relay, of SQL or of Tauri. It blocks: call it from a blocking thread.

mod apply;
mod backup;
mod check;
mod diff;
mod entry;
mod error;
mod found;
mod homes;
mod jsonc;
mod mask;
mod plan;
mod splice;
mod style;
mod table;
mod undo;
mod write;

pub use apply::{Applied, apply};
pub use diff::{DiffKind, DiffLine};
pub use entry::{Entry, How, Mark, paste};
pub use error::Error;
pub use found::{Found, found};
pub use homes::{Homes, Os, Ours};
pub use plan::{Plan, plan, plan_removal};
pub use table::ClientKind;
pub use undo::{Undone, undo};
