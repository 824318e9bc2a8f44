//! Which way of running a repository's server is taken, and its manifest.

use super::snapshot::Snapshot;
use super::stated;
use crate::Error;
use crate::analyzer::{Analyzer, Named};
use crate::draft::Draft;
use crate::npm::{self, Around};
use crate::project::{NamedBy, Project, Registry, Way};
use crate::pypi;
use catwalk_domain::manifest::{Language, Package, RunHint, Transport};
use catwalk_domain::{Confidence, EvidenceSource, FactTopic, Millis, PackageRef, WarningKind};

/// A published package that was looked at.
enum Published {
    Npm(npm::Release),
    Pypi(pypi::Release),
}

/// How a package relates to the repository that led to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    /// It names this repository.
    Here,
    /// It names none.
    Silent,
    /// It names another.
    Elsewhere,
}

/// Takes the first way that holds.
pub(super) async fn run(
    analyzer: &Analyzer,
    snapshot: &Snapshot,
    project: &Project<'_>,
    now: Millis,
) -> Result<Named, Error> {
    let mut unsure: Option<(PackageRef, Published)> = None;
    let mut doubts = Vec::new();
    for way in project.ways() {
        match way {
            Way::Published { registry, package, by } => {
                let published = match look(analyzer, registry, &package).await {
                    Ok(published) => published,
                    Err(Error::NotFound { .. }) => continue,
                    // A registry that is away takes nothing from what the repository says of itself.
                    Err(
                        Error::Offline { .. } | Error::Slow { .. } | Error::RateLimited { .. } | Error::Refused { .. },
                    ) => {
                        return Ok(stated::package(snapshot, project, registry, &package, by));
                    }
                    Err(error) => return Err(error),
                };
                match (points_back(&published, snapshot, project), by) {
                    (Back::Here, _) => match finish(analyzer, snapshot, project, &package, published, now).await {
                        Err(Error::NotAServer { .. }) => {}
                        Ok(mut named) => {
                            let text = format!("The package “{}” and this repository name each other.", package.name);
                            named.draft.tell(FactTopic::PointsBack, &text, &api(snapshot));
                            return Ok(named);
                        }
                        error => return error,
                    },
                    (Back::Silent, NamedBy::ServerJson) => {
                        return doubtful(analyzer, snapshot, project, &package, published, now).await;
                    }
                    (Back::Silent, NamedBy::Manifest) if project.readme_launches(&package.name) => {
                        return doubtful(analyzer, snapshot, project, &package, published, now).await;
                    }
                    (back, _) => {
                        if back == Back::Elsewhere && by == NamedBy::Manifest {
                            doubts.push(format!(
                                "The published package “{}” names another repository, so it is not taken.",
                                package.name
                            ));
                        }
                        if by == NamedBy::ServerJson || back == Back::Silent {
                            unsure = unsure.or(Some((package, published)));
                        }
                    }
                }
            }
            // A template's own source is there to be changed, not to be run.
            Way::Node { .. } | Way::Python { .. } if super::kind::is_template(snapshot) && unsure.is_none() => {
                let why = "It is a template: a beginning for writing a server of one's own. Paste the link of a finished server.";
                return Err(no_server(snapshot, project, why));
            }
            Way::Node { bin, sure } => return Ok(from_source(snapshot, project, Language::Node, bin, sure, doubts)),
            Way::Python { script, sure } => {
                return Ok(from_source(snapshot, project, Language::Python, Some(script), sure, doubts));
            }
            Way::Image { image, by } => {
                if let Some((package, published)) = unsure {
                    return doubtful(analyzer, snapshot, project, &package, published, now).await;
                }
                let image = PackageRef { name: image, ..PackageRef::default() };
                return Ok(stated::package(snapshot, project, Registry::Oci, &image, by));
            }
            Way::Hosted { remote, by } => {
                if let Some((package, published)) = unsure {
                    return doubtful(analyzer, snapshot, project, &package, published, now).await;
                }
                return Ok(hosted(snapshot, project, remote, by));
            }
        }
    }
    match unsure {
        Some((package, published)) => doubtful(analyzer, snapshot, project, &package, published, now).await,
        None => Err(nothing(snapshot, project)),
    }
}

async fn look(analyzer: &Analyzer, registry: Registry, package: &PackageRef) -> Result<Published, Error> {
    match registry {
        Registry::Npm => npm::release(analyzer, package).await.map(Published::Npm),
        Registry::Pypi => pypi::release(analyzer, package).await.map(Published::Pypi),
        Registry::Oci => Err(Error::NotFound { what: package.name.clone(), hint: String::new(), looked: Vec::new() }),
    }
}

