//! An engine in a temporary home, with the words of a journey.

use catwalk_app::views::{Analyzed, AnswerInput, DeploymentView, ToolResult};
use catwalk_app::{App, Config, Endpoints, Homes, Parts};
use catwalk_domain::{DeploymentId, Desired, Problem, Status};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long anything may take that downloads.
const PATIENCE: Duration = Duration::from_mins(5);

/// The small binary, built beside the tests.
pub(crate) fn helper() -> PathBuf {
    let test = std::env::current_exe().expect("this test has a path");
    let folder = test.parent().and_then(Path::parent).expect("tests are built in target/<profile>/deps");
    let helper = folder.join(format!("catwalk{}", std::env::consts::EXE_SUFFIX));
    assert!(helper.is_file(), "{} is missing: build the workspace's programs first", helper.display());
    helper
}

/// Toolchains and package caches that all tests share, so that each is downloaded once.
fn shared_cache() -> PathBuf {
    let folder = std::env::var_os("CATWALK_TEST_CACHE").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-cache"));
    std::fs::create_dir_all(&folder).expect("the cache folder can be made");
    folder.canonicalize().expect("it exists")
}

/// An engine and the folder it lives in.
pub(crate) struct Engine {
    pub(crate) app: App,
    pub(crate) config: Config,
    /// Removed with the engine; AI apps keep their files in it.
    pub(crate) home: tempfile::TempDir,
}

impl Engine {
    pub(crate) async fn start() -> Self {
        Self::start_with(Endpoints::default()).await
    }

    pub(crate) async fn start_with(endpoints: Endpoints) -> Self {
        Self::start_as(endpoints, None).await
    }

    /// One whose OAuth client metadata is published at this address.
    pub(crate) async fn start_known_at(document: &str) -> Self {
        Self::start_as(Endpoints::default(), Some(document.parse().expect("an address"))).await
    }

    async fn start_as(endpoints: Endpoints, client_metadata: Option<url::Url>) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let config = config(home.path(), endpoints, client_metadata);
        let app = App::start(config.clone()).await.expect("the engine starts");
        Self { app, config, home }
    }

    /// Stops it and starts it again in the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.app.stop().await;
        let app = App::start(self.config.clone()).await.expect("the engine starts again");
        Self { app, ..self }
    }

    pub(crate) async fn analyzed(&self, paste: &str) -> Analyzed {
        self.app.analyze(paste).await.unwrap_or_else(|p| panic!("{paste}: {p:#?}"))
    }

    /// Pastes, answers, deploys. What it is doing then is up to [`Self::ready`] or [`Self::failed`].
    pub(crate) async fn try_deploy(
        &self,
        paste: &str,
        named: &[(&str, &str)],
        allow_scripts: bool,
    ) -> Result<DeploymentView, Problem> {
        let analyzed = self.analyzed(paste).await;
        self.app.deploy(&analyzed.id, "", answers(&analyzed, named), allow_scripts).await
    }

    /// Pastes, answers, deploys, waits until it is ready.
    pub(crate) async fn deploy(&self, paste: &str, answers: &[(&str, &str)], allow_scripts: bool) -> DeploymentView {
        let view = self.try_deploy(paste, answers, allow_scripts).await;
        let view = view.unwrap_or_else(|p| panic!("{paste}: {p:#?}"));
        self.ready(view.id, paste).await
    }

    pub(crate) async fn ready(&self, id: DeploymentId, name: &str) -> DeploymentView {
        let view = self.settled(id).await;
        if matches!(view.status, Status::Ready { .. }) {
            return view;
        }
        let log = self.app.read_log(id, 50).await.unwrap_or_default();
        panic!("{name} is {:#?}\nits log: {log:#?}", view.status);
    }

    /// Waits until it has failed, and gives the reason.
    pub(crate) async fn failed(&self, id: DeploymentId) -> Problem {
        match self.settled(id).await.status {
            Status::Failed { problem } | Status::Paused { problem } => problem,
            other => panic!("it has not failed: {other:#?}"),
        }
    }

    /// Waits until its status has this name, whatever it was before.
    pub(crate) async fn becomes(&self, id: DeploymentId, name: &str) -> DeploymentView {
        let mut events = self.app.events();
        let reached = async {
            loop {
                let view = self.app.get_deployment(id).await.expect("it is there");
                if view.status.name() == name {
                    return view;
                }
                events.recv().await.ok();
            }
        };
        if let Ok(view) = tokio::time::timeout(PATIENCE, reached).await {
            return view;
        }
        panic!("it is not {name} but {:#?}", self.app.get_deployment(id).await)
    }

    /// Does something to it and waits until it has come to this status anew.
    pub(crate) async fn then<T>(&self, id: DeploymentId, name: &str, act: impl Future<Output = T>) -> T {
        let history = async || self.app.status_history(id).await.expect("it has a history");
        let mut events = self.app.events();
        // A view shows a new status a moment before the history has it.
        let before = loop {
            let (view, past) = (self.app.get_deployment(id).await.expect("it is there"), history().await);
            if past.last().is_some_and(|e| e.status.name() == view.status.name()) {
                break past.len();
            }
            events.recv().await.ok();
        };
        let done = act.await;
        let reached = async {
            loop {
                let history = history().await;
                if history.len() > before && history.last().is_some_and(|e| e.status.name() == name) {
                    return;
                }
                events.recv().await.ok();
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, reached).await.is_ok();
        assert!(in_time, "it is not {name} again: {:#?}", history().await);
        done
    }

    /// Waits until its status does not move any more.
    pub(crate) async fn settled(&self, id: DeploymentId) -> DeploymentView {
        let mut events = self.app.events();
        let settled = async {
            loop {
                let view = self.app.get_deployment(id).await.expect("it is there");
                let begun = !matches!(view.status, Status::Stopped) || view.desired == Desired::Stopped;
                if begun && !view.status.is_moving() {
                    return view;
                }
                events.recv().await.ok();
            }
        };
        tokio::time::timeout(PATIENCE, settled).await.expect("it settles")
    }

    pub(crate) async fn call(&self, id: DeploymentId, tool: &str, arguments: &str) -> ToolResult {
        let result = self.app.call_tool(id, tool, arguments).await;
        result.unwrap_or_else(|p| panic!("{tool}: {p:#?}"))
    }

    /// The text that a tool of a fixture answers with.
    pub(crate) async fn ask(&self, id: DeploymentId, tool: &str, text: &str) -> String {
        let result = self.call(id, tool, &serde_json::json!({ "text": text }).to_string()).await;
        let block: serde_json::Value = serde_json::from_str(&result.content[0]).expect("a content block");
        block["text"].as_str().expect("text").to_owned()
    }

    /// One value from the database file.
    pub(crate) async fn sql(&self, query: &'static str) -> String {
        let file = self.config.data_dir().join("catwalk.db");
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let mut database = SqliteConnection::connect_with(&options).await.expect("the database opens");
        sqlx::query_scalar(query).fetch_one(&mut database).await.expect("a value")
    }

    /// Changes the database file behind the engine's back.
    pub(crate) async fn by_hand(&self, change: &'static str) {
        let options = SqliteConnectOptions::new().filename(self.config.data_dir().join("catwalk.db"));
        let mut database = SqliteConnection::connect_with(&options).await.expect("the database opens");
        sqlx::query(change).execute(&mut database).await.expect("it is changed");
        database.close().await.expect("it closes");
    }

    /// How many deployments left a trace in the database and on disk: nothing is half-saved when all are equal.
    pub(crate) async fn saved(&self) -> Vec<usize> {
        let listed = self.app.list_deployments().await.expect("the database answers").len();
        let rows =
            "SELECT (SELECT count(*) FROM deployments) || ' ' || (SELECT count(DISTINCT deployment) FROM secrets)
            || ' ' || (SELECT count(DISTINCT deployment) FROM events) || ' ' || (SELECT count(*) FROM audit)";
        let rows = self.sql(rows).await;
        let rows = rows.split(' ').map(|n| n.parse().expect("a number"));
        let seen = |entry: &std::fs::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
        let folder = |name: &str| {
            let entries = std::fs::read_dir(self.config.data_dir().join(name)).into_iter().flatten().flatten();
            entries.filter(seen).count()
        };
        let folders = ["servers", "homes", "logs/servers"].map(folder);
        std::iter::once(listed).chain(rows).chain(folders).collect()
    }

    /// Nothing of a deployment is anywhere.
    pub(crate) async fn nothing_saved(&self) {
        assert_eq!(self.saved().await, [0; 8], "deployments, rows and folders");
    }
}

