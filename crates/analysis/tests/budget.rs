//! What GitHub costs and what happens when it wants no more: tags, turns, limits, the archive instead, signing in.

use crate::github::{NOTES, world};
use crate::support::{NOW, analyze, analyzer, client, runs};
use catwalk_analysis::{Analyzer, Error, Later, Poll, Shelf, Shelved, source::parse};
use catwalk_domain::{Fix, ProblemCode, Progress, Secret, Step};
use catwalk_testkit::github::login::{CLIENT_ID, Person, TOKEN, USER_CODE};
use catwalk_testkit::github::{FakeGitHub, Fault, Repository};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn to_api(github: &FakeGitHub) -> usize {
    github.asked().iter().filter(|p| p.starts_with("/api/")).count()
}

#[tokio::test]
async fn asking_again_costs_nothing_when_nothing_has_changed() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let first = analyze(&analyzer, NOTES).await.expect("analyses");
    assert_eq!(github.unchanged().len(), 0);
    let again = analyze(&analyzer, NOTES).await.expect("analyses");
    assert_eq!((github.unchanged().len(), first), (3, again), "{:?}", github.unchanged());
}

/// A shelf as the engine has one, in memory.
#[derive(Default)]
struct Kept(Mutex<HashMap<String, Shelved>>);

impl Shelf for Kept {
    fn get<'a>(&'a self, question: &'a str) -> Later<'a, Option<Shelved>> {
        Box::pin(async move { self.0.lock().expect("no panic").get(question).cloned() })
    }

    fn put<'a>(&'a self, question: &'a str, answer: Shelved) -> Later<'a, ()> {
        Box::pin(async move {
            self.0.lock().expect("no panic").insert(question.to_owned(), answer);
        })
    }
}

#[tokio::test]
async fn asking_again_after_a_restart_costs_nothing_either() {
    let (github, registry) = world().await;
    let shelf = Arc::new(Kept::default());
    let start = || analyzer(registry.with(&github)).kept_on(shelf.clone());
    let first = analyze(&start(), NOTES).await.expect("analyses");
    assert_eq!(shelf.0.lock().expect("no panic").len(), 3);
    let restarted = start();
    let again = analyze(&restarted, NOTES).await.expect("analyses");
    assert_eq!((github.unchanged().len(), &first), (3, &again), "{:?}", github.unchanged());
    // From then on it is remembered as ever.
    analyze(&restarted, NOTES).await.expect("analyses");
    assert_eq!(github.unchanged().len(), 6);
    // A tag that GitHub does not know leads to the whole answer, not to what was kept.
    for kept in shelf.0.lock().expect("no panic").values_mut() {
        *kept = Shelved { tag: "\"old\"".to_owned(), body: "no answer".to_owned() };
    }
    assert_eq!(analyze(&start(), NOTES).await.expect("analyses"), first);
    assert_eq!(github.unchanged().len(), 6);
    for kept in shelf.0.lock().expect("no panic").values_mut() {
        kept.tag = "line\nbreak".to_owned();
    }
    assert_eq!(analyze(&start(), NOTES).await.expect("analyses"), first);
}

#[tokio::test]
async fn of_two_who_ask_the_same_one_asks() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let (one, two) = tokio::join!(analyze(&analyzer, NOTES), analyze(&analyzer, NOTES));
    assert_eq!(one.expect("analyses"), two.expect("analyses"));
    assert_eq!(to_api(&github), 3, "{:?}", github.asked());
}

#[tokio::test]
async fn a_used_up_limit_leads_to_the_archive() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    github.set_remaining(0);
    for (text, run) in [
        (NOTES, "github:fixture-labs/node-notes!node-notes"),
        (
            "https://github.com/fixture-labs/branchy/tree/feature/x/src/greeter",
            "github:fixture-labs/branchy!greeter-mcp",
        ),
        ("modelcontextprotocol/servers/tree/main/src/time", "pypi:mcp-server-time!mcp-server-time"),
    ] {
        let analysis = analyze(&analyzer, text).await.unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(runs(&analysis), run);
        assert_eq!(analysis.commit.as_ref().map(String::len), Some(40), "{text}");
        assert!(analysis.warnings.iter().any(|w| w.text.contains("archive")), "{:?}", analysis.warnings);
    }
    assert_eq!(to_api(&github), 1, "who was refused does not ask on: {:?}", github.asked());
    assert!(github.asked().iter().all(|p| !p.starts_with("/raw/")), "{:?}", github.asked());
}

