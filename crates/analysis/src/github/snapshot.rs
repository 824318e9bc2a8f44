//! A repository at one commit: reference and folder told apart, all paths, the text of the files that matter.

use super::api::{ask, message, raw, repo_url};
use super::archive::{self, Archive};
use super::listing;
use crate::Error;
use crate::analyzer::Analyzer;
use crate::doc::Doc;
use crate::files::{Files, parent};
use catwalk_domain::{GitHubRef, Millis, Step};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use std::sync::atomic::{AtomicU32, Ordering};

/// Largest file that is read.
const MAX_FILE: usize = 512 << 10;
/// Files read at the same time.
const AT_ONCE: usize = 12;
/// From so many files on, the archive of a small repository (size in KB as GitHub counts it) is quicker than file by file.
const MANY: usize = 15;
const SMALL: u64 = 6 << 10;
/// Parts of a link that are tried as a reference: `feature/a/b/c`.
const MAX_REFERENCE: usize = 5;
pub(super) const JSON: &str = "application/vnd.github+json";

/// A repository at one commit.
pub(crate) struct Snapshot {
    pub(crate) owner: String,
    pub(crate) repo: String,
    /// As the user wrote them, which differs after a rename.
    pub(crate) asked: (String, String),
    pub(crate) description: Option<String>,
    pub(crate) homepage: Option<String>,
    pub(crate) archived: bool,
    /// Its owner made it for others to copy.
    pub(crate) is_template: bool,
    pub(crate) topics: Vec<String>,
    /// Its licence as GitHub recognises it.
    pub(crate) licence: Option<String>,
    /// The API was not asked, because its limit is used up: some facts are unknown. Until when, in milliseconds.
    pub(crate) without_api: Option<Millis>,
    private: bool,
    size: u64,
    pub(crate) id: Option<String>,
    pub(crate) reference: String,
    pub(crate) commit: String,
    pub(crate) folder: String,
    pub(crate) files: Files,
    /// Folders of a large repository whose files were not listed.
    pub(crate) unseen: Vec<String>,
    /// The question that told all this.
    pub(crate) api: String,
}

impl Snapshot {
    /// Of a place of which nothing is known yet.
    fn of(place: &GitHubRef, api: String) -> Self {
        Self {
            owner: place.owner.clone(),
            repo: place.repo.clone(),
            asked: (place.owner.clone(), place.repo.clone()),
            description: None,
            homepage: None,
            archived: false,
            is_template: false,
            topics: Vec::new(),
            licence: None,
            without_api: None,
            private: false,
            size: u64::MAX,
            id: None,
            reference: String::new(),
            commit: String::new(),
            folder: String::new(),
            files: Files::default(),
            unseen: Vec::new(),
            api,
        }
    }

    /// The name that the user knows it by, where GitHub knows it by another.
    pub(crate) fn former_name(&self) -> Option<String> {
        let same = self.asked.0.eq_ignore_ascii_case(&self.owner) && self.asked.1.eq_ignore_ascii_case(&self.repo);
        (!same).then(|| format!("{}/{}", self.asked.0, self.asked.1))
    }

    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.repo)
    }
}

/// Takes it: one call for the repository, one for the commit, one for the whole list of files. When the API answers no more
/// this hour, the archive tells most of it.
pub(super) async fn take(analyzer: &Analyzer, place: &GitHubRef, now: Millis) -> Result<Snapshot, Error> {
    analyzer.step(Step::Resolve, 0, 0, &format!("{}/{}", place.owner, place.repo));
    match by_api(analyzer, place, now).await {
        Err(error @ Error::RateLimited { until, .. }) => match by_archive(analyzer, place).await {
            Some((mut snapshot, archive)) => {
                snapshot.without_api = Some(until.unwrap_or(now));
                analyzer.step(Step::Tree, count(snapshot.files.paths.len()), 0, &snapshot.full_name());
                place_folder(&mut snapshot, place)?;
                let wanted = snapshot.files.wanted(&snapshot.folder);
                from_archive(analyzer, &mut snapshot, archive, wanted).await;
                Ok(snapshot)
            }
            None => Err(error),
        },
        other => other,
    }
}

