//! Looking for a server instead of pasting one: the copy of the registry, Glama beside it, and a model for the gaps.

use crate::engine::Engine;
use catwalk_app::Endpoints;
use catwalk_app::views::{Found, ModelInput, ProviderKind};
use catwalk_domain::{EvidenceSource, ProblemCode};
use catwalk_testkit::github::FakeGitHub;
use catwalk_testkit::keyring::{Keyring, inside};
use catwalk_testkit::models::{FakeModels, KEY, Script};
use catwalk_testkit::registry::{FakeMcpRegistry, Fault};
use serde_json::json;

const UPDATED: &str = "2026-11-01T10:00:00Z";

async fn world() -> (FakeMcpRegistry, Engine) {
    let registry = FakeMcpRegistry::start().await.expect("the fake starts");
    for n in 0..130 {
        let name = format!("io.github.ada/notes-{n:03}");
        let repository = json!({ "url": format!("https://github.com/ada/notes-{n:03}"), "source": "github" });
        let remotes = json!([{ "type": "streamable-http", "url": format!("https://{{region}}.example.com/{n}"),
            "variables": { "region": { "isRequired": true } } }]);
        let server = json!({ "name": name, "description": "Notes", "version": "1.0.0", "repository": repository, "remotes": remotes });
        registry.put(&server, "active", UPDATED);
    }
    let endpoints = Endpoints { mcp_registry: registry.url(), glama: registry.url(), ..Endpoints::default() };
    let engine = Engine::start_with(endpoints).await;
    (registry, engine)
}

