//! The house's rules, kept by the machine: arrows between crates, the shape of files, frozen migrations, and the lists
//! that must agree. A rule that needs an exception is changed here, in the open, with its reason.
#![allow(missing_docs, clippy::disallowed_methods, reason = "the ban on starting processes is for the product")]

#[path = "tidy/arrows.rs"]
mod arrows;
#[path = "tidy/migrations.rs"]
mod migrations;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/window.rs"]
mod window;
