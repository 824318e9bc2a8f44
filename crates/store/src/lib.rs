//! SQL: rows and transactions over SQLite and Postgres, one text for both.
//!
//! [`Store::open`] brings a database up to date and hands out one view per noun, e.g.
//! `store.deployments().insert(..)`, `store.events().append(..)`. Everything that belongs together is written in one
//! transaction: no deployment is ever half saved.
//!
//! - Ids and JSON are TEXT, times BIGINT milliseconds, yes/no INTEGER, sealed bytes base64 TEXT: what sqlx's `Any`
//!   driver reads alike from both engines. A statement that needs the dialect gets one `match` in its function.
//! - SQLite: WAL with `synchronous=FULL`; a snapshot is taken before a migration, the last seven are kept.
//! - Postgres: TLS with full verification unless the URL says otherwise or the server is on this computer.
//!
//! Architecture invariant: this crate never sees a secret in the clear; it keeps [`Sealed`] rows, which the app makes
//! with the vault.
#![allow(clippy::doc_markdown, reason = "the names of the two databases are no code")]

mod analyses;
mod answers;
mod audit;
mod catalog;
mod convert;
mod deployments;
mod error;
mod events;
mod links;
mod migrate;
mod open;
mod secrets;
mod sessions;
mod settings;
mod sign_ins;
mod snapshot;
mod snapshots;
mod store;
mod tokens;
mod url;
mod vault_key;

pub use analyses::Analyses;
pub use answers::Answers;
pub use audit::{Audit, AuditRecord, Chain};
pub use catalog::{Catalog, Change};
pub use deployments::{Deployments, Unreadable};
pub use error::Error;
pub use events::Events;
pub use links::{Link, Links};
pub use secrets::{Sealed, Secrets};
pub use sessions::{SessionRow, Sessions};
pub use settings::Settings;
pub use sign_ins::SignIns;
pub use snapshots::Snapshots;
pub use store::{Engine, Store};
pub use tokens::{Allows, Token, Tokens};
pub use url::{BadUrl, PostgresUrl, StoreUrl};
pub use vault_key::{VaultKey, VaultKeys};
