//! What the relay serves and to whom: a snapshot, replaced as a whole after every change.

use crate::App;
use crate::access::ToolCaps;
use crate::budget;
use crate::tokens::{METRICS, unhex};
use catwalk_domain::{Desired, Problem};
use catwalk_relay::{Allows, Routes, TokenRule};
use catwalk_store::{Allows as Stored, Token};

impl App {
    /// Tells the relay what is deployed and which tokens are good.
    pub(crate) async fn publish_routes(&self) -> Result<(), Problem> {
        let deployments = self.store().deployments().list().await.map_err(|e| e.problem())?;
        let tokens = self.store().tokens().list().await.map_err(|e| e.problem())?;
        let sets = self.sets().await?;
        let caps = self.tool_caps().await?;
        let isolated = deployments.iter().filter(|d| d.isolated).map(|d| d.id).collect();
        let good = || tokens.iter().filter(|token| token.revoked_at.is_none());
        let stopped = deployments.iter().filter(|d| d.desired == Desired::Stopped);
        self.relay().set_routes(Routes {
            disabled: stopped.map(|d| d.id).collect(),
            deployments: deployments.into_iter().map(|d| (d.slug, d.id)).collect(),
            tokens: good().filter(|token| token.client != METRICS).filter_map(|token| rule(token, &caps)).collect(),
            metrics: good().filter(|token| token.client == METRICS).filter_map(|token| unhex(&token.hash)).next_back(),
            isolated,
            sets: sets.into_iter().map(|(name, ids)| (name, ids.into_iter().collect())).collect(),
        });
        Ok(())
    }
}

/// A token whose hash cannot be read opens nothing.
fn rule(token: &Token, caps: &ToolCaps) -> Option<TokenRule> {
    let allows = match &token.allows {
        Stored::All => Allows::All,
        Stored::Only(ids) => Allows::Only(ids.iter().copied().collect()),
    };
    let (hash, mut budget) = (unhex(&token.hash)?, budget::of(&token.client));
    if let Some(cap) = caps.get(&token.client) {
        budget.tools = cap.map(|cap| usize::try_from(cap).unwrap_or(usize::MAX));
    }
    Some(TokenRule { id: token.id.clone(), hash, client: token.client.clone(), allows, budget })
}
