//! One entry of the registry, as strangers wrote it, turned into a listing.

use super::page::millis;
use crate::doc::Doc;
use crate::draft::is_server_name;
use crate::inputs::server_json;
use crate::source::repository_of;
use crate::text::clean;
use catwalk_domain::{ListedPackage, Listing, Millis, Origin};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";
/// More ways to run one server than anybody reads.
const PACKAGES: usize = 8;
/// A document beyond this is not kept.
const DOCUMENT: usize = 128 * 1024;

/// What the registry says of one server.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// It is there.
    Listed {
        /// In short.
        listing: Box<Listing>,
        /// Its `server.json`, as JSON text.
        document: String,
        /// When it last changed, by the registry's clock.
        changed_at: Millis,
    },
    /// It was withdrawn.
    Gone {
        /// Its name.
        name: String,
        /// When, by the registry's clock.
        changed_at: Millis,
    },
}

impl Item {
    /// When it last changed, by the registry's clock.
    pub fn changed_at(&self) -> Millis {
        match self {
            Self::Listed { changed_at, .. } | Self::Gone { changed_at, .. } => *changed_at,
        }
    }
}

/// Reads an entry. `None` for what cannot be used: no proper name, an old version, far too large.
pub(super) fn item(entry: &Value) -> Option<Item> {
    let server = entry.get("server").unwrap_or(entry);
    let name = server.get("name")?.as_str().filter(|n| is_server_name(n))?.to_owned();
    let meta = entry.get("_meta").or_else(|| server.get("_meta"))?.get(OFFICIAL)?;
    let word = |key: &str| meta.get(key).and_then(Value::as_str);
    if meta.get("isLatest").and_then(Value::as_bool) == Some(false) {
        return None;
    }
    let time = |key: &str| word(key).and_then(|t| OffsetDateTime::parse(t, &Rfc3339).ok()).map(millis);
    let updated_at = time("updatedAt").or_else(|| time("publishedAt")).unwrap_or_default();
    let changed_at = updated_at.max(time("statusChangedAt").unwrap_or_default());
    let status = word("status").or_else(|| server.get("status")?.as_str()).unwrap_or("active");
    if status == "deleted" {
        return Some(Item::Gone { name, changed_at });
    }
    let deprecated = (status == "deprecated").then(|| clean(word("statusMessage").unwrap_or_default(), 200));
    let document = server.to_string();
    if document.len() > DOCUMENT {
        return None;
    }
    let manifest = server_json(&Doc::api("MCP Registry", "", document.clone()))?.manifest;
    let (publisher, official) = publisher(&name);
    let packages = manifest
        .packages
        .iter()
        .take(PACKAGES)
        .map(|p| ListedPackage { registry_type: clean(&p.registry_type, 20), identifier: clean(&p.identifier, 200) });
    let listing = Listing {
        title: manifest.title.map(|t| clean(&t, 100)).filter(|t| !t.is_empty()),
        description: clean(&manifest.description, 200),
        version: clean(&manifest.version, 60),
        publisher,
        official,
        repository: manifest.repository.and_then(|r| page_of(&r.url)),
        packages: packages.collect(),
        remotes: manifest.remotes.iter().take(PACKAGES).filter_map(|r| Some(clean(r.url.as_deref()?, 300))).collect(),
        hosted: !manifest.remotes.is_empty(),
        deprecated,
        icon: icon(server),
        updated_at,
        origin: Origin::Registry,
        paste: name.clone(),
        name,
    };
    Some(Item::Listed { listing: Box::new(listing), document, changed_at })
}

/// Who stands behind a name, and whether they proved to own a domain.
pub fn publisher(name: &str) -> (String, bool) {
    let space = name.split('/').next().unwrap_or(name);
    if let Some(user) = space.strip_prefix("io.github.") {
        return (format!("{user} on GitHub"), user == "modelcontextprotocol");
    }
    let mut parts: Vec<&str> = space.split('.').collect();
    parts.reverse();
    (parts.join("."), parts.len() > 1)
}

/// An address as it is compared: of GitHub `https://github.com/owner/repo` in lower case, of others what they are.
pub(crate) fn page_of(url: &str) -> Option<String> {
    match repository_of(url) {
        Some((owner, repo, _)) => Some(format!("https://github.com/{owner}/{repo}").to_lowercase()),
        None => url::Url::parse(url).ok().filter(|u| u.scheme() == "https").map(|u| u.to_string()),
    }
}

/// The picture for a light ground, else the first.
fn icon(server: &Value) -> Option<String> {
    let icons = server.get("icons")?.as_array()?;
    let light = icons.iter().find(|i| i.get("theme").and_then(Value::as_str) != Some("dark"));
    let src = light.or(icons.first())?.get("src")?.as_str()?;
    (src.len() <= 255 && src.starts_with("https://")).then(|| src.to_owned())
}
