//! Holds the engine for the commands: starting, running, or stopped by a problem the user can solve.

use catwalk_app::{App, Config, views::AppState};
use catwalk_domain::Problem;
use tokio::sync::watch;

/// State of the engine.
#[derive(Clone, Default)]
enum Engines {
    #[default]
    Starting,
    Running(App),
    Failed(Problem),
    Stopped,
}

/// The engine as the commands see it.
#[derive(Clone)]
pub struct Engine {
    config: Config,
    state: watch::Sender<Engines>,
    started: std::sync::Arc<dyn Fn(&App) + Send + Sync>,
}

impl Engine {
    /// Starts the engine in the background. `started` is called with each engine that came up, to forward its events.
    pub fn start(config: Config, started: impl Fn(&App) + Send + Sync + 'static) -> Self {
        let engine = Self { config, state: watch::Sender::default(), started: std::sync::Arc::new(started) };
        engine.retry();
        engine
    }

    /// The running engine; waits while it starts.
    pub async fn app(&self) -> Result<App, Problem> {
        let mut receiver = self.state.subscribe();
        let state = receiver.wait_for(|s| !matches!(s, Engines::Starting)).await.map(|s| s.clone());
        match state {
            Ok(Engines::Running(app)) => Ok(app),
            Ok(Engines::Failed(problem)) => Err(problem),
            Ok(Engines::Starting | Engines::Stopped) | Err(_) => Err(stopped()),
        }
    }

    /// Whether it runs; waits while it starts.
    pub async fn state(&self) -> AppState {
        let problem = self.app().await.err();
        let preferences = self.config.preferences();
        AppState {
            ready: problem.is_none(),
            problem,
            appearance: preferences.appearance,
            external_database: preferences.postgres.is_some(),
        }
    }

    /// Starts it again after a problem.
    pub fn retry(&self) {
        if matches!(*self.state.borrow(), Engines::Running(_) | Engines::Stopped) {
            return;
        }
        self.state.send_replace(Engines::Starting);
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

    /// Stops the engine and everything it started; bounded by the engine's own deadlines.
    pub async fn stop(&self) {
        let running = match &*self.state.borrow() {
            Engines::Running(app) => Some(app.clone()),
            _ => None,
        };
        if let Some(app) = running {
            app.stop().await;
        }
        self.state.send_replace(Engines::Stopped);
    }

    /// Whether [`Engine::stop`] has finished.
    pub fn is_stopped(&self) -> bool {
        matches!(*self.state.borrow(), Engines::Stopped)
    }
}

fn stopped() -> Problem {
    Problem::new(catwalk_domain::ProblemCode::Internal, "Catwalk is closing", "Open it again to go on.")
}
