//! npm's lock file: what it says must be bound to bytes.

use super::LOCK;
use crate::Error;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// One package of the lock, by its place.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Entry {
    resolved: Option<String>,
    integrity: Option<String>,
    link: bool,
    in_bundle: bool,
    pub(crate) optional: bool,
}

/// Packages by their place (`node_modules/…`).
pub(crate) type Locked = BTreeMap<String, Entry>;

/// Reads the lock of a folder, without the project itself and without links to parts of it.
pub(crate) fn read(dir: &Path) -> Result<Locked, Error> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        packages: Locked,
    }
    let at = dir.join(LOCK);
    let text = std::fs::read(&at).map_err(Error::io(&at))?;
    let file: File = serde_json::from_slice(&text)
        .map_err(|e| Error::Tool { step: "Reading the lock file".into(), evidence: vec![e.to_string()] })?;
    Ok(file.packages.into_iter().filter(|(place, e)| place.contains("node_modules/") && !e.link).collect())
}

/// Every package must carry a checksum. One fetched by git or from a folder has none (and git runs its scripts).
pub(crate) fn check(locked: &Locked) -> Result<(), Error> {
    let loose = |e: &Entry| {
        let web = e.resolved.as_deref().is_none_or(|r| r.starts_with("https://") || r.starts_with("http://"));
        !e.in_bundle && (e.integrity.is_none() || !web)
    };
    let packages: Vec<String> = locked.iter().filter(|(_, e)| loose(e)).map(|(place, _)| name(place)).collect();
    if packages.is_empty() { Ok(()) } else { Err(Error::NotLockable { packages }) }
}

/// The package's name from its place.
pub(crate) fn name(place: &str) -> String {
    place.rsplit("node_modules/").next().unwrap_or(place).to_owned()
}

/// A folder's `package.json`.
pub(crate) fn package_json(dir: &Path) -> Result<Value, Error> {
    let at = dir.join("package.json");
    let bytes = std::fs::read(&at).map_err(Error::io(&at))?;
    // Some editors put a byte order mark, which JSON does not know.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(bytes)
        .map_err(|e| Error::Tool { step: "Reading package.json".into(), evidence: vec![e.to_string()] })
}
