//! Files that tell how a server is built and operated rather than how people start it: compose files, `go.mod`, `Cargo.toml`,
//! `requirements.txt`. Each reader takes a text and gives facts with their lines; [`support()`] writes them down.

mod cargo;
mod compose;
mod go;
mod native;
mod started;
mod support;

pub(crate) use compose::{Compose, FILES as COMPOSE};
pub(crate) use native::Native;
pub(crate) use started::started;
pub(crate) use support::support;
