//! Turns a source into a manifest with evidence. The only crate that reads the outside world: registries, GitHub, folders.
//!
//! What it reads was written by strangers. Nothing is executed or evaluated; every answer is capped in size and time; text
//! that is shown is cleaned first; a server's launch is always typed package coordinates, never a command line.

mod infer;
mod recipe;
pub mod source;
mod text;
