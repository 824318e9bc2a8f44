//! `cargo xtask soak`: the relay under mixed load for long, its server killed every 20 seconds.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{bench, exec, paths};

/// Builds for release and soaks.
pub(crate) fn soak(args: &[String]) -> Result<ExitCode> {
    let minutes: u64 = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => 30,
        ["--minutes", minutes] => minutes.parse().context("--minutes takes a number")?,
        _ => bail!("`soak` takes --minutes N"),
    };
    let release = bench::build()?;
    let list = paths::target().join("soak-targets.json");
    std::fs::write(&list, Value::from(vec![bench::catwalk(&release)]).to_string())?;
    let mut load = Command::new(release.join("bench-load"));
    load.arg("soak").arg("--targets").arg(&list).arg("--server").arg(release.join("bench-echo"));
    load.args(["--minutes", &minutes.to_string()]);
    exec::run(&mut load)?;
    Ok(ExitCode::SUCCESS)
}
