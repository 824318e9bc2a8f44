//! Tests of analysis, in one binary: each more would be linked again.

mod corpus;
mod folder;
mod github;
mod index;
mod parse;
mod registries;
mod remote;
mod support;
