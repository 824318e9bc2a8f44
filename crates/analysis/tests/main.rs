//! Tests of analysis, in one binary: each more would be linked again.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

mod budget;
mod corpus;
mod folder;
mod gaps;
mod github;
mod hostile;
mod index;
mod kinds;
mod mcp_registry;
mod models;
mod parse;
mod readers;
mod registries;
mod remote;
mod support;
mod truth;
