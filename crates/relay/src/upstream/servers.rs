//! All servers that anybody has asked for.

use super::Server;
use super::alone::Pool;
use crate::context::Context;
use crate::routes::Table;
use crate::session::Session;
use catwalk_domain::DeploymentId;
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::Arc;

/// The relay's servers by deployment.
pub(crate) struct Servers {
    by_id: RwLock<HashMap<DeploymentId, Arc<Server>>>,
    /// The processes of isolated deployments.
    pub(super) alone: Mutex<HashMap<DeploymentId, Pool>>,
    pub(crate) context: Arc<Context>,
}

impl Servers {
    /// None yet.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { by_id: RwLock::default(), alone: Mutex::default(), context }
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
        session.peer.leave(session, self);
        session.close();
        session.forget();
    }

    /// Every server of a deployment: the shared one, and those of single sessions.
    pub(crate) fn all_of(&self, id: DeploymentId) -> Vec<Arc<Server>> {
        let mut all: Vec<_> = self.known(id).into_iter().collect();
        all.extend(self.alone.lock().get(&id).into_iter().flat_map(Pool::servers).cloned());
        all
    }

    /// Stops the servers of deployments that the routes no longer name, or no longer call isolated.
    pub(crate) fn retain(&self, table: &Table) {
        for (_, pool) in self.alone.lock().extract_if(|id, _| !table.serves(*id) || !table.isolates(*id)) {
            pool.servers().for_each(|server| server.stop());
        }
        for (_, server) in self.by_id.write().extract_if(|id, _| !table.serves(*id)) {
            server.stop();
        }
    }
}