async fn by_api(analyzer: &Analyzer, place: &GitHubRef, now: Millis) -> Result<Snapshot, Error> {
    let url = repo_url(analyzer, &place.owner, &place.repo, &[]);
    let reply = ask(analyzer, url.clone(), JSON, 1 << 20, now).await?;
    if !reply.status.is_success() {
        return Err(missing(analyzer, place, url.as_str(), &message(&reply), reply.status.as_u16()));
    }
    let json = reply.json("GitHub")?;
    let text = |key: &str| json.get(key).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let flag = |key: &str| json.get(key).and_then(Value::as_bool).unwrap_or_default();
    let mut snapshot = Snapshot::of(place, url.to_string());
    if let Some((owner, repo)) = text("full_name").as_deref().and_then(|f| f.split_once('/')) {
        (snapshot.owner, snapshot.repo) = (owner.to_owned(), repo.to_owned());
    }
    snapshot.description = text("description");
    snapshot.homepage = text("homepage");
    snapshot.archived = flag("archived");
    snapshot.is_template = flag("is_template");
    snapshot.private = flag("private");
    snapshot.size = json.get("size").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let topics = json.get("topics").and_then(Value::as_array).into_iter().flatten();
    snapshot.topics = topics.filter_map(Value::as_str).take(40).map(str::to_owned).collect();
    snapshot.licence = json.pointer("/license/spdx_id").and_then(Value::as_str).map(str::to_owned);
    snapshot.id = json.get("id").and_then(Value::as_u64).map(|id| id.to_string());
    let default = text("default_branch").unwrap_or_else(|| "HEAD".to_owned());
    resolve(analyzer, &mut snapshot, place.tail.as_deref(), &default, now).await?;
    listing::paths(analyzer, &mut snapshot, now).await?;
    analyzer.step(Step::Tree, count(snapshot.files.paths.len()), 0, &snapshot.full_name());
    place_folder(&mut snapshot, place)?;
    let wanted = snapshot.files.wanted(&snapshot.folder);
    read(analyzer, &mut snapshot, wanted, now).await?;
    Ok(snapshot)
}

/// Without the API: the reference is found by asking for its archive.
async fn by_archive(analyzer: &Analyzer, place: &GitHubRef) -> Option<(Snapshot, Archive)> {
    let tail = place.tail.as_deref().unwrap_or("HEAD");
    for reference in prefixes(tail) {
        if let Some(archive) = archive::fetch(analyzer, &place.owner, &place.repo, &reference).await {
            let url = format!("{}{}/{}", analyzer.endpoints.github_web, place.owner, place.repo);
            let mut snapshot = Snapshot::of(place, url);
            tail[reference.len()..].trim_start_matches('/').clone_into(&mut snapshot.folder);
            snapshot.commit.clone_from(&archive.commit);
            snapshot.files.paths.clone_from(&archive.paths);
            snapshot.reference = reference;
            return Some((snapshot, archive));
        }
    }
    None
}

/// What may be the reference at the beginning of `feature/x/src/y`.
fn prefixes(tail: &str) -> Vec<String> {
    let parts: Vec<&str> = tail.split('/').collect();
    (1..=parts.len().min(MAX_REFERENCE)).map(|n| parts[..n].join("/")).collect()
}

/// The commit of a place alone: one call where the default branch is meant.
pub(crate) async fn commit_of(analyzer: &Analyzer, place: &GitHubRef, now: Millis) -> Result<String, Error> {
    let mut snapshot = Snapshot::of(place, String::new());
    resolve(analyzer, &mut snapshot, place.tail.as_deref(), "HEAD", now).await?;
    Ok(snapshot.commit)
}

/// Tells reference and path apart. Two branches cannot be called `a` and `a/b`, so the first prefix that exists is it.
async fn resolve(
    analyzer: &Analyzer,
    snapshot: &mut Snapshot,
    tail: Option<&str>,
    default: &str,
    now: Millis,
) -> Result<(), Error> {
    let tail = tail.unwrap_or(default);
    let mut prefixes = prefixes(tail);
    prefixes.sort_by_key(|p| p != default);
    for reference in prefixes {
        let mut rest = vec!["commits"];
        rest.extend(reference.split('/'));
        let url = repo_url(analyzer, &snapshot.owner, &snapshot.repo, &rest);
        let reply = ask(analyzer, url, "application/vnd.github.sha", 64 << 10, now).await?;
        let sha = reply.text().trim().to_owned();
        match reply.status.as_u16() {
            200 if sha.len() == 40 && sha.chars().all(|c| c.is_ascii_hexdigit()) => {
                tail[reference.len()..].trim_start_matches('/').clone_into(&mut snapshot.folder);
                snapshot.reference = reference;
                snapshot.commit = sha;
                return Ok(());
            }
            409 => {
                return Err(Error::NotAServer {
                    what: snapshot.full_name(),
                    why: "The repository is empty.".to_owned(),
                    seen: vec![message(&reply)],
                });
            }
            _ => {}
        }
    }
    Err(Error::NotFound {
        what: format!("“{}” in {}", crate::text::clean(tail, 80), snapshot.full_name()),
        hint:
            "The repository exists, but it has no such branch, tag or folder. Paste the link of the repository itself."
                .to_owned(),
        looked: vec![snapshot.api.clone()],
    })
}

