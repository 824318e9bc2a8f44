//! One story, told over `SQLite` in a temporary file and over a real Postgres server.
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

#[path = "fixtures/rows.rs"]
mod common;

use catwalk_domain::{Desired, FieldKey, Installed, ProblemCode, Slug, Status, StatusEvent};
use catwalk_store::{Allows, AuditRecord, Chain, Engine, Error, Link, SessionRow, Store, StoreUrl, Token, VaultKey};
use common::{deployment, postgres, sealed, secrets, sqlite, strange_text};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test(flavor = "multi_thread")]
async fn over_sqlite() {
    let home = catwalk_testkit::home::TempHome::new().expect("a home");
    story(&sqlite(&home), Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_postgres() {
    let Some((_server, url)) = postgres() else { return };
    story(&url, Engine::Postgres).await;
}

async fn story(url: &StoreUrl, engine: Engine) {
    let store = Store::open(url).await.expect("opens a fresh database");
    assert_eq!(store.engine(), engine);
    store.ping().await.expect("answers");
    deployments(&store).await;
    nothing_is_half_saved(&store).await;
    one_name_for_one(&store).await;
    events(&store).await;
    answers(&store).await;
    small_nouns(&store).await;
    what_the_relay_keeps(&store).await;
    audit(&store).await;
    store.close().await;
    assert!(matches!(store.ping().await, Err(Error::Unavailable(_))), "closed");

    let again = Store::open(url).await.expect("opens again");
    let kept = again.deployments().get_by_slug(&Slug::from_text("first")).await.expect("reads").expect("is there");
    assert_eq!(kept.title, strange_text());
    assert!(matches!(again.audit().verify().await, Ok(Chain::Whole { rows: 12, .. })));
    again.close().await;
}

async fn deployments(store: &Store) {
    let nouns = store.deployments();
    assert_eq!(nouns.list().await.expect("lists"), []);
    let mut first = deployment("first", &strange_text(), 1);
    nouns.insert(&first, &secrets()).await.expect("inserts");
    assert_eq!(nouns.get(first.id).await.expect("reads").as_ref(), Some(&first), "unicode and large JSON survive");
    assert_eq!(store.secrets().list(first.id).await.expect("lists"), secrets());

    first.desired = Desired::Stopped;
    nouns.set_desired(first.id, Desired::Stopped).await.expect("sets");
    let installed = Installed {
        version: "1.2.3".into(),
        program: "/opt/größe/node".into(),
        leading_args: vec!["a b".into()],
        dir: "/opt".into(),
        lock_sha256: "00".into(),
        env: BTreeMap::from([("A".into(), "ü".into())]),
    };
    nouns.set_installed(first.id, Some(&installed)).await.expect("sets");
    nouns.set_allow_scripts(first.id, &["esbuild".into()]).await.expect("sets");
    first.installed = Some(installed);
    nouns.set_isolated(first.id, true).await.expect("sets");
    first.isolated = true;
    first.allow_scripts = vec!["esbuild".into()];
    assert_eq!(nouns.list().await.expect("lists"), [first]);

    let nobody = deployment("nobody", "x", 1).id;
    assert!(matches!(nouns.rename(nobody, "x").await, Err(Error::NoDeployment(id)) if id == nobody));
    assert_eq!(nouns.get(nobody).await.expect("reads"), None);
    assert!(!nouns.delete(nobody).await.expect("nothing to delete"));
}

async fn nothing_is_half_saved(store: &Store) {
    let mut broken = deployment("broken", "x", 2);
    let before = store.deployments().list().await.expect("lists").len();

    // The last secret fails, after the deployment and the other secrets went in.
    let mut bad = secrets();
    bad.push(("env:\0".into(), sealed(4)));
    let refused = store.deployments().insert(&broken, &bad).await.expect_err("a bad field");
    assert!(matches!(refused, Error::NulInName), "{refused:?}");
    assert_eq!(store.deployments().get(broken.id).await.expect("reads"), None);
    assert_eq!(store.secrets().list(broken.id).await.expect("lists"), []);

    store.deployments().insert(&broken, &secrets()).await.expect("the name is still free");
    assert!(store.deployments().delete(broken.id).await.expect("deletes"));
    assert_eq!(store.secrets().list(broken.id).await.expect("lists"), [], "secrets go with it");

    broken.slug = Slug::from_text("first");
    let taken = store.deployments().insert(&broken, &secrets()).await;
    assert!(matches!(taken, Err(Error::SlugTaken { ref slug }) if slug.as_str() == "first"), "{taken:?}");
    assert_eq!(store.deployments().list().await.expect("lists").len(), before);

    let orphan = store.secrets().replace(broken.id, &FieldKey::from("env:A"), &sealed(1)).await;
    assert!(matches!(orphan, Err(Error::NoDeployment(id)) if id == broken.id), "{orphan:?}");
}

async fn one_name_for_one(store: &Store) {
    let rivals: Vec<_> = (0..8).map(|n| deployment("rival", &format!("rival {n}"), 10 + n)).collect();
    let tries = rivals.iter().map(|rival| {
        let (store, rival) = (store.clone(), rival.clone());
        tokio::spawn(async move { store.deployments().insert(&rival, &secrets()).await })
    });
    let mut won = 0;
    for attempt in tries.collect::<Vec<_>>() {
        match attempt.await.expect("no panic") {
            Ok(()) => won += 1,
            Err(Error::SlugTaken { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    let winner = store.deployments().get_by_slug(&Slug::from_text("rival")).await.expect("reads").expect("is there");
    let refused = store.deployments().set_slug(winner.id, &Slug::from_text("first")).await.expect_err("taken");
    assert!(matches!(refused, Error::SlugTaken { .. }), "{refused:?}");
    assert_eq!(refused.problem().code, ProblemCode::AnswersInvalid);
    store.deployments().set_slug(winner.id, &Slug::from_text("rival-2")).await.expect("free");
}

async fn events(store: &Store) {
    let id = store.deployments().list().await.expect("lists")[0].id;
    let event = |at, tools| StatusEvent { at, status: Status::Ready { tools } };
    // The clock goes back in between: order is the order of adding.
    for (at, tools) in [(100, 1), (50, 2), (200, 3), (300, 4)] {
        store.events().append(id, &event(at, tools)).await.expect("appends");
    }
    assert_eq!(store.events().last(id, 3).await.expect("reads"), [event(50, 2), event(200, 3), event(300, 4)]);
    assert_eq!(store.events().prune(250, 2, 100).await.expect("prunes"), 2);
    assert_eq!(store.events().last(id, 9).await.expect("reads"), [event(200, 3), event(300, 4)]);

    let tries: Vec<_> = (0..12)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.events().append(id, &event(400, n)).await })
        })
        .collect();
    for attempt in tries {
        attempt.await.expect("no panic").expect("each finds a place");
    }
    assert_eq!(store.events().last(id, 99).await.expect("reads").len(), 14);

    let gone = deployment("gone", "x", 3);
    assert!(matches!(store.events().append(gone.id, &event(1, 1)).await, Err(Error::NoDeployment(_))));
    store.deployments().insert(&gone, &[]).await.expect("inserts");
    store.events().append(gone.id, &event(1, 1)).await.expect("appends");
    assert!(store.deployments().delete(gone.id).await.expect("deletes"));
    assert_eq!(store.events().last(gone.id, 9).await.expect("reads"), [], "events go with it");
}

async fn answers(store: &Store) {
    let id = store.deployments().list().await.expect("lists")[0].id;
    let plain = BTreeMap::from([(FieldKey::from("arg:0"), vec!["/ü".to_owned(), String::new()])]);
    let changed = [(FieldKey::from("env:A"), sealed(9))];
    store.deployments().set_answers(id, &plain, &changed, &["env:B".into()]).await.expect("sets");
    assert_eq!(store.deployments().get(id).await.expect("reads").expect("is there").answers, plain);
    let expect = [("env:A".into(), sealed(9)), ("header:Ü".into(), sealed(3))];
    assert_eq!(store.secrets().list(id).await.expect("lists"), expect);

    let gone = deployment("gone", "gone", 9);
    assert!(matches!(store.sign_ins().put(gone.id, &sealed(1)).await, Err(Error::NoDeployment(id)) if id == gone.id));
    store.deployments().insert(&gone, &[]).await.expect("inserts");
    for n in [1, 2] {
        store.sign_ins().put(gone.id, &sealed(n)).await.expect("puts");
        assert_eq!(store.sign_ins().get(gone.id).await.expect("reads"), Some(sealed(n)));
    }
    store.sign_ins().forget(gone.id).await.expect("forgets");
    assert_eq!(store.sign_ins().get(gone.id).await.expect("reads"), None);
    store.sign_ins().put(gone.id, &sealed(3)).await.expect("puts");
    store.deployments().delete(gone.id).await.expect("deletes");
    assert_eq!(store.sign_ins().get(gone.id).await.expect("reads"), None, "a sign-in goes with it");
    store.sign_ins().put(id, &sealed(4)).await.expect("puts");
}

async fn small_nouns(store: &Store) {
    let settings = store.settings();
    assert_eq!(settings.get::<u32>("port").await.expect("reads"), None);
    settings.set("port", &1).await.expect("sets");
    settings.set("port", &json!({"n": 2})).await.expect("sets again");
    assert_eq!(settings.get::<serde_json::Value>("port").await.expect("reads"), Some(json!({"n": 2})));
    assert!(matches!(settings.get::<u32>("port").await, Err(Error::Unreadable { table: "settings", .. })));
    settings.unset("port").await.expect("unsets");
    assert_eq!(settings.get::<u32>("port").await.expect("reads"), None);

    let only = Allows::Only(BTreeSet::from([deployment("x", "x", 1).id]));
    let mut token = Token {
        id: "t1".into(),
        client: "Claude\u{0} 🐈".into(),
        hash: "ab".into(),
        sealed: sealed(5),
        allows: Allows::All,
        created_at: 7,
        last_used_at: None,
        revoked_at: None,
    };
    store.tokens().insert(&token).await.expect("inserts");
    assert!(store.tokens().insert(&Token { id: "t2".into(), ..token.clone() }).await.is_err(), "the hash is unique");
    store.tokens().touch("t1", 20).await.expect("touches");
    store.tokens().touch("t1", 10).await.expect("never back in time");
    store.tokens().set_allows("t1", &only).await.expect("sets");
    store.tokens().revoke("t1", 30).await.expect("revokes");
    store.tokens().revoke("t1", 40).await.expect("once");
    token = Token { client: "Claude 🐈".into(), allows: only, last_used_at: Some(20), revoked_at: Some(30), ..token };
    assert_eq!(store.tokens().list().await.expect("lists"), [token.clone()]);
    let old = Token { id: "t3".into(), hash: "cd".into(), created_at: 50, revoked_at: None, ..token.clone() };
    let new = Token { id: "t4".into(), hash: "ef".into(), sealed: sealed(6), created_at: 60, ..old.clone() };
    store.tokens().insert(&old).await.expect("inserts");
    assert!(store.tokens().replace(&Token { id: "t4".into(), ..old.clone() }).await.is_err(), "the hash is unique");
    assert_eq!(store.tokens().list().await.expect("lists"), [token.clone(), old.clone()], "nothing changed");
    store.tokens().replace(&new).await.expect("replaces");
    let old = Token { revoked_at: Some(60), ..old };
    assert_eq!(store.tokens().list().await.expect("lists"), [token, old, new]);

    let analysis = common::analysis();
    store.analyses().put("npm:x", &analysis, 5).await.expect("puts");
    store.analyses().put("npm:x", &analysis, 6).await.expect("puts again");
    assert_eq!(store.analyses().get("npm:x").await.expect("reads"), Some((analysis, 6)));
    let answer = |tag: &str, body: &str| Some((tag.to_owned(), body.to_owned()));
    store.answers().put("a", "\"1\"", "{}", 5).await.expect("puts");
    store.answers().put("a", "\"2\"", "ü", 6).await.expect("puts again");
    store.answers().put("b", "\"3\"", "x", 9).await.expect("puts");
    store.answers().put("c", "\"4\"", "no \0 text", 9).await.expect("passes over");
    assert_eq!(store.answers().get("a").await.expect("reads"), answer("\"2\"", "ü"));
    assert_eq!(store.answers().get("c").await.expect("reads"), None);
    assert_eq!(store.answers().prune(7).await.expect("prunes"), 1);
    assert_eq!(store.answers().get("b").await.expect("reads"), answer("\"3\"", "x"));
    store.answers().clear().await.expect("clears");
    assert_eq!(store.answers().get("b").await.expect("reads"), None);
    assert_eq!(store.analyses().prune(7).await.expect("prunes"), 1);
    assert_eq!(store.analyses().get("npm:x").await.expect("reads"), None);

    let link = Link {
        id: "l1".into(),
        client: "claudeDesktop".into(),
        deployment: Some(deployment("x", "x", 1).id),
        entry: "notes".into(),
        file: "/home/größe/x.json".into(),
        backup: None,
        hash_after: "00".into(),
        applied_at: 1,
        undone_at: None,
    };
    store.links().insert(&link).await.expect("inserts");
    assert_eq!(store.links().active().await.expect("lists"), std::slice::from_ref(&link));
    store.links().undo("l1", 9).await.expect("undoes");
    assert_eq!(store.links().active().await.expect("lists"), []);
    assert_eq!(store.links().list().await.expect("lists"), [Link { undone_at: Some(9), ..link }]);

    let key = |n: &str| VaultKey { key_id: n.into(), sealed: "…".into() };
    let keys = store.vault_key();
    assert_eq!(keys.get().await.expect("reads"), None);
    assert_eq!(keys.keep(&key("one"), 1).await.expect("keeps"), key("one"));
    assert_eq!(keys.keep(&key("two"), 2).await.expect("keeps"), key("one"), "the earlier wins");
    keys.start_over(&key("three"), 3).await.expect("replaces");
    for deployment in store.deployments().list().await.expect("lists") {
        let left = store.secrets().list(deployment.id).await.expect("lists");
        assert!(left.is_empty(), "nothing opens what the lost key sealed");
    }
    let id = store.deployments().list().await.expect("lists")[0].id;
    assert_eq!(store.sign_ins().get(id).await.expect("reads"), None, "it cannot be opened any more");
    assert_eq!(keys.get().await.expect("reads"), Some(key("three")));
}

async fn what_the_relay_keeps(store: &Store) {
    let row = |hash: &str, used_at| SessionRow {
        hash: hash.into(),
        token: "t1".into(),
        session: json!({ "level": strange_text(), "nul": "\u{0}" }),
        used_at,
    };
    let sessions = store.sessions();
    for (hash, used_at) in [("aa", 10), ("bb", 20), ("cc", 30), ("bb", 40)] {
        sessions.put(&row(hash, used_at)).await.expect("puts");
    }
    let listed = sessions.list::<serde_json::Value>(15, 9).await.expect("lists");
    assert_eq!(listed, [row("bb", 40), row("cc", 30)]);
    assert_eq!(sessions.list::<serde_json::Value>(0, 1).await.expect("lists"), [row("bb", 40)]);
    assert_eq!(sessions.list::<u32>(0, 9).await.expect("unreadable ones are left out"), []);
    sessions.forget("bb").await.expect("forgets");
    assert_eq!(sessions.prune(15).await.expect("prunes"), 1);
    assert_eq!(sessions.list::<serde_json::Value>(0, 9).await.expect("lists"), [row("cc", 30)]);
    let stranger = SessionRow { token: "nobody".into(), ..row("dd", 1) };
    assert!(sessions.put(&stranger).await.is_err(), "a session has a token");

    let id = store.deployments().list().await.expect("lists")[0].id;
    store.snapshots().put(id, &json!({ "n": 1 }), 1).await.expect("puts");
    store.snapshots().put(id, &json!({ "n": 2 }), 2).await.expect("puts again");
    let listed = store.snapshots().list::<serde_json::Value>().await.expect("lists");
    assert_eq!(listed, [(id, json!({ "n": 2 }))]);
    let gone = deployment("leaves", "x", 4);
    assert!(store.snapshots().put(gone.id, &1, 1).await.is_err(), "a snapshot has a deployment");
    store.deployments().insert(&gone, &[]).await.expect("inserts");
    store.snapshots().put(gone.id, &1, 1).await.expect("puts");
    assert!(store.deployments().delete(gone.id).await.expect("deletes"));
    assert_eq!(store.snapshots().list::<serde_json::Value>().await.expect("lists").len(), 1, "it goes along");
}

async fn audit(store: &Store) {
    let record = |n: i64| AuditRecord {
        at: n,
        actor: "user".into(),
        action: "deploy".into(),
        subject: strange_text(),
        detail: json!({ "n": n }),
    };
    assert!(matches!(store.audit().verify().await, Ok(Chain::Whole { rows: 0, .. })));
    let tries: Vec<_> = (0..12)
        .map(|n| {
            let (store, record) = (store.clone(), record(n));
            tokio::spawn(async move { store.audit().append(&record).await })
        })
        .collect();
    for attempt in tries {
        attempt.await.expect("no panic").expect("each finds a place");
    }
    assert!(matches!(store.audit().verify().await, Ok(Chain::Whole { rows: 12, .. })));
    assert_eq!(store.audit().last(3).await.expect("reads").len(), 3);
}