#[tokio::test]
async fn limits_are_kept_until_they_are_over_and_say_the_way_out() {
    let reset = NOW / 1000 + 1800;
    for too_many in [false, true] {
        let (github, registry) = world().await;
        let analyzer = analyzer(registry.with(&github));
        let gone = parse("fixture-labs/never-was").expect("understood");
        github.set_fault(Fault::RateLimit { reset, too_many });
        let error = analyzer.analyze(&gone, NOW).await.expect_err("limited");
        assert!(
            matches!(error, Error::RateLimited { until: Some(until), token_helps: true, .. } if until == reset * 1000),
            "{error:?}"
        );
        let problem = error.problem();
        assert_eq!((problem.code, problem.fix), (ProblemCode::RateLimited, Some(Fix::SignInGithub)));
        assert!(problem.explanation.contains(" UTC"), "{}", problem.explanation);
        let allowance = analyzer.github_allowance().expect("the headers are read");
        assert_eq!((allowance.remaining, allowance.reset), (0, reset * 1000));
        github.set_fault(Fault::None);
        let asked = to_api(&github);
        assert!(matches!(analyzer.analyze(&gone, NOW + 1000).await, Err(Error::RateLimited { .. })));
        assert_eq!(to_api(&github), asked, "nothing is asked before the hour is over");
        assert!(matches!(analyzer.analyze(&gone, reset * 1000).await, Err(Error::Hidden { .. })));
    }
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let gone = parse("fixture-labs/never-was").expect("understood");
    github.set_fault(Fault::Secondary { retry_after: 2 });
    let error = analyzer.analyze(&gone, NOW).await.expect_err("limited");
    assert!(
        matches!(error, Error::RateLimited { until: Some(until), token_helps: false, .. } if until == NOW + 2000),
        "{error:?}"
    );
    github.set_fault(Fault::None);
    assert!(matches!(analyzer.analyze(&gone, NOW + 1999).await, Err(Error::RateLimited { .. })));
    assert!(matches!(analyzer.analyze(&gone, NOW + 2000).await, Err(Error::Hidden { .. })));
}

#[tokio::test]
async fn tokens_and_outages() {
    let (github, registry) = world().await;
    let endpoints = registry.with(&github);
    let open = analyzer(endpoints.clone());
    let with_token = Analyzer::new(client(), endpoints.clone(), Some(Secret::new(TOKEN.to_owned())));
    let hidden = analyze(&open, "fixture-labs/secret").await.expect_err("private").problem();
    assert_eq!((hidden.code, hidden.fix), (ProblemCode::NotFound, Some(Fix::SignInGithub)));
    let seen = analyze(&with_token, "fixture-labs/secret").await.expect("the token's owner may see it");
    assert_eq!(runs(&seen), "github:fixture-labs/secret!node-notes");
    let gone = analyze(&with_token, "fixture-labs/never-was").await.expect_err("gone").problem();
    assert_eq!((gone.code, gone.fix), (ProblemCode::NotFound, Some(Fix::ChangeSource)));
    github.set_fault(Fault::BadCredentials);
    let refused = analyze(&with_token, NOTES).await.expect_err("refused").problem();
    assert_eq!((refused.code, refused.fix), (ProblemCode::CredentialRefused, Some(Fix::SignInGithub)));
    github.set_fault(Fault::Down);
    assert_eq!(analyze(&open, NOTES).await.expect_err("down").problem().fix, Some(Fix::Retry));
    github.set_fault(Fault::None);
    github.set_raw_fault(Fault::RateLimit { reset: NOW / 1000 + 9, too_many: true });
    let analysis = analyze(&with_token, NOTES).await.expect("the archive has what the raw host does not give");
    assert_eq!(runs(&analysis), "github:fixture-labs/node-notes!node-notes");
    drop(github);
    let problem = analyze(&open, NOTES).await.expect_err("gone").problem();
    assert_eq!((problem.code, problem.fix), (ProblemCode::Offline, Some(Fix::Retry)));
}

