//! The commands a person or CI types (`cargo xtask help` lists them); everything missing is set up first.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a build tool speaks to the terminal it was started from"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the ban on starting processes is for the product; this tool exists to start them"
)]

mod bench;
mod conformance;
mod counts;
mod eval;
mod exec;
mod fuzz;
mod guard;
mod icons;
mod matrix;
mod packages;
mod parts;
mod paths;
mod run;
mod screen;
mod session;
mod soak;
mod suites;
mod test;
mod ui;
mod versions;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask run [--release] [--once]   set up what is missing, build Catwalk and open it
cargo xtask test [SUITE…] [-- FILTER]  set up what is missing and run the tests (fmt clippy ui rust e2e; all when none is named)
cargo xtask conformance [--only SERVER] [--set NAME] [--client | --no-client] [--release] [--upstream COMMAND…]
                                       the official conformance suite: servers by themselves and through the relay
cargo xtask matrix [--newer] [--only WORDS]
                                       every official SDK as a client, through the relay, of servers with every SDK: docs/sdk-matrix.md
                                       (--newer: only clients of 2026-07-28; --only: only pairs whose name has the words)
cargo xtask bench bridge               measure how soon a bridge that was just started answers
cargo xtask bench search               measure a search over 30,000 listings: median, p99, memory
cargo xtask bench relay [--quick]      measure the relay beside others (--alone: only the floor; --write: into docs/relay-bench.md)
cargo xtask bench profile [--write]    count what a call is made of, in instructions (valgrind): docs/relay-profile.md
cargo xtask eval analysis DIR [--hide leaks|structured] [--predictions OUT]
                                       how well analysis reads the described servers of a folder (--each: a line for each;
                                       --half 0|1: only one half)
cargo xtask soak [--minutes N]          mixed load on the relay, its server killed every 20 s; 30 minutes when not said
cargo xtask fuzz [TARGET…] [--runs N]   feed made-up input to the codec, the HTTP front and the readers; 10 million each when not said
cargo xtask icons                      draw icons/* again from icons/*.svg
cargo xtask bindings                   write ui/src/ipc bindings again from the Rust commands";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    let (command, rest) = args.split_first().map_or(("help", args), |(first, rest)| (first.as_str(), rest));
    match command {
        "run" => run::run(&run::Options::parse(rest)?),
        "test" => test::test(&test::Options::parse(rest)?),
        "conformance" => conformance::conformance(&conformance::Options::parse(rest)?),
        "matrix" => matrix::matrix(rest),
        "bench" => bench::bench(&bench::Options::parse(rest)?),
        "fuzz" => fuzz::fuzz(rest),
        "eval" => eval::eval(rest),
        "soak" => soak::soak(rest),
        "icons" => icons::draw().map(|()| ExitCode::SUCCESS),
        "bindings" => bindings(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// The bindings are written by the same test that otherwise fails when they are stale.
fn bindings() -> Result<ExitCode> {
    let mut cargo = exec::cargo();
    cargo.args(["test", "--workspace", "--test", "bindings"]).env("UPDATE", "1");
    exec::run(&mut cargo)?;
    Ok(ExitCode::SUCCESS)
}
