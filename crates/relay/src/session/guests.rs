//! Clients of 2026-07-28 have no sessions; but what one client has in flight at one server belongs together all the
//! same: it is bounded as a whole, revoked as a whole, and a question of the server may concern any of it.

use super::{Session, Sessions, Transport};
use crate::routes::TokenRule;
use crate::upstream::Server;
use crate::version::Version;
use catwalk_domain::DeploymentId;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;

/// One for each token and deployment: as many as the app made, not as many as callers like.
#[derive(Debug, Default)]
pub(super) struct Guests {
    by_deployment: RwLock<HashMap<DeploymentId, Vec<Arc<Session>>>>,
}

impl Guests {
    fn find(&self, token: &TokenRule, deployment: DeploymentId) -> Option<Arc<Session>> {
        let by_deployment = self.by_deployment.read();
        by_deployment.get(&deployment)?.iter().find(|guest| is_theirs(guest, token)).cloned()
    }

    /// Forgets and returns one of a deployment's that `gone` picks.
    pub(super) fn extract_one(
        &self,
        deployment: DeploymentId,
        gone: impl Fn(&Session) -> bool,
    ) -> Option<Arc<Session>> {
        let mut by_deployment = self.by_deployment.write();
        let guests = by_deployment.get_mut(&deployment)?;
        let at = guests.iter().position(|guest| gone(guest))?;
        Some(guests.swap_remove(at))
    }

    /// Forgets and returns those that `gone` picks.
    pub(super) fn extract(&self, gone: impl Fn(&Session) -> bool) -> Vec<Arc<Session>> {
        let mut by_deployment = self.by_deployment.write();
        by_deployment.values_mut().flat_map(|guests| guests.extract_if(.., |guest| gone(guest))).collect()
    }
}

impl Sessions {
    /// What stands for a client of 2026-07-28 at a deployment, if it is known.
    pub(crate) fn guest(&self, token: &TokenRule, deployment: DeploymentId) -> Option<Arc<Session>> {
        let guest = self.guests.find(token, deployment)?;
        guest.touch(self.tick());
        Some(guest)
    }

    /// A new one. If another request of its client came first, that one's; then `own` is not taken.
    pub(crate) fn open_guest(
        &self,
        token: &Arc<TokenRule>,
        deployment: DeploymentId,
        own: Option<Arc<Server>>,
    ) -> (Arc<Session>, bool) {
        let mut by_deployment = self.guests.by_deployment.write();
        let guests = by_deployment.entry(deployment).or_default();
        if let Some(guest) = guests.iter().find(|guest| is_theirs(guest, token)) {
            return (Arc::clone(guest), false);
        }
        let guest = self.fresh("".into(), token, deployment, Version::MODERN, Transport::Guest, own);
        guests.push(Arc::clone(&guest));
        (guest, true)
    }
}

fn is_theirs(session: &Session, token: &TokenRule) -> bool {
    session.token.id == token.id && session.token.hash == token.hash
}
