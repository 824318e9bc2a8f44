//! Named sets of servers, each at one address, and the address of all of them.

use crate::App;
use crate::error::gone;
use crate::events::Tag;
use crate::scope::{Place, Scope};
use crate::tokens::BY_HAND;
use crate::views::{EndpointView, SetView};
use catwalk_domain::{DeploymentId, Problem, ProblemCode, Slug};
use std::collections::{BTreeMap, BTreeSet};

/// Where they stand among the settings.
const SETS: &str = "sets";
/// Names that mean something else at the end of an address.
const TAKEN: [&str; 2] = ["sse", "messages"];

/// By name; a server that was deleted since is no part of it any more.
pub(crate) type Sets = BTreeMap<Slug, BTreeSet<DeploymentId>>;

impl App {
    /// The named sets.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_sets(&self) -> Result<Vec<SetView>, Problem> {
        Ok(self.sets().await?.into_iter().map(|(name, ids)| self.set_view(&name, ids)).collect())
    }

    /// Makes a set, or puts these servers in the place of those it had. Its address holds the name as it is given back.
    ///
    /// # Errors
    /// When the name cannot be part of an address, or the database refuses.
    pub async fn save_set(&self, name: &str, servers: Vec<DeploymentId>) -> Result<SetView, Problem> {
        let slug = Slug::from_text(name);
        if !name.chars().any(char::is_alphanumeric) || TAKEN.contains(&slug.as_str()) {
            let text = "Its name becomes part of an address. Use letters and digits, but neither “sse” nor “messages”.";
            return Err(Problem::new(ProblemCode::AnswersInvalid, "This set needs another name", text));
        }
        let known = self.store().deployments().list().await.map_err(|e| e.problem())?;
        if !servers.iter().all(|id| known.iter().any(|deployment| deployment.id == *id)) {
            return Err(gone());
        }
        let mut sets = self.sets().await?;
        let ids: BTreeSet<_> = servers.into_iter().collect();
        sets.insert(slug.clone(), ids.clone());
        self.keep_sets(&sets).await?;
        self.audit_act("save set", slug.as_str()).await;
        Ok(self.set_view(&slug, ids))
    }

    /// Removes a set, and the entries that lead to it from AI apps; its servers stay.
    ///
    /// # Errors
    /// When there is no such set or the database refuses.
    pub async fn delete_set(&self, name: &str) -> Result<(), Problem> {
        let mut sets = self.sets().await?;
        let slug = sets.keys().find(|slug| slug.as_str() == name).cloned().ok_or_else(gone)?;
        self.disconnect_everywhere(&Place::set(&slug)).await;
        sets.remove(&slug);
        self.keep_sets(&sets).await?;
        self.audit_act("delete set", name).await;
        Ok(())
    }

    /// Address of all servers as one, or of a set of them, with the token for copying when `reveal` is set.
    ///
    /// # Errors
    /// When there is no such set, or the keychain is locked and the token was asked for.
    pub async fn endpoint_of_many(&self, set: Option<&str>, reveal: bool) -> Result<EndpointView, Problem> {
        let scope = set.map_or(Scope::All, |name| Scope::Set { name: name.to_owned() });
        let url = self.place(&scope).await?.url(self.relay_origin());
        self.opened(url, BY_HAND, reveal).await
    }

    pub(crate) async fn sets(&self) -> Result<Sets, Problem> {
        Ok(self.store().settings().get(SETS).await.map_err(|e| e.problem())?.unwrap_or_default())
    }

    async fn keep_sets(&self, sets: &Sets) -> Result<(), Problem> {
        self.store().settings().set(SETS, sets).await.map_err(|e| e.problem())?;
        self.events_out().stale(Tag::Settings);
        self.publish_routes().await
    }

    fn set_view(&self, name: &Slug, servers: BTreeSet<DeploymentId>) -> SetView {
        SetView {
            name: name.to_string(),
            servers: servers.into_iter().collect(),
            url: Place::set(name).url(self.relay_origin()),
        }
    }
}
