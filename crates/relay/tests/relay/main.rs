//! The relay as its clients and servers see it: a real socket, real child processes, real HTTP clients.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

mod bridge;
mod eras;
mod guard;
mod interleave;
mod isolated;
mod kept;
mod limits;
mod many;
mod metrics;
mod modern;
mod multiplex;
mod own;
mod protocol;
mod questions;
mod recovery;
mod remote;
#[expect(deprecated, reason = "roots are deprecated in the newest revision, not in those tested here")]
mod sdk;
mod sse;
mod streams;
mod support;
