//! `cargo xtask bench relay`: what the relay costs, beside the least relay there can be and the relays others use;
//! `bench bridge`: how soon a bridge answers; `bench profile`: what a call is made of; `bench search`: how soon a search answers.

mod alone;
mod bridge;
mod peers;
mod profile;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{exec, paths};

/// What is measured.
#[derive(Default)]
enum What {
    #[default]
    Relay,
    Bridge,
    Profile,
    Search,
}

/// What the person asked for.
#[derive(Default)]
pub(crate) struct Options {
    what: What,
    quick: bool,
    alone: bool,
    write: bool,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let rest = match args.split_first().map(|(what, rest)| (what.as_str(), rest)) {
            Some(("relay", rest)) => rest,
            Some(("bridge", [])) => {
                options.what = What::Bridge;
                return Ok(options);
            }
            Some(("search", [])) => {
                options.what = What::Search;
                return Ok(options);
            }
            Some(("profile", rest)) => {
                options.what = What::Profile;
                rest
            }
            _ => bail!("`bench` measures four things: `cargo xtask bench relay`, `bridge`, `profile` and `search`"),
        };
        for arg in rest {
            match arg.as_str() {
                "--quick" => options.quick = true,
                "--alone" => options.alone = true,
                "--write" => options.write = true,
                other => bail!("`bench relay` does not know {other}; it takes --quick, --alone and --write"),
            }
        }
        Ok(options)
    }
}

/// Builds, installs the peers, measures all of them in the same run, and prints tables.
pub(crate) fn bench(options: &Options) -> Result<ExitCode> {
    match options.what {
        What::Bridge => return bridge::bench(),
        What::Profile => return profile::profile(options.write),
        What::Search => {
            exec::run(exec::cargo().args(["bench", "-p", "catwalk-app", "--bench", "search"]))?;
            return Ok(ExitCode::SUCCESS);
        }
        What::Relay => {}
    }
    let release = build()?;
    let program = |name: &str| release.join(name).to_string_lossy().into_owned();
    let mut targets = vec![
        json!({ "name": "floor", "about": "`bench-floor`: the least relay to one shared server; no token, no limits, no event streams",
            "start": [program("bench-floor"), "--listen", "127.0.0.1:{port}", "--", "{server}"],
            "url": "http://127.0.0.1:{port}/mcp" }),
        catwalk(&release),
    ];
    if !options.alone {
        targets.extend(peers::install());
    }
    let list = paths::target().join("bench-targets.json");
    std::fs::write(&list, Value::from(targets).to_string())?;
    let (rounds, seconds) = if options.quick { ("2", "0.7") } else { ("5", "2") };
    let mut load = Command::new(program("bench-load"));
    load.arg("compare").arg("--targets").arg(&list).args(["--server", &program("bench-echo")]);
    load.args(["--rounds", rounds, "--seconds", seconds]);
    let (done, tables) = exec::tee(&mut load)?;
    if !done {
        bail!("the comparison failed");
    }
    if options.write {
        let place = paths::root().join("docs/relay-bench.md");
        std::fs::create_dir_all(paths::root().join("docs"))?;
        std::fs::write(&place, format!("{}\n{}", head(rounds, seconds), tables.trim_end().to_owned() + "\n"))
            .context("docs/relay-bench.md")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How `catwalk relay` is started.
pub(crate) fn catwalk(release: &Path) -> Value {
    let program = release.join("catwalk").to_string_lossy().into_owned();
    json!({ "name": "catwalk", "about": format!("`catwalk relay`, {}", commit()), "token": true,
        "start": [program, "relay", "--port", "{port}", "--token-from", "BENCH_TOKEN", "--", "{server}"],
        "url": "http://127.0.0.1:{port}/mcp/server" })
}

/// Builds `catwalk` and the tools for release; where they are.
pub(crate) fn build() -> Result<PathBuf> {
    exec::run(exec::cargo().args(["build", "--release", "-p", "catwalk-cli", "-p", "catwalk-bench"]))?;
    Ok(paths::target().join("release"))
}

fn says(program: &str, args: &[&str]) -> String {
    let said = exec::quiet(Command::new(program).args(args).current_dir(paths::root()));
    said.map_or_else(|| "unknown".to_owned(), |said| said.trim().to_owned())
}

fn commit() -> String {
    format!("commit {}", says("git", &["rev-parse", "--short", "HEAD"]))
}

fn head(rounds: &str, seconds: &str) -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("processor unknown");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "# What the relay costs\n\nWritten by `cargo xtask bench relay --write` on {}. {cores} cores ({}), {}; {}; Node {}; {}. \
         Load average at the end: {}.\n\nLoad generator, relays and servers share the cores. {rounds} rounds; in each, every load goes to one \
         relay after the other for {seconds} s, all of them running. Cells are medians over the rounds, ratios are \
         taken round by round. Every answer's id and text were checked. CPU is user and system time of the relay and \
         its helper processes, without the server's.\n",
        says("date", &["-u", "+%F"]),
        named.trim_start_matches([' ', '\t', ':']),
        says("uname", &["-sr"]),
        says("rustc", &["--version"]),
        says("node", &["--version"]),
        says("python3", &["--version"]),
        load.split(' ').take(3).collect::<Vec<_>>().join(" "),
    )
}
