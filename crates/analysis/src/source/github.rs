//! The forms of a link to GitHub.

use super::{ParseProblem, address::decode};
use catwalk_domain::{GitHubRef, Source};
use url::Url;

/// First path segments of github.com that are no users.
const NO_OWNERS: [&str; 17] = [
    "features",
    "topics",
    "orgs",
    "marketplace",
    "settings",
    "sponsors",
    "search",
    "login",
    "about",
    "explore",
    "trending",
    "collections",
    "pricing",
    "apps",
    "notifications",
    "enterprise",
    "users",
];

/// `owner/repo[/tree/…]` as a source, checked.
pub(super) fn repository(owner: &str, repo: &str, tail: Option<&str>) -> Result<Source, ParseProblem> {
    let repo = repo.strip_suffix(".git").unwrap_or(repo);
    let wrong = ParseProblem::Wrong("This is no valid link to a repository on GitHub.");
    if !is_owner(owner) || !is_repo(repo) || NO_OWNERS.contains(&owner) {
        return Err(wrong);
    }
    let tail = tail.map(|t| decode(t.trim_matches('/'))).filter(|t| !t.is_empty());
    if let Some(tail) = &tail
        && (tail.split('/').any(|s| s.is_empty() || s == "." || s == "..") || tail.len() > 1024 || tail.contains('\\'))
    {
        return Err(wrong);
    }
    Ok(Source::Github(GitHubRef { owner: owner.to_owned(), repo: repo.to_owned(), tail }))
}

/// A page of github.com or a file of its raw host. `None` for other hosts.
pub(super) fn page(url: &Url) -> Result<Option<Source>, ParseProblem> {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let segments: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    let nowhere = ParseProblem::Wrong(
        "This link leads to GitHub, but not to a repository. Open the repository and paste its link.",
    );
    match host {
        "github.com" => match segments.as_slice() {
            // GitHub's own catalogue of servers.
            ["mcp", owner, repo, ..] => repository(owner, repo, None).map(Some),
            ["orgs" | "users" | "sponsors", owner, ..] if is_owner(owner) => {
                Err(ParseProblem::Owner { owner: (*owner).to_owned() })
            }
            [owner, ..] if NO_OWNERS.contains(owner) => Err(nowhere),
            [owner] if is_owner(owner) => Err(ParseProblem::Owner { owner: (*owner).to_owned() }),
            [] | [_] => Err(nowhere),
            [owner, repo, "tree" | "blob" | "raw" | "commits" | "blame" | "edit" | "find", rest @ ..] => {
                repository(owner, repo, Some(&rest.join("/"))).map(Some)
            }
            [owner, repo, "archive", "refs", "heads" | "tags", rest @ ..]
            | [owner, repo, "archive" | "tarball" | "zipball", rest @ ..] => {
                let reference = rest.join("/");
                let reference =
                    [".tar.gz", ".zip"].iter().find_map(|e| reference.strip_suffix(e)).unwrap_or(&reference);
                repository(owner, repo, Some(reference)).map(Some)
            }
            // What somebody proposes is not what the repository holds.
            [owner, repo, "pull", number, ..] if number.chars().all(|c| c.is_ascii_digit()) => {
                repository(owner, repo, None)?;
                Err(ParseProblem::NearMiss {
                    why: "This is a pull request: a change that somebody proposes.",
                    meant: vec![format!("{owner}/{repo}"), format!("{owner}/{repo}/tree/pull/{number}/head")],
                })
            }
            [owner, repo, "pkgs", "container", ..] => {
                repository(owner, repo, None)?;
                Err(ParseProblem::NearMiss {
                    why: "Container images are not supported yet, but this one belongs to a repository.",
                    meant: vec![format!("{owner}/{repo}")],
                })
            }
            [owner, repo, "commit", sha, ..] => repository(owner, repo, Some(sha)).map(Some),
            [owner, repo, "releases", "tag", tag, ..] => repository(owner, repo, Some(tag)).map(Some),
            [_, _, "releases", "download", .., file] => {
                Err(super::container::site("", file).unwrap_or(ParseProblem::Unsupported(
                    "Single downloaded programs are not supported yet. Paste the repository's link instead.",
                )))
            }
            [owner, repo, ..] => repository(owner, repo, None).map(Some),
        },
        "raw.githubusercontent.com" | "raw.github.com" | "raw.githack.com" => match segments.as_slice() {
            [owner, repo, "refs", "heads" | "tags", rest @ ..] => {
                repository(owner, repo, Some(&rest.join("/"))).map(Some)
            }
            [owner, repo, rest @ ..] => repository(owner, repo, Some(&rest.join("/"))).map(Some),
            _ => Err(ParseProblem::NotUnderstood),
        },
        "api.github.com" => match segments.as_slice() {
            ["repos", owner, repo, ..] => repository(owner, repo, None).map(Some),
            _ => Err(nowhere),
        },
        "codeload.github.com" => match segments.as_slice() {
            [owner, repo, _, "refs", "heads" | "tags", rest @ ..] | [owner, repo, _, rest @ ..] => {
                repository(owner, repo, Some(&rest.join("/"))).map(Some)
            }
            _ => Err(nowhere),
        },
        "cdn.jsdelivr.net" => match segments.as_slice() {
            ["gh", owner, repo, rest @ ..] => {
                let (repo, reference) = repo.split_once('@').unwrap_or((repo, "HEAD"));
                let tail = [&[reference], rest].concat().join("/");
                repository(owner, repo, Some(&tail)).map(Some)
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// What `npx github:…`, `uvx --from git+…` and the like install from: `[git+]https://…[.git][@ref][#subdirectory=…]`,
/// `github:o/r[#ref]`, `git@github.com:o/r.git`.
pub(super) fn git(spec: &str) -> Option<Result<Source, ParseProblem>> {
    let spec = spec.strip_prefix("git+").unwrap_or(spec);
    let (spec, fragment) = spec.split_once('#').unwrap_or((spec, ""));
    let rest = [
        "https://github.com/",
        "http://github.com/",
        "https://www.github.com/",
        "ssh://git@github.com/",
        "git://github.com/",
        "git@github.com:",
        "github:",
        "github.com/",
    ]
    .iter()
    .find_map(|prefix| spec.strip_prefix(prefix))?;
    let (path, reference) = match rest.split_once('@') {
        Some((path, reference)) => (path, reference),
        None => (rest, fragment.split('&').find(|p| !p.contains('=')).unwrap_or_default()),
    };
    let folder = fragment.split('&').find_map(|p| p.strip_prefix("subdirectory=")).unwrap_or_default();
    let mut parts = path.trim_matches('/').splitn(3, '/');
    let (owner, repo) = (parts.next()?, parts.next()?);
    if parts.next().is_some_and(|rest| !rest.is_empty()) {
        return None;
    }
    let reference = if reference.is_empty() && !folder.is_empty() { "HEAD" } else { reference };
    let tail = [reference, folder].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("/");
    Some(repository(owner, repo, Some(&tail).filter(|t| !t.is_empty()).map(String::as_str)))
}

fn is_owner(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 39
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn is_repo(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text != "."
        && text != ".."
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Whether `o/r` may be the shorthand of a repository.
pub(super) fn is_shorthand(owner: &str, repo: &str) -> bool {
    is_owner(owner) && is_repo(repo)
}
