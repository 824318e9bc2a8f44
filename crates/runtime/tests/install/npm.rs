//! Packages of the real npm registry.

use crate::support::{Bench, request};
use catwalk_domain::ProblemCode;
use catwalk_runtime::Error;

const MEMORY: &str = "@modelcontextprotocol/server-memory";

/// FAULTS case 13: what is installed starts without a network.
#[tokio::test]
async fn memory_installs_and_starts_offline() {
    let mut bench = Bench::new();
    let ask = request("npm", MEMORY, Some("2026.8.31"));
    let installed = bench.install(ask.clone()).await.expect("installs");
    assert_eq!(installed.version, "2026.8.31");
    assert_eq!(installed.lock_sha256.len(), 64);
    let steps = bench.steps();
    assert!(steps.iter().any(|s| s == "Resolving @modelcontextprotocol/server-memory"), "{steps:?}");
    assert!(steps.iter().any(|s| s.starts_with("Installing ") && s.ends_with(" packages")), "{steps:?}");
    assert_eq!(bench.left(ask.deployment), ["2026.8.31"], "nothing half-built is left");

    bench.unplug();
    let runtime = bench.runtime();
    assert!(runtime.is_intact(&installed));
    assert_eq!(bench.hello(&installed).await, "memory-server");
    let again = bench.install(ask.clone()).await.expect("doing it again needs no network");
    assert_eq!(again, installed);

    std::fs::remove_file(installed.leading_args.last().expect("the script")).expect("it is there");
    assert!(!runtime.is_intact(&installed));
    runtime.remove(ask.deployment).await.expect("removes");
    assert!(bench.left(ask.deployment).is_empty());
}

#[tokio::test]
async fn absent_packages_and_versions() {
    let bench = Bench::new();
    let absent = bench.install(request("npm", MEMORY, Some("2001.1.1"))).await.expect_err("no such version");
    assert!(
        matches!(&absent, Error::VersionNotFound { package, version, .. } if package == MEMORY && version == "2001.1.1"),
        "{absent:?}"
    );
    let ask = request("npm", "@modelcontextprotocol/server-that-is-not-there", Some("1.0.0"));
    let absent = bench.install(ask.clone()).await.expect_err("no such package");
    let problem = absent.problem();
    assert_eq!(problem.code, ProblemCode::NotFound);
    assert!(!problem.evidence.is_empty());
    assert!(bench.left(ask.deployment).is_empty());
}

#[tokio::test]
async fn no_network_says_so() {
    let mut bench = Bench::new();
    bench.install(request("npm", "left-pad", Some("1.3.0"))).await.expect_err("a library: nothing to start");
    bench.unplug();
    let error = bench.install(request("npm", MEMORY, Some("2025.11.25"))).await.expect_err("no network");
    assert_eq!(error.problem().code, ProblemCode::Offline, "{error:?}");
}
