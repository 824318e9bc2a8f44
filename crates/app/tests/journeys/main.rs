//! Journeys through the engine, exactly as the window makes them: paste, analysis, answers, deploy, Ready, a tool's answer.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

mod bad_input;
mod connect;
mod connect_many;
mod engine;
mod fixture;
mod github;
mod keychain;
mod lifecycle;
mod listings;
mod many;
mod postgres;
mod real_servers;
mod sign_in;
