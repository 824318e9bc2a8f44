//! One of many servers.

use crate::error::Fault;
use crate::session::{Session, Transport};
use crate::upstream::{Server, Servers};
use catwalk_domain::DeploymentId;
use parking_lot::Mutex;
use std::sync::Arc;

/// A deployment among others.
pub(super) struct Member {
    pub(super) slug: Box<str>,
    id: DeploymentId,
    seat: Seat,
}

enum Seat {
    /// The server that all clients share.
    Shared(Arc<Server>),
    /// A process for the session alone, from when it is first needed.
    Own(Mutex<Option<Arc<Server>>>),
}

impl Member {
    pub(super) fn new(slug: &str, id: DeploymentId, isolated: bool, all: &Servers) -> Self {
        let seat = if isolated { Seat::Own(Mutex::default()) } else { Seat::Shared(all.get(id)) };
        Self { slug: slug.into(), id, seat }
    }

    /// Whether it is this deployment, served in this way.
    pub(super) fn is(&self, slug: &str, id: DeploymentId, isolated: bool) -> bool {
        *self.slug == *slug && self.id == id && isolated == matches!(self.seat, Seat::Own(_))
    }

    /// Its server, if there is one by now.
    pub(super) fn there(&self) -> Option<Arc<Server>> {
        match &self.seat {
            Seat::Shared(server) => Some(Arc::clone(server)),
            Seat::Own(own) => own.lock().clone(),
        }
    }

    /// Its server; a process of the session's own is taken if need be, and the session joins it.
    pub(super) fn server(&self, session: &Arc<Session>, all: &Servers) -> Result<Arc<Server>, Fault> {
        let own = match &self.seat {
            Seat::Shared(server) => return Ok(Arc::clone(server)),
            Seat::Own(own) => own,
        };
        let mut own = own.lock();
        if let Some(server) = &*own {
            return Ok(Arc::clone(server));
        }
        let server = all.take_alone(self.id)?;
        if session.transport != Transport::Guest {
            server.join(session);
        }
        session.peer.listen_at(&server, session);
        *own = Some(Arc::clone(&server));
        Ok(server)
    }

    /// The session goes on without it.
    pub(super) fn part(&self, session: &Session, all: &Servers) {
        match &self.seat {
            Seat::Shared(server) => server.part(session),
            Seat::Own(_) => self.release(session, all),
        }
    }

    /// Ends the session's own process, if it has one.
    pub(super) fn release(&self, session: &Session, all: &Servers) {
        let Seat::Own(own) = &self.seat else { return };
        if let Some(server) = own.lock().take() {
            server.part(session);
            all.end_alone(&server);
        }
    }
}
