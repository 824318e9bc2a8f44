//! Names of packages.

use super::{ParseProblem, github};
use crate::recipe::{Spec, exact_version};
use catwalk_domain::{PackageRef, Source};

/// One word: a package name with an optional version, `npm:` or `pypi:` before it, or `owner/repo`.
pub(super) fn parse(text: &str) -> Result<Source, ParseProblem> {
    if let Some(name) = text.strip_prefix("npm:") {
        return npm(name).map(|s| Source::Npm(package(s)));
    }
    if let Some(name) = text.strip_prefix("pypi:").or_else(|| text.strip_prefix("pip:")) {
        return pypi(name).map(|s| Source::Pypi(package(s)));
    }
    if text.starts_with("docker:") || text.starts_with("oci:") {
        return Err(super::container::IMAGES);
    }
    if text.starts_with('@') {
        return npm(text).map(|s| Source::Npm(package(s)));
    }
    if text.contains("==") {
        return pypi(text).map(|s| Source::Pypi(package(s)));
    }
    if let Some((owner, rest)) = text.split_once('/') {
        if owner.contains('.') && !rest.contains('/') {
            return Err(super::near::registry_name(text).unwrap_or(ParseProblem::Unsupported(
                "Names of the MCP Registry are not supported yet. Paste the server's GitHub link or package name instead.",
            )));
        }
        return match rest.split('/').collect::<Vec<_>>().as_slice() {
            [repo] if github::is_shorthand(owner, repo) => github::repository(owner, repo, None),
            [repo, "tree" | "blob", tail @ ..] => github::repository(owner, repo, Some(&tail.join("/"))),
            _ => Err(ParseProblem::NotUnderstood),
        };
    }
    if super::container::is_bundle(text) {
        return Err(super::container::BUNDLES);
    }
    guess(text)
}

/// A bare word may live in either registry. The likelier one comes first; analysis looks in both.
fn guess(text: &str) -> Result<Source, ParseProblem> {
    let base = text.split('@').next().unwrap_or(text);
    let pythonic = base.starts_with("mcp-server-")
        || base.contains('_')
        || base.split(['-', '.']).any(|w| matches!(w, "py" | "python" | "fastmcp" | "awslabs"))
        || base.chars().any(|c| c.is_ascii_uppercase())
        || base.contains('[');
    let source = if pythonic {
        Source::Pypi(PackageRef { guessed: true, ..package(pypi(text)?) })
    } else {
        Source::Npm(PackageRef { guessed: true, ..package(npm(text)?) })
    };
    Ok(source)
}

fn package(spec: Spec) -> PackageRef {
    PackageRef { name: spec.name, version: spec.version, bin: spec.bin, ..PackageRef::default() }
}

/// An npm package spec: `[@scope/]name[@version or tag]`.
pub(crate) fn npm(text: &str) -> Result<Spec, ParseProblem> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(i, _)| i);
    let (name, version) = at.map_or((text, None), |i| (&text[..i], Some(&text[i + 1..])));
    let body = name.strip_prefix('@').unwrap_or(name);
    let parts: Vec<&str> = body.split('/').collect();
    let wanted = if name.starts_with('@') { 2 } else { 1 };
    let part = |p: &&str| {
        !p.is_empty()
            && !p.starts_with(['.', '_', '-'])
            && p.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
    };
    if parts.len() != wanted || !parts.iter().all(part) || name.len() > 214 {
        return Err(ParseProblem::Wrong("This is no valid name of an npm package."));
    }
    Ok(Spec { name: name.to_owned(), version: version.and_then(exact_version), bin: None })
}

/// A PyPI requirement: `name[extras][==version]` or `name@version`. Extras stay part of the name.
pub(crate) fn pypi(text: &str) -> Result<Spec, ParseProblem> {
    let end = text.find(['=', '<', '>', '~', '!', '@', ' ', ';']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let version = rest.trim_start_matches(['=', '@', ' ']);
    let pinned = rest.is_empty() || rest.starts_with("==") || rest.starts_with('@');
    let (base, extras) = name.split_once('[').map_or((name, ""), |(b, e)| (b, e));
    let good = |s: &str| {
        s.starts_with(|c: char| c.is_ascii_alphanumeric())
            && s.ends_with(|c: char| c.is_ascii_alphanumeric())
            && s.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
    };
    let extras_good = extras.is_empty() && !name.contains('[')
        || extras.strip_suffix(']').is_some_and(|e| e.split(',').all(|x| good(x.trim())));
    if !good(base) || !extras_good || name.len() > 214 {
        return Err(ParseProblem::Wrong("This is no valid name of a PyPI package."));
    }
    Ok(Spec { name: name.to_owned(), version: exact_version(version).filter(|_| pinned), bin: None })
}

/// The normal form of a PyPI name (PEP 503), without extras.
pub(crate) fn normal(name: &str) -> String {
    let base = name.split('[').next().unwrap_or(name);
    let mut out = String::new();
    for c in base.chars().flat_map(char::to_lowercase) {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push(c);
        }
    }
    out
}
