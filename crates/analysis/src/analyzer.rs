//! The one entry: a source in, an analysis out.

use crate::draft::Draft;
use crate::fetch::Reply;
use crate::github::{Allowance, Desk, Shelf};
use crate::{Endpoints, Error, folder, github, npm, pypi, remote};
use catwalk_domain::{
    Analysis, GitHubRef, Millis, PackageRef, Progress, Secret, Source, SourceChoice, Step, WarningKind,
};
use reqwest::Client;
use std::sync::Arc;

/// Reads the outside world. Cheap to clone; clones share what they remember of GitHub.
#[derive(Clone)]
pub struct Analyzer {
    pub(crate) http: Client,
    pub(crate) endpoints: Endpoints,
    pub(crate) github_token: Option<Secret<String>>,
    pub(crate) github: Arc<Desk>,
    pub(crate) shelf: Option<Arc<dyn Shelf>>,
    watcher: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

/// A draft with the name that it gets when nothing better is known.
pub(crate) struct Named {
    pub(crate) draft: Draft,
    pub(crate) fallback: String,
}

impl Analyzer {
    /// An analyzer that asks the given endpoints with the given client.
    pub fn new(http: Client, endpoints: Endpoints, github_token: Option<Secret<String>>) -> Self {
        Self { http, endpoints, github_token, github: Arc::default(), shelf: None, watcher: None }
    }

    /// The same, keeping what GitHub answers where it outlives the program.
    #[must_use]
    pub fn kept_on(self, keeper: Arc<dyn Shelf>) -> Self {
        Self { shelf: Some(keeper), ..self }
    }

    /// The same, telling of each step. To cancel an analysis, drop it: it leaves nothing behind.
    #[must_use]
    pub fn watched(&self, watcher: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self { watcher: Some(Arc::new(watcher)), ..self.clone() }
    }

    /// Tells of a step; a `total` of 0 is unknown.
    pub(crate) fn step(&self, step: Step, done: u32, total: u32, about: &str) {
        if let Some(tell) = &self.watcher {
            tell(Progress { step, done, total, about: crate::text::clean(about, 120) });
        }
    }

    /// What GitHub last said of its limit, if it was asked.
    pub fn github_allowance(&self) -> Option<Allowance> {
        self.github.allowance()
    }

    /// The commit that a place on GitHub is at now, if GitHub tells.
    pub async fn commit_of(&self, place: &GitHubRef, now: Millis) -> Option<String> {
        github::commit_of(self, place, now).await.ok()
    }

    /// What a user or organisation on GitHub has that may be a server.
    ///
    /// # Errors
    /// When GitHub knows nobody of this name or does not answer.
    pub async fn servers_of(&self, owner: &str, now: Millis) -> Result<Vec<SourceChoice>, Error> {
        github::servers_of(self, owner, now).await
    }

    /// Finds out what a source is and needs. `now` is the wall clock, for the age of versions.
    ///
    /// # Errors
    /// [`Error`]; each maps to a problem for people.
    pub async fn analyze(&self, source: &Source, now: Millis) -> Result<Analysis, Error> {
        let analysis = self.look(source, now).await?;
        self.step(Step::Merge, 1, 1, &analysis.manifest.name);
        Ok(analysis)
    }

    async fn look(&self, source: &Source, now: Millis) -> Result<Analysis, Error> {
        match source {
            Source::Npm(package) | Source::Pypi(package) if package.guessed => self.guess(source, package, now).await,
            Source::Npm(package) => self.npm(package, now).await,
            Source::Pypi(package) => self.pypi(package, now).await,
            Source::Github(place) => github::analyze(self, place, now).await,
            Source::Folder { path } => folder::analyze(self, path, now).await,
            Source::Remote { url, sse, headers, name } => {
                self.step(Step::Server, 0, 1, url);
                remote::analyze(self, source, url, *sse, headers, name.as_deref()).await
            }
        }
    }

    async fn npm(&self, package: &PackageRef, now: Millis) -> Result<Analysis, Error> {
        let package = PackageRef { guessed: false, ..package.clone() };
        let release = npm::release(self, &package).await?;
        let named = npm::analyze(self, &package, release, npm::Around::default(), now).await?;
        Ok(named.draft.finish(Source::Npm(package), &named.fallback))
    }

    async fn pypi(&self, package: &PackageRef, now: Millis) -> Result<Analysis, Error> {
        let package = PackageRef { guessed: false, ..package.clone() };
        let release = pypi::release(self, &package).await?;
        let named = pypi::analyze(self, &package, release, npm::Around::default(), now).await?;
        Ok(named.draft.finish(Source::Pypi(package), &named.fallback))
    }

    /// A bare word: both registries are asked at once, and the one that has a server of this name is taken.
    async fn guess(&self, source: &Source, package: &PackageRef, now: Millis) -> Result<Analysis, Error> {
        let npm_possible = npm::is_name(&package.name);
        let npm = async { if npm_possible { self.npm(package, now).await } else { Err(unknown(&package.name)) } };
        let (npm, pypi) = tokio::join!(npm, self.pypi(package, now));
        let npm_first = matches!(source, Source::Npm(_));
        let (first, second) = if npm_first { (npm, pypi) } else { (pypi, npm) };
        let (name_first, name_second) = if npm_first { ("npm", "PyPI") } else { ("PyPI", "npm") };
        match (first, second) {
            (Ok(mut analysis), Ok(_)) => {
                let text = format!(
                    "A server of this name is on npm and on PyPI; Catwalk took the one on {name_first}. Write npm: or pypi: before the name to choose."
                );
                analysis.warnings.push(catwalk_domain::Warning { kind: WarningKind::Guessed, text });
                Ok(analysis)
            }
            (Ok(analysis), Err(_)) => Ok(analysis),
            (Err(first), Ok(mut analysis)) => {
                if !matches!(first, Error::NotFound { .. }) {
                    let text = format!(
                        "The package of this name on {name_first} is no MCP server, so Catwalk took the one on {name_second}."
                    );
                    analysis.warnings.push(catwalk_domain::Warning { kind: WarningKind::Guessed, text });
                }
                Ok(analysis)
            }
            (Err(Error::NotFound { looked: mut a, .. }), Err(Error::NotFound { looked: b, .. })) => {
                a.extend(b);
                Err(Error::NotFound {
                    what: format!("“{}”", package.name),
                    hint: "Neither npm nor PyPI has a package of this name. Check the spelling, or paste the link of its page.".to_owned(),
                    looked: a,
                })
            }
            (Err(Error::NotFound { .. }), Err(second)) => Err(second),
            (Err(first), Err(_)) => Err(first),
        }
    }

    /// A registry that wants us to wait.
    pub(crate) fn registry_limit(who: &str, reply: &Reply) -> Error {
        Error::RateLimited {
            who: who.to_owned(),
            until: None,
            token_helps: false,
            said: crate::text::excerpt(&reply.text()),
        }
    }
}

fn unknown(name: &str) -> Error {
    Error::NotFound { what: format!("“{name}”"), hint: String::new(), looked: Vec::new() }
}
