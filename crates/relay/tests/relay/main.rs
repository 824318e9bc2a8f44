//! The relay as its clients and servers see it: a real socket, real child processes, real HTTP clients.

mod bridge;
mod guard;
mod limits;
mod multiplex;
mod own;
mod protocol;
mod questions;
mod recovery;
mod remote;
mod sdk;
mod streams;
mod support;
