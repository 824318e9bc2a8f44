//! Pasted GitHub links, through a fake GitHub: the published package of a repository, servers built from source with
//! the user's consent, and repositories that lead nowhere.

use crate::bad_input::reads_well;
use crate::engine::Engine;
use catwalk_app::Endpoints;
use catwalk_domain::{EvidenceSource, Fix, ProblemCode};
use catwalk_testkit::github::{FakeGitHub, Fault};
use catwalk_testkit::keyring::{Keyring, inside};

const NOTES: &str = "https://github.com/fixture-labs/node-notes";
const ECHO: &str = "https://github.com/fixture-labs/python-echo";

async fn world() -> (FakeGitHub, Engine) {
    let github = FakeGitHub::start().await.expect("the fake starts");
    let endpoints = Endpoints {
        github_api: github.api(),
        github_raw: github.raw(),
        github_codeload: github.codeload(),
        ..Endpoints::default()
    };
    let engine = Engine::start_with(endpoints).await;
    (github, engine)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_a_monorepo_runs_its_published_package() {
    let (github, engine) = world().await;
    let paste = "https://github.com/modelcontextprotocol/servers/tree/main/src/time";
    let analyzed = engine.analyzed(paste).await;
    assert_eq!(analyzed.analysis.commit, github.commit("modelcontextprotocol", "servers"));
    let from_file =
        |s: &EvidenceSource| matches!(s, EvidenceSource::File { path, .. } if path.starts_with("src/time/"));
    assert!(analyzed.analysis.evidence.iter().any(|e| from_file(&e.source)), "{:#?}", analyzed.analysis.evidence);
    let view = engine.deploy(paste, &[("--local-timezone", "Europe/Vienna")], false).await;
    let result = engine.call(view.id, "get_current_time", r#"{"timezone":"Asia/Tokyo"}"#).await;
    assert!(!result.is_error && result.content.join("\n").contains("Asia/Tokyo"), "{result:#?}");
    let result = engine.call(
        view.id,
        "convert_time",
        r#"{"source_timezone":"Europe/Vienna","time":"12:00","target_timezone":"UTC"}"#,
    );
    assert!(!result.await.is_error);
    assert!(view.command.join(" ").ends_with("--local-timezone Europe/Vienna"), "{:?}", view.command);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_server_from_source() {
    let Some(_keyring) = inside("github::a_node_server_from_source", Keyring::start) else { return };
    let (github, engine) = world().await;
    // It needs no build, so it needs no consent either.
    let view = engine.deploy(NOTES, &[("NOTES_API_KEY", "kea"), ("NOTES_OWNER", "Ada")], false).await;
    let kept = engine.call(view.id, "add_note", r#"{"text":"walk the cat"}"#).await;
    assert!(!kept.is_error, "{kept:#?}");
    let notes = engine.call(view.id, "list_notes", "").await;
    assert!(notes.content.join("\n").contains("walk the cat (Ada)"), "{notes:#?}");
    assert_eq!(view.version, github.commit("fixture-labs", "node-notes"), "it runs the commit that was analysed");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn building_needs_consent_which_can_be_given_later() {
    let (_github, engine) = world().await;
    let view = engine.try_deploy(ECHO, &[("ECHO_PREFIX", "say: ")], false).await.expect("it is saved");
    let problem = engine.failed(view.id).await;
    let packages = vec!["fixture-labs/python-echo".to_owned()];
    reads_well(
        "no consent",
        &problem,
        ProblemCode::ScriptNotAllowed,
        &Fix::AllowScripts { packages: packages.clone() },
    );
    assert!(problem.evidence.join("\n").contains("setuptools"), "{problem:#?}");
    // Consent that names another package is none.
    let other = engine.app.allow_scripts(view.id, vec!["fixture-labs/other".to_owned()]);
    engine.then(view.id, "failed", other).await.expect("it is kept");
    assert_eq!(engine.failed(view.id).await.code, ProblemCode::ScriptNotAllowed);

    engine.app.allow_scripts(view.id, packages).await.expect("the consent is kept");
    let view = engine.becomes(view.id, "ready").await;
    assert_eq!(engine.ask(view.id, "echo", "hello").await, "say: hello");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_server_from_source_with_consent() {
    let (_github, engine) = world().await;
    let view = engine.deploy(ECHO, &[], true).await;
    assert_eq!(engine.ask(view.id, "echo", "hello").await, "hello");
    // The consent belongs to the deployment: an installation that is damaged is built again without asking.
    let servers = engine.config.data_dir().join("servers").join(view.id.to_string());
    assert!(servers.is_dir(), "{} is where it is installed", servers.display());
    engine.app.stop_deployment(view.id).await.expect("it stops");
    engine.becomes(view.id, "stopped").await;
    std::fs::remove_dir_all(&servers).expect("somebody tidies up");
    engine.app.start_deployment(view.id).await.expect("it starts");
    engine.becomes(view.id, "ready").await;
    assert_eq!(engine.ask(view.id, "echo", "again").await, "again");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_that_lead_nowhere() {
    use ProblemCode::{NotAServer, NotFound, SourceNotUnderstood, Unsupported};
    let (_github, engine) = world().await;
    for (repo, code) in [
        ("fixture-labs/secret", NotFound),
        ("fixture-labs/no-such-repository", NotFound),
        ("nobody-at-all/nothing", NotFound),
        ("fixture-labs/node-notes/tree/no-such-branch", NotFound),
        ("fixture-labs/node-notes/tree/main/no/such/folder", NotFound),
        ("fixture-labs/not-a-server", NotAServer),
        ("fixture-labs/hollow", NotAServer),
        ("fixture-labs/container-only", Unsupported),
        ("modelcontextprotocol/servers", SourceNotUnderstood),
    ] {
        let paste = format!("https://github.com/{repo}");
        let problem = engine.app.analyze(&paste).await.map(|a| a.id).expect_err(repo);
        reads_well(repo, &problem, code, &Fix::ChangeSource);
    }
    engine.nothing_saved().await;
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn github_says_no() {
    let (github, engine) = world().await;
    let reset = 4_102_444_800;
    for (fault, code, fix) in [
        (Fault::RateLimit { reset, too_many: false }, ProblemCode::RateLimited, Fix::OpenSettings),
        (Fault::RateLimit { reset, too_many: true }, ProblemCode::RateLimited, Fix::OpenSettings),
        // A token would not help against this one.
        (Fault::Secondary { retry_after: 60 }, ProblemCode::RateLimited, Fix::Retry),
        (Fault::Down, ProblemCode::Offline, Fix::Retry),
    ] {
        github.set_fault(fault);
        let problem = engine.app.analyze(NOTES).await.map(|a| a.id).expect_err("GitHub says no");
        reads_well(&format!("{fault:?}"), &problem, code, &fix);
    }
    engine.nothing_saved().await;
    // A failure is not remembered.
    github.set_fault(Fault::None);
    engine.analyzed(NOTES).await;
    // A success is: the next look does not ask again.
    github.set_fault(Fault::Down);
    engine.analyzed(NOTES).await;
    engine.app.stop().await;
}
