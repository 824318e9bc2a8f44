//! Who may reach what: a snapshot that the app replaces whole.

use crate::guard::rate::Bucket;
use catwalk_domain::{DeploymentId, Slug};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The routes and tokens in force.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// Which deployment answers at `/mcp/<slug>`.
    pub deployments: HashMap<Slug, DeploymentId>,
    /// The clients' tokens.
    pub tokens: Vec<TokenRule>,
    /// Deployments that give every session a process of its own, for servers that keep a user's state in the process.
    pub isolated: HashSet<DeploymentId>,
}

/// One client's token and what it opens.
#[derive(Clone, Debug)]
pub struct TokenRule {
    /// Identifies the token; sessions are bound to it.
    pub id: String,
    /// SHA-256 of the token. The token itself is never kept here.
    pub hash: [u8; 32],
    /// The client it was made for, for people.
    pub client: String,
    /// Which deployments it opens.
    pub allows: Allows,
}

/// A set of deployments.
#[derive(Clone, Debug)]
pub enum Allows {
    /// Every one, later ones too.
    All,
    /// These.
    Only(HashSet<DeploymentId>),
}

impl Allows {
    /// Whether it holds `id`.
    pub fn contains(&self, id: DeploymentId) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&id),
        }
    }
}

/// A way in to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Streamable HTTP.
    Endpoint,
    /// `/sse`: the event stream of the older HTTP+SSE.
    Events,
    /// `/messages`: where its messages are posted.
    Messages,
}

/// [`Routes`] in the shape requests need.
#[derive(Debug, Default)]
pub(crate) struct Table {
    deployments: HashMap<String, DeploymentId>,
    pub(crate) tokens: Vec<Arc<TokenRule>>,
    /// How much each token may still ask, by the token's id.
    buckets: HashMap<String, Arc<Bucket>>,
    isolated: HashSet<DeploymentId>,
}

impl From<Routes> for Table {
    fn from(routes: Routes) -> Self {
        Self::default().replaced(routes)
    }
}

impl Table {
    /// What takes this table's place. A client keeps its bucket.
    pub(crate) fn replaced(&self, routes: Routes) -> Self {
        let bucket = |rule: &TokenRule| (rule.id.clone(), self.buckets.get(&rule.id).cloned().unwrap_or_default());
        Self {
            buckets: routes.tokens.iter().map(bucket).collect(),
            isolated: routes.isolated,
            deployments: routes.deployments.into_iter().map(|(slug, id)| (slug.as_str().to_owned(), id)).collect(),
            tokens: routes.tokens.into_iter().map(Arc::new).collect(),
        }
    }
}

impl Table {
    /// The deployment at a request path, and by which door; exact, without a trailing slash.
    pub(crate) fn find(&self, path: &str) -> Option<(DeploymentId, Door)> {
        let below = |end: &str, door| Some((self.endpoint(path.strip_suffix(end)?)?, door));
        let found = self.endpoint(path).map(|id| (id, Door::Endpoint));
        found.or_else(|| below("/sse", Door::Events)).or_else(|| below("/messages", Door::Messages))
    }

    fn endpoint(&self, path: &str) -> Option<DeploymentId> {
        if let Some(slug) = path.strip_prefix("/mcp/") {
            return self.deployments.get(slug).copied();
        }
        // Where the first Catwalk had its servers; configs of AI apps still name it.
        let id = path.strip_prefix("/api/mcp/")?;
        self.deployments.values().copied().find(|known| known.to_string() == id)
    }

    /// How much a token may still ask.
    pub(crate) fn bucket(&self, token: &TokenRule) -> Option<&Bucket> {
        self.buckets.get(&token.id).map(Arc::as_ref)
    }

    /// Whether a session made with token `token` for `id` may live on.
    pub(crate) fn permits(&self, token: &TokenRule, id: DeploymentId) -> bool {
        self.deployments.values().any(|known| *known == id)
            && self.tokens.iter().any(|rule| rule.id == token.id && rule.hash == token.hash && rule.allows.contains(id))
    }

    /// Every deployment with its name.
    pub(crate) fn deployments(&self) -> impl Iterator<Item = (&str, DeploymentId)> {
        self.deployments.iter().map(|(slug, id)| (slug.as_str(), *id))
    }

    /// Whether each session of `id` has a process of its own.
    pub(crate) fn isolates(&self, id: DeploymentId) -> bool {
        self.isolated.contains(&id)
    }

    /// Whether any route leads to `id`.
    pub(crate) fn serves(&self, id: DeploymentId) -> bool {
        self.deployments.values().any(|known| *known == id)
    }
}
