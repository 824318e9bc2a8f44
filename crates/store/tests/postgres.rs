//! What only a server can do: go away, refuse, prove who it is.

#[path = "fixtures/rows.rs"]
mod common;

use catwalk_domain::ProblemCode;
use catwalk_store::{Error, Store, StoreUrl};
use catwalk_testkit::postgres::Postgres;
use common::{deployment, postgres, secrets};

// FAULTS case 38.
#[tokio::test(flavor = "multi_thread")]
async fn away_is_named_and_over_when_it_is_back() {
    let Some((mut server, url)) = postgres() else { return };
    let store = Store::open(&url).await.expect("opens");
    store.deployments().insert(&deployment("a", "x", 1), &secrets()).await.expect("inserts");

    server.stop();
    let away = store.deployments().insert(&deployment("b", "x", 2), &secrets()).await.expect_err("away");
    assert!(matches!(away, Error::Unavailable(_)), "{away:?}");
    let problem = away.problem();
    assert_eq!((problem.code, problem.title.as_str()), (ProblemCode::Storage, "The database is away"));
    let unopened = Store::open(&url).await.expect_err("away");
    assert!(matches!(unopened, Error::Unavailable(_)), "{unopened:?}");
    let shown = format!("{problem:?} {unopened:?} {:?} {url:?} {url}", unopened.problem());
    assert!(!shown.contains("throw") && !shown.contains("%3A"), "no password: {shown}");

    server.resume().expect("starts again");
    assert_eq!(store.deployments().list().await.expect("the same store goes on").len(), 1);
    store.deployments().insert(&deployment("b", "x", 2), &secrets()).await.expect("inserts");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_apart_from_being_away() {
    let Some((server, _)) = postgres() else { return };
    let wrong = server.url("story").replace(":throw", ":wrong");
    let missing = server.url("no_such_database");
    for url in [wrong, missing] {
        let refused = Store::open(&url.parse().expect("a URL")).await.expect_err("refused");
        assert!(matches!(refused, Error::Refused(_)), "{refused:?}");
        assert!(!format!("{refused:?} {:?}", refused.problem()).contains("away/pass"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused_unchanged() {
    let Some((server, url)) = postgres() else { return };
    Store::open(&url).await.expect("opens").close().await;
    let future = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (9999, 'future', TRUE, '', 0)";
    server.psql("story", future).expect("inserts");
    let refused = Store::open(&url).await.expect_err("newer");
    assert!(matches!(refused, Error::NewerSchema { database: 9999, .. }), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_apps_may_migrate_at_once() {
    let Some((_server, url)) = postgres() else { return };
    let (one, two, three) = tokio::join!(Store::open(&url), Store::open(&url), Store::open(&url));
    for store in [one, two, three] {
        store.expect("opens").ping().await.expect("answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sslmode_is_obeyed() {
    if !Postgres::is_available() {
        return;
    }
    let server = Postgres::start_tls().expect("starts");
    let base = server.database("tls").expect("a database");
    let ca = format!("&sslrootcert={}", server.ca().display());
    let encrypted = "SELECT COUNT(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND datname = 'tls'";
    for (mode, opens, tls) in [
        ("disable".to_owned(), true, false),
        ("prefer".to_owned(), true, true),
        ("require".to_owned(), true, true),
        ("verify-ca".to_owned(), false, false),
        ("verify-full".to_owned(), false, false),
        (format!("verify-ca{ca}"), true, true),
        (format!("verify-full{ca}"), true, true),
    ] {
        let url: StoreUrl = format!("{base}?sslmode={mode}").parse().expect("a URL");
        match Store::open(&url).await {
            Ok(store) => {
                store.ping().await.expect("answers");
                assert!(opens, "{mode} must not trust a stranger's certificate");
                let count = server.psql("tls", encrypted).expect("counts");
                assert_eq!(count != "0", tls, "{mode}: {count} encrypted connections");
                store.close().await;
            }
            Err(error) => {
                assert!(!opens, "{mode}: {error:?}");
                assert!(matches!(error, Error::Refused(_)), "{mode}: {error:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_the_certificate_does_not_hold_is_refused() {
    if !Postgres::is_available() {
        return;
    }
    let server = Postgres::start_tls().expect("starts");
    let base = server.database("tls").expect("a database").replace("@localhost:", "@127.0.0.1:");
    let open = |mode: &str| {
        let url = format!("{base}?sslmode={mode}&sslrootcert={}", server.ca().display());
        async move { Store::open(&url.parse().expect("a URL")).await }
    };
    assert!(matches!(open("verify-full").await, Err(Error::Refused(_))));
    open("verify-ca").await.expect("the authority is right, the name is not asked for");
}
