//! Many servers at one address: `/mcp` for all that a token opens, `/mcp/set/<name>` for a part of them.
//!
//! A session there belongs to every member at once: it has joined each server as a client of it alone would have, so what
//! servers say by themselves (log messages, changes, questions) finds it without passing here. Here is only the way up:
//! which member is a request for, and what several say to the same request.
//!
//! Names of tools and prompts get the member's slug in front (`names`), URIs of resources stay what they are. A list is
//! asked of all members at once (`gather`) and their entries are put together as they came, but for the name (`merge`).
//! Who does not answer in time is left out, or stands there as last seen; the result says so in `_meta`, and the session
//! hears of a change when the member has caught up. A client that bears few tools gets two that find and call the others
//! (`on_demand`). Requests go to one member, by its name, or by who has the resource (`route`, `resources`).

mod gather;
mod introduce;
mod listen;
mod member;
mod merge;
mod names;
mod on_demand;
mod resources;
mod route;
mod template;

use crate::context::Context;
use crate::routes::{Budget, Scope, Table, TokenRule};
use crate::session::{Session, SessionKey, Transport};
use crate::stream::Stream;
use crate::upstream::{CHANGED, Server, Servers};
use listen::Listening;
use member::Member;
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The servers of one session, as one.
pub(crate) struct Many {
    scope: Scope,
    all: Arc<Servers>,
    view: RwLock<Arc<View>>,
    listeners: Mutex<HashMap<SessionKey, Listening>>,
}

/// Who they are, and what their client bears; replaced as a whole when the routes change.
struct View {
    members: Vec<Arc<Member>>,
    budget: Budget,
}

impl fmt::Debug for Many {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Many").field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl Many {
    /// What a token gets at an address. Nobody has joined yet.
    pub(crate) fn new(scope: &Scope, all: &Arc<Servers>, table: &Table, token: &TokenRule) -> Self {
        let none = View { members: Vec::new(), budget: token.budget };
        let many = Self {
            scope: scope.clone(),
            all: Arc::clone(all),
            view: RwLock::new(Arc::new(none)),
            listeners: Mutex::default(),
        };
        let view = many.seen(table, token);
        *many.view.write() = Arc::new(view);
        many
    }

    fn context(&self) -> &Arc<Context> {
        &self.all.context
    }

    fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read())
    }

    /// The servers that are there for it; of isolated deployments, those that were needed so far.
    pub(crate) fn servers(&self) -> Vec<Arc<Server>> {
        self.view().members.iter().filter_map(|member| member.there()).collect()
    }

    /// Who the members are by the routes. Those that there were stay the same.
    fn seen(&self, table: &Table, token: &TokenRule) -> View {
        let before = self.view();
        let members = table.members(token, &self.scope).into_iter().map(|(slug, id)| {
            let isolated = table.isolates(id);
            let same = before.members.iter().find(|member| member.is(slug, id, isolated));
            same.cloned().unwrap_or_else(|| Arc::new(Member::new(slug, id, isolated, &self.all)))
        });
        View { members: members.collect(), budget: token.budget.within(&self.scope) }
    }

    /// The routes may have changed: whoever came joins, whoever left is left, and the client hears that its lists changed.
    pub(crate) fn refresh(&self, table: &Table, session: &Arc<Session>) {
        let Some(token) = table.rule(&session.token).filter(|_| !session.is_closed()) else { return };
        let view = self.seen(table, token);
        let (came, gone) = {
            let mut current = self.view.write();
            let without = |these: &View, those: &View| -> Vec<Arc<Member>> {
                let new = |member: &&Arc<Member>| !those.members.iter().any(|other| Arc::ptr_eq(other, member));
                these.members.iter().filter(new).cloned().collect()
            };
            let (came, gone) = (without(&view, &current), without(&current, &view));
            if came.is_empty() && gone.is_empty() && view.budget == current.budget {
                return;
            }
            *current = Arc::new(view);
            (came, gone)
        };
        for member in gone {
            member.part(session, &self.all);
        }
        for server in came.iter().filter_map(|member| member.there()) {
            if session.transport != Transport::Guest {
                server.join(session);
            }
            self.listen_too(&server, session);
        }
        self.announce(session);
    }

    /// Tells the client that its lists have changed.
    fn announce(&self, session: &Session) {
        for notice in CHANGED {
            if session.transport != Transport::Guest {
                session.notify(notice);
            }
            self.listeners.lock().values().for_each(|listening| listening.tell(notice));
        }
    }

    /// A session was not used for long: the processes that it had for itself end.
    pub(crate) fn release(&self, session: &Session, all: &Servers) {
        for member in &self.view().members {
            member.release(session, all);
        }
    }

    /// A client without a session has gone.
    pub(crate) fn hung_up(&self, stream: &Arc<Stream>) {
        if stream.awaits() {
            stream.end();
            self.servers().iter().for_each(|server| server.abandon_stream(stream));
        }
    }
}
