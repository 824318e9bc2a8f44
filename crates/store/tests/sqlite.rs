//! What only a file can suffer: snapshots, a newer schema, damage, a full disk, rows changed by hand.

#[path = "fixtures/rows.rs"]
mod common;

use catwalk_domain::{Fix, ProblemCode};
use catwalk_store::{AuditRecord, Chain, Error, Store, StoreUrl};
use catwalk_testkit::home::TempHome;
use common::{deployment, secrets};
use serde_json::Value;
use sqlx::{Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::{Path, PathBuf};

struct Place {
    home: TempHome,
    file: PathBuf,
    url: StoreUrl,
}

fn place() -> Place {
    let home = TempHome::new().expect("a home");
    let file = home.data().join("app/catwalk.db");
    Place { url: StoreUrl::Sqlite(file.clone()), file, home }
}

async fn by_hand(file: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("opens");
    connection.execute(sql).await.expect("runs");
    connection.close().await.expect("closes");
}

fn snapshots(file: &Path) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(file.with_file_name("snapshots"));
    let mut found: Vec<_> = folder.into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

#[tokio::test]
async fn durable_settings_and_private_files() {
    let place = place();
    let store = Store::open(&place.url).await.expect("opens");
    store.deployments().insert(&deployment("a", "x", 1), &secrets()).await.expect("inserts");
    assert!(place.file.with_file_name("catwalk.db-wal").exists(), "write-ahead log");
    #[cfg(unix)]
    for file in ["catwalk.db", "catwalk.db-wal"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place.file.with_file_name(file)).expect("exists").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} is private");
    }
    store.close().await;
    assert!(!place.file.with_file_name("catwalk.db-wal").exists(), "closed cleanly");
    assert_eq!(snapshots(&place.file), Vec::<PathBuf>::new(), "a fresh database needs none");
}

#[tokio::test]
async fn the_last_seven_snapshots_are_kept_and_whole() {
    let place = place();
    let store = Store::open(&place.url).await.expect("opens");
    store.deployments().insert(&deployment("a", "x", 1), &[]).await.expect("inserts");
    for day in 1..=9 {
        store.snapshot(day).await.expect("takes").expect("is a file");
    }
    let kept = snapshots(&place.file);
    assert_eq!(kept.len(), 7);
    assert!(kept[6].to_string_lossy().ends_with("9.db"), "the newest stay: {kept:?}");
    let copy = Store::open(&StoreUrl::Sqlite(kept[6].clone())).await.expect("opens");
    assert_eq!(copy.deployments().list().await.expect("lists").len(), 1);
}

// FAULTS case 39.
#[tokio::test]
async fn a_newer_schema_is_refused_unchanged() {
    let place = place();
    Store::open(&place.url).await.expect("opens").close().await;
    by_hand(
        &place.file,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'future', TRUE, x'00', 0)",
    )
    .await;
    let before = std::fs::read(&place.file).expect("reads");
    let refused = Store::open(&place.url).await.expect_err("newer");
    assert!(matches!(refused, Error::NewerSchema { database: 9999, known: 1.. }), "{refused:?}");
    assert_eq!(refused.problem().title, "The database is from a newer Catwalk");
    assert_eq!(std::fs::read(&place.file).expect("reads"), before);
}

#[tokio::test]
async fn an_older_schema_is_copied_before_it_is_migrated() {
    let place = place();
    Store::open(&place.url).await.expect("opens").close().await;
    // As if the newest migration had not been applied yet: it fails (its tables exist), and nothing is lost.
    by_hand(&place.file, "DELETE FROM _sqlx_migrations").await;
    let failed = Store::open(&place.url).await.expect_err("a failing migration");
    assert!(matches!(failed, Error::Migrate(_)), "{failed:?}");
    assert_eq!(failed.problem().code, ProblemCode::Storage);
    assert_eq!(snapshots(&place.file).len(), 1);
}

