//! What sources tell of a server besides its settings: that it is one, and how it talks.

use crate::doc::Doc;
use crate::draft::Draft;
use catwalk_domain::manifest::TransportKind;
use catwalk_domain::{Confidence, WarningKind};

/// Most tools that are named.
const MOST: usize = 8;

/// Adds to a draft that has a package: the tools that its source registers, and the transport that it starts.
pub(crate) fn support(draft: &mut Draft, sources: &[&Doc]) {
    if draft.manifest.packages.is_empty() {
        return;
    }
    let tools: Vec<_> = sources.iter().flat_map(|d| d.facts().tools.iter().map(move |t| (d, t))).collect();
    if let Some((doc, first)) = tools.first() {
        draft.tools = true;
        let names: Vec<&str> = tools.iter().take(MOST).map(|(_, t)| t.name.as_str()).collect();
        let more = tools.len().saturating_sub(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let quote = format!("registers the tools {}{more}", names.join(", "));
        draft.fact("/packages/0", &doc.at(Some(first.line)), &quote, Confidence::Medium);
    }
    let mut ways = sources.iter().flat_map(|d| d.facts().transports.iter().map(move |(kind, line)| (d, *kind, *line)));
    let stdio = ways.clone().find(|(_, kind, _)| *kind == TransportKind::Stdio);
    match (stdio, ways.next()) {
        (Some((doc, _, line)), _) => {
            draft.fact(
                "/packages/0/transport/type",
                &doc.at(Some(line)),
                "starts a stdio transport",
                Confidence::Medium,
            );
        }
        (None, Some(_)) => draft.warn(
            WarningKind::Guessed,
            "The source that Catwalk read starts this server over HTTP only; that it also talks over stdio is a guess.",
        ),
        (None, None) => {}
    }
}
