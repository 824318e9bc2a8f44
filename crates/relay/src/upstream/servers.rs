//! All servers that anybody has asked for.

use super::Server;
use crate::context::Context;
use crate::session::Session;
use catwalk_domain::DeploymentId;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;

/// The relay's servers by deployment.
pub(crate) struct Servers {
    by_id: RwLock<HashMap<DeploymentId, Arc<Server>>>,
    context: Arc<Context>,
}

impl Servers {
    /// None yet.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { by_id: RwLock::default(), context }
    }

    /// The deployment's server, made (not connected) if need be.
    pub(crate) fn get(&self, id: DeploymentId) -> Arc<Server> {
        if let Some(server) = self.known(id) {
            return server;
        }
        let mut by_id = self.by_id.write();
        Arc::clone(by_id.entry(id).or_insert_with(|| Server::start(id, &self.context)))
    }

    /// The deployment's server, if anybody has asked for it.
    pub(crate) fn known(&self, id: DeploymentId) -> Option<Arc<Server>> {
        self.by_id.read().get(&id).cloned()
    }

    /// Ends a session at its server.
    pub(crate) fn leave(&self, session: &Session) {
        if let Some(server) = self.known(session.deployment) {
            server.leave(session);
        }
        session.close();
    }

    /// Stops the servers that `keep` does not want.
    pub(crate) fn retain(&self, keep: impl Fn(DeploymentId) -> bool) {
        for (_, server) in self.by_id.write().extract_if(|id, _| !keep(*id)) {
            server.stop();
        }
    }
}
