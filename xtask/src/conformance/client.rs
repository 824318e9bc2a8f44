//! The relay as a client: an SDK client calls it, and behind it stands the suite's server (`catwalk relay --upstream`).

use std::path::Path;

use anyhow::Result;

use super::suite::{self, Report, Set};
use super::tools::Tools;
use crate::paths;

/// Scenarios that ask for what an MCP client's own program does and a relay has no part in.
const ELSEWHERE: &[&str] = &["auth/", "sep-2640"];

/// All client scenarios of a set that apply.
pub(crate) fn run(tools: &Tools, catwalk: &Path, set: &Set) -> Result<Report> {
    let script = paths::root().join("tests/sdk/conformance.mjs");
    let client = format!("{} {} {}", tools.node_path(), script.display(), catwalk.display());
    let mut report = Report::new();
    for scenario in suite::client_scenarios(tools, set)? {
        if ELSEWHERE.iter().any(|prefix| scenario.starts_with(prefix)) {
            continue;
        }
        println!("  {} client {scenario}", set.name());
        report.insert(scenario.clone(), suite::client(tools, set, &scenario, &client)?);
    }
    Ok(report)
}
