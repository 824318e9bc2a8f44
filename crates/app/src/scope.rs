//! What an AI app can be connected to: one server, a set of them, or all of them as one.

use crate::App;
use crate::error::gone;
use catwalk_domain::{DeploymentId, Problem, Slug};
use serde::{Deserialize, Serialize};

/// What an AI app is given the address of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Scope {
    /// One server.
    Server {
        /// Which.
        id: DeploymentId,
    },
    /// All servers as one, those that come later too.
    All,
    /// A named set of servers.
    Set {
        /// Its name, as in its address.
        name: String,
    },
}

/// Where a scope is to be found.
#[derive(Debug)]
pub(crate) struct Place {
    /// What comes after `/mcp/` in its address; empty for all servers.
    pub(crate) path: String,
    /// The name of its entry in an app's file.
    pub(crate) entry: String,
    /// The server, if it is one alone.
    pub(crate) deployment: Option<DeploymentId>,
}

impl Place {
    /// Of one server.
    pub(crate) fn server(id: DeploymentId, slug: &Slug) -> Self {
        Self { path: slug.to_string(), entry: slug.to_string(), deployment: Some(id) }
    }

    /// Of a set.
    pub(crate) fn set(name: &Slug) -> Self {
        Self { path: format!("set/{name}"), entry: format!("catwalk-{name}"), deployment: None }
    }

    /// The address at a relay.
    pub(crate) fn url(&self, origin: &str) -> String {
        Self::url_of(origin, &self.path)
    }

    /// The address of a path below `/mcp` at a relay; of all servers if it is empty.
    pub(crate) fn url_of(origin: &str, path: &str) -> String {
        let slash = if path.is_empty() { "" } else { "/" };
        format!("{origin}/mcp{slash}{path}")
    }
}

impl App {
    /// Where a scope is.
    ///
    /// # Errors
    /// When there is no such server or set any more.
    pub(crate) async fn place(&self, scope: &Scope) -> Result<Place, Problem> {
        match scope {
            Scope::Server { id } => Ok(Place::server(*id, &self.deployment(*id).await?.slug)),
            Scope::All => Ok(Place { path: String::new(), entry: "catwalk".to_owned(), deployment: None }),
            Scope::Set { name } => {
                let sets = self.sets().await?;
                sets.keys().find(|slug| slug.as_str() == name).map(Place::set).ok_or_else(gone)
            }
        }
    }
}
