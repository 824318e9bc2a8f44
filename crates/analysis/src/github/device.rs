//! Signing in to GitHub without a secret of ours: the user types a code on GitHub's page, meanwhile we ask whether they have.

use super::api::WHO;
use crate::Error;
use crate::analyzer::Analyzer;
use crate::fetch::{Ask, get, post};
use crate::text::{clean, excerpt};
use catwalk_domain::Secret;
use serde_json::Value;
use std::time::Duration;
use url::Url;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Largest answer, and what GitHub asks for when it says nothing else.
const MAX: usize = 64 << 10;
const INTERVAL: u64 = 5;

/// What the user must do, and what we ask about meanwhile.
#[derive(Clone, Debug)]
pub struct DeviceCode {
    secret: Secret<String>,
    /// What they type, e.g. `ABCD-1234`.
    pub user_code: String,
    /// Where they type it: an https page of GitHub.
    pub page: Url,
    /// How long the code is good.
    pub expires: Duration,
    /// How long to wait between two questions.
    pub interval: Duration,
}

/// What GitHub says while the user has the code.
#[derive(Clone, Debug)]
pub enum Poll {
    /// They have not typed it yet.
    Pending,
    /// Ask more rarely from now on.
    Slower(Duration),
    /// They did, and this is the token.
    Token(Secret<String>),
    /// They said no.
    Denied,
    /// The code is too old.
    Expired,
}

impl Analyzer {
    /// Asks for a code. Reading public repositories needs no scope; `repo` lets private ones be read.
    ///
    /// # Errors
    /// When GitHub does not answer, or does not know the client.
    pub async fn begin_device_login(&self, client_id: &str, private: bool) -> Result<DeviceCode, Error> {
        let scope = if private { "repo" } else { "" };
        let json = self.login("login/device/code", &[("client_id", client_id), ("scope", scope)]).await?;
        let text = |key: &str| json.get(key).and_then(Value::as_str).filter(|t| !t.is_empty() && t.len() < 200);
        let seconds = |key: &str, usual: u64| json.get(key).and_then(Value::as_u64).unwrap_or(usual).clamp(1, 3600);
        let page = text("verification_uri").and_then(|u| Url::parse(u).ok());
        // The page is opened in the browser: it must be the service's own.
        let page = page.filter(|p| p.origin() == self.endpoints.github_web.origin());
        match (text("device_code"), text("user_code"), page) {
            (Some(device), Some(user), Some(page)) => Ok(DeviceCode {
                secret: Secret::new(device.to_owned()),
                user_code: clean(user, 20),
                page,
                expires: Duration::from_secs(seconds("expires_in", 900)),
                interval: Duration::from_secs(seconds("interval", INTERVAL)),
            }),
            _ => Err(self.odd(&json)),
        }
    }

    /// Asks once whether the user has typed the code.
    ///
    /// # Errors
    /// When GitHub does not answer, or answers what nobody expects.
    pub async fn poll_device_login(&self, client_id: &str, code: &DeviceCode) -> Result<Poll, Error> {
        let form = [("client_id", client_id), ("device_code", code.secret.expose()), ("grant_type", GRANT)];
        let json = self.login("login/oauth/access_token", &form).await?;
        if let Some(token) = json.get("access_token").and_then(Value::as_str) {
            return Ok(Poll::Token(Secret::new(token.to_owned())));
        }
        Ok(match json.get("error").and_then(Value::as_str) {
            Some("authorization_pending") => Poll::Pending,
            Some("slow_down") => {
                let said = json.get("interval").and_then(Value::as_u64).map(|s| Duration::from_secs(s.clamp(1, 3600)));
                Poll::Slower(said.unwrap_or(code.interval + Duration::from_secs(INTERVAL)))
            }
            Some("access_denied") => Poll::Denied,
            Some("expired_token" | "incorrect_device_code") => Poll::Expired,
            _ => return Err(self.odd(&json)),
        })
    }

    /// Whose token this is: their name on GitHub.
    ///
    /// # Errors
    /// When GitHub does not accept the token or does not answer.
    pub async fn github_login(&self, token: &Secret<String>) -> Result<String, Error> {
        let url = crate::endpoints::join(&self.endpoints.github_api, ["user"]);
        let ask = Ask::new(WHO, url.clone()).accept("application/vnd.github+json").max(MAX).token(Some(token));
        let reply = get(&self.http, ask).await?;
        match reply.status.as_u16() {
            200 => {
                let json = reply.json(WHO)?;
                Ok(clean(json.get("login").and_then(Value::as_str).unwrap_or_default(), 60))
            }
            401 => Err(Error::TokenRefused { who: WHO.to_owned() }),
            status => {
                let said = super::api::message(&reply);
                Err(Error::Refused { who: WHO.to_owned(), url: url.to_string(), status, said })
            }
        }
    }

    /// GitHub answers mistakes with status 200 as well; the body tells.
    async fn login(&self, path: &str, form: &[(&str, &str)]) -> Result<Value, Error> {
        let url = crate::endpoints::join(&self.endpoints.github_web, path.split('/'));
        let reply = post(&self.http, Ask::new(WHO, url.clone()).accept("application/json").max(MAX), form).await?;
        match reply.status.as_u16() {
            200..=299 | 400 => reply.json(WHO),
            status => {
                let said = excerpt(&reply.text());
                Err(Error::Refused { who: WHO.to_owned(), url: url.to_string(), status, said })
            }
        }
    }

    fn odd(&self, json: &Value) -> Error {
        let text = |key: &str| json.get(key).and_then(Value::as_str).unwrap_or_default();
        let detail = excerpt(&format!("{} {}", text("error"), text("error_description")));
        Error::BadAnswer { who: WHO.to_owned(), url: self.endpoints.github_web.to_string(), detail }
    }
}
