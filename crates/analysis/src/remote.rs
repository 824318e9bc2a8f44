//! Servers that somebody hosts.

use crate::Error;
use crate::analyzer::Analyzer;
use crate::draft::Draft;
use crate::infer::{is_placeholder, is_secret_header, is_secret_name};
use crate::source::variables_of;
use crate::text::{clean, excerpt};
use catwalk_domain::manifest::{Input, KeyValue, Transport, TransportKind};
use catwalk_domain::{Analysis, Confidence, EvidenceSource, Source, WarningKind};
use reqwest::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// What a light probe found.
enum Probe {
    /// It speaks MCP; its name and title, if it told them.
    Speaks { title: Option<String>, version: Option<String> },
    /// It wants a credential first.
    Locked { scheme: String },
    /// Not asked: the address or a header is not complete yet.
    Open,
}

/// Puts the manifest of a hosted server together and asks it one light question.
pub(crate) async fn analyze(
    analyzer: &Analyzer,
    source: &Source,
    url: &str,
    sse: bool,
    headers: &BTreeMap<String, String>,
    name: Option<&str>,
) -> Result<Analysis, Error> {
    let parsed = Url::parse(url).map_err(|_| Error::NotFound {
        what: "The server's address".to_owned(),
        hint: "The address is not complete.".to_owned(),
        looked: vec![excerpt(url)],
    })?;
    let host = parsed.host_str().unwrap_or("localhost").to_owned();
    let mut remote = transport(url, sse, headers);
    let open = !remote.variables.is_empty()
        || remote.headers.iter().any(|h| h.input.value.is_none() || !h.input.variables.is_empty());
    let probe = if open { Probe::Open } else { probe(analyzer, &parsed, sse, &remote).await? };
    let mut draft = Draft::default();
    let origin = if matches!(probe, Probe::Open) {
        EvidenceSource::Pasted
    } else {
        EvidenceSource::Api { name: host.clone(), url: crate::error::shown(&parsed) }
    };
    draft.fact("/remotes/0/url", &EvidenceSource::Pasted, url, Confidence::High);
    match probe {
        Probe::Locked { scheme } => {
            remote.headers.push(authorization(&scheme));
            let index = remote.headers.len() - 1;
            draft.fact(&format!("/remotes/0/headers/{index}"), &origin, &format!("401 {scheme}"), Confidence::Medium);
        }
        Probe::Speaks { title, version } => {
            if let Some(title) = title {
                draft.title(&title, &origin);
            }
            draft.manifest.version = version.unwrap_or_default();
        }
        Probe::Open => draft.warn(
            WarningKind::Guessed,
            "The server was not asked yet: its address or a header is still to be filled in.",
        ),
    }
    if let Some(name) = name {
        draft.title(name, &EvidenceSource::Pasted);
    }
    draft.describe(&format!("MCP server hosted at {host}"), &EvidenceSource::Pasted, Confidence::Low);
    draft.publisher = Some(host.clone());
    draft.manifest.remotes = vec![remote];
    let reversed = host.split('.').rev().collect::<Vec<_>>().join(".");
    Ok(draft.finish(source.clone(), &format!("{reversed}/mcp")))
}

pub(crate) fn transport(url: &str, sse: bool, headers: &BTreeMap<String, String>) -> Transport {
    let variable = |name: String| {
        let secret = is_secret_name(&name);
        (name, Input { is_required: true, is_secret: secret, ..Input::default() })
    };
    let header = |(name, value): (&String, &String)| KeyValue { name: name.clone(), input: header_input(name, value) };
    Transport {
        kind: if sse { TransportKind::Sse } else { TransportKind::StreamableHttp },
        url: Some(url.to_owned()),
        headers: headers.iter().map(header).collect(),
        variables: variables_of(url).into_iter().map(variable).collect(),
    }
}

fn header_input(name: &str, value: &str) -> Input {
    let secret = is_secret_header(name);
    let scheme = value.split_once(' ').map(|(scheme, _)| scheme).filter(|_| value.contains('<') || value.contains('$'));
    match scheme {
        Some(scheme) => templated(scheme, secret),
        None if secret || is_placeholder(value) => Input { is_required: true, is_secret: secret, ..Input::default() },
        None => Input { value: Some(clean(value, 500)), ..Input::default() },
    }
}

fn templated(scheme: &str, secret: bool) -> Input {
    let token = Input {
        is_required: true,
        is_secret: secret,
        description: Some("The token, without the word before it".to_owned()),
        ..Input::default()
    };
    Input {
        value: Some(format!("{scheme} {{token}}")),
        is_required: true,
        is_secret: secret,
        variables: BTreeMap::from([("token".to_owned(), token)]),
        ..Input::default()
    }
}