#[tokio::test]
async fn a_changed_migration_is_noticed() {
    let place = place();
    Store::open(&place.url).await.expect("opens").close().await;
    by_hand(&place.file, "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    assert!(matches!(Store::open(&place.url).await, Err(Error::Migrate(_))));
}

// FAULTS case 39.
#[tokio::test]
async fn a_damaged_file_is_kept_and_the_snapshot_restored() {
    let place = place();
    let store = Store::open(&place.url).await.expect("opens");
    store.deployments().insert(&deployment("a", "x", 1), &secrets()).await.expect("inserts");
    let good = store.snapshot(1).await.expect("takes").expect("is a file");
    store.snapshot(2).await.expect("takes");
    store.close().await;

    // The newest snapshot is damaged too: the one before must be found.
    std::fs::write(&snapshots(&place.file)[1], b"SQLite format 3\0 and then nonsense").expect("writes");
    let mut bytes = std::fs::read(&place.file).expect("reads");
    for byte in &mut bytes[100..9000] {
        *byte ^= 0x5a;
    }
    std::fs::write(&place.file, &bytes).expect("writes");
    let damaged = Store::open(&place.url).await.expect_err("damaged");
    assert!(matches!(&damaged, Error::Damaged { snapshot: Some(found) } if *found == good), "{damaged:?}");
    assert_eq!(damaged.problem().fix, Some(Fix::RestoreDatabase));

    let (restored, kept) = Store::restore(&place.url).await.expect("restores");
    assert_eq!(restored.deployments().list().await.expect("lists").len(), 1);
    assert_eq!(std::fs::read(kept).expect("the damaged file is kept"), bytes);
}

#[tokio::test]
async fn nonsense_and_no_snapshot() {
    let place = place();
    std::fs::create_dir_all(place.file.parent().expect("a folder")).expect("makes");
    std::fs::write(&place.file, b"this is no database at all, and longer than a header would be: ".repeat(20))
        .expect("writes");
    let damaged = Store::open(&place.url).await.expect_err("nonsense");
    assert!(matches!(damaged, Error::Damaged { snapshot: None }), "{damaged:?}");
    assert!(Store::restore(&place.url).await.is_err());
    assert!(place.file.exists(), "nothing is moved without a replacement");
}

// FAULTS case 38: any statement of the transaction may fail.
#[tokio::test]
async fn a_write_that_fails_midway_leaves_nothing() {
    let place = place();
    let store = Store::open(&place.url).await.expect("opens");
    by_hand(
        &place.file,
        "CREATE TRIGGER full BEFORE INSERT ON secrets WHEN NEW.field = 'header:Ü' \
         BEGIN SELECT RAISE(FAIL, 'no room'); END",
    )
    .await;
    let failed = store.deployments().insert(&deployment("a", "x", 1), &secrets()).await.expect_err("fails");
    assert!(failed.problem().evidence.iter().any(|line| line.contains("no room")), "{failed:?}");
    assert_eq!(store.deployments().list().await.expect("lists"), []);
    by_hand(&place.file, "DROP TRIGGER full").await;
    store.deployments().insert(&deployment("a", "x", 1), &secrets()).await.expect("the name is still free");
}

#[tokio::test]
async fn one_unreadable_row_does_not_hide_the_others() {
    let place = place();
    let store = Store::open(&place.url).await.expect("opens");
    for slug in ["good", "bad"] {
        store.deployments().insert(&deployment(slug, "x", 1), &[]).await.expect("inserts");
    }
    by_hand(&place.file, "UPDATE deployments SET manifest = '{' WHERE slug = 'bad'").await;
    let listed = store.deployments().list().await.expect("lists");
    assert_eq!(listed.iter().map(|d| d.slug.as_str()).collect::<Vec<_>>(), ["good"]);
    let left_out = store.deployments().unreadable().await.expect("lists");
    assert_eq!(left_out.iter().map(|u| u.slug.as_str()).collect::<Vec<_>>(), ["bad"]);
}

#[tokio::test]
async fn the_audit_shows_tampering() {
    for (sql, at) in [
        ("UPDATE audit SET subject = 'other' WHERE seq = 2", 2),
        ("UPDATE audit SET at = 0 WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit SET seq = 9 WHERE seq = 4", 4),
    ] {
        let place = place();
        let store = Store::open(&place.url).await.expect("opens");
        let text = |t: &str| t.to_owned();
        for at in 1..=5 {
            let (actor, action, subject) = (text("user"), text("deploy"), text("a"));
            let record = AuditRecord { at, actor, action, subject, detail: Value::Null };
            store.audit().append(&record).await.expect("appends");
        }
        by_hand(&place.file, sql).await;
        assert_eq!(store.audit().verify().await.expect("verifies"), Chain::Broken { at }, "{sql}");
    }
}

#[tokio::test]
async fn a_folder_in_the_way_is_named() {
    let home = TempHome::new().expect("a home");
    let inside_a_file = home.path().join("file");
    std::fs::write(&inside_a_file, "").expect("writes");
    let failed = Store::open(&StoreUrl::Sqlite(inside_a_file.join("x.db"))).await.expect_err("no folder");
    assert!(matches!(failed, Error::File { .. }), "{failed:?}");
    let failed = Store::open(&StoreUrl::Sqlite(place().home.path().to_owned())).await;
    assert!(failed.is_err(), "a folder is no file");
}
