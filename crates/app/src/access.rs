//! What an AI app may reach, and how much of it it bears at once.

use crate::App;
use crate::events::Tag;
use catwalk_domain::{DeploymentId, Problem};
use catwalk_store::Allows;
use std::collections::BTreeMap;

/// Where the caps stand among the settings.
const CAPS: &str = "tool-caps";

/// How many tools an app takes, by the app's name, where the user said so; none for any number.
pub(crate) type ToolCaps = BTreeMap<String, Option<u32>>;

impl App {
    /// Which servers an app reaches, by the app's name; none for all, later ones too. Holds at once, for its open sessions as
    /// well, and for tokens that take its token's place.
    ///
    /// # Errors
    /// When the app has no token yet that cannot be made, or the database refuses.
    pub async fn set_access(&self, client: &str, servers: Option<Vec<DeploymentId>>) -> Result<(), Problem> {
        let allows = servers.map_or(Allows::All, |ids| Allows::Only(ids.into_iter().collect()));
        // One without a token gets it now, so that what it opens can be said.
        self.token_of(client).await?;
        let tokens = self.store().tokens().list().await.map_err(|e| e.problem())?;
        for token in tokens.iter().filter(|token| token.client == client && token.revoked_at.is_none()) {
            self.store().tokens().set_allows(&token.id, &allows).await.map_err(|e| e.problem())?;
        }
        self.audit_act("set access", client).await;
        self.events_out().stale(Tag::Clients);
        self.publish_routes().await
    }

    /// Beyond how many tools an app gets two instead, that find and call the others; none for never.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_tool_cap(&self, client: &str, cap: Option<u32>) -> Result<(), Problem> {
        let mut caps = self.tool_caps().await?;
        caps.insert(client.to_owned(), cap);
        self.store().settings().set(CAPS, &caps).await.map_err(|e| e.problem())?;
        self.events_out().stale(Tag::Clients);
        self.publish_routes().await
    }

    pub(crate) async fn tool_caps(&self) -> Result<ToolCaps, Problem> {
        Ok(self.store().settings().get(CAPS).await.map_err(|e| e.problem())?.unwrap_or_default())
    }
}
