//! The relay.

mod accept;
mod activity;
pub mod bridge;
mod config;
mod context;
mod envelope;
mod error;
mod front;
mod guard;
mod handle;
mod limits;
mod lines;
mod message;
mod relay;
mod routes;
mod session;
mod sse;
mod stream;
mod upstream;
mod version;

pub use activity::Activity;
pub use config::Config;
pub use error::{CallError, Error};
pub use handle::Handle;
pub use limits::Limits;
pub use relay::Relay;
pub use routes::{Allows, Routes, TokenRule};
pub use upstream::{ConnectError, Snapshot, Upstream, Upstreams};
