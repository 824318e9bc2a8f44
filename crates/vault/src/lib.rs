//! Seals secrets. The master key lives in the operating system's keychain and nowhere else; what leaves this crate is
//! ciphertext ([`Sealed`]) that a database may hold.
//!
//! - AES-256-GCM with a random nonce. Every value is bound to its place (deployment, field, key): a row that is moved,
//!   swapped or changed does not open.
//! - Locked is not absent: once a [`KeyCheck`] exists, no new key is ever made behind the user's back. A keychain that
//!   is locked, away or emptied is an error with a name, see [`Error`].
//! - All calls block (a keychain may talk over D-Bus or ask the user). Async callers wrap [`Vault::unlock`] and
//!   [`Vault::request_unlock`] in `spawn_blocking`; `seal` and `open` only compute.
//!
//! Architecture invariant: this crate knows neither what a secret is for, nor SQL, nor HTTP.

mod crypt;
mod error;
mod key;
mod keychain;
mod platform;
mod vault;

pub use crypt::Sealed;
pub use error::Error;
pub use key::KeyCheck;
pub use keyring_core::CredentialStore;
pub use vault::{State, Vault};
