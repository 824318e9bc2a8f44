//! How long a search takes over 30,000 listings, from the words to what the window gets: `cargo xtask bench search`.
#![allow(missing_docs, clippy::print_stdout, reason = "a command-line program")]

use catwalk_app::Listings;
use catwalk_domain::{ListedPackage, Listing, Millis, Origin};
use catwalk_store::Change;
use std::time::{Duration, Instant};

const ENTRIES: usize = 30_000;
const ROUNDS: usize = 200;
const NOW: Millis = 1_795_400_000_000;
/// What people type, and what costs most: single letters, words that stand everywhere, several of them.
const QUESTIONS: [&str; 14] = [
    "",
    "m",
    "s",
    "git",
    "github",
    "github issues",
    "postgres database",
    "mcp server",
    "search the web",
    "read and write files",
    "io.github.user17/slack-calendar-42",
    "weather fore",
    "zzzz",
    "a server for the database of the team with search and files",
];
const NOUNS: [&str; 40] = [
    "github",
    "gitlab",
    "slack",
    "postgres",
    "sqlite",
    "mysql",
    "mongo",
    "redis",
    "notion",
    "jira",
    "linear",
    "calendar",
    "mail",
    "weather",
    "maps",
    "search",
    "browser",
    "files",
    "memory",
    "notes",
    "stripe",
    "shopify",
    "sentry",
    "figma",
    "docker",
    "kubernetes",
    "aws",
    "azure",
    "gcp",
    "discord",
    "telegram",
    "youtube",
    "spotify",
    "arxiv",
    "wikipedia",
    "pdf",
    "excel",
    "image",
    "audio",
    "translate",
];
const VERBS: [&str; 12] = [
    "read",
    "write",
    "search",
    "list",
    "create",
    "update",
    "manage",
    "query",
    "analyze",
    "summarize",
    "monitor",
    "deploy",
];

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let listings = Listings::new(folder.path().join("listings.sqlite"));
    let catalog = listings.catalog().await.expect("opens");
    let begun = Instant::now();
    let all: Vec<Listing> = (0..ENTRIES).map(listing).collect();
    for page in all.chunks(100) {
        let put = |l: &Listing| Change::Put { listing: Box::new(l.clone()), document: "x".repeat(1500) };
        catalog.keep(&page.iter().map(put).collect::<Vec<_>>(), 1, "bench", false).await.expect("keeps");
    }
    println!("{ENTRIES} entries written in {:.1} s", begun.elapsed().as_secs_f64());
    let before = resident();
    let begun = Instant::now();
    listings.search("first", NOW).await.expect("searches");
    let memory = resident().saturating_sub(before);
    println!("first search, which builds the index: {} ms, {memory} MiB", begun.elapsed().as_millis());
    println!("\n| question | found | median | p99 | max |\n| --- | ---: | ---: | ---: | ---: |");
    let mut every = Vec::new();
    for question in QUESTIONS {
        let mut took = Vec::with_capacity(ROUNDS);
        let mut found = 0;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            found = listings.search(question, NOW).await.expect("searches").len();
            took.push(begun.elapsed());
        }
        every.extend_from_slice(&took);
        row(question, found, &mut took);
    }
    row("all together", 0, &mut every);
}

fn row(question: &str, found: usize, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |share: usize| took[(took.len() * share).div_ceil(100).saturating_sub(1)].as_secs_f64() * 1e3;
    println!("| {question} | {found} | {:.2} ms | {:.2} ms | {:.2} ms |", at(50), at(99), at(100));
}

/// As varied as the registry is: a few words stand everywhere, many in a handful of entries, one in each alone.
fn listing(n: usize) -> Listing {
    // A small generator, so that each run has the same entries.
    let mut state = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    let mut pick = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % most as u64).unwrap_or_default()
    };
    let (one, two, verb) = (NOUNS[pick(40)], NOUNS[pick(40)], VERBS[pick(12)]);
    let user = pick(4000);
    let (space, official) =
        if n.is_multiple_of(9) { (format!("com.{one}{user}"), true) } else { (format!("io.github.user{user}"), false) };
    let name = format!("{space}/{one}-{two}-{n}");
    let odd = format!("{:x}", pick(0xfff_ffff));
    Listing {
        title: (!n.is_multiple_of(3)).then(|| format!("{one} {two} {odd}")),
        description: format!(
            "MCP server to {verb} {one} and {two} data, {} {} for agents of the team",
            VERBS[pick(12)],
            NOUNS[pick(40)]
        ),
        version: format!("1.{}.{}", pick(20), pick(20)),
        publisher: space,
        official,
        repository: Some(format!("https://github.com/user{user}/{one}-{two}-{n}")),
        packages: vec![ListedPackage {
            registry_type: if n.is_multiple_of(4) { "pypi" } else { "npm" }.to_owned(),
            identifier: format!("@user{user}/{one}-mcp-{n}"),
        }],
        remotes: Vec::new(),
        hosted: n.is_multiple_of(5),
        deprecated: n.is_multiple_of(40).then(String::new),
        icon: None,
        updated_at: NOW - i64::try_from(pick(900)).unwrap_or_default() * 24 * 3600 * 1000,
        origin: Origin::Registry,
        paste: name.clone(),
        name,
    }
}

/// Memory of this process in MiB; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}
