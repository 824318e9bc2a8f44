//! A protected MCP server and its authorization server, on two ports of loopback, and a third that nobody may ask.
//!
//! What they do by default is what the MCP specification wants; [`Manner`] says in which one way they do otherwise. Consent
//! is given at once: whoever opens the authorization page is sent back with a code.

mod authorization;
mod resource;

use crate::served::{Served, bind, lock};
use anyhow::Result;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use url::Url;

/// How they are odd.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each says it by its name")]
pub struct Manner {
    /// Clients may register.
    pub registers: bool,
    /// A registered client gets a secret, and must show it.
    pub gives_secret: bool,
    /// The one client metadata document that is known, as if it had been fetched.
    pub document: Option<String>,
    /// The protected resource publishes who its authorization server is.
    pub resource_metadata: bool,
    /// The resource that it claims to be, if not itself.
    pub resource: Option<String>,
    /// The authorization server that it names, if not its own.
    pub authorization_server: Option<String>,
    /// The authorization server publishes its metadata.
    pub metadata: bool,
    /// Members put over those of the authorization server's metadata; null takes one away.
    pub overlay: BTreeMap<String, Value>,
    /// `iss` in the redirect: right, another, or left out.
    pub iss: Iss,
    /// The user says no.
    pub denies: bool,
    /// Refresh tokens are used once; one that comes again voids all.
    pub rotates: bool,
    /// What is said of the life of access tokens, seconds.
    pub life: u64,
    /// The token endpoint sends its callers to the third port.
    pub token_elsewhere: bool,
    /// The token endpoint is out of order.
    pub token_down: bool,
}

/// What stands in the redirect's `iss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Iss {
    /// The issuer.
    Right,
    /// Another one.
    Wrong,
    /// Nothing.
    Missing,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            registers: true,
            gives_secret: false,
            document: None,
            resource_metadata: true,
            resource: None,
            authorization_server: None,
            metadata: true,
            overlay: BTreeMap::new(),
            iss: Iss::Right,
            denies: false,
            rotates: true,
            life: 3600,
            token_elsewhere: false,
            token_down: false,
        }
    }
}

/// The running servers. They end when dropped.
#[derive(Debug)]
pub struct ProtectedServer {
    shared: Arc<Shared>,
    _served: [Served; 3],
}

#[derive(Debug, Default)]
struct Shared {
    manner: Mutex<Manner>,
    resource: String,
    issuer: String,
    elsewhere: String,
    /// Requests in order: `METHOD /path?query` with the body of a form after it.
    asked: Mutex<Vec<String>>,
    asked_elsewhere: AtomicUsize,
    clients: Mutex<BTreeMap<String, Client>>,
    codes: Mutex<BTreeMap<String, Code>>,
    /// Access tokens that are good, with their scopes.
    access: Mutex<BTreeMap<String, BTreeSet<String>>>,
    refresh: Mutex<BTreeMap<String, Refresh>>,
    refreshed: AtomicUsize,
    count: AtomicUsize,
}

#[derive(Clone, Debug)]
struct Client {
    redirect: String,
    secret: Option<String>,
}

#[derive(Clone, Debug)]
struct Code {
    client: String,
    redirect: String,
    challenge: String,
    scopes: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Refresh {
    client: String,
    scopes: BTreeSet<String>,
    used: bool,
}

impl ProtectedServer {
    /// Starts them.
    pub async fn start(manner: Manner) -> Result<Self> {
        let (resource, issuer, elsewhere) = (bind().await?, bind().await?, bind().await?);
        let shared = Arc::new(Shared {
            manner: Mutex::new(manner),
            resource: format!("http://{}", resource.1),
            issuer: format!("http://{}", issuer.1),
            elsewhere: format!("http://{}", elsewhere.1),
            ..Shared::default()
        });
        let served = [
            Served::new(resource.0, Router::new().fallback(resource::answer).with_state(Arc::clone(&shared))),
            Served::new(issuer.0, Router::new().fallback(authorization::answer).with_state(Arc::clone(&shared))),
            Served::new(elsewhere.0, Router::new().fallback(nobody).with_state(Arc::clone(&shared))),
        ];
        Ok(Self { shared, _served: served })
    }

    /// The MCP endpoint.
    pub fn url(&self) -> Url {
        Url::parse(&format!("{}/mcp", self.shared.resource)).expect("a loopback address is a valid URL")
    }

    /// The authorization server.
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// The third port.
    pub fn elsewhere(&self) -> &str {
        &self.shared.elsewhere
    }

    /// How often the third port was asked.
    pub fn asked_elsewhere(&self) -> usize {
        self.shared.asked_elsewhere.load(Ordering::SeqCst)
    }

    /// Changes how they are odd.
    pub fn set(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut lock(&self.shared.manner));
    }

    /// Every request so far that begins so.
    pub fn asked(&self, beginning: &str) -> Vec<String> {
        lock(&self.shared.asked).iter().filter(|asked| asked.starts_with(beginning)).cloned().collect()
    }

    /// From now on no access token is good that was given before.
    pub fn expire(&self) {
        lock(&self.shared.access).clear();
    }

    /// From now on no refresh token is good that was given before.
    pub fn revoke(&self) {
        self.expire();
        lock(&self.shared.refresh).clear();
    }

    /// How many refresh tokens were traded.
    pub fn refreshed(&self) -> usize {
        self.shared.refreshed.load(Ordering::SeqCst)
    }

    /// All tokens that are good now.
    pub fn tokens(&self) -> Vec<String> {
        let access = lock(&self.shared.access).keys().cloned().collect::<Vec<_>>();
        let refresh = lock(&self.shared.refresh).iter().filter(|(_, r)| !r.used).map(|(t, _)| t.clone()).collect();
        [access, refresh].concat()
    }
}

impl Shared {
    fn manner(&self) -> Manner {
        lock(&self.manner).clone()
    }

    /// Something never given before.
    fn fresh(&self, kind: &str) -> String {
        format!("{kind}-{}-{}", self.count.fetch_add(1, Ordering::SeqCst), uuid::Uuid::new_v4().simple())
    }
}

async fn nobody(State(shared): State<Arc<Shared>>, _: Request) -> Response {
    shared.asked_elsewhere.fetch_add(1, Ordering::SeqCst);
    axum::http::StatusCode::IM_A_TEAPOT.into_response()
}
