//! Near misses: what is no source itself but shows which one was meant. Offered as a choice, never taken silently.

use super::{ParseProblem, address::decode, github};
use url::Url;

/// Sites that show repositories of GitHub under the same path, and the segments that stand before owner and name.
const MIRRORS: [(&str, &[&str]); 14] = [
    ("deepwiki.com", &[]),
    ("github.dev", &[]),
    ("github1s.com", &[]),
    ("gitingest.com", &[]),
    ("uithub.com", &[]),
    ("gitmcp.io", &[]),
    ("codewiki.google", &["github.com"]),
    ("vscode.dev", &["github"]),
    ("star-history.com", &[]),
    ("glama.ai", &["mcp", "servers"]),
    ("mcpservers.org", &["servers"]),
    ("opencollective.com", &["github"]),
    ("smithery.ai", &["server"]),
    ("smithery.ai", &["servers"]),
];
/// Sites that show packages: host, segments before the name, registry.
const PACKAGE_PAGES: [(&str, &[&str], &str); 16] = [
    ("unpkg.com", &[], "npm"),
    ("cdn.jsdelivr.net", &["npm"], "npm"),
    ("jsdelivr.com", &["package", "npm"], "npm"),
    ("esm.sh", &[], "npm"),
    ("yarnpkg.com", &["package"], "npm"),
    ("npm.im", &[], "npm"),
    ("npmx.dev", &["package"], "npm"),
    ("bundlephobia.com", &["package"], "npm"),
    ("packagephobia.com", &["result"], "npm"),
    ("npmtrends.com", &[], "npm"),
    ("socket.dev", &["npm", "package"], "npm"),
    ("libraries.io", &["npm"], "npm"),
    ("socket.dev", &["pypi", "package"], "pypi"),
    ("libraries.io", &["pypi"], "pypi"),
    ("pypistats.org", &["packages"], "pypi"),
    ("pepy.tech", &["projects"], "pypi"),
];

/// What a page of another site stands for.
pub(super) fn page(url: &Url) -> Option<ParseProblem> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let segments: Vec<String> = url.path().split('/').filter(|s| !s.is_empty()).map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    for (_, before, registry) in PACKAGE_PAGES.iter().filter(|(h, ..)| *h == host) {
        if let Some(name) = segments.strip_prefix(*before).and_then(package) {
            return meant("This page only shows a package.", [format!("{registry}:{name}")]);
        }
    }
    for (_, before) in MIRRORS.iter().filter(|(h, _)| *h == host) {
        if let Some([owner, repo, ..]) = segments.strip_prefix(*before) {
            let owner = owner.trim_start_matches('@');
            return repository(
                "This page only describes a server. Its repository on GitHub may be this one.",
                owner,
                repo,
            );
        }
    }
    match (host, segments.as_slice()) {
        ("registry.modelcontextprotocol.io", [.., "servers", name] | [.., "servers", name, "versions", _]) => {
            registry_name(name)
        }
        ("registry.modelcontextprotocol.io", _) => url
            .query_pairs()
            .find(|(key, _)| matches!(key.as_ref(), "q" | "search"))
            .and_then(|(_, n)| registry_name(&n)),
        ("mcp.so", ["server", repo, owner]) => {
            repository("This page only describes a server. Its repository on GitHub may be this one.", owner, repo)
        }
        ("ghcr.io", [owner, repo, ..]) => repository(
            "Container images are not supported yet, but this one probably belongs to a repository on GitHub.",
            owner,
            repo.split([':', '@']).next().unwrap_or(repo),
        ),
        (pages, [repo, ..]) if pages.ends_with(".github.io") => {
            let owner = pages.trim_end_matches(".github.io");
            repository("This is a website that GitHub hosts. The repository behind it may be this one.", owner, repo)
        }
        (typo, [owner, repo, ..]) if is_almost(typo, "github.com") => {
            repository("The address of GitHub is github.com.", owner, repo)
        }
        (typo, ["package", rest @ ..]) if is_almost(typo, "npmjs.com") => {
            meant("The address of npm is npmjs.com.", [format!("npm:{}", package(rest)?)])
        }
        (typo, ["project", name, ..]) if is_almost(typo, "pypi.org") => {
            meant("The address of PyPI is pypi.org.", [format!("pypi:{name}")])
        }
        _ => None,
    }
}