/// Answers by field name or key.
pub(crate) fn answers(analyzed: &Analyzed, named: &[(&str, &str)]) -> Vec<AnswerInput> {
    let keys: Vec<&str> = analyzed.form.fields.iter().map(|f| f.key.0.as_str()).collect();
    let answer = |(name, value): &(&str, &str)| {
        let field = analyzed.form.fields.iter().find(|f| f.name == *name || f.key.0 == *name);
        let key = field.unwrap_or_else(|| panic!("it asks for {keys:?}, not for {name}")).key.clone();
        AnswerInput { key, values: vec![(*value).to_owned()] }
    };
    named.iter().map(answer).collect()
}

/// Starts on another port. One at a time: between the choice and the start another test could choose the same.
pub(crate) async fn on_another_port(config: &Config) -> App {
    static CHOOSING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _choosing = CHOOSING.lock().await;
    config.use_another_port().expect("there is a free port");
    App::start(config.clone()).await.expect("it starts on another port")
}

/// A configuration in a folder, with toolchains shared between tests.
pub(crate) fn config(home: &Path, endpoints: Endpoints, client_metadata: Option<url::Url>) -> Config {
    let data = home.join("data");
    std::fs::create_dir_all(&data).expect("the folder can be made");
    for shared in ["toolchains", "cache"] {
        let target = shared_cache().join(shared);
        std::fs::create_dir_all(&target).expect("the cache folder can be made");
        if !data.join(shared).exists() {
            std::os::unix::fs::symlink(&target, data.join(shared)).expect("a link can be made");
        }
    }
    let config: Config = Parts {
        data,
        helper: helper(),
        pypi_index: endpoints.pypi.join("simple/").expect("an address"),
        endpoints,
        homes: Homes { home: home.to_owned(), config: home.join(".config"), claude_config: None, ..Homes::from_env() },
        keychain_service: format!("Catwalk test {}", std::process::id()),
        desktop: None,
        client_metadata,
        github_client: Some(catwalk_testkit::github::login::CLIENT_ID.to_owned()),
    }
    .into();
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a free port").port();
    let preferences = format!(r#"{{"relayPort":{port}}}"#);
    std::fs::write(config.data_dir().join("preferences.json"), preferences).expect("it can be written");
    config
}
