//! `catwalk relay`: the relay alone in front of one server, with no database, no keychain and no files.
//!
//! It prints its address and a token that opens it, and ends with its server and everything that started.

mod access;
mod program;
mod signals;
mod source;

use anyhow::Context;
use catwalk_domain::{DeploymentId, Slug};
use catwalk_relay::Config;
use clap::ArgGroup;
use signals::Signals;
use source::Source;
use std::io::{IsTerminal, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::level_filters::LevelFilter;
use url::Url;

/// More threads than this serve no desktop faster, and each costs memory.
const THREADS: usize = 4;

/// Which server, and where.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("server").required(true).args(["upstream", "command"]))]
pub(crate) struct Arguments {
    /// The port to listen on; any free one when left out.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Print one line of JSON, with `url` and `token`.
    #[arg(long)]
    json: bool,
    /// Give every session a process of its own, for servers that keep what one user did.
    #[arg(long)]
    isolated: bool,
    /// Print the address for clients that only know the older HTTP+SSE (2024-11-05). Both are always served.
    #[arg(long)]
    sse: bool,
    /// Take the token from this environment variable instead of making one.
    #[arg(long, value_name = "VARIABLE")]
    token_from: Option<String>,
    /// Serve counters for Prometheus at `/metrics`, to who has the token in this environment variable.
    #[arg(long, value_name = "VARIABLE")]
    metrics_from: Option<String>,
    /// A remote server in the place of a command.
    #[arg(long, value_name = "URL")]
    upstream: Option<Url>,
    /// A header for the remote server, its value taken from an environment variable.
    #[arg(long, value_name = "NAME=VARIABLE", requires = "upstream")]
    header: Vec<String>,
    /// The server's program and its arguments.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) fn main(arguments: &Arguments) -> ExitCode {
    let level = std::env::var("CATWALK_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::WARN);
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(ansi).init();
    match relay(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(std::io::stderr(), "catwalk relay: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

fn relay(arguments: &Arguments) -> anyhow::Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> anyhow::Result<()> {
    // Before there is a server: from here on Ctrl-C means "end in order".
    let mut signals = Signals::new()?;
    let token = access::token(arguments.token_from.as_deref())?;
    let metrics = arguments.metrics_from.as_deref().map(|variable| access::token(Some(variable))).transpose()?;
    let hide = [arguments.token_from.as_deref(), arguments.metrics_from.as_deref()];
    let source = Arc::new(match &arguments.upstream {
        Some(url) => Source::remote(url.clone(), &arguments.header)?,
        None => Source::command(&arguments.command, hide)?,
    });
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let mut config = Config::new(addr);
    // One user, who may want to know how fast it is; the app's rate is for clients that ran away.
    config.limits.rate = 1_000_000;
    let relay = config.build(source.clone()).await?;
    let (id, slug) = (DeploymentId(uuid::Uuid::nil()), Slug::from_text("server"));
    let door = if arguments.sse { "/sse" } else { "" };
    let url = format!("http://{}/mcp/{slug}{door}", relay.local_addr());
    let handle = relay.handle();
    handle.set_routes(access::routes(id, slug, &token, metrics.as_ref(), arguments.isolated));
    let (tasks, shutdown) = (TaskTracker::new(), CancellationToken::new());
    relay.spawn(&tasks, shutdown.clone());
    if !arguments.isolated {
        handle.attach(id);
    }
    announce(arguments.json, &url, token.expose()).context("cannot print the address")?;

    signals.next().await;
    shutdown.cancel();
    tasks.close();
    tokio::select! {
        _ = async { tokio::join!(tasks.wait(), source.stop()) } => {}
        // Asked twice: the helper ends the server without us.
        () = signals.next() => {}
    }
    Ok(())
}

/// What a person copies into a client, or what a program reads.
fn announce(json: bool, url: &str, token: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::json!({ "url": url, "token": token }))?;
    } else {
        writeln!(out, "{url}\nAuthorization: Bearer {token}")?;
    }
    out.flush()
}
