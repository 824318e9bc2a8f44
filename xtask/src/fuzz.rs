//! `cargo xtask fuzz`: inputs made up with an eye on the code that they reach, by libFuzzer.
//!
//! `cargo fuzz` would do the same, in the same folder; this needs no nightly toolchain and nothing installed, for it uses
//! the counters that LLVM has anyway and leaves out the sanitizers: what is fuzzed has no unsafe code.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::{exec, paths};

/// Inputs for each target, when not said.
const RUNS: u64 = 10_000_000;

/// Counters at every edge, their addresses, and what comparisons compared: what libFuzzer steers by.
const COUNTERS: [&str; 7] = [
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// Builds the targets, then feeds each; the first finding ends it, with the input kept under `fuzz/artifacts`.
pub(crate) fn fuzz(args: &[String]) -> Result<ExitCode> {
    let folder = paths::root().join("fuzz");
    let known = known(&folder)?;
    let mut runs = RUNS;
    let mut wanted = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--runs" => {
                runs = args.next().context("--runs takes a number")?.parse().context("--runs takes a number")?;
            }
            name if known.iter().any(|known| known == name) => wanted.push(name.to_owned()),
            other => {
                bail!("`fuzz` does not know {other}; it takes --runs N and the names of targets: {}", known.join(" "))
            }
        }
    }
    let wanted = if wanted.is_empty() { known } else { wanted };
    let programs = build(&folder)?;
    let mut rows = Vec::new();
    for name in &wanted {
        rows.push(feed(&folder, &programs.join(name), name, runs)?);
    }
    println!("\n| target | inputs | a second | peak MiB | edges |\n|---|--:|--:|--:|--:|");
    for row in rows {
        println!("{row}");
    }
    Ok(ExitCode::SUCCESS)
}

fn known(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder.join("fuzz_targets")).context("fuzz/fuzz_targets")? {
        let file = file?.path();
        if let (Some(name), Some("rs")) = (file.file_stem(), file.extension().and_then(|e| e.to_str())) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// For a named target, so that the flags do not reach build scripts and macros.
fn build(folder: &Path) -> Result<PathBuf> {
    let about = exec::quiet(Command::new("rustc").arg("-vV")).context("rustc does not answer")?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not say its host")?;
    let target = paths::target().join("fuzz");
    let mut cargo = exec::cargo();
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", &target).env("RUSTFLAGS", COUNTERS.join(" "));
    exec::run(cargo.args(["build", "--release", "--bins", "--target", host]))?;
    Ok(target.join(host).join("release"))
}

fn feed(folder: &Path, program: &Path, name: &str, runs: u64) -> Result<String> {
    let corpus = folder.join("corpus").join(name);
    let findings = folder.join("artifacts").join(name);
    std::fs::create_dir_all(&corpus)?;
    std::fs::create_dir_all(&findings)?;
    let mut command = Command::new(program);
    command.arg(format!("-runs={runs}")).arg(format!("-artifact_prefix={}/", findings.display()));
    command.args(["-timeout=25", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1", "-verbosity=1"]);
    command.arg(&corpus).arg(folder.join("seeds").join(name));
    let log = paths::target().join(format!("fuzz-{name}.log"));
    println!("→ {name}: {runs} inputs; its words go to {}", log.display());
    let words = std::fs::File::create(&log)?;
    let status =
        command.stdout(words.try_clone()?).stderr(words).status().with_context(|| program.display().to_string())?;
    let said = std::fs::read_to_string(&log)?;
    if !status.success() {
        let last: Vec<_> = said.lines().rev().take(30).collect();
        bail!("{name} found something:\n{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));
    }
    let stat = |key: &str| said.lines().rev().find_map(|line| line.strip_prefix(key)).map_or("–", str::trim).to_owned();
    let edges = said.lines().rev().find_map(|line| line.split_once("cov: ")?.1.split(' ').next()).unwrap_or("–");
    let [inputs, speed, peak] =
        ["stat::number_of_executed_units:", "stat::average_exec_per_sec:", "stat::peak_rss_mb:"].map(stat);
    Ok(format!("| {name} | {inputs} | {speed} | {peak} | {edges} |"))
}
