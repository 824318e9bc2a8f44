//! The one server: a command that is started when it is needed, or a remote address.

use super::program;
use anyhow::{Context as _, bail};
use catwalk_domain::{DeploymentId, Secret};
use catwalk_relay::{ConnectError, Remote, Stray, Upstream, Upstreams};
use catwalk_supervisor::{Control, Spec, Supervisor, Words};
use futures_util::future::{BoxFuture, join_all};
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::process::ChildStdout;
use tokio::sync::Mutex;
use tokio_util::sync::DropGuard;
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

/// A command and its processes.
pub(super) struct Command {
    supervisor: Supervisor,
    spec: Spec,
    /// The one that all sessions share, once there is one.
    shared: Mutex<Option<Control>>,
    /// Those that serve one session each.
    alone: Mutex<Vec<Control>>,
}

impl Source {
    /// A command, found as a shell finds it, in our own environment but for the variables that hold our tokens.
    pub(super) fn command(command: &[String], hide: [Option<&str>; 2]) -> anyhow::Result<Self> {
        let Some((name, args)) = command.split_first() else { bail!("no command") };
        let cwd = std::env::current_dir().context("the current folder is gone")?;
        // Names and values that are no text cannot travel in the order; servers have no use for them.
        let env =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let spec = Spec {
            program: program::find(name)?,
            args: args.iter().cloned().map(Secret::new).collect(),
            env: env
                .filter(|(name, _)| !hide.contains(&Some(&**name)))
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            home: cwd.clone(),
            cwd,
        };
        let helper = std::env::current_exe().context("cannot tell where this program is")?;
        let supervisor = Supervisor::without_records(helper);
        Ok(Self::Command(Command { supervisor, spec, shared: Mutex::default(), alone: Mutex::default() }))
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
        let shared = self.shared.lock().await.take();
        let alone = std::mem::take(&mut *self.alone.lock().await);
        join_all(alone.iter().chain(&shared).map(Control::stop)).await;
    }

    /// The shared process, started anew: never two at a time.
    async fn share(&self, id: DeploymentId) -> Result<Upstream, ConnectError> {
        let mut shared = self.shared.lock().await;
        if let Some(earlier) = shared.take() {
            earlier.stop().await;
        }
        let (control, upstream) = self.start(id).await?;
        *shared = Some(control);
        Ok(upstream)
    }

    /// One more process.
    async fn add(&self, id: DeploymentId) -> Result<Upstream, ConnectError> {
        let (control, upstream) = self.start(id).await?;
        let mut alone = self.alone.lock().await;
        alone.retain(|process| !process.is_gone());
        alone.push(control);
        Ok(upstream)
    }

    async fn start(&self, id: DeploymentId) -> Result<(Control, Upstream), ConnectError> {
        let started = self.supervisor.spawn(id, self.spec.clone(), Words::Stderr).await;
        let process = started.map_err(|error| {
            tracing::warn!("{error}");
            ConnectError::Failed { why: "it could not be started".to_owned() }
        })?;
        let control = process.control();
        let reader = Box::new(Held { stdout: process.stdout, _guard: control.stopping().drop_guard() });
        Ok((control, Upstream::Pipes { reader, writer: Box::new(process.stdin), stray: stray() }))
    }
}

/// A server's stdout. When the relay lets go of it the server is stopped, for nobody would ever hear it again.
struct Held {
    stdout: ChildStdout,
    _guard: DropGuard,
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdout).poll_read(cx, buf)
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
                Self::Command(command) => command.share(id).await,
                Self::Remote { url, headers } => {
                    Ok(Upstream::Http(Remote { headers: headers.clone(), ..Remote::new(url.clone()) }))
                }
            }
        })
    }

    fn connect_alone(&self, id: DeploymentId, _instance: u64) -> BoxFuture<'_, Result<Upstream, ConnectError>> {
        match self {
            Self::Command(command) => Box::pin(command.add(id)),
            Self::Remote { .. } => self.connect(id),
        }
    }
}
