//! Packages of the real Python Package Index.

use crate::support::{Bench, request};
use catwalk_domain::{Fix, ProblemCode};
use catwalk_runtime::Error;
use std::path::Path;

/// FAULTS case 13: what is installed starts without a network.
#[tokio::test]
async fn time_installs_and_starts_offline() {
    let mut bench = Bench::new();
    let ask = request("pypi", "mcp-server-time", Some("2026.8.18"));
    let installed = bench.install(ask.clone()).await.expect("installs");
    assert!(installed.leading_args[0].ends_with("/bin/mcp-server-time"), "{installed:?}");
    assert_eq!(bench.left(ask.deployment), ["2026.8.18"], "nothing half-built is left");
    assert!(bench.runtime().notes(&installed).is_empty(), "the cooldown could be kept");
    bench.unplug();
    assert!(bench.runtime().is_intact(&installed));
    assert_eq!(bench.hello(&installed).await, "mcp-time");
    assert_eq!(bench.install(ask).await.expect("doing it again needs no network"), installed);
}

#[tokio::test]
async fn fetch_installs() {
    let bench = Bench::new();
    let installed = bench.install(request("pypi", "mcp_server_fetch", Some("2026.8.18"))).await.expect("installs");
    assert_eq!(bench.hello(&installed).await, "mcp-fetch");
}

/// Published in April 2025 with `mcp>=1.6`: with the `mcp` 2 of later it dies at import.
#[tokio::test]
async fn sqlite_gets_what_it_was_tested_with() {
    let bench = Bench::new();
    let installed = bench.install(request("pypi", "mcp-server-sqlite", Some("2025.4.25"))).await.expect("installs");
    let notes = bench.runtime().notes(&installed);
    assert_eq!(notes, ["Kept mcp below 2: the major versions from there on appeared after this server was published."]);
    let lock = Path::new(&installed.dir).join("requirements.lock");
    let lock = std::fs::read_to_string(lock).expect("a lock");
    assert!(lock.starts_with("# Python ") && lock.contains("\nmcp==1."), "{lock}");
    assert!(!lock.contains("\nmcp==1.6.0 "), "minor releases of later came in");
    assert_eq!(bench.hello(&installed).await, "sqlite");
    assert!(bench.tools(&installed).await.contains(&"read_query".to_owned()));
}

#[tokio::test]
async fn absent_packages_and_versions() {
    let bench = Bench::new();
    let absent =
        bench.install(request("pypi", "mcp-server-time", Some("2001.1.1"))).await.expect_err("no such version");
    assert!(matches!(absent, Error::VersionNotFound { .. }), "{absent:?}");
    let absent = bench.install(request("pypi", "mcp-server-that-is-not-there", Some("1.0"))).await.expect_err("absent");
    assert_eq!(absent.problem().code, ProblemCode::NotFound, "{absent:?}");
}

/// FAULTS case 11: a package that exists only as source would run its build step.
#[tokio::test]
async fn source_only_needs_consent() {
    let bench = Bench::new();
    let mut ask = request("pypi", "docopt", Some("0.6.2"));
    let refused = bench.install(ask.clone()).await.expect_err("no wheel");
    let fix = refused.problem().fix;
    assert_eq!(fix, Some(Fix::AllowScripts { packages: vec!["docopt".into()] }), "{refused:?}");
    assert!(bench.left(ask.deployment).is_empty());
    ask.allow_scripts = vec!["docopt".into()];
    let built = bench.install(ask).await.expect_err("built, but it is a library");
    assert!(matches!(built, Error::NoEntry { .. }), "{built:?}");
}
