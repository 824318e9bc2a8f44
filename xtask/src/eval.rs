//! `cargo xtask eval analysis DIR`: how well the analysis reads the servers that a folder describes.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::exec;

/// Starts the evaluation with the words it was given; paths are those of the folder one is in.
pub(crate) fn eval(args: &[String]) -> Result<ExitCode> {
    let Some((_, rest)) = args.split_first().filter(|(what, rest)| *what == "analysis" && !rest.is_empty()) else {
        bail!(
            "`cargo xtask eval analysis DIR [--hide leaks|structured] [--predictions OUT] [--each] [--half 0|1]`, or `… --monorepo`"
        );
    };
    let mut cargo = exec::cargo();
    cargo.current_dir(std::env::current_dir()?);
    let manifest = crate::paths::root().join("Cargo.toml");
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(manifest).args(["-p", "catwalk-analysis", "--example"]);
    cargo.args(["eval", "--"]).args(rest);
    exec::run(&mut cargo)?;
    Ok(ExitCode::SUCCESS)
}
