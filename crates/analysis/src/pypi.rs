//! Packages of the Python Package Index.

mod files;
mod wheel;

use crate::Error;
use crate::analyzer::{Analyzer, Named};
use crate::doc::Doc;
use crate::draft::Draft;
use crate::endpoints::join;
use crate::fetch::{Ask, get};
use crate::inputs::{Target, learn, pasted};
use crate::npm::{Around, millis};
use crate::source::{name::normal, repository_of};
use crate::text::clean;
use crate::truth::ask_pypi;
use catwalk_domain::manifest::{Package, RunHint};
use catwalk_domain::{Confidence, EvidenceSource, Millis, PackageRef, Step, WarningKind};
use serde_json::Value;
use url::Url;

const WHO: &str = "PyPI";

/// A package's exact version as the index has it.
pub(crate) struct Release {
    json: Value,
    url: Url,
}

impl Release {
    fn info(&self, key: &str) -> Option<String> {
        let text = self.json.get("info")?.get(key)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn api(&self) -> EvidenceSource {
        EvidenceSource::Api { name: "PyPI".to_owned(), url: self.url.to_string() }
    }

    fn version(&self) -> String {
        self.info("version").unwrap_or_default()
    }

    /// Its README, if it has one.
    pub(crate) fn readme(&self) -> Option<Doc> {
        Some(Doc::api("PyPI", self.url.as_str(), self.info("description")?))
    }

    /// Owner, name and folder of the repository on GitHub that it points to.
    pub(crate) fn repository(&self) -> Option<(String, String, Option<String>)> {
        let urls = self.json.pointer("/info/project_urls").and_then(Value::as_object).into_iter().flatten();
        let mut links: Vec<(bool, String)> = urls
            .filter_map(|(label, url)| {
                let label = label.to_lowercase();
                let likely = ["source", "repo", "code", "github"].iter().any(|w| label.contains(w));
                Some((likely, url.as_str()?.to_owned()))
            })
            .collect();
        links.extend(self.info("home_page").map(|url| (false, url)));
        links.sort_by_key(|(likely, _)| !likely);
        links.iter().filter(|(_, url)| url.contains("github.com")).find_map(|(_, url)| repository_of(url))
    }

    /// The description names the server that the package is (`mcp-name: …`).
    pub(crate) fn marked_name(&self) -> Option<String> {
        let text = self.info("description")?;
        let rest = &text[text.find("mcp-name:")? + "mcp-name:".len()..];
        let name = rest.split_whitespace().next()?.trim_end_matches("-->").to_owned();
        crate::draft::is_server_name(&name).then_some(name)
    }

    fn requires(&self) -> Vec<String> {
        let list = self.json.pointer("/info/requires_dist").and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn has_sign(&self, name: &str) -> bool {
        use crate::signs::{in_readme, in_words, is_sdk};
        in_words(name)
            || self.info("summary").is_some_and(|s| in_words(&s))
            || self.info("keywords").is_some_and(|k| in_words(&k))
            || self.requires().iter().any(|r| is_sdk(r))
            || self.info("description").is_some_and(|d| in_readme(&d))
    }
}

/// Asks for the newest, or the given, version.
pub(crate) async fn release(analyzer: &Analyzer, package: &PackageRef) -> Result<Release, Error> {
    let name = normal(&package.name);
    analyzer.step(Step::Packages, 0, 1, &name);
    let mut segments = vec!["pypi", name.as_str()];
    segments.extend(package.version.as_deref());
    segments.push("json");
    let url = join(&analyzer.endpoints.pypi, segments);
    let reply = get(&analyzer.http, Ask::new(WHO, url.clone()).accept("application/json").max(24 << 20)).await?;
    match reply.status.as_u16() {
        200..=299 => {
            let release = Release { json: reply.json(WHO)?, url: reply.url };
            if !crate::recipe::is_version(&release.version()) {
                let detail = "It names no version.".to_owned();
                return Err(Error::BadAnswer { who: WHO.to_owned(), url: release.url.to_string(), detail });
            }
            Ok(release)
        }
        404 | 410 => Err(Error::NotFound {
            what: match &package.version {
                Some(version) => format!("Version {version} of “{}”", package.name),
                None => format!("The PyPI package “{}”", package.name),
            },
            hint: "There is no such package on PyPI. Check the spelling, or paste the link of its page.".to_owned(),
            looked: vec![url.to_string()],
        }),
        429 => Err(Analyzer::registry_limit(WHO, &reply)),
        status => {
            Err(Error::Refused { who: WHO.to_owned(), url: url.to_string(), status, said: clean(&reply.text(), 200) })
        }
    }
}

/// Puts the analysis of a release together.
pub(crate) async fn analyze(
    analyzer: &Analyzer,
    package: &PackageRef,
    release: Release,
    around: Around,
    now: Millis,
) -> Result<Named, Error> {
    let api = release.api();
    let name = normal(&package.name);
    let mut draft = Draft::default();
    let refuse = |why: &str| {
        let seen = vec![release.url.to_string(), clean(&release.info("summary").unwrap_or_default(), 200)];
        Err(Error::NotAServer { what: format!("The PyPI package “{}”", package.name), why: why.to_owned(), seen })
    };
    if !release.has_sign(&name) {
        return refuse("Neither its name, its description, its dependencies nor its README speak of MCP.");
    }
    let version = release.version();
    let scripts = files::scripts(analyzer, &release.json, &release.url, &name);
    let (scripts, asked) = tokio::join!(scripts, ask_pypi(analyzer, &release.json, &name, &version));
    analyzer.step(Step::Packages, 1, 1, &name);
    if scripts.as_ref().is_some_and(Vec::is_empty) {
        return refuse(
            "It brings no program that could be started. It may be a library, or part of a server that has another name.",
        );
    }
    let readme = release.info("description").filter(|d| d.len() > 40);
    let readme = readme.map(|text| Doc::api("PyPI", release.url.as_str(), text)).or(around.readme);
    let mut bins = scripts.clone().unwrap_or_default();
    bins.push(name.clone());
    let target = Target { npm: None, pypi: Some(name.clone()), bins, ..Target::default() };
    let mut inputs = around.inputs;
    if let Some(doc) = &readme {
        inputs = learn(doc, &target, inputs);
    }
    let learned_bin = inputs.bin.clone();
    let inputs = pasted(package, inputs.checked());

    // The index's own spelling, and the extras that were asked for.
    let extras = package.name.find('[').map_or("", |at| &package.name[at..]);
    let identifier =
        format!("{}{extras}", release.info("name").filter(|n| normal(n) == name).unwrap_or_else(|| name.clone()));
    draft.manifest.version.clone_from(&version);
    if let Some(marked) = release.marked_name() {
        draft.fact("/name", &api, &format!("mcp-name: {marked}"), Confidence::High);
        draft.manifest.name = marked;
    }
    draft.describe(&release.info("summary").unwrap_or_default(), &api, Confidence::High);
    if let Some(title) = &package.title {
        draft.title(title, &EvidenceSource::Pasted);
    }
    draft.fact("/version", &api, &version, Confidence::High);
    draft.fact("/packages/0/identifier", &api, &identifier, Confidence::High);
    draft.fact("/packages/0/version", &api, &version, Confidence::High);
    if let Some((owner, repo, folder)) = release.repository() {
        draft.repository(&owner, &repo, folder.as_deref(), &api);
    }
    draft.manifest.website_url =
        release.info("home_page").filter(|h| h.starts_with("https://") && !h.contains("github.com"));

    let (bin, sure) = choose(package, learned_bin.as_deref(), scripts.as_deref(), &name);
    let confidence = if sure { Confidence::High } else { Confidence::Low };
    draft.fact(
        "/_meta/app.catwalk~1run/bin",
        &api,
        &format!("console scripts: {}", scripts.clone().unwrap_or_default().join(", ")),
        confidence,
    );
    if !sure {
        draft.warn(
            WarningKind::Guessed,
            format!("Which program of the package starts the server is a guess: {}.", clean(&bin, 60)),
        );
    }
    yanked(&release, &mut draft);
    let named = release.repository().map(|(owner, repo, _)| (owner, repo));
    asked.tell(&mut draft, &release.json, &name, named, &api, now);
    draft.publisher = publisher(&release);
    let uploads = release.json.get("urls").and_then(Value::as_array).into_iter().flatten();
    let times = uploads.filter_map(|f| f.get("upload_time_iso_8601")?.as_str()).filter_map(millis);
    draft.age(times.min(), now);
    draft.package(
        Package {
            registry_type: "pypi".to_owned(),
            identifier,
            version: Some(version),
            runtime_hint: Some("uvx".to_owned()),
            ..Package::default()
        },
        RunHint { bin: Some(bin), language: None },
        inputs,
    );
    crate::readers::started(&mut draft, readme.as_ref(), &target);
    Ok(Named { draft, fallback: format!("pypi/{name}") })
}

fn yanked(release: &Release, draft: &mut Draft) {
    let flag = release.json.pointer("/info/yanked").and_then(Value::as_bool).unwrap_or_default();
    if flag {
        let why =
            release.info("yanked_reason").map(|r| format!(" Reason given: {}", clean(&r, 120))).unwrap_or_default();
        draft.warn(WarningKind::Deprecated, format!("Its author has withdrawn this version.{why}"));
    }
    let inactive = release.json.pointer("/info/classifiers").and_then(Value::as_array).into_iter().flatten();
    if inactive.filter_map(Value::as_str).any(|c| c.ends_with(":: 7 - Inactive")) {
        draft.warn(WarningKind::Deprecated, "Its author marks this package as inactive.");
    }
}

/// The organisation or first owner, else the author.
fn publisher(release: &Release) -> Option<String> {
    let ownership = release.json.get("ownership");
    let organisation = ownership.and_then(|o| o.get("organization")).and_then(Value::as_str).map(str::to_owned);
    let owner = ownership.and_then(|o| o.pointer("/roles/0/user")).and_then(Value::as_str).map(str::to_owned);
    let address =
        |key: &str| release.info(key).map(|e| e.split('<').next().unwrap_or(&e).trim().trim_matches('"').to_owned());
    let author = ["author", "maintainer"].iter().find_map(|k| release.info(k));
    organisation
        .or(owner)
        .or(author)
        .or_else(|| address("author_email"))
        .or_else(|| address("maintainer_email"))
        .filter(|p| !p.is_empty())
}

/// The console script, and whether that is sure.
fn choose(package: &PackageRef, learned: Option<&str>, scripts: Option<&[String]>, name: &str) -> (String, bool) {
    let Some(scripts) = scripts else {
        let guess = package.bin.as_deref().or(learned).unwrap_or(name);
        return (guess.to_owned(), package.bin.is_some());
    };
    let has = |wanted: &str| scripts.iter().find(|s| *s == wanted).cloned();
    if let Some(bin) = package.bin.as_deref().and_then(has) {
        return (bin, true);
    }
    if let Some(bin) = has(name).or_else(|| scripts.iter().find(|s| normal(s) == name).cloned()) {
        return (bin, true);
    }
    if let [only] = scripts {
        return (only.clone(), true);
    }
    if let Some(bin) = learned.and_then(has) {
        return (bin, true);
    }
    let likely = scripts.iter().find(|s| s.contains("mcp")).or_else(|| scripts.iter().find(|s| s.contains("server")));
    (likely.or(scripts.first()).cloned().unwrap_or_else(|| name.to_owned()), false)
}

/// Reads an archive's end for nothing but its reading.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn read_archive(bytes: &[u8]) {
    wheel::read(bytes, bytes.len() as u64).ok();
    wheel::read(bytes, u64::MAX).ok();
}
