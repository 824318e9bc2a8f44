//! The fake's REST API, in the words and headers of the real one.

use super::repository::hex;
use super::{Fault, Repository, Shared, lock};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

type Answer = axum::response::Response;

/// Unix second at which the fake's hour ends.
const RESET: i64 = 4_102_444_800;

pub(super) fn answer(shared: &Shared, path: &[&str], request: &Request) -> Answer {
    let headers = request.headers();
    if !headers.contains_key(USER_AGENT) {
        return text(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        );
    }
    let token = headers.contains_key(AUTHORIZATION);
    if let Some(refusal) = refusal(*lock(&shared.fault), token) {
        return refusal;
    }
    if path == ["rate_limit"] {
        let left = *lock(&shared.remaining);
        return json(
            200,
            &json!({"resources": {"core": {"limit": 60, "used": 60 - left.min(60), "remaining": left, "reset": RESET}}}),
        );
    }
    let left = {
        let mut left = lock(&shared.remaining);
        if *left == 0 && !token {
            return exceeded(403, RESET);
        }
        *left = left.saturating_sub(1);
        *left
    };
    let mut out = route(shared, path, request);
    limits(out.headers_mut(), if token { 5000 } else { 60 }, left, RESET);
    out
}

fn route(shared: &Shared, path: &[&str], request: &Request) -> Answer {
    let (repository, rest) = match path {
        ["repos", owner, repo, rest @ ..] => (shared.repository(owner, repo), rest),
        ["repositories", id, rest @ ..] => (id.parse().ok().and_then(|id| shared.by_id(id)), rest),
        _ => (None, path),
    };
    match path {
        ["user"] if is_insider(request.headers()) => return json(200, &json!({"login": "ada", "id": 1})),
        ["user"] => return json(401, &json!({"message": "Bad credentials", "status": "401"})),
        ["users", owner, "repos"] => return repositories_of(shared, owner),
        _ => {}
    }
    let insider = is_insider(request.headers());
    let Some(repository) = repository.filter(|r| insider || !r.odd.private) else { return not_found() };
    if let Some(to) = &repository.odd.moved_to {
        return moved(shared, to, rest, request);
    }
    match rest {
        [] => conditional(
            shared,
            request,
            json(200, &facts(shared, &repository)),
            &facts(shared, &repository).to_string(),
        ),
        ["commits", reference @ ..] => {
            let answer = commit(&repository, &reference.join("/"), request);
            conditional(shared, request, answer, &repository.commit())
        }
        ["git", "trees", id @ ..] => {
            let recursive = request.uri().query().unwrap_or_default().contains("recursive");
            let answer = tree(&repository, &id.join("/"), recursive);
            conditional(shared, request, answer, &format!("{}{recursive}", id.join("/")))
        }
        ["tarball", reference @ ..] => {
            let reference =
                if reference.is_empty() { repository.default_branch().to_owned() } else { reference.join("/") };
            let to = format!("{}/codeload/{}/legacy.tar.gz/{reference}", shared.base, repository.full_name());
            redirect(302, &to, &json!(null))
        }
        _ => not_found(),
    }
}

fn moved(shared: &Shared, to: &str, rest: &[&str], request: &Request) -> Answer {
    let Some((owner, repo)) = to.split_once('/') else { return not_found() };
    let Some(target) = shared.repository(owner, repo) else { return not_found() };
    let mut url = format!("{}/api/repositories/{}", shared.base, target.id());
    for part in rest {
        url = format!("{url}/{part}");
    }
    if let Some(query) = request.uri().query() {
        url = format!("{url}?{query}");
    }
    let docs = "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects";
    redirect(301, &url, &json!({"message": "Moved Permanently", "url": url, "documentation_url": docs}))
}

fn facts(shared: &Shared, repository: &Repository) -> Value {
    let full = repository.full_name();
    json!({
        "id": repository.id(), "name": repository.name(), "full_name": full, "private": repository.odd.private, "fork": false,
        "owner": {"login": repository.owner(), "type": "Organization"},
        "html_url": format!("https://github.com/{full}"), "url": format!("{}/api/repos/{full}", shared.base),
        "description": repository.odd.description, "archived": repository.odd.archived, "disabled": false,
        "is_template": repository.odd.template, "default_branch": repository.default_branch(), "size": repository.odd.size.unwrap_or(12), "stargazers_count": 3, "language": null,
        "license": null, "topics": repository.odd.topics, "homepage": null, "pushed_at": "2026-10-01T00:00:00Z", "updated_at": "2026-10-01T00:00:00Z",
    })
}

fn commit(repository: &Repository, reference: &str, request: &Request) -> Answer {
    if repository.odd.empty {
        return json(
            409,
            &json!({"message": "Git Repository is empty.", "documentation_url": "https://docs.github.com/rest", "status": "409"}),
        );
    }
    if !repository.knows(reference) {
        let message = format!("No commit found for SHA: {reference}");
        return json(
            422,
            &json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": "422"}),
        );
    }
    let accept = request.headers().get(ACCEPT).and_then(|a| a.to_str().ok()).unwrap_or_default();
    if accept.contains("sha") {
        return text(200, &repository.commit());
    }
    json(200, &json!({"sha": repository.commit(), "commit": {"tree": {"sha": repository.tree("")}}}))
}

