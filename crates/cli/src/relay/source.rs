//! The one server: a command that is started when it is needed, or a remote address.

use super::program;
use anyhow::{Context, bail};
use catwalk_domain::{DeploymentId, Secret};
use catwalk_relay::{ConnectError, Stray, Upstream, Upstreams};
use catwalk_supervisor::{Control, Spec, Supervisor, Words};
use futures_util::future::BoxFuture;
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use tokio::sync::Mutex;
use url::Url;

/// Lines that wait to be printed.
const STRAYS: usize = 64;

/// Where the relay's connections come from.
pub(super) enum Source {
    /// A child process, held by `catwalk run` so that its tree ends with us however we end.
    Command(Command),
    /// A server elsewhere.
    Remote {
        /// Its endpoint.
        url: Url,
        /// What it wants to be told with each request.
        headers: Vec<(String, Secret<String>)>,
    },
}

/// A command and its process, once there is one.
pub(super) struct Command {
    supervisor: Supervisor,
    spec: Spec,
    process: Mutex<Option<Control>>,
}

impl Source {
    /// A command, found as a shell finds it, in our own environment but for the variable that holds our token.
    pub(super) fn command(command: &[String], hide: Option<&str>) -> anyhow::Result<Self> {
        let Some((name, args)) = command.split_first() else { bail!("no command") };
        let cwd = std::env::current_dir().context("the current folder is gone")?;
        // Names and values that are no text cannot travel in the order; servers have no use for them.
        let env =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let spec = Spec {
            program: program::find(name)?,
            args: args.iter().cloned().map(Secret::new).collect(),
            env: env
                .filter(|(name, _)| Some(&**name) != hide)
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            home: cwd.clone(),
            cwd,
        };
        let helper = std::env::current_exe().context("cannot tell where this program is")?;
        let supervisor = Supervisor::without_records(helper);
        Ok(Self::Command(Command { supervisor, spec, process: Mutex::default() }))
    }

    /// A remote server; `headers` are `NAME=VARIABLE`.
    pub(super) fn remote(url: Url, headers: &[String]) -> anyhow::Result<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            bail!("`{url}` is no http or https address");
        }
        let read = |header: &String| {
            let (name, variable) = header.split_once('=').context("a header is given as NAME=VARIABLE")?;
            let value = std::env::var(variable).with_context(|| format!("no value in `{variable}`"))?;
            Ok((name.to_owned(), Secret::new(value)))
        };
        let headers = headers.iter().map(read).collect::<anyhow::Result<_>>()?;
        Ok(Self::Remote { url, headers })
    }

    /// Ends the server with everything it started.
    pub(super) async fn stop(&self) {
        if let Self::Command(command) = self {
            command.stop().await;
        }
    }
}

impl Command {
    async fn stop(&self) {
        if let Some(process) = self.process.lock().await.take() {
            process.stop().await;
        }
    }

    async fn start(&self, id: DeploymentId) -> Result<Upstream, ConnectError> {
        // One that only closed its pipes may still run.
        self.stop().await;
        let mut running = self.process.lock().await;
        let started = self.supervisor.spawn(id, self.spec.clone(), Words::Stderr).await;
        let process = started.map_err(|error| {
            tracing::warn!("{error}");
            ConnectError::Failed { why: "it could not be started".to_owned() }
        })?;
        *running = Some(process.control());
        Ok(Upstream::Pipes { reader: Box::new(process.stdout), writer: Box::new(process.stdin), stray: stray() })
    }
}

/// Lines that are no messages go where the server's other words go. They are printed by a thread of their own, for the
/// relay must not wait for whoever reads our stderr; what that one does not read in time is dropped.
fn stray() -> Stray {
    let (sender, lines) = sync_channel::<Box<[u8]>>(STRAYS);
    std::thread::spawn(move || {
        for line in lines {
            let mut err = std::io::stderr().lock();
            err.write_all(&line).and_then(|()| err.write_all(b"\n")).ok();
        }
    });
    Arc::new(move |line| drop(sender.try_send(line.into())))
}

impl Upstreams for Source {
    fn connect(&self, id: DeploymentId) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        Box::pin(async move {
            match self {
                Self::Command(command) => command.start(id).await,
                Self::Remote { url, headers } => {
                    Ok(Upstream::Http { url: url.clone(), headers: headers.clone(), sse: false })
                }
            }
        })
    }
}
