//! An engine in a temporary home, with the words of a journey.

use catwalk_app::views::{AnswerInput, DeploymentView, ToolResult};
use catwalk_app::{App, Config, Endpoints, Homes, Parts};
use catwalk_domain::{DeploymentId, FieldKey, Status};
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    pub(crate) home: tempfile::TempDir,
}

impl Engine {
    pub(crate) async fn start() -> Self {
        Self::start_with(Endpoints::default()).await
    }

    pub(crate) async fn start_with(endpoints: Endpoints) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let app = App::start(config(home.path(), endpoints)).await.expect("the engine starts");
        Self { app, home }
    }

    /// Pastes, answers, deploys, waits until it is ready.
    pub(crate) async fn deploy(&self, paste: &str, answers: &[(&str, &str)], allow_scripts: bool) -> DeploymentView {
        let analyzed = self.app.analyze(paste).await.unwrap_or_else(|p| panic!("{paste}: {p:#?}"));
        let keys: Vec<&str> = analyzed.form.fields.iter().map(|f| f.key.0.as_str()).collect();
        let answer = |(name, value): &(&str, &str)| {
            let field = analyzed.form.fields.iter().find(|f| f.name == *name || f.key.0 == *name);
            let key = field.unwrap_or_else(|| panic!("{paste} asks for {keys:?}, not for {name}")).key.clone();
            AnswerInput { key, values: vec![(*value).to_owned()] }
        };
        let answers: Vec<AnswerInput> = answers.iter().map(answer).collect();
        let view = self.app.deploy(&analyzed.id, "", answers, allow_scripts).await;
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

    /// Waits until its status does not move any more.
    pub(crate) async fn settled(&self, id: DeploymentId) -> DeploymentView {
        let mut events = self.app.events();
        let patience = Duration::from_secs(300);
        let settled = async {
            loop {
                let view = self.app.get_deployment(id).await.expect("it is there");
                let begun = !matches!(view.status, Status::Stopped) || view.desired == catwalk_domain::Desired::Stopped;
                if begun && !view.status.is_moving() {
                    return view;
                }
                events.recv().await.ok();
            }
        };
        tokio::time::timeout(patience, settled).await.expect("it settles")
    }

    pub(crate) async fn call(&self, id: DeploymentId, tool: &str, arguments: &str) -> ToolResult {
        let result = self.app.call_tool(id, tool, arguments).await;
        result.unwrap_or_else(|p| panic!("{tool}: {p:#?}"))
    }
}

/// A configuration in a folder, with toolchains shared between tests.
pub(crate) fn config(home: &Path, endpoints: Endpoints) -> Config {
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
        homes: Homes { home: home.to_owned(), config: home.join(".config"), ..Homes::from_env() },
        keychain_service: format!("Catwalk test {}", std::process::id()),
    }
    .into();
    config.use_another_port().expect("a free port");
    config
}

#[allow(dead_code, reason = "a word for journeys that need a field by key")]
pub(crate) fn key(text: &str) -> FieldKey {
    FieldKey(text.to_owned())
}
