//! Real parts for tests: fakes of outside APIs as real HTTP servers, throwaway PostgreSQL and keyring, a temporary home,
//! and the zoo of well- and ill-behaved MCP servers. Never a normal dependency.

pub mod github;
pub mod home;
pub mod keyring;
pub mod postgres;
pub mod wait;
pub mod zoo;