fn points_back(published: &Published, snapshot: &Snapshot, project: &Project<'_>) -> Back {
    let (repository, mark) = match published {
        Published::Npm(release) => (release.repository(), release.document.text("mcpName")),
        Published::Pypi(release) => (release.repository(), release.marked_name()),
    };
    let named = project.server.as_ref().map(|(s, _)| s.manifest.name.clone());
    if named.is_some() && mark == named {
        return Back::Here;
    }
    let same = |owner: &str, repo: &str, place: (&str, &str)| {
        owner.eq_ignore_ascii_case(place.0) && repo.eq_ignore_ascii_case(place.1)
    };
    match repository {
        Some((owner, repo, _)) => {
            let here = same(&owner, &repo, (&snapshot.owner, &snapshot.repo))
                || same(&owner, &repo, (&snapshot.asked.0, &snapshot.asked.1));
            if here { Back::Here } else { Back::Elsewhere }
        }
        None => Back::Silent,
    }
}

async fn finish(
    analyzer: &Analyzer,
    snapshot: &Snapshot,
    project: &Project<'_>,
    package: &PackageRef,
    published: Published,
    now: Millis,
) -> Result<Named, Error> {
    let registry = if matches!(published, Published::Npm(_)) { Registry::Npm } else { Registry::Pypi };
    let around = Around { inputs: project.inputs(Some(registry), &package.name), readme: project.readme.cloned() };
    let mut named = match published {
        Published::Npm(release) => npm::analyze(analyzer, package, release, around, now).await?,
        Published::Pypi(release) => pypi::analyze(analyzer, package, release, around, now).await?,
    };
    about(&mut named.draft, snapshot, project);
    Ok(named)
}

async fn doubtful(
    analyzer: &Analyzer,
    snapshot: &Snapshot,
    project: &Project<'_>,
    package: &PackageRef,
    published: Published,
    now: Millis,
) -> Result<Named, Error> {
    let mut named = finish(analyzer, snapshot, project, package, published, now).await?;
    let text = format!(
        "The repository names the package “{}”, but the package does not point back to {}.",
        package.name,
        snapshot.full_name()
    );
    named.draft.tell(FactTopic::PointsBack, &text, &api(snapshot));
    named.draft.warn(WarningKind::Unverified, text);
    if crate::truth::is_almost_the_repository(&package.name, &snapshot.repo) {
        let text = format!("“{}” is almost, but not quite, the repository's own name.", package.name);
        named.draft.warn(WarningKind::LookAlike, text);
    }
    Ok(named)
}

fn api(snapshot: &Snapshot) -> EvidenceSource {
    EvidenceSource::Api { name: "GitHub".to_owned(), url: snapshot.api.clone() }
}

/// Facts that the repository adds to whatever was chosen.
pub(super) fn about(draft: &mut Draft, snapshot: &Snapshot, project: &Project<'_>) {
    let api = api(snapshot);
    if let Some((server, doc)) = &project.server {
        let origin = doc.find("\"name\"");
        if draft.manifest.name.is_empty() && crate::draft::is_server_name(&server.manifest.name) {
            draft.fact("/name", &origin, &server.manifest.name, Confidence::High);
            draft.manifest.name.clone_from(&server.manifest.name);
        }
        draft.describe(&server.manifest.description, &doc.find("\"description\""), Confidence::High);
        if let Some(title) = &server.manifest.title {
            draft.title(title, &doc.find("\"title\""));
        }
    }
    draft.describe(snapshot.description.as_deref().unwrap_or_default(), &api, Confidence::Medium);
    draft.repository(&snapshot.owner, &snapshot.repo, Some(&project.folder), &api);
    if let Some(repository) = &mut draft.manifest.repository {
        repository.id.clone_from(&snapshot.id);
    }
    draft.licence(snapshot.licence.as_deref().unwrap_or_default(), &api);
    crate::folder::terms(draft, &snapshot.files, project);
    if draft.publisher.is_none() {
        draft.publisher = Some(snapshot.owner.clone());
    }
    if draft.manifest.website_url.is_none() {
        draft.manifest.website_url.clone_from(&snapshot.homepage);
    }
}

fn from_source(
    snapshot: &Snapshot,
    project: &Project<'_>,
    language: Language,
    bin: Option<String>,
    sure: bool,
    doubts: Vec<String>,
) -> Named {
    let mut draft = Draft::default();
    for doubt in doubts {
        draft.warn(WarningKind::Unverified, doubt);
    }
    let package = Package {
        registry_type: "github".to_owned(),
        identifier: snapshot.full_name(),
        version: Some(snapshot.commit.clone()),
        ..Package::default()
    };
    let api = api(snapshot);
    draft.fact("/packages/0/identifier", &api, &snapshot.full_name(), Confidence::High);
    draft.fact(
        "/packages/0/version",
        &api,
        &format!("{} is {}", snapshot.reference, snapshot.commit),
        Confidence::High,
    );
    if let Some((origin, quote)) = project.git_launch() {
        draft.fact("/packages/0/identifier", &origin, &quote, Confidence::High);
    }
    about(&mut draft, snapshot, project);
    draft.publisher = Some(snapshot.owner.clone());
    crate::folder::source(
        &mut draft,
        &snapshot.files,
        project,
        package,
        RunHint { bin, language: Some(language) },
        sure,
    );
    if draft.manifest.version.is_empty() {
        draft.manifest.version.clone_from(&snapshot.commit);
    }
    Named { draft, fallback: format!("io.github.{}/{}", snapshot.owner, snapshot.repo) }
}

