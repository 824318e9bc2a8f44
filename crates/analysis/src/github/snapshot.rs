//! A repository at one commit: reference and folder told apart, all paths, the text of the files that matter.

use super::api::{ask, message, raw, repo_url};
use crate::Error;
use crate::analyzer::Analyzer;
use crate::doc::Doc;
use crate::files::{Files, parent};
use catwalk_domain::{GitHubRef, Millis};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

/// Largest file list and file that are read.
const MAX_TREE: usize = 24 << 20;
const MAX_FILE: usize = 512 << 10;
/// Files read at the same time.
const AT_ONCE: usize = 12;
/// Parts of a link that are tried as a reference: `feature/a/b/c`.
const MAX_REFERENCE: usize = 5;
const JSON: &str = "application/vnd.github+json";

/// A repository at one commit.
pub(crate) struct Snapshot {
    pub(crate) owner: String,
    pub(crate) repo: String,
    /// As the user wrote them, which differs after a rename.
    pub(crate) asked: (String, String),
    pub(crate) description: Option<String>,
    pub(crate) homepage: Option<String>,
    pub(crate) archived: bool,
    pub(crate) id: Option<String>,
    pub(crate) reference: String,
    pub(crate) commit: String,
    pub(crate) folder: String,
    pub(crate) files: Files,
    /// The question that told all this.
    pub(crate) api: String,
}

impl Snapshot {
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.repo)
    }
}

/// Takes it: one call for the repository, one for the commit, one for the whole list of files.
pub(super) async fn take(analyzer: &Analyzer, place: &GitHubRef, now: Millis) -> Result<Snapshot, Error> {
    let url = repo_url(analyzer, &place.owner, &place.repo, &[]);
    let reply = ask(analyzer, url.clone(), JSON, 1 << 20, now).await?;
    if !reply.status.is_success() {
        return Err(missing(place, url.as_str(), &message(&reply), reply.status.as_u16()));
    }
    let json = reply.json("GitHub")?;
    let text = |key: &str| json.get(key).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let full = text("full_name").unwrap_or_else(|| format!("{}/{}", place.owner, place.repo));
    let (owner, repo) =
        full.split_once('/').map_or((place.owner.clone(), place.repo.clone()), |(o, r)| (o.to_owned(), r.to_owned()));
    let mut snapshot = Snapshot {
        owner,
        repo,
        asked: (place.owner.clone(), place.repo.clone()),
        description: text("description"),
        homepage: text("homepage"),
        archived: json.get("archived").and_then(Value::as_bool).unwrap_or_default(),
        id: json.get("id").and_then(Value::as_u64).map(|id| id.to_string()),
        reference: String::new(),
        commit: String::new(),
        folder: String::new(),
        files: Files::default(),
        api: url.to_string(),
    };
    let default = text("default_branch").unwrap_or_else(|| "HEAD".to_owned());
    resolve(analyzer, &mut snapshot, place.tail.as_deref(), &default, now).await?;
    paths(analyzer, &mut snapshot, now).await?;
    place_folder(&mut snapshot, place)?;
    read(analyzer, &mut snapshot, now).await?;
    Ok(snapshot)
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
    let parts: Vec<&str> = tail.split('/').collect();
    let mut prefixes: Vec<String> = (1..=parts.len().min(MAX_REFERENCE)).map(|n| parts[..n].join("/")).collect();
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

async fn tree(analyzer: &Analyzer, snapshot: &Snapshot, sha: &str, deep: bool, now: Millis) -> Result<Value, Error> {
    let mut url = repo_url(analyzer, &snapshot.owner, &snapshot.repo, &["git", "trees", sha]);
    if deep {
        url.set_query(Some("recursive=1"));
    }
    let reply = ask(analyzer, url.clone(), JSON, MAX_TREE, now).await?;
    if reply.status.is_success() {
        return reply.json("GitHub");
    }
    Err(Error::Refused {
        who: "GitHub".to_owned(),
        url: url.to_string(),
        status: reply.status.as_u16(),
        said: message(&reply),
    })
}

/// The whole list; where GitHub cuts it, the folders on the way to the asked one are listed by themselves.
async fn paths(analyzer: &Analyzer, snapshot: &mut Snapshot, now: Millis) -> Result<(), Error> {
    let whole = tree(analyzer, snapshot, &snapshot.commit, true, now).await?;
    collect(&whole, "", &mut snapshot.files);
    if whole.get("truncated").and_then(Value::as_bool) != Some(true) {
        return Ok(());
    }
    let mut sha = snapshot.commit.clone();
    let mut prefix = String::new();
    let folder = snapshot.folder.clone();
    for part in std::iter::once("").chain(folder.split('/').filter(|p| !p.is_empty())) {
        if !part.is_empty() {
            prefix = crate::files::inside(&prefix, part);
        }
        let list = tree(analyzer, snapshot, &sha, false, now).await?;
        collect(&list, &prefix, &mut snapshot.files);
        let next = folder
            .strip_prefix(&prefix)
            .unwrap_or_default()
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        let entry =
            entries(&list).find(|(path, kind, _)| *path == next && *kind == "tree").map(|(_, _, sha)| sha.to_owned());
        match entry {
            Some(inner) => sha = inner,
            None => break,
        }
    }
    Ok(())
}

fn entries(tree: &Value) -> impl Iterator<Item = (&str, &str, &str)> {
    let list = tree.get("tree").and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|e| Some((e.get("path")?.as_str()?, e.get("type")?.as_str()?, e.get("sha")?.as_str()?)))
}

fn collect(tree: &Value, prefix: &str, files: &mut Files) {
    let blobs =
        entries(tree).filter(|(path, kind, _)| *kind == "blob" && !path.split('/').any(|p| p == ".." || p == "."));
    files.paths.extend(blobs.map(|(path, ..)| crate::files::inside(prefix, path)));
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

async fn read(analyzer: &Analyzer, snapshot: &mut Snapshot, now: Millis) -> Result<(), Error> {
    let full = snapshot.full_name();
    let commit = snapshot.commit.clone();
    let wanted = snapshot.files.wanted(&snapshot.folder);
    let (full, commit) = (full.as_str(), commit.as_str());
    let fetch = |path: String| async move {
        let text = raw(analyzer, full, commit, &path, MAX_FILE, now).await?;
        Ok::<_, Error>(text.map(|t| (path, t)))
    };
    let texts: Vec<Option<(String, String)>> =
        stream::iter(wanted).map(fetch).buffer_unordered(AT_ONCE).try_collect().await?;
    for (path, text) in texts.into_iter().flatten() {
        let page = format!("{}{full}/blob/{commit}/{path}", analyzer.endpoints.github_web);
        snapshot.files.docs.insert(path.clone(), Doc::file(&path, text, Some(page)));
    }
    Ok(())
}

fn missing(place: &GitHubRef, url: &str, said: &str, status: u16) -> Error {
    let hint = match status {
        451 => "GitHub has closed this repository for legal reasons.",
        404 => {
            "It does not exist, or it is private. Check the link; for a private repository put a GitHub token into the settings."
        }
        _ => "GitHub does not show this repository.",
    };
    Error::NotFound {
        what: format!("The repository {}/{}", place.owner, place.repo),
        hint: hint.to_owned(),
        looked: vec![url.to_owned(), said.to_owned()],
    }
}
