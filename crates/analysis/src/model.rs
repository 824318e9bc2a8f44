//! A language model fills gaps: words and questions that the readers of files did not find.
//!
//! It sees only the files that were read, and answers in a form that has no word for a package or a command. Whatever it
//! says counts only where a file bears it out (`merge.rs`), so text in a README that speaks to the model changes nothing
//! but text that is shown.

mod anthropic;
mod error;
mod fill;
mod form;
mod list;
mod merge;
mod ollama;
mod openai;
mod papers;
mod prompt;
mod provider;
mod wire;

pub use error::ModelError;
pub use fill::{Estimate, Filled, fill, fill_within};
pub use list::{KeyCheck, Model, check, models};
pub use papers::{Paper, Papers};
pub use provider::{Kind, Provider, Usage};
