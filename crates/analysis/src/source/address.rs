//! Links: registry pages, GitHub, hosted servers, install links of AI apps.

use super::{ParseProblem, container, convert, folder, github, name, near, recognise, snippet};
use crate::recipe::{Recipe, Runner};
use base64::Engine;
use catwalk_domain::Source;
use std::collections::BTreeMap;
use url::{Host, Url};

/// A link as a source; `None` when the text is none.
pub(super) fn parse(text: &str) -> Result<Option<Source>, ParseProblem> {
    if text.contains(char::is_whitespace) {
        return Ok(None);
    }
    if text.starts_with("file:") {
        return folder::parse(text).map(Some);
    }
    if let Some(source) = github::git(text) {
        return source.map(Some);
    }
    let owned;
    let text = if is_bare_host(text) {
        owned = format!("https://{text}");
        owned.as_str()
    } else {
        text
    };
    let Some((scheme, _)) = text.split_once(':').filter(|(s, _)| is_scheme(s)) else {
        return Ok(None);
    };
    match scheme.to_lowercase().as_str() {
        "http" | "https" => web(text).map(Some),
        "vscode" | "vscode-insiders" | "cursor" | "lmstudio" | "claude" | "windsurf" | "kiro" => {
            deep_link(text, 0).map(Some)
        }
        "goose" => goose(text).map(Some),
        "docker" | "oci" => Err(container::IMAGES),
        "npm" | "pypi" | "pip" | "localhost" => Ok(None),
        "git" | "ssh" | "git+https" | "git+ssh" => {
            Err(ParseProblem::Unsupported("Of repositories only those on GitHub are supported yet."))
        }
        "ws" | "wss" => {
            Err(ParseProblem::Unsupported("WebSocket servers are not supported: MCP knows http and https addresses."))
        }
        typo if crate::distance::within(typo, "https", 1) && text.contains("://") => {
            let fixed = format!("https://{}", text.split_once("://").map_or("", |(_, rest)| rest));
            Err(match web(&fixed) {
                Ok(_) => ParseProblem::NearMiss { why: "A link begins with https://.", meant: vec![fixed] },
                Err(problem) => problem,
            })
        }
        _ if text.contains("://") || scheme == "javascript" || scheme == "data" => Err(ParseProblem::NotUnderstood),
        _ => Ok(None),
    }
}

/// Whether a link lacks nothing but its `https://`.
fn is_bare_host(text: &str) -> bool {
    const KNOWN: [&str; 13] = [
        "github.com",
        "gist.github.com",
        "raw.githubusercontent.com",
        "npmjs.com",
        "registry.npmjs.org",
        "pypi.org",
        "gitlab.com",
        "bitbucket.org",
        "ghcr.io",
        "docker.io",
        "hub.docker.com",
        "smithery.ai",
        "glama.ai",
    ];
    let Some((host, _)) = text.split_once('/') else { return false };
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let almost = |known: &str| crate::distance::within(host, known, 1);
    KNOWN.contains(&host) || ["github.com", "npmjs.com", "pypi.org"].into_iter().any(almost)
}

fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn web(text: &str) -> Result<Source, ParseProblem> {
    let url = Url::parse(text).map_err(|_| ParseProblem::Wrong("This link is not complete."))?;
    if let Some(source) = github::page(&url)? {
        return Ok(source);
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let segments: Vec<String> = url.path().split('/').filter(|s| !s.is_empty()).map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (host.strip_prefix("www.").unwrap_or(&host), segments.as_slice()) {
        ("npmjs.com", ["package", rest @ ..]) | ("registry.npmjs.org", rest @ [_, ..]) => npm_page(rest),
        ("npmjs.com", [person, ..]) if person.starts_with('~') => Err(ParseProblem::Wrong(PERSON)),
        ("npmjs.com", ["org", ..]) | ("pypi.org", ["user" | "org", ..]) => Err(ParseProblem::Wrong(PERSON)),
        ("pypi.org", ["simple", name, ..] | ["pypi", name, "json"]) => name::parse(&format!("pypi:{name}")),
        ("pypi.org", ["pypi", name, version, "json"]) => name::parse(&format!("pypi:{name}=={version}")),
        ("pypi.org", ["project" | "p", name, rest @ ..]) => {
            let version = rest.first().map(|v| format!("=={v}")).unwrap_or_default();
            name::parse(&format!("pypi:{name}{version}"))
        }
        ("npmjs.com" | "pypi.org" | "registry.npmjs.org", _) => {
            Err(ParseProblem::Wrong("This page shows no single package. Open the package's page and paste its link."))
        }
        ("insiders.vscode.dev" | "vscode.dev", ["redirect", ..]) => deep_link(text, 0),
        ("cursor.com" | "lmstudio.ai" | "kiro.dev" | "claude.ai" | "add.cursor.com", _)
            if url.query_pairs().any(|(key, _)| key == "config" || key == "url") =>
        {
            deep_link(text, 0)
        }
        ("block.github.io", ["goose", "extension"]) => goose(text),
        _ => match near::page(&url).or_else(|| container::site(&host, url.path())) {
            Some(problem) => Err(problem),
            None => convert::from_recipe(remote(text, None)?),
        },
    }
}

const PERSON: &str = "This is the page of a person or organisation. Open the page of one package and paste its link.";

fn npm_page(segments: &[&str]) -> Result<Source, ParseProblem> {
    let (name, rest) = match segments {
        [scope, name, rest @ ..] if scope.starts_with('@') => (format!("{scope}/{name}"), rest),
        [name, rest @ ..] => ((*name).to_owned(), rest),
        [] => return Err(ParseProblem::Wrong("This page shows no single package.")),
    };
    let version = match rest {
        ["v", version, ..] => format!("@{version}"),
        _ => String::new(),
    };
    name::parse(&format!("npm:{name}{version}"))
}

/// A hosted server's address, checked: https, or http to this computer; no user and password in it.
pub(super) fn remote(text: &str, sse: Option<bool>) -> Result<Recipe, ParseProblem> {
    let url = Url::parse(text).map_err(|_| ParseProblem::Wrong("The server's address is not complete."))?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && local) {
        return Err(ParseProblem::Dangerous {
            form: format!("{}:", url.scheme()),
            why: "everything sent to a hosted server must be encrypted, so its address has to begin with https://",
        });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ParseProblem::Dangerous {
            form: "user:password@".to_owned(),
            why: "credentials do not belong in an address; Catwalk asks for them",
        });
    }
    let sse = sse.unwrap_or_else(|| url.path().trim_end_matches('/').ends_with("/sse"));
    let mut address = text.split('#').next().unwrap_or(text).to_owned();
    if address.contains(['"', '\\', '^']) || address.contains(char::is_whitespace) {
        address = url.to_string();
    }
    Ok(Recipe { runner: Runner::Remote { url: address, sse, headers: BTreeMap::new() }, ..Recipe::default() })
}

fn wrong() -> ParseProblem {
    ParseProblem::Wrong("This install link cannot be read. Paste the server's GitHub link or package name instead.")
}

/// `vscode:mcp/install?{json}`, `cursor://…/mcp/install?name=&config=base64`, `https://insiders.vscode.dev/redirect/…`.
/// A link may wrap another, but not for ever.
fn deep_link(text: &str, depth: usize) -> Result<Source, ParseProblem> {
    let (_, query) = text.split_once('?').ok_or_else(wrong)?;
    let mut name = None;
    let mut config = None;
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "name" => name = Some(value.into_owned()),
            "config" => config = Some(value.into_owned()),
            "url" if config.is_none() && (value.starts_with("https://") || value.starts_with("http://")) => {
                let mut recipe = remote(&value, None)?;
                recipe.title = name;
                return convert::from_recipe(recipe);
            }
            "url" if config.is_none() && depth < 2 => return deep_link(&value, depth + 1),
            _ => {}
        }
    }
    let json = match config {
        Some(text) if text.trim_start().starts_with('{') => text,
        Some(text) => {
            let text = text.replace(' ', "+");
            let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
            let bytes = engine.decode(text.trim_end_matches('=')).map_err(|_| wrong())?;
            String::from_utf8(bytes).map_err(|_| wrong())?
        }
        None => decode(query),
    };
    let mut recipe = snippet::only(&json)?;
    recipe.title = recipe.title.or(name);
    convert::from_recipe(recipe)
}

/// `goose://extension?cmd=npx&arg=-y&arg=package&name=…`.
fn goose(text: &str) -> Result<Source, ParseProblem> {
    let (_, query) = text.split_once('?').ok_or_else(wrong)?;
    let (mut words, mut address, mut name) = (Vec::new(), None, None);
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "cmd" => words.insert(0, value.into_owned()),
            "arg" => words.push(value.into_owned()),
            "url" => address = Some(value.into_owned()),
            "name" => name = Some(value.into_owned()),
            _ => {}
        }
    }
    let mut recipe = match address {
        Some(url) => remote(&url, None)?,
        None => recognise(&words)?,
    };
    recipe.title = name;
    convert::from_recipe(recipe)
}

/// Undoes percent-encoding; what is not UTF-8 is left as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes
            .get(i + 1..i + 3)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        if let Some(byte) = hex.filter(|_| bytes[i] == b'%') {
            out.push(byte);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
