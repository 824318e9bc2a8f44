//! Running the suite and reading what it found.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools::Tools;

/// Which version of the suite, and which scenarios of it.
#[derive(Debug)]
pub(crate) struct Set {
    /// The suite's version.
    pub(crate) suite: &'static str,
    /// The revision of the protocol; none means all the suite knows, in its own choice of revision.
    pub(crate) revision: Option<&'static str>,
}

/// The release line that implementations are pinned to, and the one that knows 2026-07-28.
pub(crate) const SUITES: [&str; 2] = ["0.1.16", "0.2.0-alpha.12"];

impl Set {
    pub(crate) const ALL: [Self; 4] = [
        Self { suite: SUITES[0], revision: None },
        Self { suite: SUITES[1], revision: Some("2025-06-18") },
        Self { suite: SUITES[1], revision: Some("2025-11-25") },
        Self { suite: SUITES[1], revision: Some("2026-07-28") },
    ];

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.suite, self.revision.unwrap_or("all"))
    }
}

/// How much of a failing check's words is kept.
const WORDS: usize = 240;

/// How a scenario ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every check that counts was passed.
    Passed,
    /// With the first failing check's words.
    Failed(String),
    /// It had nothing to judge by.
    Unjudged,
}

/// Scenarios by name.
pub(crate) type Report = BTreeMap<String, Verdict>;

/// All server scenarios of a set against an endpoint.
pub(crate) fn server(tools: &Tools, set: &Set, url: &str) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let mut command = tools.suite(set);
    command.args(["server", "--url", url, "--suite", "all", "--output-dir"]).arg(folder.path());
    if let Some(revision) = set.revision {
        command.args(["--spec-version", revision]);
    }
    println!("  {} against {url}", set.name());
    run(&mut command, folder.path())
}

/// One client scenario of a set; `client` gets the address of the suite's server as its last argument.
pub(crate) fn client(tools: &Tools, set: &Set, scenario: &str, client: &str) -> Result<Verdict> {
    let folder = tempfile::tempdir()?;
    let mut command = tools.suite(set);
    command.args(["client", "--scenario", scenario, "--command", client, "--output-dir"]).arg(folder.path());
    if let Some(revision) = set.revision {
        command.args(["--spec-version", revision]);
    }
    command.output().context("the conformance suite did not start")?;
    let checks = checks(folder.path())?;
    Ok(checks.into_values().next().map_or(Verdict::Unjudged, |checks| verdict(&checks)))
}

/// The names of the client scenarios of a set.
pub(crate) fn client_scenarios(tools: &Tools, set: &Set) -> Result<Vec<String>> {
    let mut command = tools.suite(set);
    command.args(["list", "--client"]);
    if let Some(revision) = set.revision {
        command.args(["--spec-version", revision]);
    }
    let output = command.output().context("the conformance suite did not start")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = |line: &str| Some(line.trim().strip_prefix("- ")?.split(' ').next()?.to_owned());
    Ok(text.lines().filter_map(name).collect())
}

fn run(command: &mut Command, folder: &Path) -> Result<Report> {
    let output = command.output().context("the conformance suite did not start")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let checks = checks(folder)?;
    let names = summary(&text);
    if names.is_empty() {
        bail!("the conformance suite judged nothing:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let judged = |name: &String| {
        let found = checks.iter().find(|(folder, _)| is_of(folder, name));
        // A scenario that could not even run has no checks of its own.
        found.map_or_else(|| Verdict::Failed("it did not run".to_owned()), |(_, checks)| verdict(checks))
    };
    Ok(names.iter().map(|name| (name.clone(), judged(name))).collect())
}

/// The scenarios named after the suite's last headline.
fn summary(text: &str) -> Vec<String> {
    let rest = text.split("=== SUMMARY ===").nth(1).unwrap_or_default();
    let name = |line: &str| Some(line.split_once(": ")?.0.split_once(' ')?.1.to_owned());
    rest.lines().filter(|line| line.starts_with(['✓', '✗'])).filter_map(name).collect()
}

/// Whether a result folder, `server-NAME-TIME`, belongs to a scenario.
fn is_of(folder: &str, name: &str) -> bool {
    let rest = folder.strip_prefix("server-").unwrap_or(folder).strip_prefix(name);
    rest.is_some_and(|rest| rest.starts_with("-2") && !rest.contains(|c: char| c.is_ascii_lowercase()))
}

/// The checks in each result folder.
fn checks(folder: &Path) -> Result<BTreeMap<String, Vec<Value>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)?.flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == "checks.json" {
                let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                found.insert(name, serde_json::from_slice(&std::fs::read(entry.path())?)?);
            }
        }
    }
    Ok(found)
}

fn verdict(checks: &[Value]) -> Verdict {
    let is = |check: &&Value, status: &str| check["status"] == status;
    if let Some(check) = checks.iter().find(|check| is(check, "FAILURE")) {
        let text = |name: &str| check[name].as_str().unwrap_or_default().lines().next().unwrap_or_default();
        let words = format!("{}: {}", text("id"), text("errorMessage"));
        return Verdict::Failed(words.chars().take(WORDS).collect());
    }
    let passed = checks.iter().any(|check| is(&check, "SUCCESS"));
    if passed { Verdict::Passed } else { Verdict::Unjudged }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, is_of, summary, verdict};
    use serde_json::json;

    #[test]
    fn what_the_suite_prints_is_understood() {
        let text =
            "✓ noise: x\n=== SUMMARY ===\n✓ ping: 1 passed, 0 failed\n✗ tools-list: 0 passed, 1 failed\n\nTotal: 1";
        assert_eq!(summary(text), ["ping", "tools-list"]);
        assert!(is_of("server-tools-list-2026-11-23T09-45-16-341Z", "tools-list"));
        assert!(!is_of("server-tools-list-2026-11-23T09-45-16-341Z", "tools"));
    }

    #[test]
    fn verdicts() {
        let check = |status: &str| json!({ "id": "x", "status": status, "errorMessage": "why" });
        assert_eq!(verdict(&[check("INFO"), check("SUCCESS")]), Verdict::Passed);
        assert_eq!(verdict(&[check("SUCCESS"), check("FAILURE")]), Verdict::Failed("x: why".to_owned()));
        assert_eq!(verdict(&[check("INFO")]), Verdict::Unjudged);
    }
}
