//! What may stand in a request. Names become arguments of tools and parts of paths, so the rules are strict.

use crate::{Config, Error, Request};
use std::path::Path;
use url::Url;

/// Registries that a manifest may name without being suspicious, besides the configured ones.
const USUAL_HOSTS: [&str; 4] = ["registry.npmjs.org", "pypi.org", "github.com", "api.github.com"];

/// Refuses coordinates that no registry would give out.
pub(crate) fn check(request: &Request, config: &Config) -> Result<(), Error> {
    let package = &request.package;
    let (id, version) = (package.identifier.as_str(), package.version.as_deref());
    let good = match package.registry_type.as_str() {
        "npm" => npm(id) && version.is_some_and(version_like),
        "pypi" => pypi(id) && version.is_some_and(version_like),
        "github" => github(id) && commit(request).is_some(),
        "folder" => Path::new(id).is_absolute(),
        _ => return Ok(()), // the dispatcher refuses it with a better message
    };
    if !good {
        let version = version.map(|v| format!(" at version {v}")).unwrap_or_default();
        return Err(Error::BadCoordinate { what: format!("“{id}”{version}") });
    }
    let base = package.registry_base_url.as_deref().filter(|b| !b.is_empty());
    match base {
        Some(base) if !usual(base, config) => Err(Error::Unsupported { what: format!("The package registry {base}") }),
        _ => Ok(()),
    }
}

/// The commit of a `github` package, 40 hex digits.
pub(crate) fn commit(request: &Request) -> Option<&str> {
    let of = |text: &str| text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let version = request.package.version.as_deref().filter(|v| of(v));
    version.or_else(|| request.commit.as_deref().filter(|c| of(c)))
}

/// A folder inside a repository, without ways out of it.
pub(crate) fn inner_path(text: &str) -> Option<&Path> {
    let text = text.trim_matches('/');
    let text = text.strip_prefix("./").unwrap_or(text);
    let inside = |c| matches!(c, std::path::Component::Normal(_) | std::path::Component::CurDir);
    let path = Path::new(text);
    (path.components().all(inside) && !text.contains(['\\', ':'])).then_some(path)
}

fn usual(base: &str, config: &Config) -> bool {
    let Ok(base) = Url::parse(base) else { return false };
    let configured = [&config.npm_registry, &config.pypi_index, &config.github_codeload];
    configured.iter().any(|u| u.host() == base.host() && u.port_or_known_default() == base.port_or_known_default())
        || base.scheme() == "https" && base.host_str().is_some_and(|h| USUAL_HOSTS.contains(&h))
}

fn word(text: &str, extra: &str) -> bool {
    let starts = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    starts && text.len() <= 214 && text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
}

fn npm(id: &str) -> bool {
    let name = match id.strip_prefix('@') {
        Some(scoped) => match scoped.split_once('/') {
            Some((scope, name)) if word(scope, "-._~") => name,
            _ => return false,
        },
        None => id,
    };
    word(name, "-._~")
}

fn pypi(id: &str) -> bool {
    let (name, extras) = match id.split_once('[') {
        Some((name, rest)) => match rest.strip_suffix(']') {
            Some(extras) => (name, extras),
            None => return false,
        },
        None => (id, ""),
    };
    word(name, "-._") && extras.chars().all(|c| c.is_ascii_alphanumeric() || "-._,".contains(c))
}

fn github(id: &str) -> bool {
    id.split_once('/').is_some_and(|(owner, repo)| {
        word(owner, "-_") && repo != "." && repo != ".." && word(repo.trim_start_matches('.'), "-._")
    })
}

fn version_like(version: &str) -> bool {
    word(version, "-._+!") && version.len() <= 100
}

#[cfg(test)]
mod tests {
    use super::{github, inner_path, npm, pypi, version_like};

    #[test]
    fn coordinates() {
        for good in ["left-pad", "@modelcontextprotocol/server-memory", "JSONStream"] {
            assert!(npm(good), "{good}");
        }
        for bad in ["", "--registry=http://x", "../x", "@a", "@a/b/c", "a b", "@/x", "git+https://x", "x@latest"] {
            assert!(!npm(bad), "{bad}");
        }
        assert!(pypi("mcp-server-time") && pypi("mcp[cli,ws]"));
        for bad in ["-r", "a @ http://x", "mcp[cli", "a;b", "a==1"] {
            assert!(!pypi(bad), "{bad}");
        }
        assert!(github("ada/notes") && github("ada/.github") && !github("ada/..") && !github("a/b/c"));
        assert!(version_like("1.2.3-rc.1+x") && !version_like("-x") && !version_like("../1") && !version_like("1 2"));
    }

    #[test]
    fn folders_stay_inside() {
        assert!(inner_path("./src/memory/").is_some());
        for bad in ["../x", "a/../b", "a\\..\\b", "C:/x"] {
            assert!(inner_path(bad).is_none(), "{bad}");
        }
    }
}
