//! Signing in to a hosted server, with a browser that follows redirects as a browser does.

use crate::engine::Engine;
use catwalk_app::views::{DeploymentView, SignInView};
use catwalk_domain::{DeploymentId, Fix, Problem, ProblemCode, Status};
use catwalk_testkit::keyring::{Keyring, inside};
use catwalk_testkit::oauth::{Iss, Manner, ProtectedServer};
use catwalk_testkit::wait::eventually;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

async fn start(manner: Manner) -> ProtectedServer {
    ProtectedServer::start(manner).await.expect("the server starts")
}

/// Goes where it is sent, and says what it saw in the end.
#[expect(clippy::unnecessary_wraps, reason = "as whoever opens pages")]
fn browser(page: &Url) -> Result<(), String> {
    let page = page.clone();
    tokio::spawn(async move {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        http.get(page).send().await.map(|seen| seen.status())
    });
    Ok(())
}

async fn sign_in(engine: &Engine, id: DeploymentId) {
    engine.app.sign_in(id, browser).await.unwrap_or_else(|problem| panic!("{problem:#?}"));
}

/// Pastes its address and deploys it, as far as that goes.
async fn pasted(engine: &Engine, server: &ProtectedServer) -> DeploymentView {
    let view = engine.try_deploy(server.url().as_str(), &[], false).await.expect("it is deployed");
    engine.settled(view.id).await
}

/// Pasted, deployed, signed in, ready.
async fn ready(engine: &Engine, server: &ProtectedServer) -> DeploymentId {
    let id = pasted(engine, server).await.id;
    sign_in(engine, id).await;
    engine.becomes(id, "ready").await;
    id
}

fn wanted(view: &DeploymentView) -> Problem {
    let account = view.sign_in.clone().expect("it has an account");
    account.problem.expect("somebody is wanted")
}

