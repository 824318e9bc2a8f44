//! Keeps major releases away from servers that were published before them.
//!
//! Most Python servers bound their dependencies from below only (`mcp>=1.0`). Such a server dies at import once a new
//! major release renames what it uses, though nothing about the server changed. So: *a major release of a direct
//! dependency that appeared after the server's version was published was never tested with it*, and is not installed.
//!
//! Minor and patch releases still come in, and with them security fixes, as far as the cooldown lets them. Dependencies
//! of dependencies are left alone: who depends on them directly bounds them, and is itself recent. When the index does
//! not tell upload times, nothing is known and nothing is kept back.
//!
//! The rule asks the index for dates rather than resolving as of that day: wheels of that day often do not exist for
//! today's Python, so such a resolution would fail just for the old packages that need the rule.
//!
//! npm has no such rule: its tools write caret ranges, which end below the next major release. A `*` or `>=` there was
//! written by hand, and only `overrides`, which replace what the author declared, could narrow it.

use crate::index::{self, File};
use crate::job::Job;
use crate::{Error, clock};
use catwalk_domain::Millis;
use futures_util::{StreamExt, TryStreamExt, stream};

/// What is released together is uploaded within hours, in any order.
const TOGETHER: Millis = 24 * 60 * 60 * 1000;
/// A first number from here on is a year: it says when, not what broke.
const YEARS: u64 = 1900;
/// Index pages asked for at a time.
const AT_ONCE: usize = 6;

/// A direct dependency as it was resolved, and the newest major version from before the server was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    name: String,
    resolved: u64,
    newest: u64,
}

/// What a server may have at most, if anything resolved is newer than it can know. `lock` is annotated and was made
/// without bounds.
pub(super) async fn bounds(job: &Job<'_>, lock: &str, package: &str, published: Millis) -> Result<Vec<Bound>, Error> {
    if published > job.cutoff() {
        return Ok(Vec::new()); // What appeared after it is younger than the cooldown allows anyway.
    }
    let by = published.saturating_add(TOGETHER);
    job.step(format!("Looking for what {package} was tested with"));
    tracing::debug!(package, by = clock::iso(by), "major versions known by then");
    let found = stream::iter(direct(lock, package)).map(async |(name, resolved)| {
        // Without an answer it is an error: a lock with an untested release in it would stay.
        let files = index::files(job, &name).await?;
        Ok::<_, Error>(newest(&files, by).map(|newest| Bound { name, resolved, newest }))
    });
    let found: Vec<Option<Bound>> = found.buffered(AT_ONCE).try_collect().await?;
    let bounds: Vec<Bound> = found.into_iter().flatten().collect();
    // If one has to step back, the others must not step ahead to meet it: then all are bounded.
    Ok(if bounds.iter().any(Bound::bites) { bounds } else { Vec::new() })
}

/// The lines of a constraints file.
pub(super) fn constraints(bounds: &[Bound]) -> String {
    bounds.iter().map(|b| format!("{}<{}\n", b.name, b.newest + 1)).collect::<Vec<_>>().concat()
}

/// For people: what was kept back.
pub(super) fn kept(bounds: &[Bound]) -> String {
    format!("Kept {}: the major versions from there on appeared after this server was published.", listed(bounds))
}

/// For people: what could not be kept back.
pub(super) fn not_kept(bounds: &[Bound]) -> String {
    format!(
        "Major versions of dependencies are newer than this server, which may not work with them: nothing fits with {}.",
        listed(bounds)
    )
}

fn listed(bounds: &[Bound]) -> String {
    let below = |b: &Bound| format!("{} below {}", b.name, b.newest + 1);
    bounds.iter().filter(|b| b.bites()).map(below).collect::<Vec<_>>().join(", ")
}

impl Bound {
    fn bites(&self) -> bool {
        self.resolved > self.newest
    }
}

/// Names and major versions of what the package itself asked for, by the lock's `# via` lines.
fn direct(lock: &str, package: &str) -> Vec<(String, u64)> {
    let package = index::normal(package);
    let mut found = Vec::new();
    let mut current = None;
    for line in lock.lines() {
        if let Some(parents) = line.trim().strip_prefix("# via ") {
            let ours = parents.split(',').any(|parent| index::normal(parent.trim()) == package);
            found.extend(current.take().filter(|_| ours));
        } else if let Some((name, rest)) = line.split_once("==").filter(|_| !line.starts_with([' ', '#'])) {
            let version = rest.split([' ', ';', '\\']).next().unwrap_or_default();
            current = major(version).filter(|m| *m < YEARS).map(|m| (index::normal(name), m));
        }
    }
    found
}

/// The newest major version uploaded by then. A release withdrawn since counts: it was there to be tested with. A
/// pre-release does not, unless there was nothing else.
fn newest(files: &[File], by: Millis) -> Option<u64> {
    let then = files.iter().filter(|f| f.uploaded.is_some_and(|at| at <= by)).filter_map(File::version);
    let (early, stable): (Vec<&str>, Vec<&str>) = then.partition(|v| is_early(v));
    let of = |versions: Vec<&str>| versions.into_iter().filter_map(major).max();
    of(stable).or_else(|| of(early)).filter(|m| *m < YEARS)
}

/// The first number. `None` for an epoch (`1!2.0`), which changes what the numbers mean.
fn major(version: &str) -> Option<u64> {
    if version.contains('!') {
        return None;
    }
    let version = version.trim_start_matches(['v', 'V']);
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// PEP 440's pre-releases and development releases; a post-release is neither.
fn is_early(version: &str) -> bool {
    let version = version.split('+').next().unwrap_or(version).to_ascii_lowercase();
    let rest = version.trim_start_matches('v').trim_start_matches(|c: char| c.is_ascii_digit() || ".-_".contains(c));
    rest.contains("dev") || ["a", "b", "c", "rc", "pre"].iter().any(|mark| rest.starts_with(mark))
}

#[cfg(test)]
mod tests;
