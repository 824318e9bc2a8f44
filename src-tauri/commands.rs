//! The commands of the window: each takes ids and typed views, never a program to run, and is three lines long.

pub mod analysis;
pub mod clients;
pub mod deployments;
pub mod desktop;
pub mod listings;
pub mod models;
pub mod settings;

/// What a command answers.
pub type Answer<T> = Result<T, catwalk_domain::Problem>;
