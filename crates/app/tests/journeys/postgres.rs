//! The same story with the database in PostgreSQL, and the way back.

use crate::engine::Engine;
use crate::fixture::{Folder, Manner, RIGHT_KEY};
use catwalk_domain::{Fix, ProblemCode};
use catwalk_testkit::keyring::{Keyring, inside};
use catwalk_testkit::postgres::Postgres;

const KEY: [(&str, &str); 1] = [("FIXTURE_API_KEY", RIGHT_KEY)];

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back() {
    let Some(_keyring) = inside("postgres::there_and_back", Keyring::start) else { return };
    let server = Postgres::start().expect("PostgreSQL is there");
    let url = format!("{}?sslmode=disable", server.database("catwalk").expect("a database"));
    let engine = Engine::start().await;
    let (sealed, open) = (Folder::new(Manner::AsksKey), Folder::new(Manner::Polite));
    let local = engine.deploy(&open.path(), &[], false).await;

    engine.app.test_database(&url).await.expect("it answers");
    engine.app.set_database(Some(url.clone())).await.expect("it is kept");
    let shown = engine.app.get_settings().await.expect("settings").database;
    assert_eq!(shown.kind, "sqlite", "until the next start");
    let pending = shown.pending.expect("it says what comes");
    assert!(pending.contains("/catwalk") && !pending.contains("throw"), "{pending}");
    let kept = std::fs::read_to_string(engine.config.data_dir().join("preferences.json")).expect("it is there");
    assert!(!kept.contains("throw") && !kept.contains(server.password()), "{kept}");

    // There: a new place without servers.
    let engine = engine.restart().await;
    let shown = engine.app.get_settings().await.expect("settings").database;
    assert_eq!((shown.kind.as_str(), shown.pending), ("postgres", None));
    assert!(engine.app.list_deployments().await.expect("it answers").is_empty());
    let view = engine.deploy(&sealed.path(), &KEY, false).await;
    assert_eq!(engine.ask(view.id, "env", "FIXTURE_API_KEY").await, RIGHT_KEY);
    let rows = server.psql("catwalk", "SELECT count(*) FROM deployments").expect("it answers");
    assert_eq!(rows, "1");
    let row = server.psql("catwalk", "SELECT data FROM secrets").expect("it answers");
    assert!(!row.is_empty() && !row.contains(RIGHT_KEY), "{row}");
    // Whoever opens this database later must know which key sealed it.
    let key = server.psql("catwalk", "SELECT key_id FROM vault_key").expect("it answers");
    assert_eq!(key, server.psql("catwalk", "SELECT DISTINCT key_id FROM secrets").expect("it answers"));

    let engine = engine.restart().await;
    let view = engine.becomes(view.id, "ready").await;
    assert_eq!(engine.ask(view.id, "env", "FIXTURE_API_KEY").await, RIGHT_KEY);
    assert!(!engine.app.endpoint(view.id, true).await.expect("a token").token.expect("shown").is_empty());
    // To another one, from here.
    let second = server.database("second").expect("a database");
    engine.app.set_database(Some(second)).await.expect("it is kept");

    // And back: what was here before is here again.
    engine.app.set_database(None).await.expect("it is kept");
    let engine = engine.restart().await;
    assert_eq!(engine.app.get_settings().await.expect("settings").database.kind, "sqlite");
    engine.becomes(local.id, "ready").await;
    assert_eq!(engine.app.list_deployments().await.expect("it answers").len(), 1);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there() {
    let Some(keyring) = inside("postgres::a_database_that_is_not_there", Keyring::start) else { return };
    let mut server = Postgres::start().expect("PostgreSQL is there");
    let url = server.database("catwalk").expect("a database");
    let engine = Engine::start().await;
    let preferences = engine.config.preferences();
    for wrong in ["mysql://x/y", "soup", &url.replace("/catwalk", "/nowhere"), &url.replace("throw", "thrown")] {
        for problem in [
            engine.app.test_database(wrong).await.expect_err(wrong),
            engine.app.set_database(Some(wrong.to_owned())).await.expect_err(wrong),
        ] {
            assert_eq!(problem.code, ProblemCode::Storage, "{wrong}: {problem:#?}");
            assert!(problem.fix.is_some() && !problem.evidence.is_empty(), "{wrong}: {problem:#?}");
            assert!(!format!("{problem:?}").contains(server.password()), "{wrong}: {problem:#?}");
        }
    }
    assert_eq!(engine.config.preferences(), preferences, "a wrong address changes nothing");

    // It goes away later: the engine does not start, says so, and starts when it is back.
    engine.app.set_database(Some(url)).await.expect("it is kept");
    engine.app.stop().await;
    server.stop();
    let away = catwalk_app::App::start(engine.config.clone()).await.map(|_| ()).expect_err("it is away");
    assert_eq!(away.code, ProblemCode::Storage, "{away:#?}");
    assert!(away.fix.is_some(), "{away:#?}");
    server.resume().expect("it comes back");
    let app = catwalk_app::App::start(engine.config.clone()).await.expect("it starts");
    app.stop().await;
    // Its address is sealed, so a locked keychain keeps it shut; that is no reason to open another one.
    keyring.lock().expect("it locks");
    let locked = catwalk_app::App::start(engine.config.clone()).await.map(|_| ()).expect_err("locked");
    assert_eq!((locked.code, locked.fix), (ProblemCode::KeychainLocked, Some(Fix::UnlockKeychain)));
}
