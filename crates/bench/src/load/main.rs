//! Load on a relay, and what it costs. Every answer's id and text are checked; a wrong one is an error, never a fast call.
//!
//! `compare` starts each relay in turn and measures all of them under the same conditions; the other commands measure one
//! endpoint that runs already, and print one JSON object.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

mod call;
mod compare;
mod figures;
mod http;
mod process;
mod report;
mod session;
mod soak;
mod stdio;
mod storm;
mod target;
mod wire;

use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measures what relays cost.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Calls an endpoint that runs.
    Http {
        #[command(flatten)]
        endpoint: Endpoint,
        #[command(flatten)]
        shape: Shape,
        /// The relay's process, whose processor time and memory are read (Linux).
        #[arg(long)]
        pid: Option<u32>,
    },
    /// Calls a stdio server without any relay: the floor under all figures.
    Stdio {
        #[command(flatten)]
        shape: Shape,
        /// The server's command.
        #[arg(last = true, required = true)]
        server: Vec<OsString>,
    },
    /// Opens many sessions at once, calls once on each, and holds them.
    Sessions {
        #[command(flatten)]
        endpoint: Endpoint,
        /// How many.
        #[arg(short, long, default_value_t = 200)]
        sessions: usize,
        /// The relay's process, whose memory is read while they are held (Linux).
        #[arg(long)]
        pid: Option<u32>,
    },
    /// Starts relays and measures them in turn; prints tables.
    Compare {
        /// The relays, as JSON.
        #[arg(long)]
        targets: PathBuf,
        /// The echo server.
        #[arg(long)]
        server: String,
        /// How often everything is measured.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// Seconds that count, of each load.
        #[arg(long, default_value_t = 2.0)]
        seconds: f64,
    },
    /// Mixed load for long, the server killed again and again: no wrong answer, no lost call, no leak.
    Soak {
        /// The relays, as JSON; the first is taken.
        #[arg(long)]
        targets: PathBuf,
        /// The echo server.
        #[arg(long)]
        server: String,
        /// How long.
        #[arg(long, default_value_t = 30)]
        minutes: u64,
    },
}

#[derive(Args)]
struct Endpoint {
    /// Its address.
    #[arg(long)]
    url: url::Url,
    /// Its token.
    #[arg(long)]
    bearer: Option<String>,
}

#[derive(Args)]
struct Shape {
    /// Calls in flight; each has a connection of its own.
    #[arg(short = 'c', long, default_value_t = 16)]
    in_flight: usize,
    /// Sessions they are spread over.
    #[arg(short, long, default_value_t = 1)]
    sessions: usize,
    /// Bytes of each call's text.
    #[arg(long, default_value_t = 32)]
    payload: usize,
    /// Seconds that count.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Calls that count, instead of a time.
    #[arg(short = 'n', long)]
    calls: Option<usize>,
}

impl Shape {
    fn load(&self) -> http::Load {
        http::Load {
            in_flight: self.in_flight,
            sessions: self.sessions.clamp(1, self.in_flight),
            payload: self.payload,
            until: match self.calls {
                Some(calls) => http::Until::Calls(calls),
                None => http::Until::Elapsed(Duration::from_secs_f64(self.seconds)),
            },
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bench-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let figures = match command {
        Command::Http { endpoint, shape, pid } => {
            let endpoint = wire::Endpoint::new(&endpoint.url, endpoint.bearer)?;
            http::run(&endpoint, &shape.load(), pid).await?
        }
        Command::Stdio { shape, server } => stdio::run(&server, &shape.load())?,
        Command::Sessions { endpoint, sessions, pid } => {
            storm::run(&wire::Endpoint::new(&endpoint.url, endpoint.bearer)?, sessions, pid).await?
        }
        Command::Soak { targets, server, minutes } => {
            let targets: Vec<target::Target> = serde_json::from_slice(&std::fs::read(targets)?)?;
            let target = targets.first().ok_or_else(|| anyhow::anyhow!("no relay to soak"))?;
            let verdict = soak::run(target, server, Duration::from_mins(minutes)).await?;
            println!("{}", serde_json::to_string_pretty(&verdict)?);
            return Ok(if verdict.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Compare { targets, server, rounds, seconds } => {
            let targets: Vec<target::Target> = serde_json::from_slice(&std::fs::read(targets)?)?;
            let effort = compare::Effort { rounds, seconds };
            let (direct, shown) = compare::run(&targets, &server, effort).await?;
            let report = report::Report { direct: &direct, targets: &targets, shown: &shown };
            println!("{}", report.markdown());
            return Ok(ExitCode::SUCCESS);
        }
    };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(if figures.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
