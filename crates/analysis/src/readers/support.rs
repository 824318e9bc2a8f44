//! What the files about building and operating add to an analysis.

use super::started;
use crate::draft::Draft;
use crate::project::Project;
use crate::signs::is_sdk;
use crate::text::clean;
use catwalk_domain::manifest::TransportKind;
use catwalk_domain::{Confidence, FactTopic};

/// Adds them: the library it is written with, what a build needs and how it is installed, and how a container is said to talk.
pub(crate) fn support(draft: &mut Draft, project: &Project<'_>) {
    natively(draft, project);
    in_python(draft, project);
    let Some(package) = draft.manifest.package().cloned() else { return };
    if let Some((doc, _)) = project.stated_package(&package) {
        draft.fact("/packages/0/transport/type", &doc.find("\"transport\""), "transport", Confidence::High);
    }
    started(draft, project.readme, &project.target_of(&package));
    let (image, talks) = (package.registry_type == "oci", package.transport.kind);
    if let Some(compose) = project.compose()
        && let Some((kind, words)) = &compose.talks
        && image
        && *kind == talks
    {
        let origin = compose.doc.find(words.rsplit([' ', '=']).next().unwrap_or(words));
        draft.fact("/packages/0/transport/type", &origin, words, Confidence::Medium);
        if let Some(port) = compose.port.filter(|_| talks != TransportKind::Stdio) {
            let port = port.to_string();
            draft.fact("/packages/0/transport/url", &compose.doc.find(&port), &port, Confidence::Medium);
        }
    }
}

fn natively(draft: &mut Draft, project: &Project<'_>) {
    let Some(native) = &project.native else { return };
    let at = |line: u32| native.doc.at(Some(line));
    if let Some(description) = &native.description {
        draft.describe(&description.text, &at(description.line), Confidence::Medium);
    }
    if let Some(version) = native.version.as_ref().filter(|_| draft.manifest.version.is_empty()) {
        draft.fact("/version", &at(version.line), &version.text, Confidence::Medium);
        draft.manifest.version = clean(&version.text, 100);
    }
    if let Some(sdk) = native.sdk.as_ref().filter(|_| draft.manifest.package().is_some()) {
        draft.fact("/packages/0", &at(sdk.line), &built_with(&sdk.text), Confidence::Medium);
    }
    let repository = draft.manifest.repository.as_ref().map(|r| r.url.clone());
    if let Some(install) = native.install(repository.as_deref()) {
        let needs = native.toolchain.as_ref().map(|t| format!(", which needs {} or newer", t.text)).unwrap_or_default();
        let text = format!("With its language's own tools it is installed by “{}”{needs}.", install.text);
        draft.tell(FactTopic::Install, &text, &at(install.line));
    }
}

fn in_python(draft: &mut Draft, project: &Project<'_>) {
    if let Some(doc) = project.requirements
        && let Some((line, sdk)) = crate::python::requirements(doc).find(|(_, name)| is_sdk(name))
        && draft.manifest.package().is_some()
    {
        draft.fact("/packages/0", &doc.at(Some(line)), &built_with(sdk), Confidence::Medium);
    }
    // A published package's registry has said it already.
    let told = draft.facts.iter().any(|f| f.topic == FactTopic::Requires);
    let source = draft.manifest.package().is_some_and(|p| matches!(p.registry_type.as_str(), "github" | "folder"));
    let python = draft.manifest.run_hint().language == Some(catwalk_domain::manifest::Language::Python);
    if let Some((project, doc)) = project.python.as_ref().zip(project.python_doc)
        && let Some(requires) = project.requires.as_ref().filter(|_| source && python && !told)
    {
        let text = format!("It needs Python {}.", clean(requires, 60));
        draft.tell(FactTopic::Requires, &text, &doc.find(requires));
    }
}

fn built_with(sdk: &str) -> String {
    format!("uses {}, a library that servers are built with", clean(sdk, 80))
}
