//! One sign-in with the library: what the server says about itself is looked up and judged, Catwalk is introduced, and
//! the code that the browser brings back is traded for tokens.
//!
//! The library (rmcp's `auth`) discovers, registers, makes PKCE pairs, binds state and issuer, and keeps requests to
//! addresses inside a private network from being made for a server outside. What it tolerates for the sake of old servers
//! and we do not, is judged in [`usable`].

use super::account::Wanted;
use super::kept::Grant;
use super::words;
use catwalk_domain::Problem;
use rmcp::transport::AuthorizationManager;
use rmcp::transport::auth::{
    AuthorizationMetadata, AuthorizationMetadataResolution, CredentialStore, InMemoryCredentialStore, OAuthClientConfig,
};
use serde_json::Value;
use url::Url;

/// A sign-in that waits for the browser.
pub(super) struct Attempt {
    /// The page to open.
    pub(super) page: Url,
    /// What the redirect must carry to be ours.
    pub(super) state: String,
    /// Who must have sent it.
    pub(super) issuer: Option<String>,
    client: AuthorizationManager,
    tokens: InMemoryCredentialStore,
    client_secret: Option<String>,
    server: Url,
}

impl Attempt {
    /// Everything before the browser. `granted` stays asked for; `document` is where our client metadata is published.
    pub(super) async fn new(
        server: &Url,
        wanted: &Wanted,
        granted: &[String],
        redirect: &str,
        document: Option<&Url>,
    ) -> Result<Self, Problem> {
        if !is_page(server.as_str(), server) {
            return Err(words::unsafe_server("its own address is not protected by https"));
        }
        let failed = |error| words::failed(&error);
        let mut client = AuthorizationManager::new(server.clone()).await.map_err(failed)?;
        let tokens = InMemoryCredentialStore::new();
        client.set_credential_store(tokens.clone());
        let found = client.resolve_metadata_from_challenge(wanted.challenge.as_deref()).await.map_err(failed)?;
        if !found.source.is_discovered() {
            return Err(words::no_metadata());
        }
        usable(&found, server).map_err(words::unsafe_server)?;
        let (issuer, has_registry) = (found.metadata.issuer.clone(), found.metadata.registration_endpoint.is_some());
        let document = document.filter(|_| takes_documents(&found.metadata));
        client.set_metadata(found.metadata);
        let mut scopes = client.select_initial_scopes(&[]).await;
        for scope in granted.iter().chain(&wanted.more) {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        let asked: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let client_secret = match document {
            Some(document) => {
                let known = OAuthClientConfig::new(document.as_str(), redirect).with_scopes(scopes.clone());
                client.configure_client(known).map_err(failed)?;
                None
            }
            None if has_registry => {
                client.register_client("Catwalk", redirect, &asked).await.map_err(failed)?.client_secret
            }
            None => return Err(words::no_registration()),
        };
        let page = client.get_authorization_url(&asked).await.map_err(failed)?;
        let page: Url = page.parse().map_err(|_| words::unsafe_server("its sign-in page has no address"))?;
        let state = page.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
        let state = state.ok_or_else(|| words::unsafe_server("its sign-in page has no address"))?;
        Ok(Self { page, state, issuer, client, tokens, client_secret, server: server.clone() })
    }

    /// Trades the code for tokens, if the right issuer sent it.
    pub(super) async fn finish(self, code: &str, issuer: Option<&str>) -> Result<Grant, Problem> {
        let failed = |error| words::failed(&error);
        self.client.exchange_code_for_token_with_issuer(code, &self.state, issuer).await.map_err(failed)?;
        let stored = self.tokens.load().await.map_err(failed)?.ok_or_else(words::no_metadata)?;
        Ok(Grant { resource: self.server, client_secret: self.client_secret, stored })
    }
}

/// Whether Catwalk signs in there at all: every address of the authorization server is one that may be opened, and it
/// protects the code on its way (PKCE), and says so.
pub(super) fn usable(found: &AuthorizationMetadataResolution, server: &Url) -> Result<(), &'static str> {
    let metadata = &found.metadata;
    let addresses = [&metadata.authorization_endpoint, &metadata.token_endpoint];
    if !addresses.into_iter().chain(&metadata.registration_endpoint).all(|address| is_page(address, server)) {
        return Err("its sign-in is at an address that must not be opened");
    }
    match &metadata.code_challenge_methods_supported {
        Some(methods) if methods.iter().any(|method| method == "S256") => Ok(()),
        _ => Err("its sign-in does not use PKCE, so somebody else could take it over"),
    }
}

/// Whether it fetches who we are from an address of ours, so that no registration is needed.
fn takes_documents(metadata: &AuthorizationMetadata) -> bool {
    metadata.additional_fields.get("client_id_metadata_document_supported").and_then(Value::as_bool) == Some(true)
}

/// Whether an address from a stranger may be opened or asked: https, or http where all is on this computer, and nothing in
/// it that a program on the way to the browser could take for a command.
pub(super) fn is_page(address: &str, server: &Url) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let plain = url.scheme() == "http" && is_here(&url) && is_here(server);
    let odd = |c: char| c.is_control() || c.is_whitespace() || "\\\"'`$<>|;()^{}".contains(c);
    (url.scheme() == "https" || plain)
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        && !address.contains(odd)
}

/// Whether a host is this computer.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_page;

    /// FAULTS case 24: what must never be opened.
    #[test]
    fn only_safe_pages_are_opened() {
        for (address, server, good) in [
            ("https://auth.example/authorize", "https://mcp.example/mcp", true),
            ("https://auth.example/authorize?tenant=a&x=1", "https://mcp.example/mcp", true),
            ("http://127.0.0.1:9/authorize", "http://127.0.0.1:8/mcp", true),
            ("http://localhost:9/authorize", "http://[::1]:8/mcp", true),
            ("http://127.0.0.1:9/authorize", "https://mcp.example/mcp", false),
            ("http://auth.example/authorize", "https://mcp.example/mcp", false),
            ("http://auth.example/authorize", "http://127.0.0.1:8/mcp", false),
            ("javascript:alert(1)", "https://mcp.example/mcp", false),
            ("file:///etc/passwd", "https://mcp.example/mcp", false),
            ("\\\\host\\share", "https://mcp.example/mcp", false),
            ("file://host/share", "https://mcp.example/mcp", false),
            ("https://auth.example/$(calc)", "https://mcp.example/mcp", false),
            ("https://auth.example/`id`", "https://mcp.example/mcp", false),
            ("https://auth.example/a\nb", "https://mcp.example/mcp", false),
            ("https://user:word@auth.example/", "https://mcp.example/mcp", false),
            ("https://auth.example/#fragment", "https://mcp.example/mcp", false),
            ("/authorize", "https://mcp.example/mcp", false),
        ] {
            let server = server.parse().expect("a URL");
            assert_eq!(is_page(address, &server), good, "{address} for {server}");
        }
    }
}
