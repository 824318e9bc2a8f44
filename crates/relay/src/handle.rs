//! The app's side of a running relay: routes in, activity out, and a client of its own on the shared servers.

use crate::activity::Activity;
use crate::error::CallError;
use crate::front::Front;
use crate::routes::Routes;
use crate::session::{Keeper, KeptSession};
use crate::upstream::{Request, Snapshot};
use bytes::Bytes;
use catwalk_domain::DeploymentId;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::broadcast;

/// Pages of a list that are followed; a server that goes on is at fault.
const MAX_PAGES: usize = 1000;

/// Controls a relay. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) front: Arc<Front>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle")
    }
}

impl Handle {
    /// Puts routes and tokens in force. Sessions that they no longer permit end at once.
    pub fn set_routes(&self, routes: Routes) {
        let table = {
            let mut current = self.front.routes.write();
            *current = Arc::new(current.replaced(routes));
            Arc::clone(&current)
        };
        self.front.sessions.revoke(&table).iter().for_each(|session| self.front.servers.leave(session));
        self.front.sessions.with_many().iter().for_each(|session| session.peer.refresh(&table, session));
        self.front.servers.retain(&table);
        self.front.context.metrics.retain(|id| table.serves(id));
    }

    /// Lets sessions outlive the relay: they are written down with `keeper`, and those that were written down earlier
    /// (`kept`, the last used first) go on when their clients come back. To be called once, before it serves.
    pub fn keep_sessions(&self, keeper: Arc<dyn Keeper>, kept: Vec<KeptSession>) {
        self.front.sessions.keep(keeper, kept);
    }

    /// Connects to a deployment's server without waiting for a call. Ready or not, calls may come at any time.
    pub fn attach(&self, id: DeploymentId) {
        if self.front.routes.read().isolates(id) {
            return self.front.servers.warm_alone(id);
        }
        self.front.servers.get(id).want();
    }

    /// Ends the connection to a deployment's server, whose process is being stopped or is gone. Calls in flight get
    /// their error; the next call connects anew.
    pub fn detach(&self, id: DeploymentId) {
        self.front.servers.all_of(id).iter().for_each(|server| server.detach());
    }

    /// All tools as the server lists them now, every page: `{"tools": […]}`.
    pub async fn list_tools(&self, id: DeploymentId) -> Result<Value, CallError> {
        let mut tools = Vec::new();
        let mut params = json!({});
        for _ in 0..MAX_PAGES {
            let mut page = self.request(id, "tools/list", &params).await?;
            match page["tools"].take() {
                Value::Array(more) => tools.extend(more),
                _ => return Err(CallError::Answer("tools/list")),
            }
            match page["nextCursor"].take() {
                Value::String(cursor) => params = json!({ "cursor": cursor }),
                _ => return Ok(json!({ "tools": tools })),
            }
        }
        Err(CallError::Answer("tools/list"))
    }

    /// Calls a tool; the server's result as it is, which may say `isError`.
    pub async fn call_tool(&self, id: DeploymentId, name: &str, arguments: Value) -> Result<Value, CallError> {
        self.request(id, "tools/call", &json!({ "name": name, "arguments": arguments })).await
    }

    /// Asks the server whether it is there.
    pub async fn ping(&self, id: DeploymentId) -> Result<(), CallError> {
        self.request(id, "ping", &json!({})).await.map(drop)
    }

    async fn request(&self, id: DeploymentId, method: &'static str, params: &Value) -> Result<Value, CallError> {
        let request = Request { method: method.into(), params: Some(Bytes::from(params.to_string())) };
        let result = self.front.servers.get(id).call_own(request).await?;
        serde_json::from_slice(&result).map_err(|_| CallError::Answer(method))
    }

    /// What passes from now on.
    pub fn activity(&self) -> broadcast::Receiver<Activity> {
        self.front.context.activity.subscribe()
    }

    /// How many client sessions a deployment has.
    pub fn sessions(&self, id: DeploymentId) -> usize {
        self.front.servers.all_of(id).iter().map(|server| server.sessions()).sum()
    }

    /// How many bytes a deployment's server has said so far: one that goes on talking lives.
    pub fn heard(&self, id: DeploymentId) -> u64 {
        self.front.servers.known(id).map_or(0, |server| server.heard())
    }

    /// How many calls of clients a deployment's server has not answered yet: one that is busy is not ill.
    pub fn in_flight(&self, id: DeploymentId) -> usize {
        self.front.servers.all_of(id).iter().map(|server| server.in_flight()).sum()
    }

    /// What the server said of itself and its lists, for keeping over a restart of the app.
    pub fn snapshot(&self, id: DeploymentId) -> Option<Snapshot> {
        self.front.servers.known(id)?.snapshot()
    }

    /// Gives back what was kept, so that clients get their lists while the server is still starting.
    pub fn restore(&self, id: DeploymentId, snapshot: &Snapshot) {
        self.front.servers.get(id).restore(snapshot);
    }
}
