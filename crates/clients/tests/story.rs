//! What happens to other apps' files, on real files in a temporary home (FAULTS case 40).
#![allow(missing_docs, clippy::disallowed_methods, reason = "test files are written plainly")]

#[path = "story/desk.rs"]
mod desk;
#[path = "story/edits.rs"]
mod edits;
#[path = "story/files.rs"]
mod files;
#[cfg(unix)]
#[path = "story/kill.rs"]
mod kill;
#[path = "story/names.rs"]
mod names;
#[path = "story/property.rs"]
mod property;
#[path = "story/undo.rs"]
mod undo;
