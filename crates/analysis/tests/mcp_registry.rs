//! The local copy of the MCP Registry: pages, changes, what is gone, and everything that can go wrong on the way.

use crate::support::{NOW, analyzer, client};
use catwalk_analysis::registry::{Bookmark, Item, Page, next_page};
use catwalk_analysis::{Endpoints, Error, glama};
use catwalk_domain::{Listing, Origin, ProblemCode, WarningKind};
use catwalk_testkit::registry::{FakeMcpRegistry, Fault};
use serde_json::{Value, json};

fn server(name: &str, version: &str) -> Value {
    json!({ "name": name, "description": "Notes", "version": version,
        "packages": [{ "registryType": "npm", "identifier": "@ada/notes", "version": version, "transport": { "type": "stdio" } }] })
}

async fn fake(count: u32) -> FakeMcpRegistry {
    let fake = FakeMcpRegistry::start().await.expect("the fake starts");
    for n in 0..count {
        fake.put(
            &server(&format!("io.github.ada/notes-{n:03}"), "1.0.0"),
            "active",
            if n == 0 { "2026-11-01T10:00:00Z" } else { "2026-10-01T10:00:00Z" },
        );
    }
    fake.set_date("Sun, 22 Nov 2026 10:00:00 GMT");
    fake
}

/// Reads pages until the pass ends; the last page and all items.
async fn pass(fake: &FakeMcpRegistry, bookmark: &Bookmark) -> (Page, Vec<Item>) {
    let (mut bookmark, mut items) = (bookmark.clone(), Vec::new());
    loop {
        let mut page = next_page(&client(), &fake.url(), &bookmark, NOW).await.expect("a page");
        items.append(&mut page.items);
        bookmark = page.bookmark.clone();
        if page.last {
            return (page, items);
        }
    }
}

