//! Requests to a remote server: its address, its headers, its credential. Redirects are not followed and no header of a
//! client gets here, so the credential goes nowhere else.

use crate::error::CallError;
use crate::upstream::{ConnectError, Credentials, Refusal, Remote};
use ::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use catwalk_domain::Secret;
use reqwest::{Client, Method, RequestBuilder, Response};
use std::sync::Arc;
use url::Url;

/// A remote server, as requests see it.
pub(super) struct Target {
    http: Client,
    pub(super) url: Url,
    headers: HeaderMap,
    credentials: Option<Arc<dyn Credentials>>,
}

impl Target {
    /// Checks what the app gave us.
    pub(super) fn new(http: Client, remote: Remote) -> Result<Self, ConnectError> {
        let Remote { url, headers, credentials, .. } = remote;
        let mut map = HeaderMap::new();
        for (name, value) in &headers {
            let name = HeaderName::try_from(name).map_err(|_| ConnectError::Unsupported("this header's name"))?;
            let value = HeaderValue::try_from(value.expose());
            let mut value = value.map_err(|_| ConnectError::Unsupported("this header's value"))?;
            value.set_sensitive(true);
            map.append(name, value);
        }
        Ok(Self { http, url, headers: map, credentials })
    }

    /// Sends a request that `shape` completes. One that was refused for its credential goes out once more, if there is
    /// another by then.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &Url,
        shape: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, CallError> {
        let request = |token: Option<&Secret<String>>| {
            let request = shape(self.http.request(method.clone(), url.clone()).headers(self.headers.clone()));
            match token {
                Some(token) => request.header(AUTHORIZATION, bearer(token)),
                None => request,
            }
        };
        let Some(credentials) = &self.credentials else { return request(None).send().await.map_err(|e| lost(&e)) };
        let used = credentials.token().await;
        let response = request(used.as_ref()).send().await.map_err(|e| lost(&e))?;
        let status = response.status();
        if !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Ok(response);
        }
        let challenge = challenge(response.headers());
        let refusal = Refusal { status: status.as_u16(), challenge, used };
        let unavailable = |error| CallError::Unavailable(Arc::new(error));
        let token = credentials.refused(refusal).await.map_err(unavailable)?;
        request(Some(&token)).send().await.map_err(|e| lost(&e))
    }
}

/// The challenge for a bearer token, among all that a response may have.
fn challenge(headers: &HeaderMap) -> Option<String> {
    let all = || headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let bearer = all().find(|value| value.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")));
    bearer.or_else(|| all().next()).map(str::to_owned)
}

fn bearer(token: &Secret<String>) -> HeaderValue {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose()));
    let mut value = value.unwrap_or(HeaderValue::from_static("Bearer"));
    value.set_sensitive(true);
    value
}

fn lost(error: &reqwest::Error) -> CallError {
    if error.is_connect() {
        return CallError::Unavailable(Arc::new(ConnectError::Unreachable));
    }
    CallError::OutcomeUnknown
}

/// Whether a response is an event stream.
pub(super) fn is_events(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| {
        kind.to_str().is_ok_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
    })
}

/// Whether a response is JSON.
pub(super) fn is_json(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| {
        kind.to_str().is_ok_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json"))
    })
}
