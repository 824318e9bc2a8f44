//! A locked keychain: what needs it waits, what does not runs, and locked never reads as absent.

use crate::bad_input::reads_well;
use crate::engine::Engine;
use crate::fixture::{Folder, Manner, RIGHT_KEY};
use catwalk_app::Scope;
use catwalk_app::views::{AnswerInput, VaultState};
use catwalk_domain::{Fix, ProblemCode, Status};
use catwalk_testkit::keyring::{Keyring, inside};
use catwalk_testkit::wait::eventually;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const KEY: [(&str, &str); 1] = [("FIXTURE_API_KEY", RIGHT_KEY)];
const KEY_ID: &str = "SELECT coalesce((SELECT key_id FROM vault_key), '')";

/// A keyring daemon in the place of the one that runs, unlocked as a login does it. Ended when dropped.
struct LoggedIn(Child);

impl LoggedIn {
    fn now() -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--replace", "--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the daemon is there");
        let mut stdin = daemon.stdin.take().expect("a pipe");
        stdin.write_all(b"throwaway").expect("it reads its password");
        Self(daemon)
    }
}

impl Drop for LoggedIn {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Unlocks as the window's button does, until the daemon has taken over.
async fn unlock(engine: &Engine) {
    eventually("the vault to open", Duration::from_secs(20), async || engine.app.unlock_vault().await.ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_while_secrets_exist() {
    let Some(keyring) = inside("keychain::locked_while_secrets_exist", Keyring::start) else { return };
    let engine = Engine::start().await;
    let (sealed, open) = (Folder::new(Manner::AsksKey), Folder::new(Manner::Polite));
    let with_key = engine.deploy(&sealed.path(), &KEY, false).await;
    let without = engine.deploy(&open.path(), &[], false).await;
    let key_id = engine.sql(KEY_ID).await;
    assert!(!key_id.is_empty());

    engine.app.stop().await;
    keyring.lock().expect("it locks");
    let engine = Engine { app: catwalk_app::App::start(engine.config.clone()).await.expect("it starts"), ..engine };
    assert_eq!(engine.app.get_settings().await.expect("settings").vault, VaultState::Locked);
    // What needs no secret runs; what does says why it waits and how to go on.
    engine.becomes(without.id, "ready").await;
    assert_eq!(engine.ask(without.id, "echo", "I run").await, "I run");
    let problem = engine.failed(with_key.id).await;
    reads_well("it waits", &problem, ProblemCode::KeychainLocked, &Fix::UnlockKeychain);

    let before = engine.saved().await;
    let refused = engine.try_deploy(&sealed.path(), &KEY, false).await.map(|v| v.id).expect_err("refused");
    reads_well("deploy", &refused, ProblemCode::KeychainLocked, &Fix::UnlockKeychain);
    let refused = engine
        .app
        .plan_connect("claude-code", &Scope::Server { id: without.id })
        .await
        .map(|p| p.plan_id)
        .expect_err("a token");
    assert!(matches!(refused.code, ProblemCode::KeychainLocked), "{refused:#?}");
    let refused = engine.app.unlock_vault().await.expect_err("nobody can be asked here");
    assert_eq!(refused.code, ProblemCode::KeychainLocked, "{refused:#?}");
    assert_eq!(engine.saved().await, before);
    assert_eq!(engine.sql(KEY_ID).await, key_id, "locked never reads as absent");

    let _daemon = LoggedIn::now();
    unlock(&engine).await;
    engine.becomes(with_key.id, "ready").await;
    assert_eq!(engine.ask(with_key.id, "env", "FIXTURE_API_KEY").await, RIGHT_KEY);
    assert_eq!(engine.sql(KEY_ID).await, key_id, "the same key");
    assert_eq!(engine.app.get_settings().await.expect("settings").vault, VaultState::Unlocked);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_at_the_first_run() {
    let Some(keyring) = inside("keychain::locked_at_the_first_run", Keyring::start) else { return };
    keyring.lock().expect("it locks");
    let engine = Engine::start().await;
    let sealed = Folder::new(Manner::AsksKey);
    let refused = engine.try_deploy(&sealed.path(), &KEY, false).await.map(|v| v.id).expect_err("refused");
    reads_well("deploy", &refused, ProblemCode::KeychainLocked, &Fix::UnlockKeychain);
    engine.nothing_saved().await;
    assert_eq!(engine.sql(KEY_ID).await, "", "no key is made that nobody keeps");

    let _daemon = LoggedIn::now();
    unlock(&engine).await;
    let view = engine.deploy(&sealed.path(), &KEY, false).await;
    let key_id = engine.sql(KEY_ID).await;
    let engine = engine.restart().await;
    engine.becomes(view.id, "ready").await;
    assert_eq!(engine.sql(KEY_ID).await, key_id);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_gone() {
    let Some(keyring) = inside("keychain::the_key_is_gone", Keyring::start) else { return };
    let engine = Engine::start().await;
    let sealed = Folder::new(Manner::AsksKey);
    let view = engine.deploy(&sealed.path(), &KEY, false).await;
    let old_token = engine.app.endpoint(view.id, true).await.expect("an endpoint").token.expect("shown");
    let key_id = engine.sql(KEY_ID).await;
    keyring.wipe().expect("the user resets the keyring");
    let engine = engine.restart().await;
    let problem = engine.failed(view.id).await;
    assert_eq!(problem.code, ProblemCode::KeyLost, "{problem:#?}");
    assert!(!problem.explanation.is_empty() && !problem.evidence.is_empty(), "{problem:#?}");
    let refused = engine.try_deploy(&sealed.path(), &KEY, false).await.map(|v| v.id).expect_err("refused");
    assert_eq!(refused.code, ProblemCode::KeyLost, "{refused:#?}");
    assert_eq!(engine.sql(KEY_ID).await, key_id, "no new key is made in its place");

    // The way on: a new key. What the old one sealed is asked for again, everything else stays.
    reads_well("it waits", &problem, ProblemCode::KeyLost, &Fix::StartOver);
    engine.app.start_over().await.expect("a new key");
    assert_ne!(engine.sql(KEY_ID).await, key_id);
    let problem = engine.becomes(view.id, "failed").await;
    let Status::Failed { problem } = problem.status else { panic!("{problem:#?}") };
    let field = Some("env:FIXTURE_API_KEY".to_owned());
    assert_eq!((problem.code, problem.fix), (ProblemCode::AnswersInvalid, Some(Fix::EditAnswers { field })));
    let again = AnswerInput { key: "env:FIXTURE_API_KEY".into(), values: vec![RIGHT_KEY.to_owned()] };
    engine.app.update_answers(view.id, vec![again]).await.expect("the key is entered again");
    engine.becomes(view.id, "ready").await;
    let token = engine.app.endpoint(view.id, true).await.expect("an endpoint").token.expect("shown");
    assert_ne!(token, old_token, "the old one cannot be read any more");
    let refused = engine.app.start_over().await.expect_err("it has its key");
    assert!(refused.title.contains("no need"), "{refused:#?}");
    engine.app.stop().await;
}