fn tree(repository: &Repository, id: &str, recursive: bool) -> Answer {
    if repository.odd.empty {
        return json(409, &json!({"message": "Git Repository is empty.", "status": "409"}));
    }
    let Some(folder) = repository.folder_of(id) else { return not_found() };
    let inside = |path: &str| {
        let rest = if folder.is_empty() { Some(path) } else { path.strip_prefix(&folder)?.strip_prefix('/') };
        rest.filter(|r| recursive || !r.contains('/')).map(str::to_owned)
    };
    let mut entries: Vec<Value> = Vec::new();
    for path in repository.folders() {
        if let Some(name) = inside(&path) {
            entries.push(json!({"path": name, "mode": "040000", "type": "tree", "sha": repository.tree(&path)}));
        }
    }
    for (path, content) in repository.files() {
        if let Some(name) = inside(path) {
            let sha = hex(&Sha256::digest(content));
            entries.push(json!({"path": name, "mode": "100644", "type": "blob", "sha": sha, "size": content.len()}));
        }
    }
    for (path, target) in repository.links() {
        if let Some(name) = inside(path) {
            entries.push(
                json!({"path": name, "mode": "120000", "type": "blob", "sha": hex(&Sha256::digest(target.as_bytes()))}),
            );
        }
    }
    let cut = recursive && repository.odd.truncated;
    if cut {
        entries.truncate(1);
    }
    json(200, &json!({"sha": repository.tree(&folder), "tree": entries, "truncated": cut}))
}

/// The answer of a misbehaving service, if it misbehaves.
pub(super) fn refusal(fault: Fault, token: bool) -> Option<Answer> {
    Some(match fault {
        Fault::RateLimit { reset, too_many } => exceeded(if too_many { 429 } else { 403 }, reset),
        Fault::Secondary { retry_after } => {
            let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
            let mut out = json(
                403,
                &json!({"message": message, "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"}),
            );
            set(out.headers_mut(), "retry-after", &retry_after.to_string());
            limits(out.headers_mut(), 60, 12, RESET);
            out
        }
        Fault::BadCredentials if token => json(401, &json!({"message": "Bad credentials", "status": "401"})),
        Fault::BadCredentials | Fault::None => return None,
        Fault::Down => json(502, &json!({"message": "Server Error"})),
    })
}

fn exceeded(status: u16, reset: i64) -> Answer {
    let message = "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher rate limit.)";
    let mut out = json(
        status,
        &json!({"message": message, "documentation_url": "https://docs.github.com/rest/overview/resources-in-the-rest-api#rate-limiting"}),
    );
    limits(out.headers_mut(), 60, 0, reset);
    out
}

fn limits(headers: &mut HeaderMap, limit: u32, left: u32, reset: i64) {
    set(headers, "x-ratelimit-limit", &limit.to_string());
    set(headers, "x-ratelimit-remaining", &left.to_string());
    set(headers, "x-ratelimit-used", &limit.saturating_sub(left).to_string());
    set(headers, "x-ratelimit-reset", &reset.to_string());
    set(headers, "x-ratelimit-resource", "core");
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// A good answer gets a tag of what it depends on; who has it already gets 304 and no body.
fn conditional(shared: &Shared, request: &Request, mut answer: Answer, depends_on: &str) -> Answer {
    if answer.status() != 200 {
        return answer;
    }
    let tag = format!("W/\"{}\"", hex(&Sha256::digest(depends_on.as_bytes())));
    if request.headers().get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()) == Some(&tag) {
        lock(&shared.unchanged).push(request.uri().path().to_owned());
        answer = build(304, "application/json", Vec::new());
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(ETAG, tag);
    }
    answer
}

/// Whether somebody asks who may see private repositories.
pub(super) fn is_insider(headers: &HeaderMap) -> bool {
    let wanted = format!("Bearer {}", super::login::TOKEN);
    headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()) == Some(&wanted)
}

fn repositories_of(shared: &Shared, owner: &str) -> Answer {
    let all = lock(&shared.repositories).clone();
    let theirs =
        all.values().filter(|r| r.owner().eq_ignore_ascii_case(owner) && !r.odd.private && r.odd.moved_to.is_none());
    let list: Vec<Value> = theirs.map(|r| facts(shared, r)).collect();
    if list.is_empty() { not_found() } else { json(200, &Value::Array(list)) }
}

fn redirect(status: u16, to: &str, body: &Value) -> Answer {
    let mut out = json(status, body);
    if let Ok(to) = HeaderValue::from_str(to) {
        out.headers_mut().insert(LOCATION, to);
    }
    out
}

fn not_found() -> Answer {
    json(404, &json!({"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}))
}

pub(super) fn text(status: u16, body: &str) -> Answer {
    build(status, "text/plain; charset=utf-8", body.as_bytes().to_vec())
}

pub(super) fn json(status: u16, body: &Value) -> Answer {
    build(status, "application/json; charset=utf-8", body.to_string().into_bytes())
}

pub(super) fn build(status: u16, kind: &'static str, body: Vec<u8>) -> Answer {
    let mut out = Response::new(Body::from(body));
    *out.status_mut() = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    out.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    out
}
