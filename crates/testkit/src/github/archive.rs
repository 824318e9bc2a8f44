//! The fake's raw host and its archives.

use super::api::{build, refusal, text};
use super::{Repository, Shared, lock};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Result, Write};
use tar::{Builder, EntryType, Header};

/// `/{owner}/{repo}/{reference}/{path}`; a branch name may hold slashes.
pub(super) fn raw(shared: &Shared, path: &[&str], insider: bool) -> Response {
    if let Some(refusal) = refusal(*lock(&shared.raw_fault), false) {
        return refusal;
    }
    let missing = || text(404, "404: Not Found");
    let [owner, repo, rest @ ..] = path else { return missing() };
    let visible = |r: &std::sync::Arc<Repository>| (insider || !r.odd.private) && !r.odd.empty;
    let Some(repository) = shared.repository(owner, repo).filter(visible) else {
        return missing();
    };
    let found = (1..rest.len()).find_map(|n| {
        let content = repository.files().get(&rest[n..].join("/"))?;
        repository.knows(&rest[..n].join("/")).then(|| content.clone())
    });
    found.map_or_else(missing, |content| build(200, "text/plain; charset=utf-8", content))
}

/// `/{owner}/{repo}/tar.gz/{reference}` and `legacy.tar.gz`.
pub(super) fn codeload(shared: &Shared, path: &[&str]) -> Response {
    let missing = || text(404, "404: Not Found");
    let [owner, repo, kind @ ("tar.gz" | "legacy.tar.gz"), reference @ ..] = path else { return missing() };
    let reference = reference.join("/");
    let repository = shared.repository(owner, repo).filter(|r| !r.odd.private && !r.odd.empty && r.knows(&reference));
    let Some(repository) = repository else { return missing() };
    let commit = repository.commit();
    let short = reference.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/").replace('/', "-");
    let top = match *kind {
        "tar.gz" => format!("{}-{short}", repository.name()),
        _ => format!("{}-{}-{}", repository.owner(), repository.name(), &commit[..7]),
    };
    match pack(&repository, &top, &commit) {
        Ok(bytes) => build(200, "application/x-gzip", bytes),
        Err(error) => text(500, &error.to_string()),
    }
}

/// A gzip tar with one top folder and, first, the pax header that carries the commit.
fn pack(repository: &Repository, top: &str, commit: &str) -> Result<Vec<u8>> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let comment = format!("52 comment={commit}\n");
    let mut header = header(EntryType::XGlobalHeader, comment.len());
    tar.append_data(&mut header, "pax_global_header", comment.as_bytes())?;
    let mut folder = self::header(EntryType::Directory, 0);
    folder.set_mode(0o775);
    tar.append_data(&mut folder, format!("{top}/"), std::io::empty())?;
    for name in repository.folders() {
        tar.append_data(&mut folder.clone(), format!("{top}/{name}/"), std::io::empty())?;
    }
    for (path, content) in repository.files() {
        let mut header = self::header(EntryType::Regular, content.len());
        tar.append_data(&mut header, format!("{top}/{path}"), content.as_slice())?;
    }
    for (path, target) in repository.links() {
        let mut header = self::header(EntryType::Symlink, 0);
        tar.append_link(&mut header, format!("{top}/{path}"), target)?;
    }
    let mut gzip = tar.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}

fn header(kind: EntryType, size: usize) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(0o664);
    header.set_mtime(1_790_000_000);
    header
}
