//! Pasted GitHub links, through a fake GitHub: the published package of a repository, servers built from source with
//! the user's consent, and repositories that lead nowhere.

use crate::bad_input::reads_well;
use crate::engine::Engine;
use catwalk_app::Endpoints;
use catwalk_app::views::GithubView;
use catwalk_domain::{EvidenceSource, Fix, ProblemCode, Step};
use catwalk_testkit::github::login::{Person, TOKEN, USER_CODE};
use catwalk_testkit::github::{FakeGitHub, Fault, Repository};
use catwalk_testkit::keyring::{Keyring, inside};
use catwalk_testkit::wait::eventually;
use std::path::Path;
use std::time::Duration;

const NOTES: &str = "https://github.com/fixture-labs/node-notes";
const WAIT: Duration = Duration::from_secs(20);
const ECHO: &str = "https://github.com/fixture-labs/python-echo";

async fn world() -> (FakeGitHub, Engine) {
    let github = FakeGitHub::start().await.expect("the fake starts");
    let endpoints = Endpoints {
        github_api: github.api(),
        github_raw: github.raw(),
        github_codeload: github.codeload(),
        github_web: github.web(),
        ..Endpoints::default()
    };
    let engine = Engine::start_with(endpoints).await;
    (github, engine)
}

async fn account(engine: &Engine) -> GithubView {
    engine.app.github_account().await.expect("the database answers")
}

