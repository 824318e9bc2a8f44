//! Holds the engine for the commands: starting, running, or stopped by a problem the user can solve.

use catwalk_app::{App, Config, views::AppState};
use catwalk_domain::Problem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Longest wait for a start to end before a stop.
const STARTED: Duration = Duration::from_secs(5);

/// State of the engine.
#[derive(Clone, Default)]
enum Engines {
    #[default]
    Starting,
    Running(App),
    Failed(Problem),
    Stopping,
    Stopped,
}

/// The engine as the commands see it.
#[derive(Clone)]
pub struct Engine {
    config: Config,
    state: watch::Sender<Engines>,
    started: Arc<dyn Fn(&App) + Send + Sync>,
    wanted_again: Arc<AtomicBool>,
}

impl Engine {
    /// Starts the engine in the background. `started` is called with each engine that came up, to forward its events.
    pub fn start(config: Config, started: impl Fn(&App) + Send + Sync + 'static) -> Self {
        let (state, started) = (watch::Sender::default(), Arc::new(started));
        let engine = Self { config, state, started, wanted_again: Arc::default() };
        engine.launch();
        engine
    }

    /// The running engine; waits while it starts.
    pub async fn app(&self) -> Result<App, Problem> {
        let mut receiver = self.state.subscribe();
        let state = receiver.wait_for(|s| !matches!(s, Engines::Starting)).await.map(|s| s.clone());
        match state {
            Ok(Engines::Running(app)) => Ok(app),
            Ok(Engines::Failed(problem)) => Err(problem),
            Ok(Engines::Starting | Engines::Stopping | Engines::Stopped) | Err(_) => Err(stopped()),
        }
    }

    /// Whether it runs; waits while it starts.
    pub async fn state(&self) -> AppState {
        let problem = self.app().await.err();
        let preferences = self.config.read_preferences().ok();
        AppState {
            ready: problem.is_none(),
            problem,
            appearance: preferences.as_ref().map(|p| p.appearance).unwrap_or_default(),
            external_database: preferences.is_none_or(|p| p.postgres.is_some()),
        }
    }

    /// Starts it again after a problem.
    pub fn retry(&self) {
        let failed = self.state.send_if_modified(|state| {
            let failed = matches!(state, Engines::Failed(_));
            if failed {
                *state = Engines::Starting;
            }
            failed
        });
        if failed {
            self.launch();
        }
    }

    fn launch(&self) {
        let engine = self.clone();
        tauri::async_runtime::spawn(async move {
            let state = match App::start(engine.config.clone()).await {
                Ok(app) => {
                    (engine.started)(&app);
                    Engines::Running(app)
                }
                Err(problem) => {
                    tracing::error!(code = ?problem.code, "the engine did not start: {}", problem.title);
                    Engines::Failed(problem)
                }
            };
            engine.state.send_replace(state);
        });
    }

    /// Moves the relay to a free port and starts again.
    pub async fn use_another_port(&self) -> Result<(), Problem> {
        self.config.use_another_port()?;
        self.retry();
        self.app().await.map(|_| ())
    }

    /// Starts again with the built-in database, when the other one cannot be opened.
    pub async fn use_built_in_database(&self) -> Result<(), Problem> {
        self.config.use_built_in_database()?;
        self.retry();
        self.app().await.map(|_| ())
    }

    /// Starts again with the newest sound copy of the built-in database, when that is damaged.
    pub async fn restore_database(&self) -> Result<(), Problem> {
        // Not under a running engine.
        if !matches!(*self.state.borrow(), Engines::Failed(_)) {
            return Ok(());
        }
        catwalk_app::restore_database(&self.config).await?;
        self.retry();
        self.app().await.map(|_| ())
    }

    /// Stops the engine and everything it started; bounded by the engine's own deadlines. Who asks a second time waits for
    /// the first.
    pub async fn stop(&self) {
        let mut states = self.state.subscribe();
        // One that is starting has started something.
        tokio::time::timeout(STARTED, states.wait_for(|s| !matches!(s, Engines::Starting))).await.ok();
        let (mut first, mut running) = (false, None);
        self.state.send_if_modified(|state| {
            first = !matches!(state, Engines::Stopping | Engines::Stopped);
            if first && let Engines::Running(app) = std::mem::replace(state, Engines::Stopping) {
                running = Some(app);
            }
            first
        });
        if !first {
            states.wait_for(|s| matches!(s, Engines::Stopped)).await.ok();
            return;
        }
        if let Some(app) = running {
            app.stop().await;
        }
        self.state.send_replace(Engines::Stopped);
    }

    /// Catwalk was opened while it closes: it is to open again once it is closed. Says whether it is closing.
    pub fn reopen(&self) -> bool {
        let closing = matches!(*self.state.borrow(), Engines::Stopping | Engines::Stopped);
        if closing {
            self.wanted_again.store(true, Ordering::Release);
        }
        closing
    }

    /// Whether it is to open again.
    pub fn is_wanted_again(&self) -> bool {
        self.wanted_again.load(Ordering::Acquire)
    }

    /// Whether [`Engine::stop`] has finished.
    pub fn is_stopped(&self) -> bool {
        matches!(*self.state.borrow(), Engines::Stopped)
    }
}

fn stopped() -> Problem {
    Problem::new(catwalk_domain::ProblemCode::Internal, "Catwalk is closing", "Open it again to go on.")
}