fn said(line: &str) -> BTreeMap<String, String> {
    let query = line.split(['?', ' ']).next_back().expect("has words");
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_paste_to_a_tools_answer() {
    let Some(_keyring) = inside("sign_in::from_paste_to_a_tools_answer", Keyring::start) else { return };
    let (engine, server) = (Engine::start().await, start(Manner::default()).await);
    let view = pasted(&engine, &server).await;
    let Status::Failed { problem } = &view.status else { panic!("{view:#?}") };
    assert_eq!((problem.code, &problem.fix), (ProblemCode::SignInNeeded, &Some(Fix::SignIn)), "{problem:#?}");
    assert_eq!(wanted(&view).title, problem.title);
    sign_in(&engine, view.id).await;
    let view = engine.becomes(view.id, "ready").await;
    assert_eq!(engine.ask(view.id, "echo", "hello").await, "hello");
    let SignInView { signed_in, scopes, problem } = view.sign_in.expect("an account");
    assert!(signed_in && problem.is_none() && scopes.contains(&"read".to_owned()), "{scopes:?}");

    // As the specification has it: PKCE, the resource in every request, a state, a loopback redirect.
    let page = said(&server.asked("GET /authorize")[0]);
    assert_eq!(page["code_challenge_method"], "S256");
    assert_eq!(page["resource"], server.url().as_str());
    assert_eq!(page["scope"], "read offline_access");
    assert!(page["redirect_uri"].starts_with("http://127.0.0.1:") && page["state"].len() > 15, "{page:?}");
    let registered = server.asked("POST /register").remove(0);
    assert!(registered.contains("\"application_type\":\"native\""), "{registered}");
    let traded = said(&server.asked("POST /token")[0]);
    assert_eq!(traded["resource"], server.url().as_str());
    assert!(traded["code_verifier"].len() >= 43, "{traded:?}");

    // A server that quotes the token does not get it into the log, and nothing of it lies on disk in the clear.
    let leak = engine.ask(view.id, "leak", "").await;
    assert!(leak.starts_with("access-"), "{leak}");
    for token in server.tokens() {
        let found = find(engine.config.data_dir(), token.as_bytes());
        assert!(found.is_empty(), "{token} in {found:?}");
    }

    // After a restart nobody is asked again; the row goes with the deployment.
    let engine = engine.restart().await;
    engine.becomes(view.id, "ready").await;
    assert_eq!(engine.ask(view.id, "echo", "again").await, "again");
    assert_eq!(server.asked("GET /authorize").len(), 1);
    assert_eq!(engine.sql("SELECT count(*) || '' FROM sign_ins").await, "1");
    engine.app.delete_deployment(view.id).await.expect("it is deleted");
    assert_eq!(engine.sql("SELECT count(*) || '' FROM sign_ins").await, "0");
    eventually("the tokens are void where they came from", Duration::from_secs(10), async || {
        let asked = server.asked("POST /revoke");
        asked.last().filter(|form| form.contains("token_type_hint=refresh_token")).cloned()
    })
    .await;
    engine.app.stop().await;
}

/// Files below a folder that hold these bytes.
fn find(folder: &std::path::Path, bytes: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("it can be listed").flatten() {
        let (path, kind) = (entry.path(), entry.file_type().expect("has a kind"));
        if kind.is_dir() {
            found.extend(find(&path, bytes));
        } else if kind.is_file() && std::fs::read(&path).is_ok_and(|text| text.windows(bytes.len()).any(|w| w == bytes))
        {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_once_whoever_asks() {
    let Some(_keyring) = inside("sign_in::tokens_are_renewed_once_whoever_asks", Keyring::start) else { return };
    // A client with a secret must show it at each renewal, also after a restart.
    let server = start(Manner { gives_secret: true, ..Manner::default() }).await;
    let engine = Engine::start().await;
    let id = ready(&engine, &server).await;
    for round in 1..=3 {
        server.expire();
        let calls = (0..10).map(|n| engine.ask(id, "echo", if n % 2 == 0 { "even" } else { "odd" }));
        let said = futures_util::future::join_all(calls).await;
        assert!(said.iter().all(|said| said == "even" || said == "odd"), "{said:?}");
        assert_eq!(server.refreshed(), round, "one renewal for ten calls");
    }
    let renewed = said(server.asked("POST /token").last().expect("was asked"));
    assert_eq!((renewed["grant_type"].as_str(), &renewed["resource"]), ("refresh_token", &server.url().to_string()));
    let engine = engine.restart().await;
    engine.becomes(id, "ready").await;
    server.expire();
    assert_eq!(engine.ask(id, "echo", "later").await, "later");
    assert_eq!((server.refreshed(), server.asked("GET /authorize").len()), (4, 1));

    // One that is about to run out is renewed before it is used.
    server.set(|manner| manner.life = 0);
    server.expire();
    assert_eq!(engine.ask(id, "echo", "short").await, "short");
    let (refused, before) = (server.asked("POST /mcp").len(), server.refreshed());
    assert_eq!(engine.ask(id, "echo", "ahead").await, "ahead");
    assert_eq!(server.asked("POST /mcp").len(), refused + 1, "no request was refused for its token");
    assert_eq!(server.refreshed(), before + 1);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_out_there_is_asked_again() {
    let Some(_keyring) = inside("sign_in::who_is_signed_out_there_is_asked_again", Keyring::start) else { return };
    let (engine, server) = (Engine::start().await, start(Manner::default()).await);
    let id = ready(&engine, &server).await;

    // Its authorization server is away: that is no reason to sign in again.
    server.set(|manner| manner.token_down = true);
    server.expire();
    let away = engine.app.call_tool(id, "echo", "{}").await.map(|_| ()).expect_err("it cannot be renewed");
    assert_eq!(away.code, ProblemCode::NoAnswer, "{away:#?}");
    server.set(|manner| manner.token_down = false);
    assert_eq!(engine.ask(id, "echo", "back").await, "back");

    server.revoke();
    let lost = engine.then(id, "failed", engine.app.call_tool(id, "echo", "{}")).await;
    let lost = lost.map(|_| ()).expect_err("nobody is signed in");
    assert_eq!(lost.code, ProblemCode::SignInNeeded, "{lost:#?}");
    assert_eq!(engine.failed(id).await.fix, Some(Fix::SignIn));
    sign_in(&engine, id).await;
    engine.becomes(id, "ready").await;
    assert_eq!(engine.ask(id, "echo", "hello").await, "hello");

    engine.then(id, "failed", engine.app.sign_out(id)).await.expect("it is signed out");
    assert_eq!(engine.failed(id).await.code, ProblemCode::SignInNeeded);
    assert_eq!(engine.sql("SELECT count(*) || '' FROM sign_ins").await, "0");
    eventually("the tokens are void where they came from", Duration::from_secs(10), async || {
        let asked = server.asked("POST /revoke");
        asked.last().filter(|form| form.contains("token_type_hint=refresh_token")).cloned()
    })
    .await;
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_permissions_are_asked_for_when_they_are_needed() {
    let name = "sign_in::more_permissions_are_asked_for_when_they_are_needed";
    let Some(_keyring) = inside(name, Keyring::start) else { return };
    let (engine, server) = (Engine::start().await, start(Manner::default()).await);
    let id = ready(&engine, &server).await;
    let checks = async || {
        let history = engine.app.status_history(id).await.expect("a history");
        history.iter().filter(|event| event.status.name() == "checking").count()
    };
    let before = checks().await;
    let refused = engine.app.call_tool(id, "admin", r#"{"text":"x"}"#).await.map(|_| ()).expect_err("no permission");
    assert!(refused.evidence.concat().contains("more permissions"), "{refused:#?}");
    let problem = wanted(&engine.app.get_deployment(id).await.expect("is there"));
    assert_eq!((problem.evidence, problem.fix), (vec!["admin".to_owned()], Some(Fix::SignIn)));
    assert_eq!(engine.ask(id, "echo", "still").await, "still", "everything else goes on");
    sign_in(&engine, id).await;
    let asked = said(server.asked("GET /authorize").last().expect("a second one"));
    let mut scopes: Vec<&str> = asked["scope"].split(' ').collect();
    scopes.sort_unstable();
    assert_eq!(scopes, ["admin", "offline_access", "read"], "what was given before stays asked for");
    assert_eq!(engine.ask(id, "admin", "now").await, "now");
    let view = engine.app.get_deployment(id).await.expect("is there");
    assert!(view.sign_in.expect("an account").problem.is_none());
    assert_eq!(checks().await, before, "it never stopped");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_client_document_needs_no_registration() {
    let name = "sign_in::a_published_client_document_needs_no_registration";
    let Some(_keyring) = inside(name, Keyring::start) else { return };
    let document: Value = serde_json::from_str(include_str!("../../../../docs/oauth-client.json")).expect("is JSON");
    let address = document["client_id"].as_str().expect("names itself").to_owned();
    assert_eq!(document["redirect_uris"], json!(["http://127.0.0.1/callback"]));
    let engine = Engine::start_known_at(&address).await;
    let server = start(Manner { registers: false, document: Some(address.clone()), ..Manner::default() }).await;
    let id = ready(&engine, &server).await;
    assert_eq!(said(&server.asked("GET /authorize")[0])["client_id"], address);
    server.expire();
    assert_eq!(engine.ask(id, "echo", "renewed").await, "renewed");
    // Where documents are not taken, it registers.
    let other = start(Manner::default()).await;
    ready(&engine, &other).await;
    assert_eq!(other.asked("POST /register").len(), 1);
    engine.app.stop().await;
}

/// FAULTS case 24: whatever is odd, nothing is opened, asked elsewhere, or kept.
#[tokio::test(flavor = "multi_thread")]
async fn case_24_a_hostile_authorization_server_is_refused() {
    let name = "sign_in::case_24_a_hostile_authorization_server_is_refused";
    let Some(_keyring) = inside(name, Keyring::start) else { return };
    let engine = Engine::start().await;
    let over = |name: &str, value: Value| Manner { overlay: [(name.to_owned(), value)].into(), ..Manner::default() };
    let page = |address: &str| over("authorization_endpoint", json!(address));
    let named = |address: &str| Manner { authorization_server: Some(address.to_owned()), ..Manner::default() };
    let hostile = [
        ("a script", page("javascript:alert(1)"), false),
        ("a share", page("\\\\host\\share"), false),
        ("a command", page("https://auth.example/$(calc)"), false),
        ("a page without https", page("http://auth.example/authorize"), false),
        ("tokens without https", over("token_endpoint", json!("http://auth.example/token")), false),
        ("registration at a file", over("registration_endpoint", json!("file:///etc/passwd")), false),
        ("no PKCE said", over("code_challenge_methods_supported", Value::Null), false),
        ("plain PKCE", over("code_challenge_methods_supported", json!(["plain"])), false),
        ("metadata of another issuer", over("issuer", json!("https://other.example")), false),
        ("metadata of no issuer", over("issuer", Value::Null), false),
        (
            "another resource",
            Manner { resource: Some("https://other.example/mcp".to_owned()), ..Manner::default() },
            false,
        ),
        ("a link-local issuer", named("http://169.254.169.254/"), false),
        ("a mapped private issuer", named("http://[::ffff:10.0.0.1]/"), false),
        ("a script as issuer", named("javascript:alert(1)"), false),
        ("no metadata", Manner { metadata: false, ..Manner::default() }, false),
        ("no metadata at all", Manner { metadata: false, resource_metadata: false, ..Manner::default() }, false),
        ("no registration", Manner { registers: false, ..Manner::default() }, false),
        ("another issuer comes back", Manner { iss: Iss::Wrong, ..Manner::default() }, true),
        ("the promised issuer does not come back", Manner { iss: Iss::Missing, ..Manner::default() }, true),
        ("a refusal in another's name", Manner { iss: Iss::Wrong, denies: true, ..Manner::default() }, true),
        ("a refusal", Manner { denies: true, ..Manner::default() }, true),
        ("tokens elsewhere", Manner { token_elsewhere: true, ..Manner::default() }, true),
    ];
    for (about, manner, opens) in hostile {
        let server = start(manner).await;
        let id = pasted(&engine, &server).await.id;
        let mut opened = false;
        let outcome = engine.app.sign_in(id, |page| {
            opened = true;
            browser(page)
        });
        let problem = outcome.await.expect_err(about);
        assert_eq!(opened, opens, "{about}: {problem:#?}");
        assert!(!problem.title.is_empty() && problem.explanation.ends_with('.'), "{about}: {problem:#?}");
        assert_eq!(server.asked_elsewhere(), 0, "{about}");
        assert_eq!(engine.sql("SELECT count(*) || '' FROM sign_ins").await, "0", "{about}");
        if !opens {
            assert!(server.asked("POST /token").is_empty(), "{about}");
        }
    }
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_right_answer_ends_the_wait() {
    let Some(_keyring) = inside("sign_in::only_the_right_answer_ends_the_wait", Keyring::start) else { return };
    let (engine, server) = (Engine::start().await, start(Manner::default()).await);
    let id = pasted(&engine, &server).await.id;
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let (send, opened) = tokio::sync::oneshot::channel();
    let app = engine.app.clone();
    let waiting =
        tokio::spawn(async move { app.sign_in(id, |page| send.send(page.clone()).map_err(|_| String::new())).await });
    let page = opened.await.expect("it opens a page");
    let back = page.query_pairs().find(|(name, _)| name == "redirect_uri").expect("comes back").1.into_owned();
    for (method, query, host, status) in [
        ("GET", "code=stolen&state=guessed", None, 400),
        ("GET", "code=stolen", None, 400),
        ("POST", "code=stolen&state=guessed", None, 405),
        ("GET", "code=stolen&state=guessed", Some("rebound.example"), 404),
    ] {
        let request = http.request(method.parse().expect("a method"), format!("{back}?{query}"));
        let request = match host {
            Some(host) => request.header("host", host),
            None => request,
        };
        let answer = request.send().await.expect("it answers");
        assert_eq!(answer.status(), status, "{method} {query}");
    }
    assert!(!waiting.is_finished());
    // The user gives up; then the address is nobody's.
    engine.app.cancel_sign_in(id);
    let cancelled = waiting.await.expect("no panic").expect_err("it was cancelled");
    assert_eq!(cancelled.code, ProblemCode::Cancelled);
    assert!(http.get(&back).send().await.is_err(), "nobody listens any more");
    // A second sign-in ends the first.
    let (app, (send, opened)) = (engine.app.clone(), tokio::sync::oneshot::channel());
    let first =
        tokio::spawn(async move { app.sign_in(id, |page| send.send(page.clone()).map_err(|_| String::new())).await });
    opened.await.expect("it opens a page");
    sign_in(&engine, id).await;
    assert_eq!(first.await.expect("no panic").expect_err("it was replaced").code, ProblemCode::Cancelled);
    engine.becomes(id, "ready").await;
    engine.app.stop().await;
}
