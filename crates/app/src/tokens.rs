//! Tokens that AI apps show to the relay: one per app, kept sealed, known to the relay by hash alone.

use crate::App;
use crate::scope::Place;
use crate::views::EndpointView;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catwalk_domain::{DeploymentId, Problem, Secret, Slug};
use catwalk_store::{Allows, Token};
use sha2::{Digest, Sha256};

/// The token that the user copies by hand.
pub(crate) const BY_HAND: &str = "Copied by hand";
/// The token of `catwalk bridge`.
pub(crate) const BRIDGE: &str = "Catwalk bridge";
/// The token that opens the relay's counters, and nothing else.
pub(crate) const METRICS: &str = "Metrics";

impl App {
    /// Address of a deployment, with the token for copying when `reveal` is set.
    ///
    /// # Errors
    /// When it is gone, or the keychain is locked and the token was asked for.
    pub async fn endpoint(&self, id: DeploymentId, reveal: bool) -> Result<EndpointView, Problem> {
        let deployment = self.deployment(id).await?;
        self.opened(self.endpoint_url(&deployment.slug), BY_HAND, reveal).await
    }

    /// An address, with the token of `client` for it when `reveal` is set.
    pub(crate) async fn opened(&self, url: String, client: &str, reveal: bool) -> Result<EndpointView, Problem> {
        let token = if reveal { Some(self.token_of(client).await?.expose().clone()) } else { None };
        Ok(EndpointView { url, token })
    }

    /// Replaces the token that is copied by hand; the old one stops working at once.
    ///
    /// # Errors
    /// When the keychain is locked or the database refuses; then the old one stays.
    pub async fn rotate_token(&self) -> Result<(), Problem> {
        let (token, _) = self.fresh_token(BY_HAND).await?;
        self.store().tokens().replace(&token).await.map_err(|e| e.problem())?;
        self.audit_act("replace token", BY_HAND).await;
        self.publish_routes().await
    }

    /// Where the relay's counters are for Prometheus, with their token when `reveal` is set; the first look makes it. Without
    /// a token there is no such page.
    ///
    /// # Errors
    /// When the keychain is locked and the token was asked for.
    pub async fn metrics(&self, reveal: bool) -> Result<EndpointView, Problem> {
        self.opened(format!("{}/metrics", self.relay_origin()), METRICS, reveal).await
    }

    /// Takes back the token of an AI app that has no entry of ours any more.
    pub(crate) async fn retire_token(&self, client: &str) -> Result<(), Problem> {
        while let Some(token) = self.live_token(client).await? {
            self.store().tokens().revoke(&token.id, crate::clock::now()).await.map_err(|e| e.problem())?;
        }
        self.publish_routes().await
    }

    /// Takes back every token that was sent to a port which is another program's now.
    pub(crate) async fn retire_exposed_tokens(&self) -> Result<(), Problem> {
        if !self.config().preferences().tokens_exposed {
            return Ok(());
        }
        let tokens = self.store().tokens().list().await.map_err(|e| e.problem())?;
        for token in tokens.iter().filter(|token| token.revoked_at.is_none()) {
            self.store().tokens().revoke(&token.id, crate::clock::now()).await.map_err(|e| e.problem())?;
        }
        self.config().change_preferences(|p| p.tokens_exposed = false)
    }

    /// The address of a deployment on the relay. It holds the slug and the port, nothing that changes.
    pub(crate) fn endpoint_url(&self, slug: &Slug) -> String {
        Place::url_of(self.relay_origin(), slug.as_str())
    }

    /// The token of an AI app, made at the first use.
    pub(crate) async fn token_of(&self, client: &str) -> Result<Secret<String>, Problem> {
        // One of a key that was given up still opens the relay, but nobody can read it any more: the next gets a new one.
        if let Some(token) = self.live_token(client).await?
            && self.keys().sealed(&token.sealed).await?
        {
            return self.keys().open_named(&purpose(&token.id), token.sealed).await;
        }
        let secret = self.make_token(client).await?;
        self.publish_routes().await?;
        Ok(secret)
    }

    pub(crate) async fn live_token(&self, client: &str) -> Result<Option<Token>, Problem> {
        let tokens = self.store().tokens().list().await.map_err(|e| e.problem())?;
        Ok(tokens.into_iter().rfind(|t| t.client == client && t.revoked_at.is_none()))
    }

    async fn make_token(&self, client: &str) -> Result<Secret<String>, Problem> {
        let (token, secret) = self.fresh_token(client).await?;
        self.store().tokens().insert(&token).await.map_err(|e| e.problem())?;
        Ok(secret)
    }

    async fn fresh_token(&self, client: &str) -> Result<(Token, Secret<String>), Problem> {
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random).map_err(|e| crate::error::internal("The system gave no random numbers", &e))?;
        let secret = Secret::new(format!("cw_{}", URL_SAFE_NO_PAD.encode(random)));
        let id = uuid::Uuid::new_v4().to_string();
        let token = Token {
            sealed: self.keys().seal_named(&purpose(&id), &secret).await?,
            id,
            client: client.to_owned(),
            hash: hash(&secret),
            // A new token in the place of another opens what that did.
            allows: self.live_token(client).await?.map_or(Allows::All, |old| old.allows),
            created_at: crate::clock::now(),
            last_used_at: None,
            revoked_at: None,
        };
        Ok((token, secret))
    }
}

fn purpose(id: &str) -> String {
    format!("token:{id}")
}

/// SHA-256 of a token in hex; what the relay compares.
fn hash(secret: &Secret<String>) -> String {
    hex(&Sha256::digest(secret.expose().as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").ok();
        out
    })
}

/// The inverse of [`hash`]'s text; `None` for anything else.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}
