//! The copy of the registry: kept page by page, swept after a whole pass, made anew when it is damaged.

use catwalk_domain::{Listing, Origin};
use catwalk_store::{Catalog, Change};
use catwalk_testkit::home::TempHome;

fn listing(name: &str, version: &str) -> Listing {
    Listing {
        name: name.to_owned(),
        title: None,
        description: "Says things".to_owned(),
        version: version.to_owned(),
        publisher: "ada on GitHub".to_owned(),
        official: false,
        repository: Some(format!("https://github.com/{name}")),
        packages: Vec::new(),
        remotes: Vec::new(),
        hosted: true,
        deprecated: None,
        icon: None,
        updated_at: 7,
        origin: Origin::Registry,
        paste: name.to_owned(),
    }
}

fn put(name: &str, version: &str) -> Change {
    Change::Put { listing: Box::new(listing(name, version)), document: format!("{{\"name\":\"{name}\"}}") }
}

#[tokio::test]
async fn pages_and_the_place_behind_them_are_kept_together() {
    let home = TempHome::new().expect("a home");
    let file = home.path().join("data/catalog.sqlite");
    let catalog = Catalog::open(&file).await.expect("opens");
    assert_eq!(catalog.place::<String>().await.expect("reads"), None);

    let page = [put("a/one", "1"), put("a/two", "1"), put("b/three", "1")];
    assert_eq!(catalog.keep(&page, 1, "behind three", false).await.expect("keeps"), 3);
    assert_eq!(catalog.keep(&page, 1, "again", false).await.expect("keeps"), 0, "nothing is new");
    catalog.close().await;

    let catalog = Catalog::open(&file).await.expect("opens again");
    assert_eq!(catalog.place::<String>().await.expect("reads").as_deref(), Some("again"));
    let second = [put("a/one", "2"), Change::Remove { name: "b/three".into() }];
    assert_eq!(catalog.keep(&second, 2, "end", true).await.expect("keeps"), 3, "one new, one withdrawn, one swept");
    assert_eq!(catalog.all().await.expect("reads"), [listing("a/one", "2")]);
    assert_eq!(catalog.count().await.expect("reads"), 1);
    assert_eq!(catalog.named(&["x/y", "a/one"]).await.expect("reads").len(), 1);
    let (_, document) = catalog.document("A/One").await.expect("reads").expect("in any case");
    assert_eq!(document, r#"{"name":"a/one"}"#);
    let has = async |key: &str, unplaced| {
        catalog.has_key(&["npm:none".to_owned(), key.to_owned()], unplaced).await.expect("reads")
    };
    assert!(has("source:github.com/a/one", false).await);
    assert!(!has("source:github.com/a/one", true).await, "its source is known");
    assert!(!has("source:github.com/b/three", false).await);
}

#[tokio::test]
async fn pictures_are_forgotten_by_age() {
    let home = TempHome::new().expect("a home");
    let catalog = Catalog::open(&home.path().join("catalog.sqlite")).await.expect("opens");
    for (at, address) in [(1, "one"), (2, "two"), (3, "three")] {
        let picture = (at != 3).then_some("data:");
        catalog.keep_icon(address, picture, at, 2).await.expect("keeps");
    }
    assert_eq!(catalog.icon("one", 0).await.expect("reads"), None, "the oldest of three is gone");
    assert_eq!(catalog.icon("two", 0).await.expect("reads"), Some(Some("data:".to_owned())));
    assert_eq!(catalog.icon("three", 0).await.expect("reads"), Some(None), "known to have none");
    assert_eq!(catalog.icon("two", 2).await.expect("reads"), None, "too old");
}

#[tokio::test]
async fn a_damaged_file_is_begun_anew() {
    let home = TempHome::new().expect("a home");
    let file = home.path().join("catalog.sqlite");
    std::fs::write(&file, vec![b'x'; 9000]).expect("writes");
    let catalog = Catalog::open(&file).await.expect("opens");
    catalog.keep(&[put("a/one", "1")], 1, "p", false).await.expect("keeps");
    assert_eq!(catalog.count().await.expect("reads"), 1);
}
