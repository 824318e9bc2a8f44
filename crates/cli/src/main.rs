//! The small binary `catwalk`: what the desktop app starts beside itself, and what a person may use in a terminal.

mod bridge;
mod doctor;
mod relay;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Catwalk's small companion program.
#[derive(Parser)]
#[command(name = "catwalk", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Connects an AI app that speaks stdio to a deployment's endpoint.
    Bridge(bridge::Arguments),
    /// Looks at this installation and says what is wrong with it.
    Doctor(doctor::Arguments),
    /// Puts one server behind an address that any MCP client can use, until Ctrl-C.
    Relay(relay::Arguments),
    /// Runs one of Catwalk's own tools. Catwalk itself starts this.
    #[command(hide = true)]
    Hold {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        tool: Vec<OsString>,
    },
    /// Holds a server's process tree. Catwalk itself starts this.
    #[command(hide = true)]
    Run {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    catwalk_supervisor::run::no_core_dumps();
    match Arguments::parse().command {
        Command::Bridge(arguments) => bridge::main(&arguments),
        Command::Doctor(arguments) => doctor::main(&arguments),
        Command::Relay(arguments) => relay::main(&arguments),
        Command::Hold { tool } => catwalk_supervisor::run::hold(tool),
        Command::Run { rest } => catwalk_supervisor::run::main(rest),
    }
}
