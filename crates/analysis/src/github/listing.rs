//! The list of a repository's files. GitHub lists only so much at once: of what is larger the asked folder is listed by itself,
//! and of a folder that is still too large those of its folders in which a server is likeliest. What was not seen is said.

use super::api::{ask, message, repo_url};
use super::snapshot::{JSON, Snapshot};
use crate::Error;
use crate::analyzer::Analyzer;
use crate::fetch::Reply;
use crate::files::{Files, inside, is_skipped};
use crate::signs::in_words;
use crate::text::words;
use catwalk_domain::Millis;
use serde::Deserialize;
use std::borrow::Cow;

/// Largest list that is read: GitHub cuts it at 7 MB or 100,000 entries.
const MAX_TREE: usize = 12 << 20;
/// Most paths of a repository that are kept.
const MAX_PATHS: usize = 250_000;
/// Most folders of one that is too large that are listed by themselves: each is a question of sixty an hour.
const MAX_FOLDERS: usize = 6;
/// Deepest folder that is walked to.
const MAX_DEPTH: usize = 24;

/// A list as GitHub writes it; the words are those of the answer's own bytes.
#[derive(Deserialize)]
struct Tree<'a> {
    #[serde(default, borrow)]
    tree: Vec<Entry<'a>>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    sha: Cow<'a, str>,
}

/// A folder and what lists it.
struct Folder {
    path: String,
    sha: String,
}

/// What one list told.
struct Told {
    folders: Vec<Folder>,
    truncated: bool,
}

/// Lists a repository.
pub(super) async fn paths(analyzer: &Analyzer, snapshot: &mut Snapshot, now: Millis) -> Result<(), Error> {
    let root = Folder { path: String::new(), sha: snapshot.commit.clone() };
    if !list(analyzer, snapshot, &root, true, now).await?.truncated {
        return Ok(());
    }
    // Without such a folder the link leads to a file or nowhere: what is known already tells.
    let (place, Some(mut folders)) = walk(analyzer, snapshot, root, now).await? else { return Ok(()) };
    if !place.path.is_empty() && list(analyzer, snapshot, &place, true, now).await.is_ok_and(|told| !told.truncated) {
        return Ok(());
    }
    folders.sort_by_cached_key(|f| (unlikely(&f.path), f.path.clone()));
    for (number, folder) in folders.into_iter().enumerate() {
        let wanted = number < MAX_FOLDERS && snapshot.files.paths.len() < MAX_PATHS;
        let whole = wanted && list(analyzer, snapshot, &folder, true, now).await.is_ok_and(|told| !told.truncated);
        if !whole && !is_idle(&folder.path) {
            snapshot.unseen.push(folder.path);
        }
    }
    Ok(())
}

/// Goes down to the asked folder, listing each on the way by itself: the last one, and its folders if it is there.
async fn walk(
    analyzer: &Analyzer,
    snapshot: &mut Snapshot,
    root: Folder,
    now: Millis,
) -> Result<(Folder, Option<Vec<Folder>>), Error> {
    let asked = snapshot.folder.clone();
    let mut place = root;
    for part in asked.split('/').filter(|p| !p.is_empty()).take(MAX_DEPTH) {
        let next = inside(&place.path, part);
        let told = list(analyzer, snapshot, &place, false, now).await?;
        match told.folders.into_iter().find(|f| f.path == next) {
            Some(folder) => place = folder,
            None => return Ok((place, None)),
        }
    }
    let told = list(analyzer, snapshot, &place, false, now).await?;
    Ok((place, Some(told.folders)))
}

/// Asks for one list and keeps its files. Its folders are told where it lists one folder alone.
async fn list(
    analyzer: &Analyzer,
    snapshot: &mut Snapshot,
    folder: &Folder,
    deep: bool,
    now: Millis,
) -> Result<Told, Error> {
    let mut url = repo_url(analyzer, &snapshot.owner, &snapshot.repo, &["git", "trees", &folder.sha]);
    if deep {
        url.set_query(Some("recursive=1"));
    }
    let reply = ask(analyzer, url.clone(), JSON, MAX_TREE, now).await?;
    if !reply.status.is_success() {
        return Err(Error::Refused {
            who: "GitHub".to_owned(),
            url: url.to_string(),
            status: reply.status.as_u16(),
            said: message(&reply),
        });
    }
    let tree = read(&reply)?;
    let good = |path: &str| !path.split('/').any(|p| matches!(p, "" | "." | ".."));
    keep(&mut snapshot.files, &folder.path, tree.tree.iter().filter(|e| e.kind == "blob" && good(&e.path)));
    let inner = tree.tree.iter().filter(|e| !deep && e.kind == "tree" && good(&e.path));
    let folders = inner.map(|e| Folder { path: inside(&folder.path, &e.path), sha: e.sha.clone().into_owned() });
    Ok(Told { folders: folders.collect(), truncated: tree.truncated })
}

fn read(reply: &Reply) -> Result<Tree<'_>, Error> {
    let bad = |detail: String| Error::BadAnswer { who: "GitHub".to_owned(), url: reply.url.to_string(), detail };
    if reply.cut {
        return Err(Error::TooLarge { who: "GitHub".to_owned(), url: reply.url.to_string() });
    }
    serde_json::from_slice(&reply.body).map_err(|e| bad(crate::text::excerpt(&e.to_string())))
}

fn keep<'a, 'e: 'a>(files: &mut Files, prefix: &str, blobs: impl Iterator<Item = &'a Entry<'e>>) {
    for blob in blobs {
        if files.paths.len() >= MAX_PATHS {
            return;
        }
        files.paths.insert(inside(prefix, &blob.path));
    }
}

/// How unlikely a server is in a folder, by its name.
fn unlikely(path: &str) -> usize {
    const LIKELY: [&str; 12] = [
        "servers",
        "server",
        "src",
        "packages",
        "tools",
        "apps",
        "services",
        "integrations",
        "plugins",
        "extensions",
        "cmd",
        "libs",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let words = words(name);
    let known = LIKELY.iter().position(|l| words.iter().any(|w| w == l));
    match known {
        _ if in_words(name) => 0,
        Some(place) => 1 + place,
        None if is_idle(path) => 100,
        None => 50,
    }
}

/// Whether nobody would look for a server there.
fn is_idle(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('.') || is_skipped(name)
}

#[cfg(test)]
mod tests {
    use super::{Tree, unlikely};

    #[test]
    fn folders_that_may_hold_a_server_come_first() {
        let mut folders = ["zebra", "docs", "tools", "packages", "my-mcp", ".github", "src"];
        folders.sort_by_key(|f| (unlikely(f), *f));
        assert_eq!(folders, ["my-mcp", "src", "packages", "tools", "zebra", ".github", "docs"]);
    }

    #[test]
    fn lists_are_read_as_they_are_written() {
        let text = r#"{"sha":"a","url":"u","tree":[{"path":"a\u002fb","mode":"100644","type":"blob","sha":"c","size":3,"url":"u"},
            {"path":"sub","mode":"160000","type":"commit","sha":"d"}],"truncated":true}"#;
        let tree: Tree<'_> = serde_json::from_str(text).expect("a list");
        assert!(tree.truncated);
        assert_eq!(
            tree.tree.iter().map(|e| (&*e.path, &*e.kind)).collect::<Vec<_>>(),
            [("a/b", "blob"), ("sub", "commit")]
        );
    }
}
