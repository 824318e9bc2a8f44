//! A faithful fake of the official MCP Registry's reading side and of Glama's list, on one loopback server.

use crate::served::{Served, bind, lock};
use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use url::Url;

/// How the registry misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    #[default]
    None,
    /// 502 to everything.
    Down,
    /// 429 with `retry-after` seconds.
    TooMany(u32),
    /// 200 with a login page.
    LoginPage,
    /// 401, as a list that has begun to ask for keys.
    WantsKey,
    /// 400 to every cursor, once: the next question finds [`Fault::None`].
    ForgotCursor,
    /// Answers so many more questions, then 502.
    AfterPages(u32),
}

#[derive(Debug, Default)]
struct Shared {
    entries: Mutex<Vec<Value>>,
    glama: Mutex<Vec<Value>>,
    fault: Mutex<Fault>,
    asked: Mutex<Vec<String>>,
    date: Mutex<Option<String>>,
}

/// The running fake. It ends when dropped.
#[derive(Debug)]
pub struct FakeMcpRegistry {
    base: Url,
    shared: Arc<Shared>,
    _served: Served,
}

impl FakeMcpRegistry {
    /// Serves nothing yet.
    pub async fn start() -> Result<Self> {
        let (listener, addr) = bind().await?;
        let base = Url::parse(&format!("http://{addr}/"))?;
        let shared = Arc::new(Shared::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Ok(Self { base, shared, _served: Served::new(listener, router) })
    }

    /// Its address, for the registry and for Glama.
    pub fn url(&self) -> Url {
        self.base.clone()
    }

    /// Adds a server or replaces the one of its name. `status`: `active`, `deprecated`, `deleted`; `updated`: RFC 3339.
    pub fn put(&self, server: &Value, status: &str, updated: &str) {
        let entry = json!({ "server": server, "_meta": { "io.modelcontextprotocol.registry/official": {
            "status": status, "statusChangedAt": updated, "publishedAt": updated, "updatedAt": updated, "isLatest": true } } });
        let mut entries = lock(&self.shared.entries);
        entries.retain(|e| e["server"]["name"] != entry["server"]["name"]);
        entries.push(entry);
        entries.sort_by_key(cursor);
    }

    /// Loses a server without a word, as no registry should.
    pub fn lose(&self, name: &str) {
        lock(&self.shared.entries).retain(|e| e["server"]["name"] != name);
    }

    /// Adds a server to Glama's list.
    pub fn put_glama(&self, server: Value) {
        lock(&self.shared.glama).push(server);
    }

    /// Misbehaves from now on.
    pub fn set_fault(&self, fault: Fault) {
        *lock(&self.shared.fault) = fault;
    }

    /// What its clock shows (RFC 2822); none at first.
    pub fn set_date(&self, date: &str) {
        *lock(&self.shared.date) = Some(date.to_owned());
    }

    /// Every path and query asked so far.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.shared.asked).clone()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    lock(&shared.asked).push(request.uri().to_string());
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    if let Some(refusal) = misbehave(&shared, &query) {
        return refusal;
    }
    match request.uri().path() {
        "/v0.1/servers" => {
            let tag = request.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
            list(&shared, &query, tag)
        }
        "/api/mcp/v1/servers" => glama(&shared, &query),
        _ => json_answer(404, &json!({ "title": "Not Found", "status": 404, "detail": "no such path" })),
    }
}

/// The place behind an entry.
fn cursor(entry: &Value) -> String {
    let word = |key: &str| entry["server"][key].as_str().unwrap_or_default();
    format!("{}:{}", word("name"), word("version"))
}

fn misbehave(shared: &Shared, query: &HashMap<String, String>) -> Option<Response<Body>> {
    let mut fault = lock(&shared.fault);
    match *fault {
        Fault::Down | Fault::AfterPages(0) => Some(json_answer(502, &json!({ "title": "Bad Gateway", "status": 502 }))),
        Fault::WantsKey => Some(json_answer(401, &json!({ "error": "an API key is needed" }))),
        Fault::TooMany(seconds) => {
            let mut answer = json_answer(429, &json!({ "title": "Too Many Requests", "status": 429 }));
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Some(answer)
        }
        Fault::LoginPage => Some(Response::new(Body::from("<html>Please sign in to this network</html>"))),
        Fault::ForgotCursor if query.contains_key("cursor") => {
            *fault = Fault::None;
            Some(json_answer(400, &json!({ "title": "Bad Request", "status": 400, "detail": "invalid cursor" })))
        }
        Fault::ForgotCursor | Fault::None => None,
        Fault::AfterPages(left) => {
            *fault = Fault::AfterPages(left - 1);
            None
        }
    }
}

fn list(shared: &Shared, query: &HashMap<String, String>, tag: Option<&str>) -> Response<Body> {
    let limit = query.get("limit").and_then(|l| l.parse::<usize>().ok()).unwrap_or(30).clamp(1, 100);
    let since = query.get("updated_since");
    let all = query.get("include_deleted").is_some_and(|v| v == "true") || since.is_some();
    let official = |e: &Value, key: &str| {
        e["_meta"]["io.modelcontextprotocol.registry/official"][key].as_str().unwrap_or_default().to_owned()
    };
    let entries = lock(&shared.entries);
    let wanted = entries.iter().filter(|e| all || official(e, "status") != "deleted");
    let wanted = wanted.filter(|e| since.is_none_or(|s| official(e, "updatedAt") >= *s));
    let after = query.get("cursor");
    let mut page: Vec<&Value> = wanted.filter(|e| after.is_none_or(|a| cursor(e) > *a)).take(limit + 1).collect();
    let more = page.len() > limit;
    page.truncate(limit);
    let mut metadata = json!({ "count": page.len() });
    if more && let Some(last) = page.last() {
        metadata["nextCursor"] = cursor(last).into();
    }
    let body = json!({ "servers": page, "metadata": metadata }).to_string();
    let etag = format!("\"{:x}\"", Sha256::digest(&body)[..8].iter().fold(0_u64, |sum, b| sum << 8 | u64::from(*b)));
    let mut answer = Response::builder().header(header::ETAG, &etag).header(header::CONTENT_TYPE, "application/json");
    if let Some(date) = &*lock(&shared.date) {
        answer = answer.header(header::DATE, date);
    }
    let same = tag == Some(etag.as_str());
    answer = answer.status(if same { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    answer.body(Body::from(if same { String::new() } else { body })).unwrap_or_default()
}

fn glama(shared: &Shared, query: &HashMap<String, String>) -> Response<Body> {
    let wanted = query.get("query").map(|q| q.to_lowercase()).unwrap_or_default();
    let servers: Vec<Value> = lock(&shared.glama)
        .iter()
        .filter(|s| s.to_string().to_lowercase().contains(&wanted))
        .take(query.get("first").and_then(|f| f.parse().ok()).unwrap_or(10))
        .cloned()
        .collect();
    let page = json!({ "startCursor": null, "endCursor": null, "hasNextPage": false, "hasPreviousPage": false });
    json_answer(200, &json!({ "pageInfo": page, "servers": servers }))
}

fn json_answer(status: u16, body: &Value) -> Response<Body> {
    let kind = if status == 200 { "application/json" } else { "application/problem+json" };
    let answer = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    answer.body(Body::from(body.to_string())).unwrap_or_default()
}
