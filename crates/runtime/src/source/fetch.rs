//! Getting the source: a tarball at a commit, or a copy.

use crate::archive::tarball;
use crate::download::Download;
use crate::job::Job;
use crate::{Error, blocking, names, tree};
use std::path::{Path, PathBuf};

/// Compressed; GitHub gives no size beforehand.
const TARBALL: u64 = 300 << 20;

/// The version of a folder: a digest of what is in it.
pub(super) async fn folder_version(job: &Job<'_>) -> Result<String, Error> {
    let folder = folder(job)?;
    job.step("Reading the folder");
    let cancel = job.cancel.clone();
    let digest = blocking::run(move || tree::digest(&folder, &cancel)).await?;
    Ok(digest.chars().take(16).collect())
}

fn folder(job: &Job<'_>) -> Result<PathBuf, Error> {
    let folder = PathBuf::from(&job.request.package.identifier);
    if folder.is_dir() {
        return Ok(folder);
    }
    Err(Error::NotFound { what: format!("The folder {}", folder.display()), evidence: Vec::new() })
}

/// Puts the source into an empty folder.
pub(super) async fn into(job: &Job<'_>, src: &Path) -> Result<(), Error> {
    if let Some(commit) = names::commit(job.request).filter(|_| job.request.package.registry_type == "github") {
        return tarball(job, commit, src).await;
    }
    job.step("Copying the folder");
    let (from, to, cancel) = (folder(job)?, src.to_owned(), job.cancel.clone());
    blocking::run(move || tree::copy(&from, &to, &cancel)).await
}

async fn tarball(job: &Job<'_>, commit: &str, src: &Path) -> Result<(), Error> {
    let name = &job.request.package.identifier;
    let mut url = job.runtime.config.github_codeload.clone();
    let (owner, repo) = name.split_once('/').unwrap_or((name, ""));
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend([owner, repo, "tar.gz", commit]);
    }
    // Beside the source, so that it goes with the partial folder whatever happens.
    let part = src.with_extension("tar.gz");
    let what = format!("{name} from GitHub");
    let file = Download { what: &what, url: &url, part, limit: TARBALL }.fresh(job).await?;
    job.step("Unpacking the source");
    let (from, to, cancel) = (file.clone(), src.to_owned(), job.cancel.clone());
    blocking::run(move || tarball::unpack(&from, &to, tree::SOURCE, &cancel)).await?;
    std::fs::remove_file(&file).map_err(Error::io(&file))
}