/// A link to a file means its folder; a folder must exist.
fn place_folder(snapshot: &mut Snapshot, place: &GitHubRef) -> Result<(), Error> {
    if snapshot.files.paths.contains(&snapshot.folder) {
        snapshot.folder = parent(&snapshot.folder).to_owned();
    }
    if snapshot.files.has_folder(&snapshot.folder) {
        return Ok(());
    }
    Err(Error::NotFound {
        what: format!("The folder “{}” in {}", crate::text::clean(&snapshot.folder, 80), snapshot.full_name()),
        hint: "The repository exists, but it has no such folder. Paste the link of the repository itself.".to_owned(),
        looked: vec![format!("{}/{} at {}", place.owner, place.repo, snapshot.reference)],
    })
}

/// Reads those of the wanted files that are not at hand yet.
pub(super) async fn read(
    analyzer: &Analyzer,
    snapshot: &mut Snapshot,
    mut wanted: Vec<String>,
    now: Millis,
) -> Result<(), Error> {
    wanted.retain(|path| !snapshot.files.docs.contains_key(path));
    if wanted.len() > MANY && snapshot.size <= SMALL && !snapshot.private {
        let (owner, repo, commit) = (&snapshot.owner, &snapshot.repo, &snapshot.commit);
        if let Some(archive) = archive::fetch(analyzer, owner, repo, commit).await {
            from_archive(analyzer, snapshot, archive, wanted).await;
            return Ok(());
        }
    }
    let (full, commit) = (snapshot.full_name(), snapshot.commit.clone());
    let (done, total) = (AtomicU32::new(0), count(wanted.len()));
    let (full, commit, done) = (full.as_str(), commit.as_str(), &done);
    let fetch = |path: String| async move {
        let text = raw(analyzer, full, commit, &path, MAX_FILE, now).await?;
        analyzer.step(Step::Files, done.fetch_add(1, Ordering::Relaxed) + 1, total, &path);
        Ok::<_, Error>(text.map(|t| (path, t)))
    };
    let texts: Vec<Option<(String, String)>> =
        stream::iter(wanted).map(fetch).buffer_unordered(AT_ONCE).try_collect().await?;
    for (path, text) in texts.into_iter().flatten() {
        keep(analyzer, snapshot, &path, text);
    }
    Ok(())
}

async fn from_archive(analyzer: &Analyzer, snapshot: &mut Snapshot, archive: Archive, wanted: Vec<String>) {
    let total = count(wanted.len());
    for (path, text) in archive.texts(wanted, MAX_FILE as u64).await {
        keep(analyzer, snapshot, &path, text);
    }
    analyzer.step(Step::Files, total, total, &snapshot.full_name());
}

fn keep(analyzer: &Analyzer, snapshot: &mut Snapshot, path: &str, text: String) {
    let (full, commit) = (snapshot.full_name(), &snapshot.commit);
    let page = format!("{}{full}/blob/{commit}/{path}", analyzer.endpoints.github_web);
    snapshot.files.docs.insert(path.to_owned(), Doc::file(path, text, Some(page)));
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn missing(analyzer: &Analyzer, place: &GitHubRef, url: &str, said: &str, status: u16) -> Error {
    let what = format!("The repository {}/{}", place.owner, place.repo);
    let looked = vec![url.to_owned(), said.to_owned()];
    let hint = match status {
        451 => "GitHub has closed this repository for legal reasons.",
        404 if analyzer.github_token.is_none() => return Error::Hidden { what, looked },
        404 => "It does not exist, or it is private and your GitHub account may not see it. Check the link.",
        _ => "GitHub does not show this repository.",
    };
    Error::NotFound { what, hint: hint.to_owned(), looked }
}
