//! Reading from the network with bounds: size, time, one more try when no connection came about.

use crate::Error;
use catwalk_domain::Secret;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, RANGE, USER_AGENT};
use reqwest::{Client, RequestBuilder, StatusCode};
use std::time::Duration;
use url::Url;

const AGENT: &str = concat!("catwalk/", env!("CARGO_PKG_VERSION"));

/// One question.
pub(crate) struct Ask<'a> {
    url: Url,
    who: &'a str,
    accept: &'a str,
    max: usize,
    wait: Duration,
    token: Option<&'a Secret<String>>,
    extra: Vec<(HeaderName, String)>,
}

impl<'a> Ask<'a> {
    /// A question to `who` (a short name for people).
    pub(crate) fn new(who: &'a str, url: Url) -> Self {
        Self { url, who, accept: "*/*", max: 8 << 20, wait: Duration::from_secs(20), token: None, extra: Vec::new() }
    }

    pub(crate) fn accept(mut self, accept: &'a str) -> Self {
        self.accept = accept;
        self
    }

    pub(crate) fn max(mut self, bytes: usize) -> Self {
        self.max = bytes;
        self
    }

    pub(crate) fn wait(mut self, seconds: u64) -> Self {
        self.wait = Duration::from_secs(seconds);
        self
    }

    pub(crate) fn token(mut self, token: Option<&'a Secret<String>>) -> Self {
        self.token = token;
        self
    }

    pub(crate) fn range(mut self, range: &str) -> Self {
        self.extra.push((RANGE, range.to_owned()));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.extra.push((HeaderName::from_static(name), value.to_owned()));
        self
    }
}

/// One answer.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The address after redirects.
    pub(crate) url: Url,
    /// The body was longer than allowed and ends early.
    pub(crate) cut: bool,
}

impl Reply {
    /// The body as text, wrong bytes replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The body as JSON; `who` answered `what`.
    pub(crate) fn json(&self, who: &str) -> Result<serde_json::Value, Error> {
        if self.cut {
            return Err(Error::TooLarge { who: who.to_owned(), url: self.url.to_string() });
        }
        serde_json::from_slice(&self.body).map_err(|e| Error::BadAnswer {
            who: who.to_owned(),
            url: self.url.to_string(),
            detail: crate::text::excerpt(&e.to_string()),
        })
    }
}

/// Asks. Statuses are for the caller to judge; only a missing answer is an error.
pub(crate) async fn get(http: &Client, ask: Ask<'_>) -> Result<Reply, Error> {
    let who = ask.who.to_owned();
    match tokio::time::timeout(ask.wait, attempt(http, &ask)).await {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(Error::offline(&who, &ask.url, &error)),
        Err(_) => Err(Error::Slow { who, url: ask.url.to_string(), seconds: ask.wait.as_secs() }),
    }
}

/// Sends a form, once. Only a missing answer is an error, as with [`get`].
pub(crate) async fn post(http: &Client, ask: Ask<'_>, form: &[(&str, &str)]) -> Result<Reply, Error> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request =
        request(http, reqwest::Method::POST, &ask).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
    let who = ask.who.to_owned();
    match tokio::time::timeout(ask.wait, read(request, ask.max)).await {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(Error::offline(&who, &ask.url, &error)),
        Err(_) => Err(Error::Slow { who, url: ask.url.to_string(), seconds: ask.wait.as_secs() }),
    }
}

async fn attempt(http: &Client, ask: &Ask<'_>) -> Result<Reply, reqwest::Error> {
    match once(http, ask).await {
        // No connection: nothing was asked yet, so asking again is safe.
        Err(error) if error.is_connect() => once(http, ask).await,
        done => done,
    }
}

async fn once(http: &Client, ask: &Ask<'_>) -> Result<Reply, reqwest::Error> {
    read(request(http, reqwest::Method::GET, ask), ask.max).await
}

fn request(http: &Client, method: reqwest::Method, ask: &Ask<'_>) -> RequestBuilder {
    let mut request = http.request(method, ask.url.clone()).header(USER_AGENT, AGENT).header(ACCEPT, ask.accept);
    if let Some(token) = ask.token {
        request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose()));
    }
    for (name, value) in &ask.extra {
        request = request.header(name, value);
    }
    request
}

async fn read(request: RequestBuilder, max: usize) -> Result<Reply, reqwest::Error> {
    let mut response = request.send().await?;
    let (status, headers, url) = (response.status(), response.headers().clone(), response.url().clone());
    let mut body = Vec::new();
    let mut cut = false;
    while let Some(chunk) = response.chunk().await? {
        let room = max - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            cut = true;
            break;
        }
    }
    Ok(Reply { status, headers, body, url, cut })
}