/// What a server wants that refused us with this challenge. One of bearer tokens may also let its users sign in, which
/// shows only when somebody tries.
fn authorization(challenge: &str) -> KeyValue {
    let mut input = templated("Bearer", true);
    if challenge.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) {
        input.is_required = false;
        for token in input.variables.values_mut() {
            token.is_required = false;
            token.description = Some("Leave it empty to sign in with your browser".to_owned());
        }
    }
    KeyValue { name: "Authorization".to_owned(), input }
}

/// One `initialize` without any credential; for the older transport one look at the event stream.
async fn probe(analyzer: &Analyzer, url: &Url, sse: bool, remote: &Transport) -> Result<Probe, Error> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
        "capabilities": {}, "clientInfo": {"name": "catwalk", "version": env!("CARGO_PKG_VERSION")}}});
    let request = if sse {
        analyzer.http.get(url.clone()).header(ACCEPT, "text/event-stream")
    } else {
        analyzer
            .http
            .post(url.clone())
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string())
    };
    let mut request = request.header(USER_AGENT, concat!("catwalk/", env!("CARGO_PKG_VERSION")));
    for header in &remote.headers {
        request = request.header(&header.name, header.input.value.as_deref().unwrap_or_default());
    }
    let asked = async {
        let mut response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut text = Vec::new();
        // A stream stays open: the first event is enough.
        while text.len() < 64 << 10
            && let Some(chunk) = response.chunk().await?
        {
            text.extend_from_slice(&chunk);
            let so_far = String::from_utf8_lossy(&text);
            if so_far.contains("\"result\"") && so_far.contains("\n\n") || sse && so_far.contains("endpoint") {
                break;
            }
        }
        Ok::<_, reqwest::Error>((status, headers, String::from_utf8_lossy(&text).into_owned()))
    };
    let (status, headers, text) = match tokio::time::timeout(Duration::from_secs(8), asked).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(Error::offline(&host, url, &error)),
        Err(_) => return Err(Error::Slow { who: host, url: crate::error::shown(url), seconds: 8 }),
    };
    let head = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let seen = vec![crate::error::shown(url), format!("status {status}"), excerpt(&text)];
    let what = format!("The address at {host}");
    match status {
        401 | 403 => Ok(Probe::Locked { scheme: excerpt(&head("www-authenticate")) }),
        200..=299 if sse => {
            if head("content-type").starts_with("text/event-stream") {
                return Ok(Probe::Speaks { title: None, version: None });
            }
            Err(Error::NotAServer { what, why: "It answers, but not with the event stream of an MCP server.".to_owned(), seen })
        }
        200..=299 => match result(&text) {
            Some(result) => {
                let info = |key: &str| result.pointer(&format!("/serverInfo/{key}")).and_then(Value::as_str).map(|t| clean(t, 100));
                Ok(Probe::Speaks { title: info("title").or(info("name")), version: info("version") })
            }
            None => Err(Error::NotAServer { what, why: "It answers, but not as an MCP server does. It may be a web page; paste the address that the server's instructions give, often ending in /mcp.".to_owned(), seen }),
        },
        // Servers of the 2026-07-28 revision know no `initialize`; they refuse it in JSON-RPC.
        400 if text.contains("jsonrpc") => Ok(Probe::Speaks { title: None, version: None }),
        300..=399 => Err(Error::NotFound { what, hint: "It sends its callers on to another address. If you trust that one, paste it instead.".to_owned(), looked: [seen, vec![excerpt(&head("location"))]].concat() }),
        404 | 410 => Err(Error::NotFound { what, hint: "The host exists, but it has no MCP server at this address. Check the address.".to_owned(), looked: seen }),
        405 | 400 | 406 | 415 => Err(Error::NotAServer { what, why: "It answers, but not as an MCP server does. If its instructions speak of SSE, paste them as a JSON snippet with \"type\": \"sse\".".to_owned(), seen }),
        429 => Err(Error::RateLimited { who: host, until: None, token_helps: false, said: excerpt(&text) }),
        status => Err(Error::Refused { who: host, url: crate::error::shown(url), status, said: excerpt(&text) }),
    }
}

/// The result in a plain or event-stream answer.
fn result(text: &str) -> Option<Value> {
    let data = text.lines().filter_map(|l| l.strip_prefix("data:"));
    let found = std::iter::once(text).chain(data).find_map(|t| serde_json::from_str::<Value>(t.trim()).ok())?;
    found.get("result").or_else(|| found.get("error").filter(|_| found.get("jsonrpc").is_some())).cloned()
}
