//! From an entry of the registry to an analysis: its `server.json` says what to run and what it needs, the package's own
//! registry whether that is true.

use super::item::publisher;
use crate::analyzer::{Analyzer, Named};
use crate::doc::Doc;
use crate::draft::Draft;
use crate::inputs::{inputs_of, server_json};
use crate::npm::{self, Around};
use crate::source::repository_of;
use crate::text::clean;
use crate::{Error, github, pypi};
use catwalk_domain::manifest::{Manifest, Package, Transport, TransportKind};
use catwalk_domain::{Analysis, Confidence, GitHubRef, Listing, Millis, PackageRef, Source, WarningKind};
use std::collections::BTreeMap;

const WHO: &str = "MCP Registry";

/// What the entry is run by.
enum Way<'a> {
    Package(&'a Package),
    Remote(&'a Transport),
    Repository(GitHubRef),
}

impl Analyzer {
    /// Analyses an entry of the registry. `document` is its `server.json`.
    ///
    /// # Errors
    /// As [`Analyzer::analyze`].
    pub async fn analyze_listed(&self, listing: &Listing, document: &str, now: Millis) -> Result<Analysis, Error> {
        let page = crate::endpoints::join(
            &self.endpoints.mcp_registry,
            ["v0.1", "servers", &listing.name, "versions", "latest"],
        );
        let doc = Doc::api(WHO, page.as_str(), document.to_owned());
        let unreadable = || Error::NotAServer {
            what: listing.name.clone(),
            why: "The registry lists it, but its entry cannot be read.".to_owned(),
            seen: vec![page.to_string()],
        };
        let manifest = server_json(&doc).ok_or_else(unreadable)?.manifest;
        let mut analysis = match way(&manifest) {
            Some(Way::Package(package)) => self.listed_package(&doc, package, now).await?,
            Some(Way::Remote(remote)) => hosted(&doc, &manifest, remote),
            Some(Way::Repository(place)) => github::analyze(self, &place, now).await?,
            None => return Err(unsupported(&manifest, page.as_str())),
        };
        analysis.manifest.name.clone_from(&listing.name);
        // A package speaks for itself; who listed it has proved more.
        let (who, proved) = publisher(&listing.name);
        if proved || analysis.publisher.is_none() {
            analysis.publisher = Some(who);
        }
        if let Some(words) = &listing.deprecated {
            let text = format!("The MCP Registry marks it as outdated. {words}").trim_end().to_owned();
            analysis.warnings.insert(0, catwalk_domain::Warning { kind: WarningKind::Deprecated, text });
        }
        Ok(analysis)
    }

    async fn listed_package(&self, doc: &Doc, package: &Package, now: Millis) -> Result<Analysis, Error> {
        let asked =
            PackageRef { name: package.identifier.clone(), version: package.version.clone(), ..PackageRef::default() };
        let around = Around { inputs: inputs_of(doc, package).checked(), readme: None };
        let talks = doc.find("\"transport\"");
        if package.registry_type == "npm" {
            let release = npm::release(self, &asked).await?;
            let Named { mut draft, fallback } = npm::analyze(self, &asked, release, around, now).await?;
            draft.fact("/packages/0/transport/type", &talks, "transport", Confidence::High);
            return Ok(draft.finish(Source::Npm(asked), &fallback));
        }
        let release = pypi::release(self, &asked).await?;
        let Named { mut draft, fallback } = pypi::analyze(self, &asked, release, around, now).await?;
        draft.fact("/packages/0/transport/type", &talks, "transport", Confidence::High);
        Ok(draft.finish(Source::Pypi(asked), &fallback))
    }
}

/// The first package that can be run here; else where it is hosted; else its source.
fn way(manifest: &Manifest) -> Option<Way<'_>> {
    let usual = |p: &&Package| {
        let base = p.registry_base_url.as_deref().map(|u| u.trim_end_matches('/'));
        base.is_none_or(|b| ["https://registry.npmjs.org", "https://pypi.org"].contains(&b))
    };
    let known = |p: &&Package| match p.registry_type.as_str() {
        "npm" => npm::is_name(&p.identifier),
        other => other == "pypi",
    };
    let stdio = |p: &&Package| p.transport.kind == TransportKind::Stdio;
    let package = manifest.packages.iter().filter(known).filter(usual).find(stdio);
    let remote = manifest.remotes.iter().find(|r| r.url.as_deref().is_some_and(|u| u.starts_with("https://")));
    let source = || {
        let repository = manifest.repository.as_ref()?;
        let (owner, repo, _) = repository_of(&repository.url)?;
        let tail = repository.subfolder.as_ref().map(|f| format!("HEAD/{}", f.trim_matches('/')));
        Some(Way::Repository(GitHubRef { owner, repo, tail }))
    };
    package.map(Way::Package).or(remote.map(Way::Remote)).or_else(source)
}

/// A hosted server as its entry describes it. It is asked when it is deployed; what it needs is known already.
fn hosted(doc: &Doc, manifest: &Manifest, remote: &Transport) -> Analysis {
    let mut draft = Draft::default();
    let url = remote.url.clone().unwrap_or_default();
    draft.fact("/remotes/0/url", &doc.find(&url), &url, Confidence::High);
    draft.fact("/version", &doc.find("version"), &manifest.version, Confidence::High);
    draft.fact("/name", &doc.find("name"), &manifest.name, Confidence::High);
    draft.manifest.version.clone_from(&manifest.version);
    draft.describe(&manifest.description, &doc.find("description"), Confidence::High);
    if let Some(title) = &manifest.title {
        draft.title(title, &doc.find("title"));
    }
    for (index, header) in remote.headers.iter().enumerate() {
        draft.fact(&format!("/remotes/0/headers/{index}"), &doc.find(&header.name), &header.name, Confidence::High);
    }
    for name in remote.variables.keys() {
        let pointer = format!("/remotes/0/variables/{}", name.replace('~', "~0").replace('/', "~1"));
        draft.fact(&pointer, &doc.find(name), name, Confidence::High);
    }
    if let Some((owner, repo, folder)) = manifest.repository.as_ref().and_then(|r| repository_of(&r.url)) {
        draft.repository(&owner, &repo, folder.as_deref(), &doc.find("repository"));
    }
    draft.manifest.website_url.clone_from(&manifest.website_url);
    draft.manifest.name.clone_from(&manifest.name);
    draft.manifest.remotes = vec![remote.clone()];
    let sse = remote.kind == TransportKind::Sse;
    let source = Source::Remote { url, sse, headers: BTreeMap::new(), name: manifest.title.clone() };
    draft.finish(source, &manifest.name)
}

fn unsupported(manifest: &Manifest, page: &str) -> Error {
    let kinds: Vec<String> = manifest.packages.iter().map(|p| clean(&p.registry_type, 20)).collect();
    Error::Unsupported {
        what: manifest.name.clone(),
        why: match kinds.as_slice() {
            [] => "Its entry in the registry names nothing to run and no address.".to_owned(),
            kinds => format!("It comes as {} only, and its source is not on GitHub.", kinds.join(", ")),
        },
        seen: vec![page.to_owned()],
    }
}