#[tokio::test]
async fn many_files_of_a_small_repository_come_in_one_archive() {
    let (github, registry) = world().await;
    let manifest = |n: usize| {
        let text = format!(
            r#"{{"name": "lib-{n}", "version": "1.0.0", "bin": "x.js", "dependencies": {{"@modelcontextprotocol/sdk": "1"}}}}"#
        );
        (format!("packages/p{n:02}/package.json"), text.into_bytes())
    };
    github.add(Repository::new("ada", "many", (0..40).map(manifest)));
    let error = analyze(&analyzer(registry.with(&github)), "ada/many").await.expect_err("several");
    let Error::Several { choices, .. } = error else { panic!("{error:?}") };
    assert_eq!(choices.len(), 40);
    let asked = github.asked();
    let count = |prefix: &str| asked.iter().filter(|p| p.starts_with(prefix)).count();
    assert_eq!((count("/api/"), count("/codeload/"), count("/raw/")), (3, 1, 0), "{asked:?}");
}

#[tokio::test]
async fn every_step_is_told_with_its_numbers() {
    let (github, registry) = world().await;
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let sink = told.clone();
    let analyzer = analyzer(registry.with(&github)).watched(move |p| sink.lock().expect("no panic").push(p));
    let text = "https://github.com/modelcontextprotocol/servers/tree/main/src/time";
    analyze(&analyzer, text).await.expect("analyses");
    let told = told.lock().expect("no panic").clone();
    let mut steps: Vec<Step> = told.iter().map(|p| p.step).collect();
    steps.dedup();
    assert_eq!(steps, [Step::Resolve, Step::Tree, Step::Files, Step::Packages, Step::Merge], "{told:?}");
    let files: Vec<&Progress> = told.iter().filter(|p| p.step == Step::Files).collect();
    let total = files[0].total;
    assert!(total > 1 && files.iter().all(|p| p.total == total), "{files:?}");
    assert_eq!(files.last().map(|p| p.done), Some(total));
    assert!(told.iter().any(|p| p.step == Step::Tree && p.done > 5), "{told:?}");
}

#[tokio::test]
async fn a_person_leads_to_their_servers() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    github.add(Repository::new("grace", "notes-mcp", []).about("Notes for AI apps", &[]));
    github.add(Repository::new("grace", "compiler", []).about("Not this one", &[]));
    github.add(Repository::new("grace", "helper", []).about("A helper", &["mcp-server"]));
    let choices = analyzer.servers_of("grace", NOW).await.expect("she is known");
    assert_eq!(choices.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["grace/helper", "grace/notes-mcp"]);
    let nobody = analyzer.servers_of("nobody", NOW).await.expect_err("unknown").problem();
    assert_eq!(nobody.code, ProblemCode::NotFound);
}

#[tokio::test]
async fn signing_in_needs_no_secret_of_ours() {
    let (github, registry) = world().await;
    let analyzer = analyzer(registry.with(&github));
    let code = analyzer.begin_device_login(CLIENT_ID, false).await.expect("a code is given");
    assert_eq!((code.user_code.as_str(), code.expires.as_secs(), code.interval.as_secs()), (USER_CODE, 900, 1));
    assert!(code.page.as_str().ends_with("/login/device"), "{}", code.page);
    let poll = async || analyzer.poll_device_login(CLIENT_ID, &code).await.expect("an answer");
    assert!(matches!(poll().await, Poll::Pending));
    github.set_person(Person::Rushed);
    assert!(matches!(poll().await, Poll::Slower(wait) if wait == Duration::from_secs(10)));
    github.set_person(Person::Refused);
    assert!(matches!(poll().await, Poll::Denied));
    github.set_person(Person::Late);
    assert!(matches!(poll().await, Poll::Expired));
    github.set_person(Person::Agreed);
    let Poll::Token(token) = poll().await else { panic!("a token") };
    assert_eq!(analyzer.github_login(&token).await.expect("it is good"), "ada");
    let stranger = Secret::new("gho_other".to_owned());
    assert!(matches!(analyzer.github_login(&stranger).await, Err(Error::TokenRefused { .. })));
    assert!(analyzer.begin_device_login("nobody", false).await.is_err());
    assert!(!format!("{code:?}").contains("3584d8"), "the device code is a secret");
}
