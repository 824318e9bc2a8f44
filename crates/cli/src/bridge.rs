//! `catwalk bridge [slug]`: an AI app's stdio on one side, the relay's endpoint on the other.
//!
//! Address and token come from the file that Catwalk keeps for it, so no secret stands in the app's config. Nothing but
//! JSON-RPC is ever written to stdout.

use catwalk_app::{BridgeFile, Config};
use catwalk_relay::bridge::{BridgeConfig, run};
use std::io::Write;
use std::process::ExitCode;

/// Which deployment.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The deployment's name in its endpoint, or `set/<name>`; without it, all of them as one.
    slug: Option<String>,
}

pub(crate) fn main(arguments: &Arguments) -> ExitCode {
    match bridge(arguments.slug.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(std::io::stderr(), "catwalk bridge: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

fn bridge(slug: Option<&str>) -> anyhow::Result<()> {
    use anyhow::Context;
    let config = Config::from_env()?;
    let file = BridgeFile::read(config.data_dir())
        .context("no AI app has been connected by Catwalk yet; open Catwalk and connect one")?;
    let path = slug.map(|slug| format!("/{slug}")).unwrap_or_default();
    let url = format!("{}/mcp{path}", file.origin).parse().context("the bridge's file holds no address")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(run(BridgeConfig {
        url,
        token: file.token,
        stdin: tokio::io::stdin(),
        stdout: tokio::io::stdout(),
    }));
    // A blocked read of stdin must not keep the process once the other side is done.
    runtime.shutdown_background();
    Ok(ended?)
}
