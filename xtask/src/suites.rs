//! The suites: what each runs, and how its result is counted.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result};

use crate::counts::Counts;
use crate::test::Stage;
use crate::{exec, paths, ui};

/// A named group of tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Suite {
    Fmt,
    Clippy,
    Ui,
    Rust,
    E2e,
}

impl Suite {
    pub(crate) const ALL: [Self; 5] = [Self::Fmt, Self::Clippy, Self::Ui, Self::Rust, Self::E2e];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Ui => "ui",
            Self::Rust => "rust",
            Self::E2e => "e2e",
        }
    }

    /// Whether its tests start the product, and so need the session and the parts.
    pub(crate) fn is_live(self) -> bool {
        matches!(self, Self::Rust | Self::E2e)
    }

    pub(crate) fn run(self, stage: &Stage) -> Result<Counts> {
        if self != Self::Fmt {
            ui::install(&paths::ui())?;
        }
        // Even a lint needs the built page: the app embeds it while it compiles.
        if !matches!(self, Self::Fmt | Self::Ui) {
            ui::build()?;
        }
        match self {
            Self::Fmt => check(exec::cargo().args(["fmt", "--all", "--check"])),
            Self::Clippy => {
                check(exec::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
            }
            Self::Ui => page(),
            Self::Rust => rust(stage),
            Self::E2e => e2e(stage),
        }
    }
}

fn page() -> Result<Counts> {
    let ui = paths::ui();
    let mut counts = check(exec::npm(&ui).args(["run", "check"]))?;
    counts += check(exec::npm(&ui).args(["run", "lint"]))?;
    counts += counted(exec::npm(&ui).arg("test"))?;
    Ok(counts)
}

/// Everything but the window tests, which are the test files named `e2e_…`.
fn rust(stage: &Stage) -> Result<Counts> {
    if !build()? {
        return Ok(Counts::check(false));
    }
    let mut cargo = exec::cargo();
    // Examples, because some tests start them.
    cargo.args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--examples"]);
    for name in test_files()?.iter().filter(|name| !name.starts_with("e2e_")) {
        cargo.args(["--test", name]);
    }
    let mut counts = counted(stage.enter(&mut cargo))?;
    // Documentation may have no examples to run; only a failing one counts against it.
    let mut docs = exec::cargo();
    let (fine, output) = exec::tee(stage.enter(docs.args(["test", "--workspace", "--no-fail-fast", "--doc"])))?;
    let examples = Counts::of(&output, fine);
    if !fine || examples.passed > 0 {
        counts += examples;
    }
    Ok(counts)
}

/// The window tests, one after the other: two windows of one app on one bus would find each other.
fn e2e(stage: &Stage) -> Result<Counts> {
    if !cfg!(target_os = "linux") {
        println!("The window tests drive WebKitGTK and run on Linux only.");
        return Ok(Counts { skipped: 1, ..Counts::default() });
    }
    if !build()? {
        return Ok(Counts::check(false));
    }
    let mut cargo = exec::cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast"]);
    for name in test_files()?.iter().filter(|name| name.starts_with("e2e_")) {
        cargo.args(["--test", name]);
    }
    // Without a name cargo would run all other tests instead.
    if !cargo.get_args().any(|arg| arg == "--test") {
        println!("There is no tests/e2e_*.rs.");
        return Ok(Counts::check(false));
    }
    counted(stage.enter(cargo.env("RUST_TEST_THREADS", "1")))
}

/// The tests and, beside them, the programs that they start; one call, so that both share one set of built libraries.
fn build() -> Result<bool> {
    Ok(exec::tee(exec::cargo().args(["build", "--workspace", "--bins", "--tests", "--examples"]))?.0)
}

fn check(command: &mut Command) -> Result<Counts> {
    Ok(Counts::check(exec::tee(command)?.0))
}

fn counted(command: &mut Command) -> Result<Counts> {
    let (succeeded, output) = exec::tee(command)?;
    Ok(Counts::of(&output, succeeded))
}

/// The names of all integration tests, as cargo knows them: a package may name its own.
fn test_files() -> Result<BTreeSet<String>> {
    let output = exec::cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo knows no packages")?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let targets = packages.iter().flat_map(|package| package["targets"].as_array().cloned().unwrap_or_default());
    let is_test =
        |target: &serde_json::Value| target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == "test"));
    Ok(targets.filter(is_test).filter_map(|target| target["name"].as_str().map(str::to_owned)).collect())
}
