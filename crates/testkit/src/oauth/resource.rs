//! The protected MCP server: Streamable HTTP with plain JSON answers. Its tools are `echo` and, for whoever was permitted
//! `admin`, `admin`.

use super::{Shared, lock};
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

const BODY: usize = 64 << 10;

pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY).await.unwrap_or_default();
    lock(&shared.asked).push(format!("{} {}", parts.method, parts.uri));
    let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match (&parts.method, parts.uri.path()) {
        (&Method::GET, "/.well-known/oauth-protected-resource/mcp") => metadata(&shared),
        (&Method::POST, "/mcp") => {
            let token = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
            let Some(scopes) = lock(&shared.access).get(token).cloned() else {
                return challenge(&shared, StatusCode::UNAUTHORIZED, "error=\"invalid_token\", scope=\"read\"");
            };
            let message: Value = serde_json::from_slice(&body).unwrap_or_default();
            if message["params"]["name"] == "admin" && !scopes.contains("admin") {
                return challenge(&shared, StatusCode::FORBIDDEN, "error=\"insufficient_scope\", scope=\"admin\"");
            }
            speak(&message, token)
        }
        (_, "/mcp") if shown.is_none() => challenge(&shared, StatusCode::UNAUTHORIZED, "scope=\"read\""),
        (_, "/mcp") => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn metadata(shared: &Shared) -> Response {
    let manner = shared.manner();
    if !manner.resource_metadata {
        return StatusCode::NOT_FOUND.into_response();
    }
    let resource = manner.resource.unwrap_or_else(|| format!("{}/mcp", shared.resource));
    let server = manner.authorization_server.unwrap_or_else(|| shared.issuer.clone());
    Json(json!({ "resource": resource, "authorization_servers": [server], "scopes_supported": ["read"] }))
        .into_response()
}

fn challenge(shared: &Shared, status: StatusCode, more: &str) -> Response {
    let place = format!("{}/.well-known/oauth-protected-resource/mcp", shared.resource);
    let challenge = if shared.manner().resource_metadata {
        format!("Bearer resource_metadata=\"{place}\", {more}")
    } else {
        format!("Bearer {more}")
    };
    (status, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
}

fn speak(message: &Value, token: &str) -> Response {
    let tool = |name: &str| json!({ "name": name, "inputSchema": { "type": "object" } });
    let result = match message["method"].as_str() {
        Some("initialize") => json!({
            "protocolVersion": "2025-06-18", "capabilities": { "tools": {} },
            "serverInfo": { "name": "protected", "version": "1" },
        }),
        Some("ping") => json!({}),
        Some("tools/list") => json!({ "tools": [tool("echo"), tool("admin"), tool("leak")] }),
        Some("tools/call") => {
            let text = match message["params"]["name"].as_str() {
                Some("leak") => Value::from(token),
                _ => message["params"]["arguments"]["text"].clone(),
            };
            json!({ "content": [{ "type": "text", "text": text }] })
        }
        _ if message.get("id").is_none() => return StatusCode::ACCEPTED.into_response(),
        _ => {
            let error = json!({ "code": -32601, "message": "no such method" });
            return Json(json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })).into_response();
        }
    };
    Json(json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })).into_response()
}