fn nowhere_below(folder: &Path, secret: &str) {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(kind) if kind.is_file() => {
                    let bytes = std::fs::read(entry.path()).unwrap_or_default();
                    assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{}", entry.path().display());
                }
                _ => {}
            }
        }
    }
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
        let fix = match problem.fix.clone() {
            Some(fix @ Fix::ChooseSource { .. }) if repo.ends_with("servers") => fix,
            _ if repo.ends_with("secret") || repo.contains("no-such-repo") || repo.contains("nobody") => {
                Fix::SignInGithub
            }
            _ => Fix::ChangeSource,
        };
        reads_well(repo, &problem, code, &fix);
    }
    engine.nothing_saved().await;
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn github_says_no() {
    let reset = 4_102_444_800;
    for (fault, code, fix) in [
        (Fault::RateLimit { reset, too_many: false }, ProblemCode::RateLimited, Fix::SignInGithub),
        (Fault::RateLimit { reset, too_many: true }, ProblemCode::RateLimited, Fix::SignInGithub),
        // A token would not help against this one.
        (Fault::Secondary { retry_after: 60 }, ProblemCode::RateLimited, Fix::Retry),
        (Fault::Down, ProblemCode::Offline, Fix::Retry),
    ] {
        let (github, engine) = world().await;
        github.set_fault(fault);
        let problem = engine.app.analyze("fixture-labs/never-was").await.map(|a| a.id).expect_err("GitHub says no");
        reads_well(&format!("{fault:?}"), &problem, code, &fix);
        if code == ProblemCode::RateLimited {
            // A public repository can be read all the same, from its archive.
            engine.analyzed(NOTES).await;
        }
        engine.nothing_saved().await;
        engine.app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analysis_is_kept_and_made_again_when_asked() {
    let (github, engine) = world().await;
    github.set_fault(Fault::Down);
    engine.app.analyze(NOTES).await.map(|a| a.id).expect_err("GitHub is down");
    // A failure is not remembered.
    github.set_fault(Fault::None);
    let first = engine.analyzed(NOTES).await;
    let asked = github.asked().len();
    // A success is: the next look does not ask again.
    let kept = engine.analyzed(NOTES).await;
    assert_eq!((github.asked().len(), kept.looked_at), (asked, first.looked_at));
    let again = engine.app.analyze_again(NOTES).await.expect("it is looked at again");
    assert!(github.asked().len() > asked && again.looked_at >= first.looked_at);
    assert_eq!(github.unchanged().len(), 3, "what has not changed is not sent again");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_told_and_a_cancelled_analysis_leaves_nothing() {
    let (github, engine) = world().await;
    let mut events = engine.app.events();
    engine.analyzed(NOTES).await;
    let mut steps = Vec::new();
    while let Ok(event) = events.try_recv() {
        steps.extend(event.progress.map(|p| p.step));
    }
    steps.dedup();
    assert_eq!(steps, [Step::Resolve, Step::Tree, Step::Files, Step::Packages, Step::Merge]);
    github.set_stalled(true);
    let (app, asked) = (engine.app.clone(), github.asked().len());
    let looking = tokio::spawn(async move { app.analyze(ECHO).await.map(|a| a.id) });
    eventually("the question", Duration::from_secs(10), async || (github.asked().len() > asked).then_some(())).await;
    engine.app.cancel_analysis();
    let problem = looking.await.expect("it ends").expect_err("it was cancelled");
    assert_eq!(problem.code, ProblemCode::Cancelled);
    github.set_stalled(false);
    engine.nothing_saved().await;
    // Nor does a second one wait for the first.
    github.set_stalled(true);
    let (app, asked) = (engine.app.clone(), github.asked().len());
    let old = tokio::spawn(async move { app.analyze(ECHO).await.map(|a| a.id) });
    eventually("the question", Duration::from_secs(10), async || (github.asked().len() > asked).then_some(())).await;
    let app = engine.app.clone();
    let new = tokio::spawn(async move { app.analyze(NOTES).await.map(|a| a.id) });
    assert_eq!(old.await.expect("it ends").expect_err("it was replaced").code, ProblemCode::Cancelled);
    github.set_stalled(false);
    new.await.expect("it ends").expect("the new one is answered");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_to_github_opens_private_repositories() {
    let Some(_keyring) = inside("github::signing_in_to_github_opens_private_repositories", Keyring::start) else {
        return;
    };
    let (github, engine) = world().await;
    let hidden = "https://github.com/fixture-labs/secret";
    let problem = engine.app.analyze(hidden).await.map(|a| a.id).expect_err("private");
    assert_eq!(problem.fix, Some(Fix::SignInGithub));
    let code = engine.app.github_sign_in(true).await.expect("a code");
    assert_eq!((code.code.as_str(), account(&engine).await.code.map(|c| c.page)), (USER_CODE, Some(code.page)));
    github.set_person(Person::Refused);
    let refused = eventually("the refusal", WAIT, async || account(&engine).await.problem).await;
    assert_eq!(refused.fix, Some(Fix::SignInGithub));
    github.set_person(Person::Away);
    engine.app.github_sign_in(true).await.expect("another code");
    engine.app.cancel_github_sign_in();
    assert!(account(&engine).await.code.is_none());
    engine.app.github_sign_in(true).await.expect("a third one");
    github.set_person(Person::Agreed);
    let login = eventually("the login", WAIT, async || account(&engine).await.login).await;
    assert_eq!(login, "ada");
    engine.analyzed(hidden).await;
    let known = account(&engine).await;
    assert!(known.token_set && known.code.is_none() && known.problem.is_none(), "{known:?}");
    assert_eq!(known.allowance.map(|a| a.limit), Some(5000));
    // The token is nowhere in the clear, and survives a restart.
    nowhere_below(engine.config.data_dir(), TOKEN);
    let engine = engine.restart().await;
    engine.app.analyze_again(hidden).await.expect("the token is still there");
    let refused = engine.app.set_github_token(Some("gho_stranger".to_owned())).await.expect_err("GitHub says no");
    assert_eq!(refused.code, ProblemCode::CredentialRefused);
    engine.app.set_github_token(None).await.expect("signed out");
    assert!(!account(&engine).await.token_set);
    engine.app.analyze_again(hidden).await.map(|a| a.id).expect_err("private again");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_page_leads_to_a_choice() {
    let (github, engine) = world().await;
    github.add(Repository::new("grace", "notes-mcp", []));
    let problem = engine.app.analyze("https://github.com/grace").await.map(|a| a.id).expect_err("a person");
    let Some(Fix::ChooseSource { choices }) = &problem.fix else { panic!("{problem:?}") };
    assert_eq!(choices[0].text, "grace/notes-mcp");
    engine.app.stop().await;
}
