//! The relay as its clients and servers see it: a real socket, real child processes, real HTTP clients.

mod protocol;
mod support;
