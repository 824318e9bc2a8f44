//! What a model gets to see: the files that tell of a server, and no others, each and all together only so long.

use crate::analyzer::Analyzer;
use crate::doc::Doc;
use crate::source::repository_of;
use crate::{Error, folder, github, npm, pypi};
use catwalk_domain::{Analysis, EvidenceSource, GitHubRef, Millis, PackageRef, Source};

/// Longest part of one file, in bytes.
const ONE: usize = 24_000;
/// Longest part of all files.
const ALL: usize = 60_000;
/// A README shorter than this tells nothing.
const TELLING: usize = 400;

/// The files, the most telling first.
#[derive(Clone, Debug, Default)]
pub struct Papers(pub(super) Vec<Paper>);

/// One file.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its path, or where it is from.
    pub name: String,
    /// Its text, cut where it grows too long.
    pub text: String,
    /// A web page that shows it.
    pub url: Option<String>,
}

impl Papers {
    /// Takes over files as they are, cut to what a model gets to see.
    pub fn of(papers: impl IntoIterator<Item = Paper>) -> Self {
        let mut room = ALL;
        let mut out = Vec::new();
        for mut paper in papers {
            let end = paper.text.floor_char_boundary(ONE.min(room));
            paper.text.truncate(end);
            room -= end;
            if !paper.text.trim().is_empty() {
                out.push(paper);
            }
        }
        Self(out)
    }

    /// Names of the files.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|p| p.name.clone()).collect()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Analyzer {
    /// The files behind an analysis, read again as they were at its commit or version.
    ///
    /// # Errors
    /// As [`Analyzer::analyze`].
    pub async fn papers(&self, analysis: &Analysis, now: Millis) -> Result<Papers, Error> {
        let docs = match &analysis.source {
            Source::Folder { path } => folder::docs(path).await,
            Source::Github(place) => github::docs(self, place, now).await?,
            Source::Npm(_) | Source::Pypi(_) => self.package_papers(analysis, now).await?,
            Source::Remote { .. } => Vec::new(),
        };
        let docs = match (docs.is_empty(), repository(analysis)) {
            (true, Some(place)) => github::docs(self, &place, now).await.unwrap_or_default(),
            _ => docs,
        };
        Ok(Papers::of(docs.into_iter().map(|(name, doc)| paper(&name, &doc))))
    }

    /// The README that the registry has; the repository's files if that tells too little.
    async fn package_papers(&self, analysis: &Analysis, now: Millis) -> Result<Vec<(String, Doc)>, Error> {
        let package = analysis.manifest.package().map(|p| PackageRef {
            name: p.identifier.clone(),
            version: p.version.clone(),
            ..PackageRef::default()
        });
        let Some(package) = package else { return Ok(Vec::new()) };
        let readme = match analysis.source {
            Source::Pypi(_) => pypi::release(self, &package).await?.readme().map(|doc| ("README on PyPI", doc)),
            _ => npm::release(self, &package).await?.readme().map(|doc| ("README on npm", doc)),
        };
        let mut docs: Vec<(String, Doc)> = readme.into_iter().map(|(name, doc)| (name.to_owned(), doc)).collect();
        if docs.iter().all(|(_, doc)| doc.text.len() < TELLING)
            && let Some(place) = repository(analysis)
        {
            docs.extend(github::docs(self, &place, now).await.unwrap_or_default());
        }
        Ok(docs)
    }
}

fn repository(analysis: &Analysis) -> Option<GitHubRef> {
    let repository = analysis.manifest.repository.as_ref()?;
    let (owner, repo, _) = repository_of(&repository.url)?;
    let tail = analysis.commit.as_ref().map(|commit| match &repository.subfolder {
        Some(folder) => format!("{commit}/{folder}"),
        None => commit.clone(),
    });
    Some(GitHubRef { owner, repo, tail })
}

fn paper(name: &str, doc: &Doc) -> Paper {
    let url = match doc.at(None) {
        EvidenceSource::File { url, .. } => url,
        EvidenceSource::Api { url, .. } => Some(url),
        _ => None,
    };
    Paper { name: name.to_owned(), text: doc.text.clone(), url }
}
