//! Clients of 2026-07-28 have no sessions; but what one client has in flight at one address belongs together all the
//! same: it is bounded as a whole, revoked as a whole, and a question of the server may concern any of it.

use super::{Session, Sessions, Transport};
use crate::peer::Peer;
use crate::routes::{Scope, TokenRule};
use crate::version::Version;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;

/// One for each token and address: as many as the app made, not as many as callers like.
#[derive(Debug, Default)]
pub(super) struct Guests {
    by_scope: RwLock<HashMap<Scope, Vec<Arc<Session>>>>,
}

impl Guests {
    fn find(&self, token: &TokenRule, scope: &Scope) -> Option<Arc<Session>> {
        let by_scope = self.by_scope.read();
        by_scope.get(scope)?.iter().find(|guest| is_theirs(guest, token)).cloned()
    }

    /// Forgets and returns one of an address's that `gone` picks.
    pub(super) fn extract_one(&self, scope: &Scope, gone: impl Fn(&Session) -> bool) -> Option<Arc<Session>> {
        let mut by_scope = self.by_scope.write();
        let guests = by_scope.get_mut(scope)?;
        let at = guests.iter().position(|guest| gone(guest))?;
        Some(guests.swap_remove(at))
    }

    /// Forgets and returns those that `gone` picks.
    pub(super) fn extract(&self, gone: impl Fn(&Session) -> bool) -> Vec<Arc<Session>> {
        let mut by_scope = self.by_scope.write();
        by_scope.values_mut().flat_map(|guests| guests.extract_if(.., |guest| gone(guest))).collect()
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Arc<Session>> {
        self.by_scope.read().values().flatten().cloned().collect()
    }
}

impl Sessions {
    /// What stands for a client of 2026-07-28 at an address, if it is known.
    pub(crate) fn guest(&self, token: &TokenRule, scope: &Scope) -> Option<Arc<Session>> {
        let guest = self.guests.find(token, scope)?;
        guest.touch(self.tick());
        Some(guest)
    }

    /// A new one. If another request of its client came first, that one's; then `peer` is not taken.
    pub(crate) fn open_guest(&self, token: &Arc<TokenRule>, scope: &Scope, peer: Peer) -> (Arc<Session>, bool) {
        let mut by_scope = self.guests.by_scope.write();
        let guests = by_scope.entry(scope.clone()).or_default();
        if let Some(guest) = guests.iter().find(|guest| is_theirs(guest, token)) {
            return (Arc::clone(guest), false);
        }
        let guest = self.fresh("".into(), token, scope.clone(), Version::MODERN, Transport::Guest, peer);
        guests.push(Arc::clone(&guest));
        (guest, true)
    }
}

fn is_theirs(session: &Session, token: &TokenRule) -> bool {
    session.token.id == token.id && session.token.hash == token.hash
}