async fn names(engine: &Engine, question: &str) -> Vec<String> {
    let Found { listings, .. } = engine.app.search_listings(question).await.expect("searches");
    listings.into_iter().map(|l| l.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn found_offline_once_it_was_copied() {
    let (registry, engine) = world().await;
    let (one, two) = tokio::join!(engine.app.refresh_listings(), engine.app.refresh_listings());
    assert_eq!((one.expect("copied").entries, two.expect("copied").entries), (130, 130));
    assert_eq!(registry.asked().len(), 2, "two pages, asked for once: {:?}", registry.asked());
    assert_eq!(names(&engine, "notes 007").await, ["io.github.ada/notes-007"]);

    // A listed name is an entry like any other paste.
    let analyzed = engine.analyzed("io.github.ada/notes-007").await;
    assert_eq!(analyzed.form.fields.len(), 1);
    assert_eq!(analyzed.analysis.manifest.remotes[0].url.as_deref(), Some("https://{region}.example.com/7"));

    let mut withdrawn = json!({ "name": "io.github.ada/notes-007", "description": "", "version": "1.0.0" });
    withdrawn["remotes"] = json!([]);
    registry.put(&withdrawn, "deleted", "2026-11-20T10:00:00Z");
    engine.app.refresh_listings().await.expect("refreshes");
    assert_eq!(names(&engine, "notes 007").await, Vec::<String>::new());

    // Away: what is there stays, with its age and why it is no newer.
    registry.set_fault(Fault::LoginPage);
    let engine = engine.restart().await;
    let problem = engine.app.refresh_listings().await.expect_err("away");
    assert_eq!(problem.code, ProblemCode::Offline);
    let status = engine.app.search_listings("notes 008").await.expect("searches").status;
    assert!(status.complete && status.synced_at.is_some() && status.problem.is_some(), "{status:?}");
    assert_eq!(names(&engine, "notes 008").await, ["io.github.ada/notes-008"]);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn glama_adds_what_the_registry_does_not_have() {
    let (registry, engine) = world().await;
    engine.app.refresh_listings().await.expect("copied");
    for (n, more) in [
        json!({ "packages": [{ "registryType": "npm", "identifier": "@eve/notes-mcp", "version": "1.0.0", "transport": { "type": "stdio" } }] }),
        json!({ "remotes": [{ "type": "streamable-http", "url": "https://notes.example.org/mcp" }] }),
    ]
    .into_iter()
    .enumerate()
    {
        let mut server = json!({ "name": format!("org.example/notes-{n}"), "description": "Notes", "version": "1.0.0" });
        server.as_object_mut().expect("a table").extend(more.as_object().expect("a table").clone());
        registry.put(&server, "active", "2026-11-20T10:00:00Z");
    }
    engine.app.refresh_listings().await.expect("copied again");
    // Known by package, by address, or by a name that is the package's where the source is not known.
    for (id, name, more) in [
        ("by-package", "Notes", json!({ "packages": [{ "registryType": "npm", "identifier": "@Eve/notes-mcp" }] })),
        ("by-address", "Notes", json!({ "remotes": [{ "url": "https://notes.example.org/mcp/" }] })),
        ("by-name", "@eve/notes-mcp", json!({})),
    ] {
        let mut server = json!({ "id": id, "name": name, "namespace": "x", "slug": id, "description": "Notes", "attributes": [],
            "url": format!("https://glama.ai/mcp/servers/{id}"), "repository": { "url": format!("https://github.com/{id}/other") } });
        server.as_object_mut().expect("a table").extend(more.as_object().expect("a table").clone());
        registry.put_glama(server);
    }
    for (id, repository) in [
        ("known", "https://github.com/ada/notes-001"),
        ("more", "https://github.com/bob/notes"),
        ("twice", "https://github.com/Bob/Notes"),
    ] {
        registry.put_glama(
            json!({ "id": id, "name": "Notes", "namespace": "x", "slug": id, "description": "Notes", "attributes": [],
            "url": format!("https://glama.ai/mcp/servers/{id}"), "repository": { "url": repository } }),
        );
    }
    assert_eq!(engine.app.search_glama("notes").await.expect("off").len(), 0, "nobody asked for it");
    engine.app.set_glama(true, None).await.expect("on");
    let found = engine.app.search_glama("notes").await.expect("found");
    assert_eq!(found.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["glama/x.more"]);
    let asked = registry.asked().len();
    engine.app.search_glama(" Notes ").await.expect("found again");
    assert_eq!(registry.asked().len(), asked, "the same question is not asked twice");
    registry.set_fault(Fault::WantsKey);
    assert_eq!(engine.app.search_glama("other").await.expect("quiet").len(), 0);
    engine.app.search_glama("yet another").await.expect("left alone");
    assert_eq!(registry.asked().len(), asked + 1);
    engine.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_fills_the_gaps_of_a_draft() {
    let Some(_keyring) = inside("listings::a_model_fills_the_gaps_of_a_draft", Keyring::start) else { return };
    let (github, models) = (FakeGitHub::start().await.expect("starts"), FakeModels::start().await.expect("starts"));
    let endpoints = Endpoints {
        github_api: github.api(),
        github_raw: github.raw(),
        github_codeload: github.codeload(),
        ..Endpoints::default()
    };
    let engine = Engine::start_with(endpoints).await;
    let found = engine.analyzed("https://github.com/fixture-labs/node-notes").await;
    let none = engine.app.fill_gaps(&found.id).await.expect_err("no model yet");
    assert_eq!(none.code, ProblemCode::ModelUnusable);

    let input = |key: Option<&str>, model: Option<&str>| ModelInput {
        provider: ProviderKind::OpenRouter,
        base: Some(models.openrouter().to_string()),
        key: key.map(str::to_owned),
        model: model.map(str::to_owned),
    };
    let wrong = engine.app.try_model(input(Some("sk-wrong"), None)).await.expect_err("a wrong key");
    assert_eq!(wrong.code, ProblemCode::CredentialRefused);
    let trial = engine.app.try_model(input(Some(KEY), None)).await.expect("a good key");
    assert_eq!((trial.left, trial.models[0].id.as_str()), (Some(4.25), "kea/large"));
    engine.app.set_model(input(Some(KEY), Some("kea/large"))).await.expect("kept");

    // The key is kept sealed, and found again after a restart.
    let engine = engine.restart().await;
    let settings = engine.app.model_settings().await.expect("settings");
    assert_eq!((settings.key_set, settings.name.as_deref()), (true, Some("Kea Large")));
    let found = engine.analyzed("https://github.com/fixture-labs/node-notes").await;
    let before = engine.app.estimate_fill(&found.id).await.expect("an estimate");
    assert!(before.files.iter().any(|f| f.contains("README")) && before.dollars.is_some_and(|d| d > 0.0), "{before:?}");

    let answer = json!({ "title": "Notes", "description": null, "variables": [] }).to_string();
    models.script([Script::Says(answer), Script::Refuses, Script::Hangs]);
    let filled = engine.app.fill_gaps(&found.id).await.expect("an answer");
    assert_eq!((filled.analyzed.id.as_str(), filled.dollars), (found.id.as_str(), Some(0.0034)));
    assert_eq!(filled.analyzed.preview, found.preview, "what runs is what it was");
    for pointer in &filled.facts {
        let evidence = filled.analyzed.analysis.evidence.iter().find(|e| &e.pointer == pointer).expect("evidence");
        assert!(matches!(evidence.source, EvidenceSource::Model { .. }), "{evidence:?}");
    }
    let refused = engine.app.fill_gaps(&found.id).await.expect_err("refused");
    assert_eq!(refused.code, ProblemCode::ModelUnusable);
    let asked = models.asked().len();
    let stop = async {
        while models.asked().len() == asked {
            tokio::task::yield_now().await;
        }
        engine.app.cancel_fill();
    };
    let (stopped, ()) = tokio::join!(engine.app.fill_gaps(&found.id), stop);
    assert_eq!(stopped.expect_err("stopped").code, ProblemCode::Cancelled);

    // Another provider gets no key that was not given for it.
    let other = ModelInput {
        base: Some(models.openai().to_string()),
        provider: ProviderKind::OpenAi,
        ..input(None, Some("kea-mini"))
    };
    engine.app.set_model(other).await.expect("kept");
    assert!(!engine.app.model_settings().await.expect("settings").key_set);
    engine.app.stop().await;
}
