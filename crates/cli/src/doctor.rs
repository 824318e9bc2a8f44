//! `catwalk doctor`: what works on this computer and what does not.

use std::io::Write;
use std::process::ExitCode;

/// What to look at.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn main(arguments: &Arguments) -> ExitCode {
    not_yet(if arguments.json { "doctor --json" } else { "doctor" })
}

/// An honest answer until the command is there.
pub(crate) fn not_yet(command: &str) -> ExitCode {
    writeln!(std::io::stderr(), "catwalk {command} is not there yet").ok();
    ExitCode::FAILURE
}
