//! `catwalk bridge <slug>`: an AI app's stdio on one side, the relay's endpoint on the other.

use std::process::ExitCode;

/// Which deployment.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The deployment's name in its endpoint.
    slug: String,
}

pub(crate) fn main(arguments: &Arguments) -> ExitCode {
    crate::doctor::not_yet(&format!("bridge {}", arguments.slug))
}
