//! A stdio MCP server that costs next to nothing per call, so that what is measured is what stands before it.
//!
//! Tools: `echo` gives `text` back, `sleep` answers after `ms`, `crash` ends the process without an answer. By default it
//! reads on while its answers wait for the pipe, as an asynchronous server does; with `--turns` it reads only once its
//! last answer is written, which stalls a relay that also works by turns.

mod answer;
mod apart;
mod turns;

use std::process::ExitCode;

fn main() -> ExitCode {
    let served = match std::env::args().nth(1).as_deref() {
        None => apart::serve(),
        Some("--turns") => turns::serve(),
        Some(_) => return ExitCode::from(2),
    };
    // An error means that the other side is gone, which is how every server ends.
    served.map_or(ExitCode::SUCCESS, |()| ExitCode::SUCCESS)
}
