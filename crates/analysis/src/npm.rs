//! Packages of the npm registry.

mod document;
mod tarball;

use crate::Error;
use crate::analyzer::{Analyzer, Named};
use crate::doc::Doc;
use crate::draft::Draft;
use crate::endpoints::join;
use crate::fetch::{Ask, get};
use crate::inputs::{Adds, Inputs, Target, dotenv, learn, pasted, smithery};
use crate::source::{name, repository_of};
use crate::text::clean;
use crate::truth::ask_npm;
use catwalk_domain::manifest::{Package, RunHint};
use catwalk_domain::{Confidence, EvidenceSource, Millis, PackageRef, Step, WarningKind};
pub(crate) use document::{Document, millis};
use serde_json::Value;

const WHO: &str = "The npm registry";

/// A package's exact version as the registry has it.
pub(crate) struct Release {
    /// Fields of its `package.json`.
    pub(crate) document: Document,
    /// Where they were read.
    pub(crate) url: String,
    /// The page of all versions, if it could be had: times, README, maintainers.
    full: Option<Value>,
}

impl Release {
    fn api(&self) -> EvidenceSource {
        EvidenceSource::Api { name: "npm registry".to_owned(), url: self.url.clone() }
    }

    /// Its README, if the registry has one.
    pub(crate) fn readme(&self) -> Option<Doc> {
        let text = document::readme(self.full.as_ref()?, &self.document.version())?;
        Some(Doc::api("npm registry", &self.url, text))
    }

    /// Owner, name and folder of the repository on GitHub that it points to.
    pub(crate) fn repository(&self) -> Option<(String, String, Option<String>)> {
        let (owner, repo, folder) = repository_of(&self.document.repository()?)?;
        Some((owner, repo, self.document.directory().or(folder)))
    }
}

/// Asks for one version, and for the page of all versions at the same time.
pub(crate) async fn release(analyzer: &Analyzer, package: &PackageRef) -> Result<Release, Error> {
    analyzer.step(Step::Packages, 0, 1, &package.name);
    let name = package.name.as_str();
    let version = package.version.as_deref().unwrap_or("latest");
    let full_url = join(&analyzer.endpoints.npm, [name]);
    let url = join(&analyzer.endpoints.npm, [name, version]);
    let one = get(&analyzer.http, Ask::new(WHO, url.clone()).accept("application/json").max(4 << 20));
    let all = get(&analyzer.http, Ask::new(WHO, full_url.clone()).accept("application/json").max(12 << 20).wait(6));
    let (one, all) = tokio::join!(one, all);
    let all = all.ok().filter(|r| r.status.is_success()).and_then(|r| r.json(WHO).ok());
    let one = one?;
    let found = match one.status.as_u16() {
        200..=299 => Some(one.json(WHO)?).filter(Value::is_object),
        404 | 405 | 401 | 403 | 400 => None,
        429 => return Err(Analyzer::registry_limit(WHO, &one)),
        status => {
            return Err(Error::Refused {
                who: WHO.to_owned(),
                url: url.to_string(),
                status,
                said: clean(&one.text(), 200),
            });
        }
    };
    // A registry that serves no single versions still has them on the page of all.
    let found = found.or_else(|| {
        let all = all.as_ref()?;
        let exact = package.version.as_deref().or_else(|| all.pointer("/dist-tags/latest")?.as_str())?;
        all.get("versions")?.get(exact).cloned()
    });
    let Some(document) = found else { return Err(missing(package, all.as_ref(), full_url.as_str())) };
    let document = Document(document);
    if !crate::recipe::is_version(&document.version()) {
        let detail = "It names no version.".to_owned();
        return Err(Error::BadAnswer { who: WHO.to_owned(), url: url.to_string(), detail });
    }
    Ok(Release { document, url: url.to_string(), full: all })
}

fn missing(package: &PackageRef, all: Option<&Value>, looked: &str) -> Error {
    let latest = all.and_then(|a| a.pointer("/dist-tags/latest")).and_then(Value::as_str);
    let (what, hint) = match (&package.version, latest) {
        (Some(version), Some(latest)) => (
            format!("Version {version} of “{}”", package.name),
            format!("The npm package exists, but not in this version; the newest is {latest}."),
        ),
        _ => (
            format!("The npm package “{}”", package.name),
            "There is no such package on npm, or it is private. Check the spelling, or paste the link of its page."
                .to_owned(),
        ),
    };
    Error::NotFound { what, hint, looked: vec![looked.to_owned()] }
}

/// What else is known about the package: the repository it was found in and that repository's own inputs.
#[derive(Default)]
pub(crate) struct Around {
    pub(crate) inputs: Inputs,
    pub(crate) readme: Option<Doc>,
}

