//! Repositories on GitHub: what is there at one commit, and whether a published package or the source itself is run.

mod answers;
mod api;
mod archive;
mod budget;
mod choose;
mod device;
mod kind;
mod listing;
mod owner;
mod shelf;
mod snapshot;
mod stated;

use crate::Error;
use crate::analyzer::Analyzer;
use crate::doc::Doc;
use crate::project::{Project, inner_servers};
use crate::text::clean;
use answers::Answers;
use budget::Budget;
use catwalk_domain::{Analysis, EvidenceSource, FactTopic, Gap, GapTopic, GitHubRef, Millis, Source, WarningKind};
use snapshot::Snapshot;

pub use budget::Allowance;
pub use device::{DeviceCode, Poll};
pub(crate) use owner::servers_of;
pub use shelf::{Later, Shelf, Shelved};
pub(crate) use snapshot::commit_of;

/// What is remembered of GitHub between questions.
#[derive(Default)]
pub(crate) struct Desk {
    answers: Answers,
    budget: Budget,
}

impl Desk {
    pub(crate) fn allowance(&self) -> Option<Allowance> {
        self.budget.allowance()
    }
}

/// Most servers of one place that are offered.
const MAX_CHOICES: usize = 60;
/// Most folders that were not looked at that are named.
const MAX_UNSEEN: usize = 6;

/// Finds the server at a place on GitHub.
pub(crate) async fn analyze(analyzer: &Analyzer, place: &GitHubRef, now: Millis) -> Result<Analysis, Error> {
    let mut snapshot = snapshot::take(analyzer, place, now).await?;
    let folder = server_folder(&snapshot)?;
    if folder != snapshot.folder {
        // Its own README and settings were not known to matter before.
        let wanted = snapshot.files.wanted(&folder);
        snapshot::read(analyzer, &mut snapshot, wanted, now).await?;
    }
    // Its manifests are known now, and with them where its programs begin. Sources only add to what is known, so that
    // without them the analysis is poorer and no failure.
    let sources = crate::scan::choose(&snapshot.files, &folder);
    snapshot::read(analyzer, &mut snapshot, sources, now).await.ok();
    crate::scan::ahead(&mut snapshot.files).await;
    let project = read(&snapshot, &folder);
    if let Some(why) = kind::refusal(&snapshot, &project) {
        return Err(choose::no_server(&snapshot, &project, why));
    }
    let mut named = choose::run(analyzer, &snapshot, &project, now).await?;
    let draft = &mut named.draft;
    draft.looked = snapshot.files.looked(&folder);
    crate::scan::support(draft, &project.sources());
    crate::readers::support(draft, &project);
    if snapshot.archived {
        draft.warn(WarningKind::Archived, "Its author has archived the repository: it gets no more fixes.");
    }
    if let Some(former) = snapshot.former_name() {
        let text = format!("{former} is called {} now.", snapshot.full_name());
        let source = EvidenceSource::Api { name: "GitHub".to_owned(), url: snapshot.api.clone() };
        draft.tell(FactTopic::Moved, &text, &source);
        draft.warn(WarningKind::Moved, format!("The repository was renamed or given to somebody else: {text}"));
    }
    draft.unseen.extend(unseen(&snapshot));
    if snapshot.without_api.is_some() {
        let text = "GitHub answers no more questions this hour, so Catwalk read the repository's archive: whether it was archived, renamed or moved is not known.";
        draft.warn(WarningKind::Guessed, text);
    }
    draft.commit = Some(snapshot.commit.clone());
    Ok(named.draft.finish(Source::Github(place.clone()), &named.fallback))
}

/// The files that tell of the server at a place: its folder's and the root's.
pub(crate) async fn docs(analyzer: &Analyzer, place: &GitHubRef, now: Millis) -> Result<Vec<(String, Doc)>, Error> {
    let snapshot = snapshot::take(analyzer, place, now).await?;
    let folder = server_folder(&snapshot).unwrap_or_else(|_| snapshot.folder.clone());
    Ok(snapshot.files.telling(&folder))
}

/// The asked folder, or the one server below it.
fn server_folder(snapshot: &Snapshot) -> Result<String, Error> {
    let asked = &snapshot.folder;
    let own = read(snapshot, asked);
    if own.is_server() {
        return Ok(asked.clone());
    }
    let inner = inner_servers(&snapshot.files, asked);
    // A README that starts just one of them says which one the repository is about.
    let named = |f: &&String| {
        let names = Project::read(&snapshot.files, f).names();
        names.iter().any(|n| own.readme_launches(n) && crate::signs::in_words(n))
    };
    let launched = |f: &&String| Project::read(&snapshot.files, f).names().iter().any(|n| own.readme_launches(n));
    let mut starts: Vec<&String> = inner.iter().filter(launched).collect();
    if starts.len() > 1 && inner.iter().filter(named).count() == 1 {
        starts.retain(named);
    }
    // What its own README starts comes before a tool that lies in one of its folders.
    if !starts.iter().any(named) && own.starts_something() {
        return Ok(asked.clone());
    }
    match (inner.as_slice(), starts.as_slice()) {
        ([only], _) => Ok(only.clone()),
        (_, [only]) => Ok((*only).clone()),
        (twins, _) if twins.len() > 1 && twins.iter().all(|f| language(f).is_some()) => {
            Ok(twins.iter().min_by_key(|f| language(f)).cloned().unwrap_or_default())
        }
        ([], _) => Ok(asked.clone()),
        (several, _) => {
            let choice = |f: &String| {
                let link = format!("https://github.com/{}/tree/{}/{f}", snapshot.full_name(), snapshot.reference);
                Project::read(&snapshot.files, f).choice(link)
            };
            let choices = several.iter().take(MAX_CHOICES).map(choice).collect();
            Err(Error::Several { what: snapshot.full_name(), choices })
        }
    }
}

/// Folders that are named after their language hold the same server in each.
fn language(folder: &str) -> Option<usize> {
    const LANGUAGES: [&str; 8] = ["typescript", "ts", "js", "javascript", "node", "python", "py", "python-sdk"];
    let name = folder.rsplit('/').next().unwrap_or(folder);
    LANGUAGES.iter().position(|l| *l == name)
}

/// What of a large repository was not looked at.
fn unseen(snapshot: &Snapshot) -> Option<Gap> {
    let few: Vec<String> = snapshot.unseen.iter().take(MAX_UNSEEN).map(|path| clean(path, 120)).collect();
    let more = snapshot.unseen.len().saturating_sub(few.len());
    let sought = match (few.as_slice(), more) {
        ([], _) => return None,
        (_, 0) => format!("All files of {}", few.join(", ")),
        _ => format!("All files of {} and {more} more folders", few.join(", ")),
    };
    let advice = "The repository is so large that GitHub lists only a part of it. If the server you mean is in one of these folders, paste the link of that folder.";
    let places = vec!["GitHub’s list of files".to_owned()];
    Some(Gap { topic: GapTopic::Files, sought: clean(&sought, 300), places, advice: advice.to_owned() })
}

/// A folder of the repository, which knows whose it is.
fn read<'a>(snapshot: &'a Snapshot, folder: &str) -> Project<'a> {
    let mut project = Project::read(&snapshot.files, folder);
    project.identity = vec![snapshot.owner.clone(), snapshot.repo.clone(), folder.to_owned()];
    project
}
