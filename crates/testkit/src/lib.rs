//! Real parts for tests: fakes of outside APIs as real HTTP servers, throwaway PostgreSQL and keyring, a temporary home,
//! and the zoo of well- and ill-behaved MCP servers. Never a normal dependency.

#![allow(clippy::disallowed_methods, reason = "the product's ban on starting processes does not bind its tests")]

pub mod canary;
pub mod github;
pub mod home;
pub mod keyring;
pub mod models;
pub mod oauth;
pub mod postgres;
#[cfg(target_os = "linux")]
pub mod processes;
pub mod registry;
mod served;
pub mod wait;
pub mod zoo;
