//! The few files of a package's archive that tell how to start it. Read in memory, with bounds; nothing is unpacked.

use super::Document;
use crate::analyzer::Analyzer;
use crate::doc::Doc;
use crate::fetch::{Ask, get};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read;
use url::Url;

/// Largest archive that is fetched for its README.
const MAX_ARCHIVE: usize = 6 << 20;
/// Most bytes that it may unpack to.
const MAX_UNPACKED: u64 = 64 << 20;
/// Largest file that is read.
const MAX_FILE: u64 = 256 << 10;

/// Files of an archive.
#[derive(Default)]
pub(super) struct Extras {
    pub(super) readme: Option<Doc>,
    pub(super) smithery: Option<Doc>,
    pub(super) example: Option<Doc>,
}

/// Reads them; an archive that cannot be had or is odd gives none.
pub(super) async fn read(analyzer: &Analyzer, document: &Document) -> Extras {
    let address = document.0.pointer("/dist/tarball").and_then(Value::as_str).and_then(|u| Url::parse(u).ok());
    let Some(url) = address.filter(|u| crate::hosts::keeps(&analyzer.endpoints.npm, u, "npmjs.org")) else {
        return Extras::default();
    };
    match get(&analyzer.http, Ask::new(super::WHO, url).max(MAX_ARCHIVE).wait(8)).await {
        // A cut archive still begins with the files at its head.
        Ok(reply) if reply.status.is_success() => files(&reply.body),
        _ => Extras::default(),
    }
}

pub(super) fn files(archive: &[u8]) -> Extras {
    let mut out = Extras::default();
    let mut tar = tar::Archive::new(GzDecoder::new(archive).take(MAX_UNPACKED));
    let Ok(entries) = tar.entries() else { return out };
    for entry in entries.map_while(Result::ok) {
        let path = entry.path().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        // The first part is the archive's own folder, mostly `package`.
        let inner = path.split_once('/').map_or("", |(_, rest)| rest).to_owned();
        let slot = match inner.to_lowercase().as_str() {
            "readme.md" | "readme" | "readme.markdown" => &mut out.readme,
            "smithery.yaml" | "smithery.yml" => &mut out.smithery,
            name if crate::files::ENV_EXAMPLES.contains(&name) => &mut out.example,
            _ => continue,
        };
        let mut bytes = Vec::new();
        if entry.take(MAX_FILE).read_to_end(&mut bytes).is_ok() && slot.is_none() {
            *slot = Some(Doc::file(&inner, String::from_utf8_lossy(&bytes).into_owned(), None));
        }
    }
    out
}
