//! Telling the authorization server that tokens are not wanted any more (RFC 7009). Signing out holds without it: the tokens
//! are forgotten here first, and a server that does not answer only keeps what nobody has any more.

use super::account::Account;
use super::attempt::{is_page, usable};
use super::kept::Grant;
use oauth2::TokenResponse;
use reqwest::header::CONTENT_TYPE;
use rmcp::transport::AuthorizationManager;
use serde_json::Value;
use std::time::Duration;
use url::{Url, form_urlencoded};

/// Nobody waits longer for a courtesy.
const PATIENCE: Duration = Duration::from_secs(10);

impl Account {
    /// Voids the tokens of a grant where they came from, if that is offered.
    pub(super) async fn revoke(&self, grant: &Grant) {
        match tokio::time::timeout(PATIENCE, self.ask_to_revoke(grant)).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::info!(id = %self.id, why, "the tokens were forgotten here, but not revoked"),
            Err(_) => tracing::info!(id = %self.id, "the tokens were forgotten here; revoking them took too long"),
        }
    }

    async fn ask_to_revoke(&self, grant: &Grant) -> Result<(), String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let client = AuthorizationManager::new(self.url.clone()).await.map_err(|e| said(&e))?;
        let found = client.resolve_metadata().await.map_err(|e| said(&e))?;
        usable(&found, &self.url)?;
        let place = found.metadata.additional_fields.get("revocation_endpoint").and_then(Value::as_str);
        let place = place.ok_or("the server offers no way")?;
        if !is_page(place, &self.url) || host(place) != host(&found.metadata.token_endpoint) {
            return Err("its address for that must not be asked".to_owned());
        }
        let Some(tokens) = &grant.stored.token_response else { return Ok(()) };
        // Whoever voids a refresh token voids the access tokens that came of it.
        let (token, kind) = match tokens.refresh_token() {
            Some(token) => (token.secret(), "refresh_token"),
            None => (tokens.access_token().secret(), "access_token"),
        };
        let mut form = vec![("token", token.as_str()), ("token_type_hint", kind)];
        if grant.client_secret.is_none() {
            form.push(("client_id", &grant.stored.client_id));
        }
        // A redirect would carry the token elsewhere.
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().map_err(|e| said(&e))?;
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = http.post(place).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let request = match &grant.client_secret {
            Some(secret) => request.basic_auth(&grant.stored.client_id, Some(secret)),
            None => request,
        };
        let status = request.send().await.map_err(|e| said(&e.without_url()))?.status();
        if status.is_success() { Ok(()) } else { Err(format!("the server answered {status}")) }
    }
}

fn host(address: &str) -> Option<(String, Option<u16>)> {
    let url = Url::parse(address).ok()?;
    Some((url.host_str()?.to_owned(), url.port_or_known_default()))
}