/// Puts the analysis of a release together.
pub(crate) async fn analyze(
    analyzer: &Analyzer,
    package: &PackageRef,
    release: Release,
    around: Around,
    now: Millis,
) -> Result<Named, Error> {
    let document = &release.document;
    let api = release.api();
    let mut draft = Draft::default();
    let bins = document.bins();
    let stored = release.full.as_ref().and_then(|f| document::readme(f, &document.version()));
    let readme = async {
        match (stored, around.readme) {
            (Some(text), _) => (Some(Doc::api("npm registry", &release.url, text)), tarball::Extras::default()),
            (None, Some(doc)) => (Some(doc), tarball::Extras::default()),
            (None, None) if bins.is_empty() => (None, tarball::Extras::default()),
            (None, None) => {
                let mut extras = tarball::read(analyzer, document).await;
                (extras.readme.take(), extras)
            }
        }
    };
    let ((readme, extras), asked) = tokio::join!(readme, ask_npm(analyzer, document));
    analyzer.step(Step::Packages, 1, 1, &package.name);
    let text = readme.as_ref().map(|d| d.text.as_str()).unwrap_or_default();
    judge(document, &bins, text, &release.url)?;

    let target = Target { npm: Some(package.name.clone()), pypi: None, bins: bins.clone(), ..Target::default() };
    let mut inputs = around.inputs;
    if let Some(doc) = &extras.smithery {
        inputs = inputs.or(smithery(doc));
    }
    if let Some(doc) = &readme {
        inputs = learn(doc, &target, inputs);
    }
    if let Some(doc) = &extras.example {
        inputs = inputs.with(dotenv(doc), Adds::Gap);
    }
    let learned_bin = inputs.bin.clone();
    let inputs = pasted(package, inputs.checked());

    let manifest = &mut draft.manifest;
    manifest.version = document.version();
    if let Some(name) = document.text("mcpName") {
        manifest.name = name;
        draft.fact("/name", &api, "mcpName", Confidence::High);
    }
    draft.describe(&document.text("description").unwrap_or_default(), &api, Confidence::High);
    if let Some(title) = &package.title {
        draft.title(title, &EvidenceSource::Pasted);
    }
    draft.fact("/version", &api, &document.version(), Confidence::High);
    draft.fact("/packages/0/identifier", &api, &package.name, Confidence::High);
    draft.fact("/packages/0/version", &api, &document.version(), Confidence::High);
    if let Some((owner, repo, folder)) = release.repository() {
        draft.repository(&owner, &repo, folder.as_deref(), &api);
    }
    draft.manifest.website_url =
        document.text("homepage").filter(|h| h.starts_with("https://") && !h.starts_with("https://github.com/"));

    let (bin, sure) = choose_bin(package, learned_bin.as_deref(), &bins);
    let confidence = if sure { Confidence::High } else { Confidence::Low };
    draft.fact("/_meta/app.catwalk~1run/bin", &api, &format!("bin: {}", bins.join(", ")), confidence);
    if !sure {
        draft.warn(
            WarningKind::Guessed,
            format!("The package has several programs ({}); Catwalk takes {bin}.", clean(&bins.join(", "), 100)),
        );
    }
    if let Some(words) = document.text("deprecated") {
        draft.warn(
            WarningKind::Deprecated,
            format!("Its author marks this version as outdated: {}", clean(&words, 160)),
        );
    }
    let scripts = document.install_scripts();
    if !scripts.is_empty() {
        draft.warn(WarningKind::InstallScript, format!("The package wants to run a script while it is installed ({}). Catwalk does not run it unless you allow it.", scripts.join(", ")));
    }
    asked.tell(&mut draft, document, release.full.as_ref(), &api, now);
    draft.publisher = document.publisher();
    draft.age(release.full.as_ref().and_then(|f| document::published(f, &document.version())), now);
    draft.package(
        Package {
            registry_type: "npm".to_owned(),
            identifier: package.name.clone(),
            version: Some(document.version()),
            runtime_hint: Some("npx".to_owned()),
            ..Package::default()
        },
        RunHint { bin: Some(bin), language: None },
        inputs,
    );
    crate::readers::started(&mut draft, readme.as_ref(), &target);
    let fallback = package.name.trim_start_matches('@').to_owned();
    let fallback = if fallback.contains('/') { format!("npm.{fallback}") } else { format!("npm/{fallback}") };
    Ok(Named { draft, fallback })
}

/// Refuses what is no MCP server: nothing to start, or no sign of MCP anywhere.
fn judge(document: &Document, bins: &[String], readme: &str, url: &str) -> Result<(), Error> {
    let name = document.text("name").unwrap_or_default();
    let refuse = |why: &str| {
        Err(Error::NotAServer {
            what: format!("The npm package “{name}”"),
            why: why.to_owned(),
            seen: vec![url.to_owned(), clean(&document.text("description").unwrap_or_default(), 200)],
        })
    };
    if bins.is_empty() {
        return refuse(
            "It brings no program that could be started. It may be a library, or part of a server that has another name.",
        );
    }
    if !document.has_sign() && !crate::signs::in_readme(readme) {
        return refuse(
            "It brings a program, but neither its name, its description, its dependencies nor its README speak of MCP.",
        );
    }
    Ok(())
}

/// The executable, and whether that is sure.
fn choose_bin(package: &PackageRef, learned: Option<&str>, bins: &[String]) -> (String, bool) {
    let has = |name: &str| bins.iter().find(|b| *b == name).cloned();
    let short = package.name.rsplit('/').next().unwrap_or(&package.name);
    if let Some(bin) = package.bin.as_deref().and_then(has) {
        return (bin, true);
    }
    if let [only] = bins {
        return (only.clone(), true);
    }
    if let Some(bin) = has(short).or_else(|| learned.and_then(has)) {
        return (bin, true);
    }
    let likely = bins.iter().find(|b| b.contains("mcp")).or_else(|| bins.iter().find(|b| b.contains("server")));
    (likely.or(bins.first()).cloned().unwrap_or_default(), false)
}

/// Whether a name is one that the registry could have.
pub(crate) fn is_name(text: &str) -> bool {
    name::npm(text).is_ok_and(|s| s.name == text)
}

/// Reads an archive for nothing but its reading.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn read_archive(bytes: &[u8]) {
    tarball::files(bytes);
}
