//! Which hosts analysis may ask: those it was pointed at, and those that they are known to keep their files on. An answer
//! never leads anywhere else, so that a registry gone bad cannot make this computer knock on doors of its own network.

use reqwest::redirect::Policy;
use url::Url;

/// Hosts, with all below them, that belong together.
const FAMILIES: [&[&str]; 3] =
    [&["github.com", "githubusercontent.com"], &["npmjs.org", "npmjs.com"], &["pypi.org", "pythonhosted.org"]];
/// Most redirects in a row.
const MAX_REDIRECTS: usize = 5;

/// How the client that analysis is given follows redirects: a few, to the same host or its family, never back to plain text.
/// A redirect elsewhere is not followed; its answer is what it is.
pub fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let before = attempt.previous();
        if before.len() > MAX_REDIRECTS {
            return attempt.error("too many redirects");
        }
        let follow = before.first().is_some_and(|first| may_follow(first, attempt.url()));
        if follow { attempt.follow() } else { attempt.stop() }
    })
}

/// Whether the answer to one question may lead to another address.
fn may_follow(from: &Url, to: &Url) -> bool {
    if !to.username().is_empty() || to.password().is_some() {
        return false;
    }
    let same_host = from.host_str().is_some() && from.host_str() == to.host_str();
    match (from.scheme(), to.scheme()) {
        ("https", "https") => same_host && from.port() == to.port() || to.port().is_none() && are_kin(from, to),
        ("http", "http") => from.origin() == to.origin(),
        ("http", "https") => same_host,
        _ => false,
    }
}

/// Whether a file that `service` names may be fetched: from itself, or from where the public services keep theirs.
pub(crate) fn keeps(service: &Url, file: &Url, public: &str) -> bool {
    let plain = file.username().is_empty() && file.password().is_none();
    let known = file.scheme() == "https" && file.port().is_none() && (are_kin(service, file) || is_below(file, public));
    plain && (file.origin() == service.origin() || known)
}

fn are_kin(a: &Url, b: &Url) -> bool {
    FAMILIES.iter().any(|family| [a, b].iter().all(|url| family.iter().any(|host| is_below(url, host))))
}

fn is_below(url: &Url, host: &str) -> bool {
    url.domain().is_some_and(|d| d.strip_suffix(host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::{keeps, may_follow};

    fn url(text: &str) -> url::Url {
        text.parse().expect("a URL")
    }

    #[test]
    fn redirects_stay_in_the_family() {
        for (from, to, follow) in [
            ("https://api.github.com/repos/a/b", "https://api.github.com/repositories/1", true),
            ("https://github.com/a/b", "https://codeload.github.com/a/b", true),
            ("https://registry.npmjs.org/x", "https://registry.npmjs.org/y", true),
            ("https://pypi.org/pypi/X/json", "https://pypi.org/pypi/x/json", true),
            ("https://mcp.example.com/", "https://mcp.example.com/mcp", true),
            ("http://127.0.0.1:8000/mcp", "http://127.0.0.1:8000/mcp/", true),
            ("https://mcp.example.com/", "https://evil.example/", false),
            ("https://registry.npmjs.org/x", "https://evil.example/x", false),
            ("https://registry.npmjs.org/x", "http://registry.npmjs.org/x", false),
            ("https://registry.npmjs.org/x", "https://169.254.169.254/", false),
            ("https://registry.npmjs.org/x", "https://[::1]/", false),
            ("https://registry.npmjs.org/x", "https://localhost/", false),
            ("https://registry.npmjs.org/x", "https://npmjs.org.evil.example/", false),
            ("https://registry.npmjs.org/x", "https://evilnpmjs.org/", false),
            ("https://registry.npmjs.org/x", "https://user:pass@registry.npmjs.org/", false),
            ("https://registry.npmjs.org/x", "https://registry.npmjs.org:8443/", false),
            ("https://registry.npmjs.org/x", "https://pypi.org/", false),
            ("http://127.0.0.1:8000/mcp", "http://127.0.0.1:22/", false),
            ("http://127.0.0.1:8000/mcp", "file:///etc/passwd", false),
        ] {
            assert_eq!(may_follow(&url(from), &url(to)), follow, "{from} → {to}");
        }
    }

    #[test]
    fn files_lie_where_the_registry_keeps_them() {
        for (service, file, kept) in [
            ("https://pypi.org/", "https://files.pythonhosted.org/packages/x.whl", true),
            ("https://mirror.example/", "https://files.pythonhosted.org/packages/x.whl", true),
            ("https://mirror.example/", "https://mirror.example/packages/x.whl", true),
            ("http://127.0.0.1:9/", "http://127.0.0.1:9/x.whl", true),
            ("https://pypi.org/", "http://files.pythonhosted.org/x.whl", false),
            ("https://pypi.org/", "https://evil.example/x.whl", false),
            ("https://pypi.org/", "https://169.254.169.254/x.whl", false),
            ("https://pypi.org/", "https://pythonhosted.org.evil.example/x.whl", false),
            ("http://127.0.0.1:9/", "http://127.0.0.1:22/x.whl", false),
        ] {
            assert_eq!(keeps(&url(service), &url(file), "pythonhosted.org"), kept, "{service} {file}");
        }
    }
}
