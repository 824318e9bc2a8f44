//! A repository from its archive: one download, which does not count against the API. Read in memory with bounds; nothing is
//! unpacked, links are not followed.

use super::api::WHO;
use crate::analyzer::Analyzer;
use crate::endpoints::join;
use crate::fetch::{Ask, get};
use flate2::read::GzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use tar::{Archive as Tar, Entry, EntryType};

/// Largest archive that is fetched, and what it may unpack to.
const MAX_ARCHIVE: usize = 24 << 20;
const MAX_UNPACKED: u64 = 256 << 20;
/// Most entries that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// An archive as it came.
pub(super) struct Archive {
    bytes: Vec<u8>,
    /// The commit that it says it holds.
    pub(super) commit: String,
    /// Paths of its files.
    pub(super) paths: BTreeSet<String>,
}

/// Fetches the archive of a reference. `None`: there is none, it is too large, or it says no commit.
pub(super) async fn fetch(analyzer: &Analyzer, owner: &str, repo: &str, reference: &str) -> Option<Archive> {
    let segments = [owner, repo, "tar.gz"].into_iter().chain(reference.split('/'));
    let url = join(&analyzer.endpoints.github_codeload, segments);
    let reply = get(&analyzer.http, Ask::new(WHO, url).max(MAX_ARCHIVE)).await.ok()?;
    if !reply.status.is_success() || reply.cut {
        return None;
    }
    tokio::task::spawn_blocking(move || list(reply.body)).await.ok()?
}

impl Archive {
    /// The text of some of its files, each at most `max` bytes long.
    pub(super) async fn texts(self, wanted: Vec<String>, max: u64) -> BTreeMap<String, String> {
        let read = move || {
            let wanted: BTreeSet<String> = wanted.into_iter().collect();
            let mut out = BTreeMap::new();
            each(&self.bytes, |path, entry| {
                if out.len() < wanted.len() && wanted.contains(path) && entry.size() <= max {
                    let mut bytes = Vec::new();
                    if entry.take(max).read_to_end(&mut bytes).is_ok() {
                        out.insert(path.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
                    }
                }
            });
            out
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_default()
    }
}

fn list(bytes: Vec<u8>) -> Option<Archive> {
    let mut paths = BTreeSet::new();
    let commit = each(&bytes, |path, _| {
        paths.insert(path.to_owned());
    })?;
    Some(Archive { bytes, commit, paths })
}

/// Visits the regular files. Gives the commit that stands in the comment before them.
fn each(bytes: &[u8], mut visit: impl FnMut(&str, &mut Entry<'_, std::io::Take<GzDecoder<&[u8]>>>)) -> Option<String> {
    let mut tar = Tar::new(GzDecoder::new(bytes).take(MAX_UNPACKED));
    let mut commit = None;
    for mut entry in tar.entries().ok()?.take(MAX_ENTRIES).map_while(Result::ok) {
        match entry.header().entry_type() {
            EntryType::XGlobalHeader => {
                let mut text = String::new();
                entry.by_ref().take(4096).read_to_string(&mut text).ok();
                let comment = text.lines().find_map(|l| l.split_once("comment=")).map(|(_, sha)| sha.trim().to_owned());
                commit = commit.or(comment.filter(|sha| sha.len() == 40 && sha.chars().all(|c| c.is_ascii_hexdigit())));
            }
            EntryType::Regular => {
                let path = entry.path().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
                let inner = path.split_once('/').map_or("", |(_, rest)| rest).to_owned();
                if !inner.is_empty() && !inner.split('/').any(|p| matches!(p, "" | "." | "..")) {
                    visit(&inner, &mut entry);
                }
            }
            _ => {}
        }
    }
    commit
}
