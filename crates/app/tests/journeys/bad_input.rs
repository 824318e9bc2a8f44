//! Bad input: each is a problem with a plain sentence, its evidence and a way out, and nothing is half-saved.

use crate::engine::{Engine, answers, on_another_port};
use crate::fixture::{Folder, Manner, RIGHT_KEY};
use catwalk_app::{App, Endpoints};
use catwalk_domain::{Fix, Problem, ProblemCode, Status};
use catwalk_testkit::keyring::{Keyring, inside};
use catwalk_testkit::wait::eventually;
use std::net::TcpListener;
use std::time::Duration;
use url::Url;

const NO_SUCH: &str = "catwalk-fixture-that-nobody-has-published";

/// It reads well: a title without a full stop, whole sentences, evidence where somebody said something, and the way out.
pub(crate) fn reads_well(about: &str, problem: &Problem, code: ProblemCode, fix: &Fix) {
    assert_eq!(problem.code, code, "{about}: {problem:#?}");
    assert!(!problem.title.trim().is_empty() && !problem.title.ends_with('.'), "{about}: {problem:#?}");
    assert!(problem.explanation.len() > 10 && problem.explanation.ends_with(['.', '?']), "{about}: {problem:#?}");
    assert!(problem.evidence.iter().all(|line| !line.trim().is_empty()), "{about}: {problem:#?}");
    assert_eq!(problem.fix.as_ref(), Some(fix), "{about}: {problem:#?}");
    // Nobody but ourselves said anything about these.
    let ours = [ProblemCode::SourceNotUnderstood, ProblemCode::KeychainLocked];
    assert!(!problem.evidence.is_empty() || ours.contains(&code), "{about} has no evidence: {problem:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_analysed() {
    use ProblemCode::{NotAServer, NotFound, SourceNotUnderstood};
    let engine = Engine::start().await;
    let soup = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(soup.path().join("soup.txt"), "leek, potato").expect("it can be written");
    let folder = soup.path().display().to_string();
    for (paste, code) in [
        ("", SourceNotUnderstood),
        ("  \n\t ", SourceNotUnderstood),
        ("how do I make soup?", SourceNotUnderstood),
        ("docker run -i --rm example/mcp extra; rm -rf /", SourceNotUnderstood),
        ("npx -y left-pad", NotAServer),
        ("https://www.npmjs.com/package/left-pad", NotAServer),
        ("pypi:requests", NotAServer),
        (&format!("npm:{NO_SUCH}"), NotFound),
        (&format!("https://pypi.org/project/{NO_SUCH}/"), NotFound),
        ("@modelcontextprotocol/server-memory@0.0.77", NotFound),
        ("uvx mcp-server-time==0.0.77", NotFound),
        ("/no/such/folder/at/all", NotFound),
        (&folder, NotAServer),
    ] {
        let problem = engine.app.analyze(paste).await.map(|a| a.id).expect_err(paste);
        reads_well(paste, &problem, code, &Fix::ChangeSource);
    }
    engine.nothing_saved().await;
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_network() {
    // Bound and let go: nobody listens there.
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let closed: Url = format!("http://{closed}/").parse().expect("an address");
    let (npm, pypi, github) = (closed.clone(), closed.clone(), closed.clone());
    let engine = Engine::start_with(Endpoints {
        npm_counter: npm.clone(),
        npm,
        pypi,
        github_api: github.clone(),
        github_raw: github.clone(),
        github_codeload: github.clone(),
        github_web: github,
        ..Endpoints::default()
    })
    .await;
    let hosted = format!("{closed}mcp");
    for paste in ["npx -y left-pad", "uvx mcp-server-time", "https://github.com/fixture-labs/node-notes", &hosted] {
        let problem = engine.app.analyze(paste).await.map(|a| a.id).expect_err(paste);
        reads_well(paste, &problem, ProblemCode::Offline, &Fix::Retry);
    }
    engine.nothing_saved().await;
    // What needs no network goes on.
    let folder = Folder::new(Manner::Polite);
    let view = engine.deploy(&folder.path(), &[], false).await;
    assert_eq!(engine.ask(view.id, "echo", "offline").await, "offline");
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_at_start() {
    let engine = Engine::start().await;
    let folder = Folder::new(Manner::DiesAtStart);
    let view = engine.try_deploy(&folder.path(), &[], false).await.expect("it is saved");
    let problem = engine.failed(view.id).await;
    reads_well("it dies", &problem, ProblemCode::DiedAtStart, &Fix::ShowLog);
    assert!(problem.evidence.join("\n").contains("cannot find its settings"), "{problem:#?}");
    let log = engine.app.read_log(view.id, 50).await.expect("it has a log");
    assert!(log.iter().any(|l| l.stream == "stderr" && l.text.contains("cannot find its settings")), "{log:#?}");
    engine.app.delete_deployment(view.id).await.expect("it can be deleted");
    assert!(engine.app.list_deployments().await.expect("a list").is_empty());
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_credential_is_asked_for_and_nothing_is_saved() {
    let engine = Engine::start().await;
    let folder = Folder::new(Manner::AsksKey);
    let field = Fix::EditAnswers { field: Some("env:FIXTURE_API_KEY".to_owned()) };
    for given in [&[][..], &[("FIXTURE_API_KEY", "")], &[("FIXTURE_API_KEY", "   ")]] {
        let problem = engine.try_deploy(&folder.path(), given, false).await.map(|v| v.id).expect_err("refused");
        reads_well("no key", &problem, ProblemCode::AnswersInvalid, &field);
    }
    engine.nothing_saved().await;
    // The draft lives: the form is shown again with its problem beside the field.
    let analyzed = engine.analyzed(&folder.path()).await;
    let wrong = engine.app.validate_draft(&analyzed.id, Vec::new()).expect("the draft is there");
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    let gone = engine.app.deploy("no such draft", "", Vec::new(), false).await.map(|v| v.id).expect_err("gone");
    assert_eq!((gone.code, gone.fix), (ProblemCode::NotFound, Some(Fix::ChangeSource)));
    engine.nothing_saved().await;
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_told_from_a_crash_and_can_be_put_right() {
    let test = "bad_input::a_wrong_key_is_told_from_a_crash_and_can_be_put_right";
    let Some(_keyring) = inside(test, Keyring::start) else { return };
    let engine = Engine::start().await;
    let folder = Folder::new(Manner::AsksKey);
    let wrong = "kea-wrong-7f3a";
    let view = engine.try_deploy(&folder.path(), &[("FIXTURE_API_KEY", wrong)], false).await.expect("it is saved");
    let problem = engine.failed(view.id).await;
    reads_well("a wrong key", &problem, ProblemCode::CredentialRefused, &Fix::EditAnswers { field: None });
    assert!(problem.evidence.join("\n").contains("401 Unauthorized"), "{problem:#?}");

    let form = engine.app.deployment_form(view.id).await.expect("its form");
    assert!(form.answers.iter().any(|a| a.secret_set && a.values.is_empty()), "{form:#?}");
    let analyzed = engine.analyzed(&folder.path()).await;
    let blank = engine.app.update_answers(view.id, answers(&analyzed, &[("FIXTURE_API_KEY", "")])).await;
    let problem = blank.map(|v| v.id).expect_err("a required key cannot be taken away");
    assert_eq!(problem.code, ProblemCode::AnswersInvalid, "{problem:#?}");

    let right = answers(&analyzed, &[("FIXTURE_API_KEY", RIGHT_KEY)]);
    engine.app.update_answers(view.id, right).await.expect("the right key is saved");
    let view = engine.becomes(view.id, "ready").await;
    assert_eq!(engine.ask(view.id, "echo", "opened").await, "opened");
    // The server itself may say its key; the log of it may not.
    assert_eq!(engine.ask(view.id, "env", "FIXTURE_API_KEY").await, RIGHT_KEY);
    let log = engine.app.read_log(view.id, 500).await.expect("it has a log");
    assert!(!log.iter().any(|l| l.text.contains(RIGHT_KEY) || l.text.contains(wrong)), "{log:#?}");
    let engine = engine.restart().await;
    let view = engine.becomes(view.id, "ready").await;
    assert!(matches!(view.status, Status::Ready { tools: 4 }), "{:#?}", view.status);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use() {
    let engine = Engine::start().await;
    let before = engine.app.relay_origin().to_owned();
    engine.app.stop().await;
    let squatter = TcpListener::bind(before.trim_start_matches("http://")).expect("the port is free now");
    let config = engine.config.clone();
    let port = squatter.local_addr().expect("it is bound").port();

    let problem = App::start(config.clone()).await.map(|_| ()).expect_err("the port is taken");
    reads_well("port in use", &problem, ProblemCode::PortInUse, &Fix::UseAnotherPort);
    assert!(problem.title.contains(&port.to_string()), "{problem:#?}");
    // The port never moves by itself: configs of AI apps hold it.
    let again = App::start(config.clone()).await.map(|_| ()).expect_err("still taken");
    assert_eq!(again.code, ProblemCode::PortInUse);

    let app = on_another_port(&config).await;
    assert_ne!(app.relay_origin(), before);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_that_cannot_be_read() {
    let engine = Engine::start().await;
    engine.app.stop().await;
    let file = engine.config.data_dir().join("preferences.json");
    std::fs::write(&file, "{\"relayPort\": 74").expect("it can be written");
    let problem = App::start(engine.config.clone()).await.map(|_| ()).expect_err("it may name another database");
    reads_well("damaged settings", &problem, ProblemCode::Storage, &Fix::Retry);
    assert_eq!(
        std::fs::read_to_string(&file).expect("it is there"),
        "{\"relayPort\": 74",
        "nothing was written over it"
    );
    engine.config.use_built_in_database().expect("the way out");
    let app = on_another_port(&engine.config).await;
    app.stop().await;
    let beside = std::fs::read_dir(engine.config.data_dir()).expect("a folder").flatten();
    assert!(
        beside.into_iter().any(|e| e.file_name().to_string_lossy().contains(".damaged-")),
        "the damaged one is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_damaged_goes_back_to_a_copy() {
    let (folder, engine) = (Folder::new(Manner::Polite), Engine::start().await);
    let view = engine.deploy(&folder.path(), &[], false).await;
    engine.by_hand("UPDATE settings SET value = '1000' WHERE name = 'upkeep'").await;
    let engine = engine.restart().await;
    let copies = engine.config.data_dir().join("snapshots");
    let taken = async || (std::fs::read_dir(&copies).map_or(0, Iterator::count) == 2).then_some(());
    eventually("a copy with the server", Duration::from_secs(10), taken).await;
    engine.app.stop().await;
    let file = engine.config.data_dir().join("catwalk.db");
    let mut bytes = std::fs::read(&file).expect("it is there");
    let half = bytes.len() / 2;
    bytes[100..half].fill(0x5a);
    std::fs::write(&file, bytes).expect("it can be written");
    let problem = App::start(engine.config.clone()).await.map(|_| ()).expect_err("it is damaged");
    reads_well("damaged database", &problem, ProblemCode::Storage, &Fix::RestoreDatabase);
    catwalk_app::restore_database(&engine.config).await.expect("there is a copy");
    let app = App::start(engine.config.clone()).await.expect("it starts again");
    let back = app.get_deployment(view.id).await.expect("the server is in it");
    assert_eq!(back.slug, view.slug);
    app.stop().await;
}
