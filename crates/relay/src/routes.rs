//! Who may reach what: a snapshot that the app replaces whole.

use crate::guard::rate::Bucket;
use catwalk_domain::{DeploymentId, Slug};
use serde::{Deserialize, Serialize};
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
    /// Deployments that are switched off. At their own paths they say so; of what is served as one they are no part.
    pub disabled: HashSet<DeploymentId>,
    /// Named sets of deployments, each served as one server at `/mcp/set/<name>`.
    pub sets: HashMap<Slug, HashSet<DeploymentId>>,
    /// SHA-256 of the token that opens `/metrics`, and nothing else; without one there is no such page.
    pub metrics: Option<[u8; 32]>,
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
    /// What its client bears where many servers are served as one.
    pub budget: Budget,
}

/// What a client bears of the tools of many servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Characters of a tool's name; longer ones are cut and marked.
    pub name: usize,
    /// Tools. If there are more, the client gets two tools instead, that find and call the others; with 0, always.
    pub tools: Option<usize>,
}

impl Budget {
    /// What is left of it in an entry of that scope. Apps put the entry's name before each tool's, and the entry of a set is
    /// longer than that of all servers by the set's name and a dash.
    pub(crate) fn within(self, scope: &Scope) -> Self {
        let longer = if let Scope::Set(name) = scope { name.chars().count() + 1 } else { 0 };
        Self { name: self.name.saturating_sub(longer), ..self }
    }
}

impl Default for Budget {
    /// What the large model providers take: names of 64 characters, however many.
    fn default() -> Self {
        Self { name: 64, tools: None }
    }
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

/// What is served at an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// `/mcp/<slug>`: one deployment.
    One(DeploymentId),
    /// `/mcp`: every deployment that the token opens.
    All,
    /// `/mcp/set/<name>`: those of a set that the token opens.
    Set(String),
}

/// A way in.
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
    disabled: HashSet<DeploymentId>,
    sets: HashMap<String, HashSet<DeploymentId>>,
    pub(crate) metrics: Option<[u8; 32]>,
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
            disabled: routes.disabled,
            metrics: routes.metrics,
            sets: routes.sets.into_iter().map(|(name, ids)| (name.as_str().to_owned(), ids)).collect(),
            deployments: routes.deployments.into_iter().map(|(slug, id)| (slug.as_str().to_owned(), id)).collect(),
            tokens: routes.tokens.into_iter().map(Arc::new).collect(),
        }
    }
}

impl Table {
    /// What is served at a request path, and by which door; exact, without a trailing slash.
    pub(crate) fn find(&self, path: &str) -> Option<(Scope, Door)> {
        let below = |end: &str, door| Some((self.endpoint(path.strip_suffix(end)?)?, door));
        let found = self.endpoint(path).map(|scope| (scope, Door::Endpoint));
        found.or_else(|| below("/sse", Door::Events)).or_else(|| below("/messages", Door::Messages))
    }

    fn endpoint(&self, path: &str) -> Option<Scope> {
        if path == "/mcp" {
            return Some(Scope::All);
        }
        if let Some(name) = path.strip_prefix("/mcp/set/").filter(|name| self.sets.contains_key(*name)) {
            return Some(Scope::Set(name.to_owned()));
        }
        if let Some(slug) = path.strip_prefix("/mcp/") {
            return self.deployments.get(slug).copied().map(Scope::One);
        }
        // Where the first Catwalk had its servers; configs of AI apps still name it.
        let id = path.strip_prefix("/api/mcp/")?;
        self.deployments.values().copied().find(|known| known.to_string() == id).map(Scope::One)
    }

    /// How much a token may still ask.
    pub(crate) fn bucket(&self, token: &TokenRule) -> Option<&Bucket> {
        self.buckets.get(&token.id).map(Arc::as_ref)
    }

    /// Whether a token opens what is served somewhere. A set is open to who may reach any part of it, and shows that part.
    pub(crate) fn opens(&self, token: &TokenRule, scope: &Scope) -> bool {
        match (scope, &token.allows) {
            (_, Allows::All) | (Scope::All, _) => true,
            (Scope::One(id), allows) => allows.contains(*id),
            (Scope::Set(name), allows) => {
                self.sets.get(name).is_some_and(|ids| ids.iter().any(|id| allows.contains(*id)))
            }
        }
    }

    /// The rule in force for a session's token; none if that was changed or taken back.
    pub(crate) fn rule(&self, token: &TokenRule) -> Option<&Arc<TokenRule>> {
        self.tokens.iter().find(|rule| rule.id == token.id && rule.hash == token.hash)
    }

    /// Whether a session made with token `token` may live on.
    pub(crate) fn permits(&self, token: &TokenRule, scope: &Scope) -> bool {
        let there = match scope {
            Scope::One(id) => self.serves(*id),
            Scope::All => true,
            Scope::Set(name) => self.sets.contains_key(name),
        };
        there && self.rule(token).is_some_and(|rule| self.opens(rule, scope))
    }

    /// The deployments that a token gets as one server, by name.
    pub(crate) fn members(&self, token: &TokenRule, scope: &Scope) -> Vec<(&str, DeploymentId)> {
        let within = |id: DeploymentId| match scope {
            Scope::One(only) => *only == id,
            Scope::All => true,
            Scope::Set(name) => self.sets.get(name).is_some_and(|ids| ids.contains(&id)),
        };
        let member = |id| within(id) && !self.disabled.contains(&id) && token.allows.contains(id);
        let mut members: Vec<_> = self.deployments().filter(|(_, id)| member(*id)).collect();
        members.sort_unstable_by_key(|(slug, _)| *slug);
        members
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
