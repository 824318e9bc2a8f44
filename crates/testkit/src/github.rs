//! A faithful fake of GitHub: the REST API, the raw host and codeload on one loopback server.
//!
//! It serves repositories from folders `<root>/<owner>/<repo>/…`. A file `.fake.json` in a repository says what is odd
//! about it: `{"branches": […], "tags": […], "default_branch", "archived", "empty", "truncated", "private", "moved_to",
//! "same_as", "description", "template", "topics", "size"}`. Commit ids are derived from the content, so they are stable and real to look at.

mod api;
mod archive;
pub mod login;
mod repository;

use crate::served::{Served, bind, lock};
use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
pub use repository::Repository;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use url::Url;

/// How the API misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    #[default]
    None,
    /// The hour's questions are used up: 403 until `reset` (Unix seconds).
    RateLimit {
        /// When questions are answered again.
        reset: i64,
        /// Answer 429 instead of 403.
        too_many: bool,
    },
    /// The secondary limit: 403 with `retry-after` seconds.
    Secondary {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The token is not accepted.
    BadCredentials,
    /// 502 to everything.
    Down,
}

/// The running fake. It ends when dropped.
#[derive(Debug)]
pub struct FakeGitHub {
    addr: SocketAddr,
    shared: Arc<Shared>,
    _served: Served,
}

#[derive(Debug)]
struct Shared {
    repositories: Mutex<BTreeMap<String, Arc<Repository>>>,
    fault: Mutex<Fault>,
    raw_fault: Mutex<Fault>,
    remaining: Mutex<u32>,
    asked: Mutex<Vec<String>>,
    /// Paths that were answered with 304.
    unchanged: Mutex<Vec<String>>,
    person: Mutex<login::Person>,
    /// While it holds, nothing is answered.
    stalled: tokio::sync::watch::Sender<bool>,
    /// Seconds between two questions of a device login.
    interval: u64,
    base: String,
}

impl FakeGitHub {
    /// Serves the repositories that come with the test kit.
    pub async fn start() -> Result<Self> {
        let fake = Self::empty().await?;
        fake.add_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/github"))?;
        Ok(fake)
    }

    /// Serves nothing yet.
    pub async fn empty() -> Result<Self> {
        let (listener, addr) = bind().await?;
        let shared = Arc::new(Shared {
            repositories: Mutex::default(),
            fault: Mutex::default(),
            raw_fault: Mutex::default(),
            remaining: Mutex::new(60),
            asked: Mutex::default(),
            unchanged: Mutex::default(),
            person: Mutex::default(),
            stalled: tokio::sync::watch::Sender::new(false),
            interval: 1,
            base: format!("http://{addr}"),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Ok(Self { addr, shared, _served: Served::new(listener, router) })
    }

    /// Adds every `<owner>/<repo>` below a folder.
    pub fn add_all(&self, root: &Path) -> Result<()> {
        for owner in folders(root)? {
            for repo in folders(&owner)? {
                let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                self.add(Repository::read(&name(&owner), &name(&repo), &repo, root)?);
            }
        }
        Ok(())
    }

    /// Adds or replaces one repository.
    pub fn add(&self, repository: Repository) {
        let key = repository.key();
        lock(&self.shared.repositories).insert(key, Arc::new(repository));
    }

    /// Base address of the API.
    pub fn api(&self) -> Url {
        self.part("api")
    }

    /// Base address of the raw host.
    pub fn raw(&self) -> Url {
        self.part("raw")
    }

    /// Base address of codeload.
    pub fn codeload(&self) -> Url {
        self.part("codeload")
    }

    /// Base address of the pages, where people log in.
    pub fn web(&self) -> Url {
        self.part("web")
    }

    /// What the person does with the code of a device login.
    pub fn set_person(&self, person: login::Person) {
        *lock(&self.shared.person) = person;
    }

    /// Answers nothing for as long as it is set.
    pub fn set_stalled(&self, stalled: bool) {
        self.shared.stalled.send_replace(stalled);
    }

    /// Questions answered with “not modified” so far.
    pub fn unchanged(&self) -> Vec<String> {
        lock(&self.shared.unchanged).clone()
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Makes the API misbehave from now on.
    pub fn set_fault(&self, fault: Fault) {
        *lock(&self.shared.fault) = fault;
    }

    /// Makes the raw host misbehave from now on.
    pub fn set_raw_fault(&self, fault: Fault) {
        *lock(&self.shared.raw_fault) = fault;
    }

    /// How many questions the API still answers this hour.
    pub fn set_remaining(&self, remaining: u32) {
        *lock(&self.shared.remaining) = remaining;
    }

    /// Every path asked so far.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.shared.asked).clone()
    }

    /// The commit that a branch of a repository is at.
    pub fn commit(&self, owner: &str, repo: &str) -> Option<String> {
        let key = format!("{owner}/{repo}").to_lowercase();
        lock(&self.shared.repositories).get(&key).map(|r| r.commit())
    }

    fn part(&self, name: &str) -> Url {
        Url::parse(&format!("{}/{name}/", self.shared.base)).expect("a loopback address is a valid URL")
    }
}

impl Shared {
    fn repository(&self, owner: &str, repo: &str) -> Option<Arc<Repository>> {
        lock(&self.repositories).get(&format!("{owner}/{repo}").to_lowercase()).cloned()
    }

    fn by_id(&self, id: u64) -> Option<Arc<Repository>> {
        lock(&self.repositories).values().find(|r| r.id() == id).cloned()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    lock(&shared.asked).push(request.uri().to_string());
    shared.stalled.subscribe().wait_for(|stalled| !stalled).await.ok();
    let segments: Vec<String> = path.split('/').skip(1).map(decode).collect();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match parts.split_first() {
        Some((&"api", rest)) => api::answer(&shared, rest, &request),
        Some((&"raw", rest)) => archive::raw(&shared, rest, api::is_insider(request.headers())),
        Some((&"web", rest)) => login::answer(&shared, rest, request).await,
        Some((&"codeload", rest)) => archive::codeload(&shared, rest),
        _ => api::json(404, &serde_json::json!({"message": "Not Found"})),
    }
}

fn folders(root: &Path) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(root).with_context(|| format!("reading {}", root.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            out.push(entry.path());
        }
    }
    out.sort();
    Ok(out)
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        if let Some(byte) = hex.filter(|_| bytes[at] == b'%') {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
