//! The account as the relay uses it: a token for each request, renewed before it runs out or when the server refuses it.

use super::account::{Account, Wanted};
use super::attempt::usable;
use super::kept::Grant;
use catwalk_domain::Secret;
use catwalk_relay::{ConnectError, Credentials, Refusal};
use futures_util::future::BoxFuture;
use rmcp::transport::AuthorizationManager;
use rmcp::transport::auth::{AuthError, OAuthClientConfig, WWWAuthenticateParams};
use std::collections::BTreeSet;

/// A token is renewed when it has less than this left, seconds, or half of its life if that is less.
const EARLY: u64 = 30;
/// A server that refuses more new tokens than this in a minute takes none: a person has to look.
const RENEWALS: u32 = 6;

/// Why there is no other token.
enum Lost {
    /// Only a person can get one.
    Person,
    /// Not now: the authorization server is away.
    Away(AuthError),
}

impl Credentials for Account {
    fn token(&self) -> BoxFuture<'_, Option<Secret<String>>> {
        Box::pin(async {
            let grant = self.kept.grant()?;
            if !is_due(&grant) {
                return grant.token();
            }
            let mut renewing = self.renewing.lock().await;
            // Somebody else may have renewed it meanwhile.
            let grant = self.kept.grant()?;
            if !is_due(&grant) {
                return grant.token();
            }
            // Without a new one the old one is tried: the server's refusal then tells what is to be done.
            self.renew(&mut renewing, &grant).await.ok().or_else(|| grant.token())
        })
    }

    fn refused(&self, refusal: Refusal) -> BoxFuture<'_, Result<Secret<String>, ConnectError>> {
        Box::pin(async move {
            let mut renewing = self.renewing.lock().await;
            let grant = self.kept.grant();
            let current = grant.as_ref().and_then(Grant::token);
            if let Some(current) = current.filter(|current| refusal.used.as_ref() != Some(current)) {
                return Ok(current);
            }
            let said = refusal.challenge.as_deref().map(|challenge| WWWAuthenticateParams::parse(challenge, &self.url));
            let said = said.unwrap_or_default();
            if refusal.status == 403 {
                if !said.is_insufficient_scope() {
                    return Err(ConnectError::Http(403));
                }
                let asked = said.scope.unwrap_or_default();
                let more: BTreeSet<String> = asked.split_whitespace().map(str::to_owned).collect();
                self.want(Some(Wanted { challenge: refusal.challenge, more: more.into_iter().collect() }));
                return Err(ConnectError::Consent);
            }
            if let Some(grant) = grant.filter(Grant::is_renewable)
                && self.renewals() <= RENEWALS
            {
                match self.renew(&mut renewing, &grant).await {
                    Ok(token) => return Ok(token),
                    Err(Lost::Person) => {}
                    Err(Lost::Away(error)) => {
                        tracing::warn!(id = %self.id, %error, "tokens could not be renewed");
                        return Err(ConnectError::Failed {
                            why: "the server it signs in at does not answer".to_owned(),
                        });
                    }
                }
            }
            self.want(Some(Wanted { challenge: refusal.challenge, more: Vec::new() }));
            Err(ConnectError::SignIn)
        })
    }
}

impl Account {
    /// Trades the refresh token for new tokens. A refresh token that the authorization server does not take is forgotten.
    async fn renew(&self, renewing: &mut Option<AuthorizationManager>, grant: &Grant) -> Result<Secret<String>, Lost> {
        if !grant.is_renewable() {
            return Err(Lost::Person);
        }
        let renewed = async {
            let client = match renewing.take() {
                Some(client) => client,
                None => self.client(grant).await?,
            };
            client.refresh_token().await?;
            *renewing = Some(client);
            Ok(())
        };
        match renewed.await {
            Ok(()) => self.kept.grant().and_then(|grant| grant.token()).ok_or(Lost::Person),
            Err(AuthError::AuthorizationRequired | AuthError::TokenRefreshRejected(_)) => {
                if let Err(problem) = self.kept.forget().await {
                    tracing::warn!(id = %self.id, code = ?problem.code, "refused tokens were not forgotten");
                }
                Err(Lost::Person)
            }
            Err(error) => Err(Lost::Away(error)),
        }
    }

    /// The library's client, as the grant's own client. Tokens of another issuer than the one that the server names now
    /// are not used.
    async fn client(&self, grant: &Grant) -> Result<AuthorizationManager, AuthError> {
        let mut client = AuthorizationManager::new(self.url.clone()).await?;
        client.set_credential_store(self.kept.clone());
        let found = client.resolve_metadata().await?;
        usable(&found, &self.url).map_err(|why| AuthError::MetadataError(why.to_owned()))?;
        client.set_metadata(found.metadata);
        if !client.initialize_from_store().await? {
            return Err(AuthError::AuthorizationRequired);
        }
        if let Some(secret) = &grant.client_secret {
            let known = OAuthClientConfig::new(grant.stored.client_id.clone(), self.url.as_str());
            client.configure_client(known.with_client_secret(secret.clone()))?;
        }
        Ok(client)
    }
}

/// Whether the token is about to run out.
fn is_due(grant: &Grant) -> bool {
    let Some(life) = grant.life() else { return false };
    grant.is_renewable() && life.saturating_sub(grant.age()) < EARLY.min(life / 2).max(1)
}
