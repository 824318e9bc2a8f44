//! Manifests that rest on the repository's own word: container images, and packages whose registry cannot be asked.

use super::choose::about;
use super::snapshot::Snapshot;
use crate::analyzer::Named;
use crate::doc::Doc;
use crate::draft::Draft;
use crate::npm::Document;
use crate::project::{NamedBy, Project, Registry};
use catwalk_domain::manifest::{Package, RunHint};
use catwalk_domain::{Confidence, EvidenceSource, PackageRef, WarningKind};

/// A published package of a registry that gave no answer.
pub(super) fn package(
    snapshot: &Snapshot,
    project: &Project<'_>,
    registry: Registry,
    package: &PackageRef,
    by: NamedBy,
) -> Named {
    let mut draft = Draft::default();
    let (kind, hint, who) = match registry {
        Registry::Npm => ("npm", "npx", "npm"),
        Registry::Pypi => ("pypi", "uvx", "PyPI"),
        Registry::Oci => ("oci", "docker", "The image's registry"),
    };
    let own = project.names().contains(&package.name);
    let stated = match registry {
        Registry::Npm => project.node.as_ref().filter(|_| own).map(Document::version),
        Registry::Pypi => project.python.as_ref().filter(|_| own).and_then(|p| p.version.clone()),
        Registry::Oci => tag(&package.name),
    };
    let (origin, confidence) = origin(project, &package.name, by);
    draft.fact("/packages/0/identifier", &origin, &package.name, confidence);
    let version = stated.filter(|v| !v.is_empty());
    if let Some(version) = &version {
        draft.fact("/packages/0/version", &origin, version, Confidence::Medium);
        draft.manifest.version.clone_from(version);
    }
    let bins = match registry {
        Registry::Npm => project.node.as_ref().filter(|_| own).map(Document::bins),
        Registry::Pypi => project.python.as_ref().filter(|_| own).map(|p| p.scripts.clone()),
        Registry::Oci => None,
    };
    let inputs = project.inputs(Some(registry), &package.name);
    let short = package.name.rsplit('/').next().unwrap_or(&package.name);
    let bins = bins.unwrap_or_default();
    let has = |name: &str| bins.iter().find(|b| *b == name).cloned();
    let bin = package.bin.clone().or(inputs.bin.clone()).or_else(|| has(short));
    let bin = bin.or_else(|| bins.first().filter(|_| bins.len() == 1).cloned());
    if registry == Registry::Oci {
        let text = "It is a container image: it needs a container engine to run it.";
        draft.warn(WarningKind::Guessed, text);
    } else {
        let text = format!("{who} could not be asked, so “{}” rests on the repository's own word.", package.name);
        draft.warn(WarningKind::Unverified, text);
    }
    about(&mut draft, snapshot, project);
    let transport = project.transport(kind, &package.name);
    let package = Package {
        registry_type: kind.to_owned(),
        identifier: package.name.clone(),
        version,
        runtime_hint: Some(hint.to_owned()),
        transport,
        ..Package::default()
    };
    let hint = RunHint { bin: bin.filter(|_| registry != Registry::Oci), language: None };
    draft.package(package, hint, inputs);
    Named { draft, fallback: format!("io.github.{}/{}", snapshot.owner, snapshot.repo) }
}

/// An image's tag, unless it is the one that moves: the schema of server.json takes no `latest` for a version.
fn tag(image: &str) -> Option<String> {
    let tail = image.rsplit('/').next().unwrap_or(image);
    tail.split_once(':').map(|(_, tag)| tag).filter(|tag| *tag != "latest").map(str::to_owned)
}

/// Where the repository names it.
fn origin(project: &Project<'_>, name: &str, by: NamedBy) -> (EvidenceSource, Confidence) {
    let server = project.server.as_ref().map(|(_, doc)| *doc).filter(|_| by == NamedBy::ServerJson);
    let readme = project.readme.filter(|d| d.text.contains(name));
    let compose = project.compose().map(|c| c.doc);
    let untagged = name.split(':').next().unwrap_or(name);
    let settings = project.settings.iter().copied().find(|d| d.text.contains(name));
    let find = |doc: &Doc| doc.find(name);
    match (server, by) {
        (Some(doc), _) => (find(doc), Confidence::High),
        (None, NamedBy::Manifest) => {
            let manifest = project.manifest_doc().map(find);
            (manifest.unwrap_or(EvidenceSource::Pasted), Confidence::High)
        }
        _ => {
            let composed = compose.filter(|d| d.text.contains(untagged)).map(|d| d.find(untagged));
            (readme.or(settings).map(find).or(composed).unwrap_or(EvidenceSource::Pasted), Confidence::Medium)
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tag_that_moves_is_no_version() {
        for (image, version) in [
            ("ghcr.io/a/b:1.2.0", Some("1.2.0")),
            ("ghcr.io/a/b:latest", None),
            ("localhost:5000/a/b", None),
            ("a/b", None),
        ] {
            assert_eq!(super::tag(image).as_deref(), version, "{image}");
        }
    }
}
