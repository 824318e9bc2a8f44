//! Isolated deployments: each session has a process of its own, which ends with it. One more is kept warm, so that the
//! next session does not wait for a start; it goes too when nobody has come for a while.

use super::Server;
use super::servers::Servers;
use crate::error::Fault;
use catwalk_domain::DeploymentId;
use std::sync::Arc;
use std::time::Instant;

/// The processes of one isolated deployment.
#[derive(Default)]
pub(super) struct Pool {
    /// Up, and nobody's yet.
    spare: Option<Arc<Server>>,
    /// Each some session's.
    in_use: Vec<Arc<Server>>,
    /// When the last session left.
    left: Option<Instant>,
}

impl Pool {
    /// All processes of it.
    pub(super) fn servers(&self) -> impl Iterator<Item = &Arc<Server>> {
        self.spare.iter().chain(&self.in_use)
    }
}

impl Servers {
    /// A process for a new session; the next one is warmed up.
    pub(crate) fn take_alone(&self, id: DeploymentId) -> Result<Arc<Server>, Fault> {
        let max = self.context.limits.isolated;
        let mut pools = self.alone.lock();
        let pool = pools.entry(id).or_default();
        if pool.in_use.len() >= max {
            return Err(Fault::ProcessesFull(max));
        }
        let server = pool.spare.take().unwrap_or_else(|| self.start_alone(id));
        pool.in_use.push(Arc::clone(&server));
        pool.left = None;
        if pool.in_use.len() < max {
            pool.spare = Some(self.warmed(id, &server));
        }
        Ok(server)
    }

    /// Warms a process up for the first session.
    pub(crate) fn warm_alone(&self, id: DeploymentId) {
        let mut pools = self.alone.lock();
        let pool = pools.entry(id).or_default();
        pool.spare.get_or_insert_with(|| self.start_alone(id)).want();
    }

    /// Ends a session's process.
    pub(crate) fn end_alone(&self, server: &Arc<Server>) {
        server.stop();
        if let Some(pool) = self.alone.lock().get_mut(&server.id) {
            pool.in_use.retain(|one| !Arc::ptr_eq(one, server));
            pool.left = Some(Instant::now());
        }
    }

    /// Ends warm processes that nobody has come for.
    pub(crate) fn reap_alone(&self) {
        let idle = self.context.limits.isolated_idle;
        let unused = |pool: &mut Pool| pool.in_use.is_empty() && pool.left.is_some_and(|left| left.elapsed() >= idle);
        for (_, pool) in self.alone.lock().extract_if(|_, pool| unused(pool)) {
            pool.spare.iter().for_each(|server| server.stop());
        }
    }

    /// A process like its siblings: what they have said of themselves, it need not say again.
    fn start_alone(&self, id: DeploymentId) -> Arc<Server> {
        let server = Server::start_alone(id, &self.context);
        if let Some(shared) = self.known(id) {
            server.learn_from(&shared);
        }
        server
    }

    fn warmed(&self, id: DeploymentId, sibling: &Server) -> Arc<Server> {
        let server = self.start_alone(id);
        server.learn_from(sibling);
        server.want();
        server
    }
}
