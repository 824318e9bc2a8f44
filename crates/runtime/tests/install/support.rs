//! A runtime in a temporary data folder, and a client that says hello to what it installed.

use catwalk_domain::manifest::{Package, RunHint};
use catwalk_domain::{DeploymentId, Installed, Millis};
use catwalk_runtime::{Config, Error, Progress, Request, Runtime};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

/// Nothing listens there.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9/";

/// A runtime with its own data folder; toolchains are shared unless made with [`Bench::bare`].
pub(crate) struct Bench {
    pub(crate) data: TempDir,
    pub(crate) config: Config,
    pub(crate) steps: Mutex<Vec<Progress>>,
    pub(crate) cancel: CancellationToken,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let bench = Self::bare();
        let shared = cache();
        for name in ["toolchains", "cache"] {
            std::fs::create_dir_all(shared.join(name)).expect("the shared cache is ours");
            std::os::unix::fs::symlink(shared.join(name), bench.data.path().join(name)).expect("an empty folder");
        }
        bench
    }

    /// Without toolchains and with empty caches.
    pub(crate) fn bare() -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let data = tempfile::Builder::new().prefix("cat walk ").tempdir().expect("a temporary folder");
        let env = |key: &str, usual: &str| std::env::var(key).unwrap_or_else(|_| usual.to_owned());
        let config = Config {
            data: data.path().to_owned(),
            pypi_index: url(&env("CATWALK_TEST_PYPI", "https://pypi.org/simple/")),
            npm_registry: url(&env("CATWALK_TEST_NPM", "https://registry.npmjs.org/")),
            github_codeload: url(NOWHERE),
            extra_ca: None,
            cooldown: Duration::from_hours(7 * 24),
            holder: None,
        };
        Self { data, config, steps: Mutex::default(), cancel: CancellationToken::new() }
    }

    pub(crate) fn runtime(&self) -> Runtime {
        Runtime::new(self.config.clone(), reqwest::Client::new())
    }

    pub(crate) async fn install(&self, request: Request) -> Result<Installed, Error> {
        let progress = |p: Progress| self.steps.lock().expect("no test panics while holding it").push(p);
        self.runtime().install(request, &progress, &self.cancel).await
    }

    pub(crate) fn steps(&self) -> Vec<String> {
        let steps = self.steps.lock().expect("no test panics while holding it");
        let mut names: Vec<String> = steps.iter().map(|p| p.step.clone()).collect();
        names.dedup();
        names
    }

    /// From now on there is no network, as far as the registries go.
    pub(crate) fn unplug(&mut self) {
        for address in [&mut self.config.pypi_index, &mut self.config.npm_registry, &mut self.config.github_codeload] {
            *address = url(NOWHERE);
        }
    }

    /// Says `initialize` and gives the server's name.
    pub(crate) async fn hello(&self, installed: &Installed) -> String {
        self.start(installed).hello().await
    }

    /// Says `initialize` and gives the names of the server's tools.
    pub(crate) async fn tools(&self, installed: &Installed) -> Vec<String> {
        let mut talk = self.start(installed);
        talk.hello().await;
        talk.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        let result = talk.ask("tools/list", json!({})).await;
        let tools = result["tools"].as_array().expect("a list").iter();
        tools.map(|t| t["name"].as_str().expect("a tool has a name").to_owned()).collect()
    }

    fn start(&self, installed: &Installed) -> Talk {
        let mut child = tokio::process::Command::new(&installed.program)
            .args(&installed.leading_args)
            .current_dir(self.data.path())
            .env_clear()
            .envs(self.runtime().base_env())
            .envs(&installed.env)
            .env("HOME", self.data.path())
            .envs([("HTTPS_PROXY", NOWHERE), ("HTTP_PROXY", NOWHERE)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program can be started");
        let stdin = child.stdin.take().expect("piped");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Talk { _child: child, stdin, lines, asked: 0 }
    }

    /// What lies in the deployment's folder.
    pub(crate) fn left(&self, deployment: DeploymentId) -> Vec<String> {
        let dir = self.data.path().join("servers").join(deployment.to_string());
        let names = std::fs::read_dir(dir).into_iter().flatten().flatten();
        names.map(|e| e.file_name().to_string_lossy().into_owned()).collect()
    }
}

/// A conversation with a running server, which ends with it.
struct Talk {
    _child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    asked: u64,
}

impl Talk {
    async fn hello(&mut self) -> String {
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "0" } });
        let result = self.ask("initialize", params).await;
        result["serverInfo"]["name"].as_str().expect("a server says its name").to_owned()
    }

    async fn say(&mut self, message: &Value) {
        self.stdin.write_all(format!("{message}\n").as_bytes()).await.expect("the server reads");
    }

    /// The answer's result; notifications before it are passed over.
    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        self.say(&json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params })).await;
        loop {
            let line = tokio::time::timeout(Duration::from_mins(1), self.lines.next_line());
            let line = line.await.expect("an answer in time").expect("readable").expect("an answer before the end");
            let answer: Value = serde_json::from_str(&line).expect("JSON-RPC");
            if answer["id"] == self.asked {
                return answer["result"].clone();
            }
        }
    }
}

pub(crate) fn url(text: &str) -> Url {
    Url::parse(text).expect("a valid address")
}

pub(crate) fn request(registry: &str, identifier: &str, version: Option<&str>) -> Request {
    Request {
        deployment: DeploymentId(Uuid::now_v7()),
        package: Package {
            registry_type: registry.into(),
            identifier: identifier.into(),
            version: version.map(str::to_owned),
            ..Package::default()
        },
        hint: RunHint::default(),
        repository: None,
        commit: None,
        allow_scripts: Vec::new(),
        now: now(),
    }
}

pub(crate) fn now() -> Millis {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    Millis::try_from(now.as_millis()).expect("before the year 292 million")
}

fn cache() -> PathBuf {
    let usual =
        || Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("inside the target folder").join("test-cache");
    std::env::var_os("CATWALK_TEST_CACHE").map_or_else(usual, PathBuf::from)
}

/// Serves a router on a free port for as long as the test runs.
pub(crate) async fn serve(router: axum::Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    url(&format!("http://{at}/"))
}
