//! Repositories on GitHub: what is there at one commit, and whether a published package or the source itself is run.

mod api;
mod choose;
mod snapshot;

use crate::Error;
use crate::analyzer::Analyzer;
use crate::project::{Project, inner_servers};
use catwalk_domain::{Analysis, GitHubRef, Millis, Source, WarningKind};
use snapshot::Snapshot;

/// Finds the server at a place on GitHub.
pub(crate) async fn analyze(analyzer: &Analyzer, place: &GitHubRef, now: Millis) -> Result<Analysis, Error> {
    let snapshot = snapshot::take(analyzer, place, now).await?;
    let folder = server_folder(analyzer, &snapshot)?;
    let project = Project::read(&snapshot.files, &folder);
    let mut named = choose::run(analyzer, &snapshot, &project, now).await?;
    if snapshot.archived {
        named.draft.warn(WarningKind::Archived, "Its author has archived the repository: it gets no more fixes.");
    }
    named.draft.commit = Some(snapshot.commit.clone());
    Ok(named.draft.finish(Source::Github(place.clone()), &named.fallback))
}

/// The asked folder, or the one server below it.
fn server_folder(analyzer: &Analyzer, snapshot: &Snapshot) -> Result<String, Error> {
    let asked = &snapshot.folder;
    let own = Project::read(&snapshot.files, asked);
    if own.is_server() {
        return Ok(asked.clone());
    }
    let inner = inner_servers(&snapshot.files, asked);
    // A README that starts just one of them says which one the repository is about.
    let launched = |f: &&String| Project::read(&snapshot.files, f).names().iter().any(|n| own.readme_launches(n));
    let starts: Vec<&String> = inner.iter().filter(launched).collect();
    match (inner.as_slice(), starts.as_slice()) {
        ([only], _) => Ok(only.clone()),
        (_, [only]) => Ok((*only).clone()),
        ([], _) => Ok(asked.clone()),
        (several, _) => {
            let link = |f: &String| {
                format!("{}{}/tree/{}/{f}", analyzer.endpoints.github_web, snapshot.full_name(), snapshot.reference)
            };
            Err(Error::Several { what: snapshot.full_name(), links: several.iter().map(link).collect() })
        }
    }
}
