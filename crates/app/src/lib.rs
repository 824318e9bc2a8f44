//! The assembly: one use case per file, the order of start and stop, and events that say what became stale.
//!
//! The central paragraph is `deploy.rs`; the engine's life is `lifecycle.rs`; `reconcile.rs` drives each deployment from
//! what is wanted to what is. Calls go down into the crates that own a power, only status and events come back up.
//!
//! Architecture invariant: no Tauri, no SQL text, no process API. Every failure that leaves here is a
//! [`catwalk_domain::Problem`].

mod access;
mod alone;
mod analyze;
mod answers;
mod audit;
mod bridge_file;
mod budget;
mod clock;
mod config;
mod connect;
mod connections;
mod database;
mod deploy;
mod deployments;
mod diagnose;
mod doctor;
mod error;
mod events;
mod github;
mod kept;
mod keys;
mod launch;
mod lifecycle;
mod listings;
mod lock;
mod models;
mod preferences;
mod reconcile;
mod routes;
mod scope;
mod sets;
mod settings;
mod sign_in;
mod tokens;
mod tools;
mod turns;
mod upkeep;
pub mod views;

pub use bridge_file::{BridgeFile, Desktop, HIDDEN};
pub use catwalk_analysis::Endpoints;
pub use catwalk_clients::Homes;
pub use catwalk_supervisor::run::no_core_dumps;
pub use config::{Config, ConfigError, DEFAULT_PORT, Parts};
pub use database::restore_database;
pub use doctor::{Check, doctor};
pub use events::{Event, Tag};
pub use lifecycle::App;
pub use listings::Listings;
pub use preferences::Preferences;
pub use scope::Scope;
