//! The engine's life: built whole or not at all, stopped in order under deadlines.

use crate::Config;
use crate::analyze::Drafts;
use crate::connect::Plans;
use crate::connections::Connections;
use crate::database::Database;
use crate::error::internal;
use crate::events::{Event, Events, Tag};
use crate::github::GithubLogin;
use crate::keys::Keys;
use crate::listings::Listings;
use crate::lock::lock;
use crate::models::Models;
use crate::reconcile::Actor;
use crate::sign_in::Accounts;
use crate::turns::Turns;
use catwalk_analysis::Analyzer;
use catwalk_domain::{DeploymentId, Desired, Fix, Problem, ProblemCode, Secret};
use catwalk_relay::{Handle, Snapshot};
use catwalk_runtime::Runtime;
use catwalk_store::Store;
use catwalk_supervisor::Supervisor;
use catwalk_vault::Vault;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longest wait for all servers to stop; one takes at most five seconds and they stop side by side.
const STOP_DEADLINE: Duration = Duration::from_secs(8);
/// A release must be this old before it is installed as somebody's dependency.
const COOLDOWN: Duration = Duration::from_hours(7 * 24);

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// The engine, for who must not keep it alive.
pub(crate) struct Engine(Weak<Inner>);

impl Engine {
    pub(crate) fn app(&self) -> Option<App> {
        self.0.upgrade().map(App)
    }
}

struct Inner {
    config: Config,
    events: Events,
    database: Database,
    store: Store,
    keys: Keys,
    http: reqwest::Client,
    analyzer: Mutex<Arc<Analyzer>>,
    runtime: Runtime,
    supervisor: Supervisor,
    relay: Handle,
    relay_origin: String,
    connections: Arc<Connections>,
    accounts: Accounts,
    actors: Mutex<HashMap<DeploymentId, Actor>>,
    /// What was last written down of what servers say of themselves.
    snapshots: Mutex<HashMap<DeploymentId, Snapshot>>,
    drafts: Mutex<Drafts>,
    listings: Listings,
    models: Models,
    plans: Mutex<Plans>,
    analysis_under_way: Mutex<CancellationToken>,
    github: Mutex<GithubLogin>,
    turns: Turns,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    /// Ends the relay, before anything else.
    serving: CancellationToken,
}