fn listing(items: &[Item], name: &str) -> Listing {
    let found = items.iter().find_map(|i| match i {
        Item::Listed { listing, .. } if listing.name == name => Some((**listing).clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{name} is not in {items:?}"))
}

#[tokio::test]
async fn everything_first_then_only_what_changed() {
    let fake = fake(250).await;
    let (end, items) = pass(&fake, &Bookmark::default()).await;
    assert_eq!((items.len(), end.swept, fake.asked().len()), (250, true, 3));
    assert!(end.bookmark.is_complete() && !end.bookmark.is_under_way());
    assert!(fake.asked()[0].contains("version=latest") && !fake.asked()[0].contains("updated_since"));

    fake.put(&server("io.github.ada/notes-007", "1.1.0"), "deprecated", "2026-11-22T11:00:00Z");
    fake.put(&server("io.github.ada/notes-008", "1.0.0"), "deleted", "2026-11-22T11:00:00Z");
    fake.set_date("Sun, 22 Nov 2026 12:00:00 GMT");
    let (end, items) = pass(&fake, &end.bookmark).await;
    assert!(fake.asked()[3].contains("updated_since=2026-11-01T09%3A59%3A00Z"), "{:?}", fake.asked());
    assert_eq!((items.len(), end.swept), (3, false), "two changes, and the newest of before: {items:?}");
    assert_eq!(listing(&items, "io.github.ada/notes-007").deprecated.as_deref(), Some(""));
    assert!(items.iter().any(|i| matches!(i, Item::Gone { name, .. } if name == "io.github.ada/notes-008")));

    // The same question once more has the same answer, and then hardly costs anything.
    let (end, _) = pass(&fake, &end.bookmark).await;
    let (_, items) = pass(&fake, &end.bookmark).await;
    assert_eq!(items, [], "not modified");
}

#[tokio::test]
async fn an_interrupted_pass_goes_on_where_it_was() {
    let fake = fake(250).await;
    fake.set_fault(Fault::AfterPages(1));
    let first = next_page(&client(), &fake.url(), &Bookmark::default(), NOW).await.expect("a page");
    let error = next_page(&client(), &fake.url(), &first.bookmark, NOW).await.expect_err("down");
    assert!(matches!(error, Error::Refused { status: 502, .. }), "{error:?}");
    assert_eq!(error.problem().code, ProblemCode::Offline);

    // As after a restart: the bookmark is all that is left.
    let kept = serde_json::to_string(&first.bookmark).expect("writes");
    let kept: Bookmark = serde_json::from_str(&kept).expect("reads");
    fake.set_fault(Fault::None);
    let (end, items) = pass(&fake, &kept).await;
    assert_eq!((items.len(), end.swept), (150, true), "the hundred of the first page are not asked for again");

    // A place that the registry has forgotten: from the beginning.
    fake.set_fault(Fault::ForgotCursor);
    let (end, items) = pass(&fake, &first.bookmark).await;
    assert_eq!((items.len(), end.swept), (250, true));
}

#[tokio::test]
async fn what_is_no_registry_is_said_to_be_none() {
    let fake = fake(1).await;
    let ask = || async { next_page(&client(), &fake.url(), &Bookmark::default(), NOW).await.expect_err("refused") };
    fake.set_fault(Fault::LoginPage);
    assert!(matches!(ask().await, Error::BadAnswer { .. }));
    fake.set_fault(Fault::TooMany(90));
    assert!(matches!(ask().await, Error::RateLimited { until: Some(until), .. } if until == NOW + 90_000));
    let closed = "http://127.0.0.1:9/".parse().expect("an address");
    let error = next_page(&client(), &closed, &Bookmark::default(), NOW).await.expect_err("nobody there");
    assert!(matches!(error, Error::Offline { .. }), "{error:?}");
}

#[tokio::test]
async fn entries_are_strangers_text() {
    let fake = fake(0).await;
    let updated = "2026-11-01T10:00:00Z";
    let mut odd = server("com.example.tools/odd", "1");
    odd["title"] = "Ti\u{202E}tle\n".into();
    odd["description"] = "x".repeat(5000).into();
    odd["icons"] = json!([{ "src": "http://127.0.0.1/x.svg" }]);
    odd["repository"] = json!({ "url": "https://GitHub.com/Ada/Notes.git", "source": "github" });
    odd["remotes"] = json!([{ "type": "streamable-http", "url": "https://example.com/mcp" }]);
    fake.put(&odd, "active", updated);
    fake.put(
        &json!({ "name": "no proper name", "description": "", "version": "1", "packages": [] }),
        "active",
        updated,
    );
    fake.put(
        &json!({ "name": "a.b/huge", "description": "y".repeat(300_000), "version": "1", "packages": [] }),
        "active",
        updated,
    );
    // As the schema of 2025-07 had it.
    fake.put(
        &json!({ "name": "a.b/snake", "description": "Old", "version": "1", "packages": [{ "registry_type": "pypi",
        "identifier": "snake", "version": "1", "transport": { "type": "stdio" } }] }),
        "active",
        updated,
    );
    let (_, items) = pass(&fake, &Bookmark::default()).await;
    assert_eq!(items.len(), 2, "{items:?}");
    let odd = listing(&items, "com.example.tools/odd");
    assert_eq!((odd.title.as_deref(), odd.description.chars().count(), odd.icon), (Some("Title"), 200, None));
    assert_eq!((odd.publisher.as_str(), odd.official, odd.hosted), ("tools.example.com", true, true));
    assert_eq!(odd.repository.as_deref(), Some("https://github.com/ada/notes"));
    assert_eq!(listing(&items, "a.b/snake").packages[0].registry_type, "pypi");
}

#[tokio::test]
async fn an_entry_becomes_an_analysis() {
    let fake = fake(0).await;
    let remote = json!({ "name": "com.example/api", "title": "Example", "description": "An API", "version": "2.0.0",
        "remotes": [{ "type": "streamable-http", "url": "https://{region}.example.com/mcp",
            "variables": { "region": { "choices": ["eu", "us"], "isRequired": true } },
            "headers": [{ "name": "X-Key", "isRequired": true, "isSecret": true, "description": "The key" }] }] });
    fake.put(&remote, "deprecated", "2026-11-01T10:00:00Z");
    fake.put(
        &json!({ "name": "com.example/box", "description": "", "version": "1",
        "packages": [{ "registryType": "oci", "identifier": "docker.io/x/y:1", "transport": { "type": "stdio" } }] }),
        "active",
        "2026-11-01T10:00:00Z",
    );
    let (_, items) = pass(&fake, &Bookmark::default()).await;
    let analyzer = analyzer(Endpoints { mcp_registry: fake.url(), ..Endpoints::default() });
    let of = |name: &str| match items.iter().find(|i| matches!(i, Item::Listed { listing, .. } if listing.name == name))
    {
        Some(Item::Listed { listing, document, .. }) => ((**listing).clone(), document.clone()),
        _ => panic!("{name}"),
    };
    let (listing, document) = of("com.example/api");
    let analysis = analyzer.analyze_listed(&listing, &document, NOW).await.expect("an analysis");
    crate::support::check(&analysis);
    assert_eq!(analysis.manifest.name, "com.example/api");
    assert_eq!(crate::support::asks(&analysis), ["url:region*", "header:X-Key*#"]);
    assert_eq!(analysis.publisher.as_deref(), Some("example.com"));
    assert_eq!(analysis.warnings[0].kind, WarningKind::Deprecated);
    let (listing, document) = of("com.example/box");
    let error = analyzer.analyze_listed(&listing, &document, NOW).await.expect_err("a container");
    assert_eq!(error.problem().code, ProblemCode::Unsupported);
}

#[tokio::test]
async fn glama_is_asked_and_never_trusted() {
    let fake = fake(0).await;
    fake.put_glama(json!({ "id": "abc", "name": "Notes", "namespace": "ada", "slug": "notes", "description": "Notes\u{200B}",
        "url": "https://glama.ai/mcp/servers/abc", "attributes": ["hosting:local-only"], "spdxLicense": null, "tools": [],
        "repository": { "url": "https://github.com/ada/notes" } }));
    fake.put_glama(json!({ "id": "none", "name": "Notes without a source", "url": "https://glama.ai/mcp/servers/none", "repository": null }));
    let ask = |question: &'static str| {
        let url = fake.url();
        async move { glama::search(&client(), &url, None, question, NOW).await }
    };
    let found = ask("notes").await.expect("found");
    assert_eq!(found.len(), 1, "{found:?}");
    let expect = ("glama/ada.notes", "https://github.com/ada/notes", "Notes", false);
    assert_eq!(
        (found[0].name.as_str(), found[0].paste.as_str(), found[0].description.as_str(), found[0].official),
        expect
    );
    assert_eq!(found[0].origin, Origin::Glama { link: "https://glama.ai/mcp/servers/abc".into() });
    assert_eq!(ask("nothing").await.expect("none"), []);
    fake.set_fault(Fault::WantsKey);
    assert!(matches!(ask("notes").await, Err(Error::TokenRefused { .. })));
}