fn hosted(snapshot: &Snapshot, project: &Project<'_>, remote: Transport, by: NamedBy) -> Named {
    let mut draft = Draft::default();
    let url = remote.url.clone().unwrap_or_default();
    let (origin, confidence) = match (&project.server, project.readme, by) {
        (Some((_, doc)), _, NamedBy::ServerJson) => (doc.find(&url), Confidence::High),
        (_, Some(doc), _) => (doc.find(&url), Confidence::Medium),
        _ => (api(snapshot), Confidence::Low),
    };
    draft.fact("/remotes/0/url", &origin, &url, confidence);
    about(&mut draft, snapshot, project);
    draft.manifest.remotes = vec![remote];
    Named { draft, fallback: format!("io.github.{}/{}", snapshot.owner, snapshot.repo) }
}

/// Why nothing here can be run, as exactly as the files allow.
fn nothing(snapshot: &Snapshot, project: &Project<'_>) -> Error {
    let folder = &project.folder;
    let what = what(snapshot, project);
    let images = project.images();
    let has = |name: &str| snapshot.files.has(folder, name);
    let unsupported =
        |why: &str, seen: Vec<String>| Error::Unsupported { what: what.clone(), why: why.to_owned(), seen };
    let speaks = project.readme.is_some_and(|r| crate::signs::in_readme(&r.text));
    let written = project.native.as_ref().is_some_and(|n| n.sdk.is_some());
    if let Some(image) = images.first().filter(|_| speaks) {
        return unsupported(
            "It is published as a container image, which is not supported yet.",
            vec![crate::text::clean(image, 200)],
        );
    }
    for (file, why) in [
        ("go.mod", "It is written in Go and is not published on npm or PyPI. Such servers are not supported yet."),
        (
            "Cargo.toml",
            "It is written in Rust and is not published on npm or PyPI. Such servers are not supported yet.",
        ),
        ("pom.xml", "It is written in Java and is not published on npm or PyPI. Such servers are not supported yet."),
        (
            "build.gradle",
            "It is written in Java and is not published on npm or PyPI. Such servers are not supported yet.",
        ),
        ("Dockerfile", "It only brings a recipe for a container image, which is not supported yet."),
    ] {
        if has(file) && (speaks || written) {
            let mut seen = vec![file.to_owned()];
            let repository = format!("https://github.com/{}", snapshot.full_name());
            let native = project.native.as_ref();
            seen.extend(native.and_then(|n| n.install(Some(&repository))).map(|said| said.text));
            seen.extend(native.and_then(|n| n.toolchain.as_ref()).map(|said| format!("needs {}", said.text)));
            return unsupported(why, seen);
        }
    }
    let asked = project.requirements.and_then(|doc| {
        let (line, sdk) = crate::python::requirements(doc).find(|(_, name)| crate::signs::is_sdk(name))?;
        Some(format!("{}:{line}: {}", doc.path(), crate::text::clean(sdk, 100)))
    });
    if let Some(seen) = asked.filter(|_| project.python.is_none()) {
        let why =
            "It is written in Python, but it is no package: no pyproject.toml or setup.py names a program to start.";
        return unsupported(why, vec![seen]);
    }
    let why = if speaks {
        "It speaks of MCP, but nothing in it says how to start a server: no package with a program, no launch in the README."
    } else {
        "Nothing in it speaks of MCP or says how to start a server."
    };
    no_server(snapshot, project, why)
}

/// It is no server, and why.
pub(super) fn no_server(snapshot: &Snapshot, project: &Project<'_>, why: &str) -> Error {
    let mut seen = vec![format!("{} at {}", snapshot.full_name(), snapshot.commit)];
    seen.extend(snapshot.description.as_deref().map(|d| crate::text::clean(d, 200)));
    seen.extend(snapshot.files.docs.keys().take(8).cloned());
    seen.extend(super::unseen(snapshot).map(|gap| format!("not seen: {}. {}", gap.sought, gap.advice)));
    Error::NotAServer { what: what(snapshot, project), why: why.to_owned(), seen }
}

fn what(snapshot: &Snapshot, project: &Project<'_>) -> String {
    let folder = &project.folder;
    if folder.is_empty() { snapshot.full_name() } else { format!("{folder} in {}", snapshot.full_name()) }
}
