//! One entry for all servers, or for a set of them; and the counters of all.

use crate::connect::{CODE, DESKTOP, apps, entry, open_bridge, text, use_http};
use crate::engine::Engine;
use crate::fixture::{Folder, Manner};
use catwalk_app::Scope;
use catwalk_testkit::keyring::{Keyring, inside};

#[tokio::test(flavor = "multi_thread")]
async fn one_entry_has_all_servers() {
    let Some(_keyring) = inside("connect_many::one_entry_has_all_servers", Keyring::start) else { return };
    let (engine, folders) = (Engine::start().await, [Folder::new(Manner::Polite), Folder::new(Manner::Polite)]);
    let apps = apps(&engine);
    let one = engine.deploy(&folders[0].path(), &[], false).await;
    let app = &engine.app;

    let plan = app.plan_connect(DESKTOP, &Scope::All).await.expect("a plan");
    assert_eq!(plan.entry_name, "catwalk");
    let link = app.apply_connect(&plan.plan_id).await.expect("applied").expect("a link");
    assert_eq!(link.deployment, None);
    let client = open_bridge(&entry(&apps.desktop, "catwalk")).await;
    assert!(client.list_all_tools().await.expect("a list").iter().all(|tool| tool.name.starts_with(&*one.slug)));
    // Who comes later is there too.
    let two = engine.deploy(&folders[1].path(), &[], false).await;
    let tools = client.list_all_tools().await.expect("a list");
    assert!(tools.iter().any(|tool| tool.name == format!("{}__echo", two.slug)), "{tools:#?}");
    client.cancel().await.expect("it ends");

    let set = app.save_set("Work", vec![two.id]).await.expect("a set");
    let scope = Scope::Set { name: set.name };
    let plan = app.plan_connect(CODE, &scope).await.expect("a plan");
    app.apply_connect(&plan.plan_id).await.expect("applied").expect("a link");
    let work = entry(&apps.code, "catwalk-work");
    assert_eq!(work["url"], set.url.as_str());
    let header = work["headers"]["Authorization"].as_str().expect("a header").to_owned();
    assert_eq!(use_http(&work, Some(&header)).await, 200);

    let found = app.list_clients().await.expect("a list");
    let of = |kind: &str| found.iter().find(|client| client.kind == kind).expect("it is there");
    assert!(of(DESKTOP).all && of(DESKTOP).sets.is_empty() && of(DESKTOP).connected.is_empty(), "{found:#?}");
    assert!(!of(CODE).all && of(CODE).sets == ["work"], "{found:#?}");

    // A set that goes takes its entries along; all servers stay until they are taken out or back.
    app.delete_set("work").await.expect("it goes");
    assert!(!text(&apps.code).contains("catwalk-work"), "{}", text(&apps.code));
    assert_eq!(use_http(&work, Some(&header)).await, 401, "and its token ended with it");
    let gone = app.plan_connect(CODE, &scope).await.map(|plan| plan.plan_id).expect_err("it is gone");
    assert!(!gone.title.is_empty());
    app.undo_connect(&link.id).await.expect("undone");
    assert!(!text(&apps.desktop).contains("catwalk"), "{}", text(&apps.desktop));
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_have_a_token_of_their_own() {
    let Some(_keyring) = inside("connect_many::counters_have_a_token_of_their_own", Keyring::start) else { return };
    let (engine, folder) = (Engine::start().await, Folder::new(Manner::Polite));
    let view = engine.deploy(&folder.path(), &[], false).await;
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = engine.app.metrics(false).await.expect("an address").url;
    let get = async |token: &str| http.get(&url).bearer_auth(token).send().await.expect("an answer");
    let by_hand = engine.app.endpoint(view.id, true).await.expect("an address").token.expect("a token");
    assert_eq!(get(&by_hand).await.status(), 404, "there is no such page before somebody wants it");

    let token = engine.app.metrics(true).await.expect("an address").token.expect("a token");
    let page = get(&token).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.expect("text").contains(&view.slug));
    assert_eq!(get(&by_hand).await.status(), 401, "a token for servers opens no counters");
    let opened = use_http(&serde_json::json!({ "url": view.endpoint }), Some(&format!("Bearer {token}"))).await;
    assert_eq!(opened, 401, "and theirs opens no server");
    engine.app.stop().await;
}
