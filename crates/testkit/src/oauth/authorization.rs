//! The authorization server: metadata, registration, the page, and tokens.

use super::{Client, Code, Iss, Refresh, Shared, lock};
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use url::{Url, form_urlencoded};

const BODY: usize = 64 << 10;

pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&body).into_owned();
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    lock(&shared.asked).push(format!("{} {} {text}", parts.method, parts.uri).trim_end().to_owned());
    match (&parts.method, path) {
        (&Method::GET, "/.well-known/oauth-authorization-server") if shared.manner().metadata => metadata(&shared),
        (&Method::POST, "/register") => register(&shared, &text),
        (&Method::GET, "/authorize") => authorize(&shared, &form(query)),
        (&Method::POST, "/token") => {
            let basic = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            token(&shared, &form(&text), basic)
        }
        (&Method::POST, "/revoke") => revoke(&shared, &form(&text)),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn metadata(shared: &Shared) -> Response {
    let (issuer, manner) = (&shared.issuer, shared.manner());
    let mut metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": manner.document.is_some(),
        "scopes_supported": ["read", "admin", "offline_access"],
    });
    if manner.registers {
        metadata["registration_endpoint"] = json!(format!("{issuer}/register"));
    }
    for (name, value) in manner.overlay {
        match value {
            Value::Null => drop(metadata.as_object_mut().map(|all| all.remove(&name))),
            value => metadata[name] = value,
        }
    }
    Json(metadata).into_response()
}

fn register(shared: &Shared, body: &str) -> Response {
    let asked: Value = serde_json::from_str(body).unwrap_or_default();
    let Some(redirect) = asked["redirect_uris"][0].as_str().filter(|_| shared.manner().registers) else {
        return refuse("invalid_client_metadata");
    };
    let (id, secret) = (shared.fresh("client"), shared.manner().gives_secret.then(|| shared.fresh("secret")));
    let client = Client { redirect: redirect.to_owned(), secret: secret.clone() };
    lock(&shared.clients).insert(id.clone(), client);
    let mut told = json!({ "client_id": id, "redirect_uris": [redirect], "client_name": asked["client_name"] });
    if let Some(secret) = secret {
        told["client_secret"] = json!(secret);
    }
    (StatusCode::CREATED, Json(told)).into_response()
}

/// The page: the user agrees at once, or says no at once.
fn authorize(shared: &Shared, asked: &BTreeMap<String, String>) -> Response {
    let said = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let (client, redirect, manner) = (said("client_id"), said("redirect_uri"), shared.manner());
    let registered = lock(&shared.clients).get(&client).cloned();
    // A document lists a redirect without a port, and native apps come with any.
    let is_here = Url::parse(&redirect).is_ok_and(|at| at.host_str() == Some("127.0.0.1"));
    let documented = is_here && manner.document.as_deref() == Some(&client);
    let known = registered.map_or(documented, |known| known.redirect == redirect);
    let is_right = said("response_type") == "code"
        && said("code_challenge_method") == "S256"
        && said("resource") == format!("{}/mcp", shared.resource);
    if !known || !is_right {
        return (StatusCode::BAD_REQUEST, "this client or request is not known").into_response();
    }
    let mut back = Url::parse(&redirect).expect("it was registered");
    back.query_pairs_mut().append_pair("state", &said("state"));
    match manner.iss {
        Iss::Right => drop(back.query_pairs_mut().append_pair("iss", &shared.issuer)),
        Iss::Wrong => drop(back.query_pairs_mut().append_pair("iss", "https://other.example")),
        Iss::Missing => {}
    }
    if manner.denies {
        back.query_pairs_mut().append_pair("error", "access_denied").append_pair("error_description", "not today");
    } else {
        let (code, scopes) = (shared.fresh("code"), words(&said("scope")));
        back.query_pairs_mut().append_pair("code", &code);
        let given = Code { client, redirect, challenge: said("code_challenge"), scopes };
        lock(&shared.codes).insert(code, given);
    }
    Redirect::to(back.as_str()).into_response()
}

fn token(shared: &Shared, asked: &BTreeMap<String, String>, basic: Option<&str>) -> Response {
    let manner = shared.manner();
    if manner.token_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if manner.token_elsewhere {
        return Redirect::temporary(&format!("{}/token", shared.elsewhere)).into_response();
    }
    let said = |name: &str| asked.get(name).cloned().unwrap_or_default();
    if said("resource") != format!("{}/mcp", shared.resource) {
        return refuse("invalid_target");
    }
    let shown = basic.and_then(|value| value.strip_prefix("Basic ")).and_then(|text| STANDARD.decode(text).ok());
    let shown = shown.and_then(|bytes| String::from_utf8(bytes).ok());
    let (client, secret) = match shown.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((client, secret)) => (client.to_owned(), Some(secret.to_owned())),
        None => (said("client_id"), asked.get("client_secret").cloned()),
    };
    if lock(&shared.clients).get(&client).is_some_and(|known| known.secret.is_some() && known.secret != secret) {
        return refuse("invalid_client");
    }
    match said("grant_type").as_str() {
        "authorization_code" => {
            let Some(code) = lock(&shared.codes).remove(&said("code")) else { return refuse("invalid_grant") };
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier")));
            if code.client != client || code.redirect != said("redirect_uri") || code.challenge != challenge {
                return refuse("invalid_grant");
            }
            give(shared, &client, code.scopes)
        }
        "refresh_token" => {
            let mut all = lock(&shared.refresh);
            let Some(kept) = all.get_mut(&said("refresh_token")).filter(|kept| kept.client == client) else {
                return refuse("invalid_grant");
            };
            if kept.used {
                // Somebody has stolen it: nobody keeps anything.
                all.clear();
                lock(&shared.access).clear();
                return refuse("invalid_grant");
            }
            kept.used = manner.rotates;
            let scopes = kept.scopes.clone();
            drop(all);
            shared.refreshed.fetch_add(1, Ordering::SeqCst);
            give(shared, &client, scopes)
        }
        _ => refuse("unsupported_grant_type"),
    }
}

/// Voids a refresh token and all access tokens; there is one user.
fn revoke(shared: &Shared, asked: &BTreeMap<String, String>) -> Response {
    let known = asked.get("token").is_some_and(|token| lock(&shared.refresh).remove(token).is_some());
    if known {
        lock(&shared.access).clear();
    }
    StatusCode::OK.into_response()
}

fn give(shared: &Shared, client: &str, scopes: BTreeSet<String>) -> Response {
    let (access, refresh, manner) = (shared.fresh("access"), shared.fresh("refresh"), shared.manner());
    let scope = scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let kept = Refresh { client: client.to_owned(), scopes: scopes.clone(), used: false };
    lock(&shared.access).insert(access.clone(), scopes);
    lock(&shared.refresh).insert(refresh.clone(), kept);
    let told = json!({
        "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": manner.life, "scope": scope,
    });
    Json(told).into_response()
}

fn refuse(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

fn form(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn words(scope: &str) -> BTreeSet<String> {
    scope.split_whitespace().map(str::to_owned).collect()
}
