//! Isolated deployments: each session of an AI app gets a process of its own, besides the one that the actor keeps, by
//! which the server is tested and tried from the window.

use crate::App;
use crate::error::gone;
use catwalk_domain::{Deployment, DeploymentId, Desired, Problem, Status, Target};
use catwalk_relay::{ConnectError, Upstream};
use catwalk_supervisor::{Control, Stream};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::task::TaskTracker;

impl App {
    /// Gives each session a process of its own, or all of them one again. Sessions begin anew.
    ///
    /// # Errors
    /// When it is gone or the wish cannot be saved.
    pub async fn set_isolated(&self, id: DeploymentId, isolated: bool) -> Result<(), Problem> {
        self.store().deployments().set_isolated(id, isolated).await.map_err(|e| e.problem())?;
        self.audit(if isolated { "isolate" } else { "share" }, &self.deployment(id).await?).await;
        self.publish_routes().await
    }

    /// A server for one session, once the deployment's own has shown that it works.
    pub(crate) async fn start_alone(&self, id: DeploymentId) -> Result<Upstream, ConnectError> {
        let failed = |problem: Problem| ConnectError::Failed { why: problem.title };
        let deployment = self.deployment(id).await.map_err(failed)?;
        let actor = self.actor(id).ok_or(ConnectError::Unknown)?;
        if deployment.desired == Desired::Stopped {
            return Err(ConnectError::Stopped);
        }
        match actor.proven().await {
            Status::Failed { problem } | Status::Paused { problem } => return Err(failed(problem)),
            Status::Stopped => return Err(ConnectError::Stopped),
            _ => {}
        }
        // It may have been installed anew meanwhile.
        let deployment = self.deployment(id).await.map_err(failed)?;
        match deployment.target {
            Target::Remote => Ok(Upstream::Http(self.remote_of(&deployment).await.map_err(failed)?.0)),
            Target::Local => self.spawn_alone(&deployment).await.map_err(failed),
        }
    }

    async fn spawn_alone(&self, deployment: &Deployment) -> Result<Upstream, Problem> {
        let start = self.start_of(deployment, deployment.installed.as_ref().ok_or_else(gone)?).await?;
        let log = self.reconcile(deployment).await.log();
        let process = self.supervisor().spawn(deployment.id, start.spec, log.clone()).await.map_err(|e| e.problem())?;
        let control = process.control();
        log.line(Stream::Catwalk, format!("Started process {} for one session", control.pid()).as_bytes());
        let process_ends = Arc::new(Ends { control, tasks: self.tasks().clone() });
        Ok(Upstream::Pipes {
            reader: Box::new(Held { pipe: process.stdout, _process: process_ends.clone() }),
            writer: Box::new(Held { pipe: process.stdin, _process: process_ends }),
            stray: Arc::new(move |line| log.line(Stream::Stdout, line)),
        })
    }
}

/// Ends a process when nobody holds its pipes any more.
struct Ends {
    control: Control,
    tasks: TaskTracker,
}

impl Drop for Ends {
    fn drop(&mut self) {
        let control = self.control.clone();
        // Without a runtime Catwalk itself is at its end, and the process's helper sees to it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            self.tasks.spawn_on(async move { control.stop().await }, &runtime);
        }
    }
}

/// A pipe of such a process.
struct Held<P> {
    pipe: P,
    _process: Arc<Ends>,
}

impl<P: AsyncRead + Unpin> AsyncRead for Held<P> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(cx, buf)
    }
}

impl<P: AsyncWrite + Unpin> AsyncWrite for Held<P> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.pipe).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}