impl App {
    /// Opens the database, binds the relay, sweeps what a crash left behind, and starts what should run.
    ///
    /// # Errors
    /// What keeps it from starting; then nothing runs and nothing is bound.
    pub async fn start(config: Config) -> Result<Self, Problem> {
        rustls::crypto::ring::default_provider().install_default().ok();
        private_folder(config.data_dir())?;
        let preferences = config.read_preferences()?;
        let database = Database::of(&config);
        let vault = Arc::new(Vault::system(config.keychain_service()).map_err(|e| e.problem())?);
        let store = Store::open(&database.url(&vault).await?).await.map_err(|e| e.problem())?;
        let keys = Keys::new(vault, store.clone());
        let connections = Arc::new(Connections::default());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, preferences.relay_port));
        let relay =
            catwalk_relay::Config::new(address).build(connections.clone()).await.map_err(|e| not_bound(&e, address))?;
        let http = http_client()?;
        let supervisor = Supervisor::new(config.helper().to_owned(), config.data_dir().join("run"));
        let swept = supervisor.sweep().await;
        if swept > 0 {
            tracing::warn!(swept, "stopped servers that an earlier run had left behind");
        }
        let (tasks, shutdown) = (TaskTracker::new(), CancellationToken::new());
        let (accounts, changes) = Accounts::new();
        let app = Self(Arc::new(Inner {
            analyzer: Mutex::new(Arc::new(new_analyzer(&http, &config, &store, None))),
            runtime: Runtime::new(runtime_config(&config), http.clone()),
            relay_origin: format!("http://{}", relay.local_addr()),
            relay: relay.handle(),
            events: Events::new(),
            snapshots: Mutex::default(),
            drafts: Mutex::default(),
            listings: Listings::new(config.data_dir().join("listings.sqlite")),
            models: Models::default(),
            plans: Mutex::default(),
            actors: Mutex::default(),
            analysis_under_way: Mutex::default(),
            github: Mutex::default(),
            config,
            database,
            store,
            keys,
            http,
            supervisor,
            connections,
            accounts,
            turns: Turns::default(),
            tasks: tasks.clone(),
            serving: shutdown.child_token(),
            shutdown,
        }));
        app.watch_accounts(changes);
        app.connections().serve(Engine(Arc::downgrade(&app.0)));
        if let Err(problem) = app.open_for_business().await {
            app.stop().await;
            return Err(problem);
        }
        relay.spawn(&tasks, app.0.serving.clone());
        Ok(app)
    }

    /// Everything after the parts are built: keys, routes, activity, and one actor per deployment.
    async fn open_for_business(&self) -> Result<(), Problem> {
        // A locked keychain is no reason not to start: servers without secrets run, the others say what is wrong.
        if let Err(problem) = self.keys().unlock(false).await {
            tracing::warn!(code = ?problem.code, "the vault stays locked for now");
        }
        self.load_github_token().await;
        self.retire_exposed_tokens().await?;
        self.publish_routes().await?;
        self.remember().await;
        self.refresh_bridge_file().await;
        self.forward_activity();
        self.watch_the_world(self.0.shutdown.clone());
        self.keep_up();
        let deployments = self.store().deployments().list().await.map_err(|e| e.problem())?;
        for deployment in deployments {
            let actor = self.reconcile(&deployment).await;
            if deployment.desired == Desired::Running {
                actor.resume();
            }
        }
        Ok(())
    }

    /// Stops in order: no new calls, then every server, then the tasks, then the database.
    pub async fn stop(&self) {
        tracing::info!("stopping");
        let actors: Vec<Actor> = self.actors().drain().map(|(_, actor)| actor).collect();
        let ends = futures_util::future::join_all(actors.into_iter().map(Actor::end));
        // The actors are told first: a server that leaves because the relay hung up has not crashed.
        let ends = async { tokio::join!(biased; ends, async { self.0.serving.cancel() }) };
        if tokio::time::timeout(STOP_DEADLINE, ends).await.is_err() {
            tracing::warn!("some servers did not stop in time; their helpers will end them");
        }
        self.0.shutdown.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(Duration::from_secs(2), self.0.tasks.wait()).await.is_err() {
            tracing::warn!("some tasks did not end in time");
        }
        self.close_listings().await;
        self.0.store.close().await;
        tracing::info!("stopped");
    }

    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// The relay's address, without a path.
    pub fn relay_origin(&self) -> &str {
        &self.0.relay_origin
    }

    /// Passes the relay's calls on to the window and to the actor of their deployment.
    fn forward_activity(&self) {
        let (app, mut calls) = (self.clone(), self.0.relay.activity());
        let shutdown = self.0.shutdown.clone();
        self.0.tasks.spawn(async move {
            loop {
                let call = tokio::select! {
                    () = shutdown.cancelled() => return,
                    call = calls.recv() => call,
                };
                match call {
                    Ok(call) if !call.client.is_empty() => app.note_call(&call),
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }

    fn note_call(&self, call: &catwalk_relay::Activity) {
        let view = crate::views::ActivityView {
            client: call.client.clone(),
            method: call.method.clone(),
            tool: call.tool.clone(),
            millis: call.millis,
            ok: call.ok,
            at: call.at,
        };
        if let Some(actor) = self.actor(call.deployment) {
            actor.note_call(view.clone());
        }
        let id = Some(call.deployment);
        self.0.events.send(Event { id, activity: Some(view), ..Event::stale(Tag::Activity) });
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    pub(crate) fn supervisor(&self) -> &Supervisor {
        &self.0.supervisor
    }

    pub(crate) fn relay(&self) -> &Handle {
        &self.0.relay
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.0.connections
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    pub(crate) fn events_out(&self) -> &Events {
        &self.0.events
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(crate) fn listings(&self) -> &Listings {
        &self.0.listings
    }

    pub(crate) fn models(&self) -> &Models {
        &self.0.models
    }

    pub(crate) fn analyzer(&self) -> Arc<Analyzer> {
        lock(&self.0.analyzer).clone()
    }

    pub(crate) fn use_github_token(&self, token: Option<Secret<String>>) {
        let analyzer = new_analyzer(&self.0.http, &self.0.config, &self.0.store, token);
        *lock(&self.0.analyzer) = Arc::new(analyzer);
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    pub(crate) fn snapshots(&self) -> MutexGuard<'_, HashMap<DeploymentId, Snapshot>> {
        lock(&self.0.snapshots)
    }

    pub(crate) fn drafts(&self) -> MutexGuard<'_, Drafts> {
        lock(&self.0.drafts)
    }

    pub(crate) fn plans(&self) -> MutexGuard<'_, Plans> {
        lock(&self.0.plans)
    }

    pub(crate) fn actors(&self) -> MutexGuard<'_, HashMap<DeploymentId, Actor>> {
        lock(&self.0.actors)
    }

    pub(crate) fn analysis_under_way(&self) -> MutexGuard<'_, CancellationToken> {
        lock(&self.0.analysis_under_way)
    }

    pub(crate) fn github(&self) -> MutexGuard<'_, GithubLogin> {
        lock(&self.0.github)
    }

    /// Copies of other apps' files before we changed them.
    pub(crate) fn backups(&self) -> PathBuf {
        self.config().data_dir().join("backups")
    }
}

fn runtime_config(config: &Config) -> catwalk_runtime::Config {
    catwalk_runtime::Config {
        data: config.data_dir().to_owned(),
        pypi_index: config.pypi_index().clone(),
        npm_registry: config.endpoints().npm.clone(),
        github_codeload: config.endpoints().github_codeload.clone(),
        extra_ca: None,
        cooldown: COOLDOWN,
        holder: Some(config.helper().to_owned()),
    }
}

/// Who reads the outside world with this token, remembering what GitHub answered.
fn new_analyzer(http: &reqwest::Client, config: &Config, store: &Store, token: Option<Secret<String>>) -> Analyzer {
    let shelf = Arc::new(crate::answers::Answers(store.clone()));
    Analyzer::new(http.clone(), config.endpoints().clone(), token).kept_on(shelf)
}

/// Redirects lead to the same host or its family only.
fn http_client() -> Result<reqwest::Client, Problem> {
    reqwest::Client::builder()
        .user_agent(concat!("catwalk/", env!("CARGO_PKG_VERSION")))
        .redirect(catwalk_analysis::redirects())
        .connect_timeout(Duration::from_secs(10))
        // Between two pieces of an answer: who accepts a connection and then says nothing is not waited for.
        .read_timeout(Duration::from_mins(1))
        .build()
        .map_err(|e| internal("The network cannot be used", &e))
}

/// Makes the data folder, readable by this user alone.
fn private_folder(path: &std::path::Path) -> Result<(), Problem> {
    let made = std::fs::create_dir_all(path);
    #[cfg(unix)]
    let made = made.and_then(|()| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
    });
    made.map_err(|e| {
        let text = "Catwalk keeps everything in this folder. Check that it can be written and that the disk has room.";
        Problem::new(ProblemCode::Storage, "Catwalk's folder cannot be used", text)
            .evidence([format!("{}: {e}", path.display())])
            .fix(Fix::Retry)
    })
}

fn not_bound(error: &catwalk_relay::Error, address: SocketAddr) -> Problem {
    match error {
        catwalk_relay::Error::PortInUse(_) => {
            let text = "AI apps reach your servers through this port, and another program has it. If that is another \
                        Catwalk, close it and try again. Otherwise let Catwalk use another port: apps that are already \
                        connected must then be connected again.";
            Problem::new(ProblemCode::PortInUse, format!("Port {} is in use", address.port()), text)
                .evidence([error.to_string()])
                .fix(Fix::UseAnotherPort)
        }
        other => internal("The relay could not start", other),
    }
}
