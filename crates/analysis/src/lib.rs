//! Turns a source into a manifest with evidence. The only crate that reads the outside world: registries, GitHub, folders.
//!
//! What it reads was written by strangers. Nothing is executed or evaluated; every answer is capped in size and time; text
//! that is shown is cleaned first; a server's launch is always typed package coordinates, never a command line.

mod analyzer;
mod distance;
mod doc;
mod draft;
mod endpoints;
mod error;
mod fetch;
mod files;
mod folder;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gaps;
mod github;
pub mod glama;
#[cfg(test)]
#[allow(clippy::format_collect, clippy::cast_possible_truncation, reason = "made once, and small")]
mod hostile;
mod hosts;
mod icon;
mod infer;
mod inputs;
pub mod model;
mod npm;
mod project;
mod pypi;
mod python;
mod readers;
mod recipe;
pub mod registry;
mod remote;
mod scan;
mod signs;
pub mod source;
mod text;
mod truth;
mod ways;
mod yaml;

pub use analyzer::Analyzer;
pub use endpoints::Endpoints;
pub use error::Error;
pub use github::{Allowance, DeviceCode, Later, Poll, Shelf, Shelved};
pub use hosts::redirects;
pub use icon::Icons;
