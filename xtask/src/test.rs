//! `cargo xtask test`: sets up what the chosen suites need, runs them in order, and sums up.

use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Result, bail};
use tempfile::TempDir;

use crate::counts::Counts;
use crate::guard::Home;
use crate::packages::{self, For};
use crate::session::Session;
use crate::suites::Suite;
use crate::{parts, versions};

/// What the person asked for.
pub(crate) struct Options {
    suites: Vec<Suite>,
    /// Handed to Rust's test runner.
    filter: Vec<String>,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let (names, filter) = match args.iter().position(|arg| arg == "--") {
            Some(at) => (&args[..at], args[at + 1..].to_vec()),
            None => (args, Vec::new()),
        };
        let mut suites = Vec::new();
        for name in names {
            let Some(suite) = Suite::ALL.into_iter().find(|suite| suite.name() == name) else {
                bail!("there is no suite `{name}`; the suites are {}", Suite::ALL.map(Suite::name).join(", "));
            };
            suites.push(suite);
        }
        if suites.is_empty() {
            suites.extend(Suite::ALL);
        }
        Ok(Self { suites, filter })
    }
}

/// What live tests run in: the session (on Linux), a home that is not the person's, the parts' places.
#[derive(Default)]
pub(crate) struct Stage {
    // Ends before its home goes.
    session: Option<Session>,
    home: Option<TempDir>,
    env: Vec<(&'static str, OsString)>,
    filter: Vec<String>,
}

impl Stage {
    fn set(filter: Vec<String>) -> Result<Self> {
        let env = parts::ensure()?;
        let home = tempfile::Builder::new().prefix("catwalk-home-").tempdir()?;
        let session = if cfg!(target_os = "linux") { Some(Session::start(home.path(), true)?) } else { None };
        Ok(Self { session, home: Some(home), env, filter })
    }

    /// Lets `command`, a `cargo test`, run on this stage.
    pub(crate) fn enter<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if !self.filter.is_empty() {
            command.arg("--").args(&self.filter);
        }
        match (&self.session, &self.home) {
            (Some(session), _) => session.enter(command),
            (None, Some(home)) => {
                command.env("HOME", home.path());
            }
            (None, None) => {}
        }
        command.envs(self.env.iter().map(|(key, value)| (key, value)))
    }
}

/// Runs the suites; fails when any test did.
pub(crate) fn test(options: &Options) -> Result<ExitCode> {
    let before = Home::look();
    versions::check()?;
    versions::rust_components()?;
    let live = options.suites.iter().any(|suite| suite.is_live());
    packages::ensure(if live { For::Tests } else { For::Window })?;
    let stage = if live { Stage::set(options.filter.clone())? } else { Stage::default() };
    let mut rows = Vec::new();
    for suite in &options.suites {
        println!("\n── {} ──", suite.name());
        let begin = Instant::now();
        let counts = suite.run(&stage).unwrap_or_else(|error| {
            println!("{error:#}");
            Counts::check(false)
        });
        rows.push((suite.name(), counts, begin.elapsed().as_secs_f64()));
    }
    drop(stage);
    let begin = Instant::now();
    let traces = before.traces(&Home::look());
    for trace in &traces {
        println!("The tests left a trace in your home folder: {}", trace.display());
    }
    rows.push(("home", Counts::check(traces.is_empty()), begin.elapsed().as_secs_f64()));
    Ok(summary(&rows))
}

fn summary(rows: &[(&str, Counts, f64)]) -> ExitCode {
    println!("\n{:<8}{:>8}{:>8}{:>9}{:>9}", "suite", "passed", "failed", "skipped", "seconds");
    let mut sum = Counts::default();
    for (name, counts, seconds) in rows {
        println!("{name:<8}{:>8}{:>8}{:>9}{seconds:>9.1}", counts.passed, counts.failed, counts.skipped);
        sum += *counts;
    }
    let skipped = if sum.skipped > 0 { format!(", {} skipped", sum.skipped) } else { String::new() };
    println!("\n{} passed, {} failed{skipped}", sum.passed, sum.failed);
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::{Options, Suite};

    fn parse(words: &[&str]) -> anyhow::Result<Options> {
        Options::parse(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn suites_and_filter_are_told_apart() {
        let options = parse(&["rust", "ui", "--", "vault"]).expect("both are suites");
        assert_eq!((options.suites, options.filter), (vec![Suite::Rust, Suite::Ui], vec!["vault".to_owned()]));
        assert_eq!(parse(&[]).expect("none named means all").suites, Suite::ALL);
        assert!(parse(&["rusty"]).is_err());
    }
}
