//! What every member says to the same request for a list. One that is dead or slow keeps nobody waiting for long.

use super::Many;
use super::member::Member;
use super::merge::List;
use crate::session::Session;
use crate::upstream::{Listing, Pages, Server};
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A member's pages, or why it is left out.
pub(super) struct Said {
    pub(super) member: Arc<Member>,
    pub(super) pages: Result<Pages, String>,
}

impl Many {
    /// Asks all members at once.
    pub(super) async fn gather(&self, session: &Arc<Session>, list: &'static List) -> Vec<Said> {
        let view = self.view();
        let asked = view.members.iter().map(async |member| {
            let pages = match member.server(session, &self.all) {
                Ok(server) => self.pages(server, session, list).await,
                Err(fault) => Err(fault.to_string()),
            };
            Said { member: Arc::clone(member), pages }
        });
        join_all(asked).await
    }

    /// One member's list, or what is remembered of it. Whatever comes after the session has been answered, it is told of.
    async fn pages(&self, server: Arc<Server>, session: &Session, list: &'static List) -> Result<Pages, String> {
        let remembered = server.listed(list.method);
        let limits = &self.context().limits;
        let patience = if remembered.is_some() { limits.gather_known } else { limits.gather };
        let asking = server.list(list.method);
        let asked = Asked { server, list, remembered };
        asked.within(patience, asking, session, self).await
    }
}

/// A list on its way.
struct Asked {
    server: Arc<Server>,
    list: &'static List,
    remembered: Option<Pages>,
}

impl Asked {
    async fn within(
        self,
        patience: Duration,
        asking: Listing,
        session: &Session,
        many: &Many,
    ) -> Result<Pages, String> {
        let why = match timeout(patience, asking.clone()).await {
            Ok(Ok(pages)) => return Ok(pages),
            Ok(Err(error)) => {
                self.server.owe(session.key);
                error.to_string()
            }
            Err(_) => {
                let Self { server, list, remembered } = &self;
                many.context().tracker.spawn(late(Arc::clone(server), list, remembered.clone(), asking, session.key));
                format!("it gave no list within {} s; its part comes later", patience.as_secs_f32())
            }
        };
        self.remembered.ok_or(why)
    }
}

/// Waits for a list that came too late, and tells the session if it is not what it was given.
async fn late(server: Arc<Server>, list: &'static List, given: Option<Pages>, asking: Listing, session: u64) {
    match asking.await {
        Ok(pages) if Some(&pages) != given.as_ref() => server.announce(session, list.notice),
        Err(_) => server.owe(session),
        Ok(_) => {}
    }
}
