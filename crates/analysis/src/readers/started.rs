//! Who says how a package talks: an app's settings that start it as a command say that it talks over its pipes.

use crate::doc::{Doc, Printed};
use crate::draft::Draft;
use crate::inputs::{Known, Target};
use catwalk_domain::Confidence;
use catwalk_domain::manifest::TransportKind;

/// Where the transport's evidence points.
const POINTER: &str = "/packages/0/transport/type";

/// Notes the first launch of the package that a document prints as an app's settings.
pub(crate) fn started(draft: &mut Draft, doc: Option<&Doc>, target: &Target) {
    let stdio = draft.manifest.package().is_some_and(|p| p.transport.kind == TransportKind::Stdio);
    let known = draft.evidence.iter().any(|e| e.pointer == POINTER);
    let ours = |p: &&Printed| p.json && !p.mention && target.knows(&p.recipe.runner).is_some_and(Known::is_itself);
    let Some(doc) = doc.filter(|_| stdio && !known) else { return };
    if let Some(printed) = doc.recipes().iter().find(ours) {
        let quote = "an app's settings start it as a command: it talks over its input and output";
        draft.fact(POINTER, &doc.at(Some(printed.line)), quote, Confidence::Medium);
    }
}
