//! `catwalk bridge [slug]`: an AI app's stdio on one side, the relay's endpoint on the other.
//!
//! Address and token come from the file that Catwalk keeps for it, so no secret stands in the AI app's config. Where nobody
//! listens at that address, the desktop app is started without its window, as the file says: there is one engine per
//! person, and the desktop app is where a person sees and ends it. Nothing but JSON-RPC is ever written to stdout.

use catwalk_app::{BridgeFile, Config};
use catwalk_relay::bridge::{BridgeConfig, Door, Relays, run};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

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
    let path = slug.map_or_else(|| "/mcp".to_owned(), |slug| format!("/mcp/{slug}"));
    let here = Here { data: config.data_dir().to_owned(), path };
    BridgeFile::read(&here.data)
        .context("no AI app has been connected by Catwalk yet; open Catwalk and connect one")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(run(BridgeConfig {
        relays: Arc::new(here),
        stdin: tokio::io::stdin(),
        stdout: tokio::io::stdout(),
    }));
    // A blocked read of stdin must not keep the process once the other side is done.
    runtime.shutdown_background();
    Ok(ended?)
}

/// The relay of this person's Catwalk.
struct Here {
    data: PathBuf,
    path: String,
}

impl Relays for Here {
    fn find(&self) -> Option<Door> {
        let file = BridgeFile::read(&self.data).ok()?;
        Some(Door { url: format!("{}{}", file.origin, self.path).parse().ok()?, token: file.token })
    }

    fn wake(&self) {
        let Some(app) = BridgeFile::read(&self.data).ok().and_then(|file| file.app) else { return };
        #[expect(clippy::disallowed_methods, reason = "it is the desktop app, which outlives us and belongs to nobody")]
        let mut command = Command::new(&app.program);
        // AI apps pass little of their environment on: what it takes to be on the person's desktop was written down.
        command.arg(catwalk_app::HIDDEN).envs(&app.env);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // An AI app that ends the bridge with all its group does not mean Catwalk.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        if let Err(error) = command.spawn() {
            writeln!(std::io::stderr(), "catwalk bridge: {} does not start: {error}", app.program.display()).ok();
        }
    }
}
