//! Analyses every entry of a folder of descriptions of servers (`<id>/{TREE.txt,files/…,truth.json}`) the way the product
//! does, without a model, and says how often it was right. `cargo xtask eval analysis` starts it.
//!
//! GitHub is a local fake that serves the entry's files; npm and PyPI cannot be reached, so what is found is found in files.
#![expect(clippy::print_stdout, reason = "a program that a person starts to read what it says")]

mod entry;
mod monorepo;
mod predict;
mod score;

use anyhow::{Context, Result, bail};
use catwalk_analysis::{Analyzer, Endpoints, source::parse};
use catwalk_testkit::github::{FakeGitHub, Repository};
use entry::{Entry, Hide};
use score::Row;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// 2026-11-23, so that ages do not depend on the day.
const NOW: i64 = 1_795_400_000_000;

/// What the person asked for.
struct Options {
    folder: PathBuf,
    hide: Option<Hide>,
    predictions: Option<PathBuf>,
    half: Option<u8>,
    each: bool,
}

impl Options {
    fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self { folder: PathBuf::new(), hide: None, predictions: None, half: None, each: false };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let mut value = || rest.next().with_context(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--hide" => options.hide = Some(Hide::parse(value()?)?),
                "--predictions" => options.predictions = Some(PathBuf::from(value()?)),
                "--half" => options.half = Some(value()?.parse().context("--half is 0 or 1")?),
                "--each" => options.each = true,
                _ if arg.starts_with('-') || !options.folder.as_os_str().is_empty() => bail!("unknown word: {arg}"),
                _ => options.folder = PathBuf::from(arg),
            }
        }
        if !options.folder.is_dir() {
            bail!("{} is no folder", options.folder.display());
        }
        Ok(options)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args == ["--monorepo"] {
        println!("{}", monorepo::run(NOW).await?);
        return Ok(());
    }
    let options = Options::parse(&args)?;
    let mut entries = entry::all(&options.folder)?;
    entries.retain(|e| options.half.is_none_or(|half| e.half() == half));
    if entries.is_empty() {
        bail!("{} has no entries", options.folder.display());
    }
    let runs: &[Option<Hide>] = match options.hide {
        Some(hide) => &[Some(hide)],
        // With answers to hide, both tables are of interest.
        None if entries.iter().any(|e| e.truth.is_some()) => &[None, Some(Hide::Leaks)],
        None => &[None],
    };
    for (number, hide) in runs.iter().enumerate() {
        let keep = options.predictions.as_deref().filter(|_| number == 0);
        run(&entries, *hide, keep, options.each).await?;
    }
    Ok(())
}

/// What was found of one entry.
struct Found {
    prediction: Value,
    /// Why nothing was found.
    failure: Option<String>,
    took: Duration,
}

/// Analyses all entries, one after the other.
async fn measure(entries: &[Entry], hide: Option<Hide>) -> Result<Vec<Found>> {
    let github = FakeGitHub::empty().await?;
    let http = reqwest::Client::builder().build()?;
    let mut out = Vec::new();
    for entry in entries {
        github.set_remaining(60);
        github.add(Repository::new(&entry.owner, &entry.repo, entry.files(hide)?));
        let source = parse(&entry.link).map_err(|problem| anyhow::anyhow!("{}: {problem}", entry.link))?;
        // A new analyzer each time: nothing is remembered from the one before.
        let analyzer = Analyzer::new(http.clone(), endpoints(&github)?, None);
        let start = Instant::now();
        let found = analyzer.analyze(&source, NOW).await;
        let took = start.elapsed();
        out.push(match found {
            Ok(analysis) => Found { prediction: predict::prediction(&entry.id, &analysis), failure: None, took },
            Err(error) => {
                Found { prediction: predict::nothing(&entry.id), failure: Some(format!("{}: {error}", entry.id)), took }
            }
        });
    }
    Ok(out)
}

async fn run(entries: &[Entry], hide: Option<Hide>, keep: Option<&Path>, each: bool) -> Result<()> {
    let found = measure(entries, hide).await?;
    if let Some(folder) = keep {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        for (entry, found) in entries.iter().zip(&found) {
            let text = serde_json::to_string_pretty(&found.prediction)?;
            std::fs::write(folder.join(format!("{}.json", entry.id)), text)?;
        }
    }
    println!("\n{}: {} entries", hide.map_or("All files", Hide::title), entries.len());
    let pairs = entries.iter().zip(&found).filter_map(|(e, f)| Some((e.truth.as_ref()?, &f.prediction)));
    let rows: Vec<Row> = pairs.map(|(truth, prediction)| score::score(prediction, truth)).collect();
    if !rows.is_empty() {
        println!("{}", score::table(&rows));
    }
    if each {
        print!("{}", score::each(&rows));
    }
    for line in found.iter().filter_map(|f| f.failure.as_ref()) {
        println!("no server found: {line}");
    }
    let mut times: Vec<(Duration, &str)> = found.iter().zip(entries).map(|(f, e)| (f.took, e.id.as_str())).collect();
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].0.as_millis();
    let slowest = times.last().map_or("", |(_, id)| id);
    println!("time per analysis: median {} ms, p99 {} ms, longest {} ms ({slowest})", at(50), at(99), at(100));
    println!("{}", memory());
    Ok(())
}

/// The fake GitHub, and nobody else.
fn endpoints(github: &FakeGitHub) -> Result<Endpoints> {
    Ok(Endpoints {
        github_api: github.api(),
        github_raw: github.raw(),
        github_codeload: github.codeload(),
        ..offline()?
    })
}

/// Every service at a port where nobody listens.
fn offline() -> Result<Endpoints> {
    let nobody = || "http://127.0.0.1:9/".parse();
    Ok(Endpoints {
        npm: nobody()?,
        npm_counter: nobody()?,
        pypi: nobody()?,
        github_api: nobody()?,
        github_raw: nobody()?,
        github_codeload: nobody()?,
        github_web: Endpoints::default().github_web,
        mcp_registry: nobody()?,
        glama: nobody()?,
    })
}

/// The most memory this process has had, in MiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes.div_ceil(1024))
}

fn memory() -> String {
    peak().map_or_else(
        || "peak memory: this system does not tell".to_owned(),
        |peak| format!("peak memory, the fake included: {peak} MiB"),
    )
}

#[cfg(test)]
mod tests {
    use super::{entry, measure, score};
    use std::path::Path;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_described_servers_are_found() {
        rustls::crypto::ring::default_provider().install_default().ok();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/described");
        let entries = entry::all(&folder).expect("readable");
        assert_eq!(entries.len(), 7);
        for hide in [None, Some(entry::Hide::Leaks)] {
            let found = measure(&entries, hide).await.expect("measured");
            for (entry, found) in entries.iter().zip(found) {
                assert_eq!(found.failure, None, "{}", entry.id);
                let Some(truth) = &entry.truth else {
                    let asked = &found.prediction["env"][0];
                    assert_eq!(
                        (asked["name"].as_str(), asked["required"].as_bool()),
                        (Some("KNOTS_LICENCE"), Some(true))
                    );
                    continue;
                };
                let row = score::score(&found.prediction, truth);
                assert!(row.launch && row.wrong.is_empty() && row.missed.is_empty(), "{row:?} {}", found.prediction);
            }
        }
    }
}