/// A name of the MCP Registry. Who publishes under `io.github.<user>` has proved to be that user, and the repository is mostly
/// called as the server.
pub(super) fn registry_name(name: &str) -> Option<ParseProblem> {
    let (owner, repo) = name.strip_prefix("io.github.")?.split_once('/')?;
    repository("This is a name of the MCP Registry. Its repository on GitHub may be this one.", owner, repo)
}

/// An image's reference whose registry is GitHub's: its repository mostly has the same name.
pub(super) fn image(reference: &str) -> Option<ParseProblem> {
    let path = reference.strip_prefix("docker://").unwrap_or(reference);
    page(&Url::parse(&format!("https://{path}")).ok().filter(|u| u.host_str() == Some("ghcr.io"))?)
}

/// What a command that only fetches something is about: `git clone …`, `pip install x`, `npm i x`.
pub(super) fn installer(words: &[String]) -> Option<ParseProblem> {
    let mut plain = words.iter().filter(|w| !w.starts_with('-')).map(String::as_str);
    let (program, second) = (plain.next()?, plain.next()?);
    let rest: Vec<&str> = plain.collect();
    let registry = match (program, second) {
        ("git", "clone") | ("gh", "repo") => {
            let link = rest.iter().find(|w| w.contains('/'))?;
            return meant("This command copies a repository. Catwalk needs only its link.", [(*link).to_owned()]);
        }
        ("npm" | "pnpm", "i" | "install" | "add") | ("yarn" | "bun", "add" | "global") => "npm",
        ("pip" | "pip3" | "pipx", "install") | ("uv", "add" | "pip" | "tool") => "pypi",
        _ => return None,
    };
    let names = rest.into_iter().filter(|w| !matches!(*w, "install" | "add") && !w.starts_with(['.', '/'])).take(4);
    meant(
        "This command only installs something; Catwalk does that itself.",
        names.map(|name| format!("{registry}:{name}")),
    )
}

/// Several commands at once.
pub(super) fn commands(text: &str) -> Option<ParseProblem> {
    let lines: Vec<&str> = text.lines().map(|l| l.trim().trim_start_matches("$ ")).collect();
    let commands = lines.iter().filter(|l| super::command::starts_command(l)).take(20).map(|l| (*l).to_owned());
    if lines.len() > 1 { meant("This text holds several commands.", commands) } else { None }
}

/// The links in a sentence that was copied with them.
pub(super) fn prose(text: &str) -> Option<ParseProblem> {
    let edge = |c: char| ".,;:!?()[]{}<>\"'“”‘’*_|".contains(c);
    let links = text.split(|c: char| c.is_whitespace() || "()<>|\"".contains(c)).map(|w| w.trim_matches(edge));
    let links = links.filter(|w| w.starts_with("https://") || w.starts_with("github.com/")).take(20);
    meant("This text holds more than a link.", links.map(str::to_owned))
}

fn package(segments: &[&str]) -> Option<String> {
    let name = match segments {
        [scope, name, ..] if scope.starts_with('@') => format!("{scope}/{name}"),
        [name, ..] => (*name).to_owned(),
        [] => return None,
    };
    Some(name)
}

fn repository(why: &'static str, owner: &str, repo: &str) -> Option<ParseProblem> {
    let source = github::repository(owner, repo, None).ok()?;
    meant(why, [source.to_string().trim_start_matches("github:").to_owned()])
}

/// Only what would be understood is offered, and each once.
fn meant(why: &'static str, texts: impl IntoIterator<Item = String>) -> Option<ParseProblem> {
    let mut meant: Vec<String> = Vec::new();
    for text in texts {
        if super::source_of(&text).is_ok() && !meant.contains(&text) && meant.len() < 8 {
            meant.push(text);
        }
    }
    (!meant.is_empty()).then_some(ParseProblem::NearMiss { why, meant })
}

/// One letter too many, too few, wrong or swapped.
fn is_almost(host: &str, known: &str) -> bool {
    host != known && crate::distance::within(host, known, 1)
}
