//! Who may know whom: domain ← siblings ← app ← shell and cli. Siblings never see each other.

use crate::tree::{none, root};
use serde_json::Value;
use std::process::Command;

const SIBLINGS: [&str; 8] = ["analysis", "runtime", "supervisor", "fly", "vault", "store", "relay", "clients"];

/// What a crate may use in the product; `None` for a crate that the house has no room for.
fn may_know(name: &str) -> Option<Vec<&'static str>> {
    Some(match name {
        "domain" | "testkit" | "bench" | "sdk-rust" | "xtask" => vec![],
        "app" => SIBLINGS.into_iter().chain(["domain"]).collect(),
        // The small binary is also the bridge and the run helper, which must start in milliseconds.
        "cli" => vec!["domain", "app", "supervisor", "relay"],
        "desktop" => vec!["domain", "app"],
        _ if SIBLINGS.contains(&name) => vec!["domain"],
        _ => return None,
    })
}

/// What its tests may use on top of that.
fn tests_may_know(name: &str) -> Vec<&'static str> {
    match name {
        // Journeys look into every part.
        "desktop" => SIBLINGS.into_iter().chain(["testkit"]).collect(),
        "domain" | "xtask" => vec![],
        _ => vec!["testkit"],
    }
}

#[test]
fn arrows_point_one_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let mut offences = Vec::new();
    for package in packages {
        let full = package["name"].as_str().expect("a name");
        let name = full.strip_prefix("catwalk-").unwrap_or(full);
        let Some(product) = may_know(name) else {
            offences.push(format!("{full} has no place in the house; a new wall needs a new forbidden power"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let Some(other) = dependency["name"].as_str().and_then(|n| n.strip_prefix("catwalk-")) else { continue };
            let allowed = match dependency["kind"].as_str() {
                None => product.contains(&other),
                Some("dev") => product.contains(&other) || tests_may_know(name).contains(&other),
                Some(_) => false,
            };
            if !allowed {
                let kind = dependency["kind"].as_str().unwrap_or("normal");
                offences.push(format!("{name} must not know {other} ({kind} dependency)"));
            }
        }
    }
    none(&offences, "arrows between crates");
}
