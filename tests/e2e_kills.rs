//! `kill -9` of the app in every state of a deployment: within five seconds nothing of it lives, and the next start brings
//! back what was wanted.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "what was measured is printed; the product's bans do not bind its tests"
)]

#[path = "support/fixture.rs"]
mod fixture;
#[path = "support/kills.rs"]
mod kills;
#[path = "support/status_log.rs"]
mod status_log;
#[path = "support/window.rs"]
mod window;
#[path = "support/world.rs"]
mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use catwalk_app::{App, Config, Endpoints, Homes, Parts};
use catwalk_domain::Status;
use catwalk_testkit::processes;
use catwalk_testkit::wait::{eventually, eventually_blocking};
use kills::{Chance, Remains, Running, Table, pass};
use status_log::StatusLog;
use window::Window;
use world::World;

const ROUNDS: usize = 25;
/// Each round strikes twice: in one of these states, and when it is ready again.
const AIMS: [&str; 5] = ["checking", "installing", "starting", "testing", "stopping"];
/// The first start downloads Node.js.
const FIRST_START: Duration = Duration::from_mins(5);
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_kill_leaves_nothing_behind_and_loses_nothing() {
    processes::adopt_orphans().expect("the kernel lets it");
    let world = World::new();
    let slug = deploy(&world).await;
    let (mut table, mut chance) = (Table::default(), Chance(0x0cad_0cad));
    let mut last = String::new();
    for round in 0..ROUNDS {
        let aim = AIMS[round % AIMS.len()];
        let (state, ready) = if aim == "stopping" {
            strike_while_stopping(&world, &slug, &mut table, &mut chance).await
        } else {
            let state = strike(&world, aim, round, &mut table, &mut chance);
            (state, Running::start(&world))
        };
        let mut ready = ready;
        let time = ready.reach("ready", PATIENCE);
        table.back(&state, time);
        pass(chance.below(Duration::from_millis(500)));
        let (state, remains) = ready.kill(&world);
        table.kill(&state, remains);
        last = state;
    }
    let mut ready = Running::start(&world);
    let time = ready.reach("ready", PATIENCE);
    table.back(&last, time);
    ready.kill(&world);
    opened_while_it_closes(&world);

    table.print();
    assert_eq!(table.kills(), 2 * ROUNDS);
    for state in AIMS.iter().chain(&["ready"]) {
        assert!(table.kills_in(state) > 2, "{state} was struck only {} times", table.kills_in(state));
    }
    assert!(table.orphans().is_empty(), "they lived on: {:#?}", table.orphans());
}

/// Kills it in a state on the way to Ready.
fn strike(world: &World, aim: &str, round: usize, table: &mut Table, chance: &mut Chance) -> String {
    let mut hold = None;
    let within = match aim {
        // These last a few milliseconds, and nothing from outside can hold them up.
        "checking" => Duration::ZERO,
        "starting" => Duration::from_millis(5),
        other => {
            // Once it takes long, once it is over soon.
            hold = (round / AIMS.len()).is_multiple_of(2).then(|| Hold::of(world.data(), other));
            Duration::from_millis(1500)
        }
    };
    if aim == "installing" {
        std::fs::remove_dir_all(world.data().join("servers")).expect("something was installed");
    }
    let mut app = Running::start(world);
    app.reach(aim, PATIENCE);
    if aim == "installing" && hold.is_some() {
        // npm, its shell and the author's script: a tree of tools, not of a server.
        app.starts("build.mjs", PATIENCE);
    }
    pass(chance.below(if aim == "testing" && hold.is_none() { Duration::from_millis(50) } else { within }));
    let (state, remains) = app.kill(world);
    drop(hold);
    table.kill(&state, remains);
    state
}

/// A person stops it in the window; the app is killed in the midst of that. It stays stopped until a person starts it,
/// which the same window, opened anew, shows.
async fn strike_while_stopping(world: &World, slug: &str, table: &mut Table, chance: &mut Chance) -> (String, Running) {
    let hold = Hold::of(world.data(), "stopping");
    let mut log = StatusLog::follow(world.data());
    let window = open(world, slug).await;
    window.state("ready", PATIENCE).await;
    window.click_test_id("stop").await;
    eventually("the state stopping", PATIENCE, async || log.states().iter().any(|s| s == "stopping").then_some(()))
        .await;
    pass(chance.below(Duration::from_millis(1500)));
    processes::kill(window.pid());
    let state = log.last().unwrap_or_default();
    // With the window its drivers go too.
    drop(window);
    table.kill(&state, Remains::after_kill(world.data()));
    drop(hold);

    let mut log = StatusLog::follow(world.data());
    let window = open(world, slug).await;
    window.state("stopped", PATIENCE).await;
    assert_eq!(log.states(), Vec::<String>::new(), "nobody wants it to run");
    window.click_test_id("start").await;
    window.state("ready", PATIENCE).await;
    window.quit().await;
    // Its web processes and drivers too.
    kills::all_gone(PATIENCE);
    (state, Running::start(world))
}

/// A person closes it and opens it again at once: the one that still closes comes back, with its servers.
fn opened_while_it_closes(world: &World) {
    let hold = Hold::of(world.data(), "stopping");
    let mut closing = Running::start(world);
    closing.reach("ready", PATIENCE);
    closing.ask_to_quit();
    eventually_blocking("the request to quit", PATIENCE, || closing.log.says("asked to quit").then_some(()));
    let mut again = Running::start(world);
    assert!(again.ended(PATIENCE).success(), "it leaves the work to the first");
    assert!(closing.ended(PATIENCE).success());
    drop(hold);
    let mut log = again.log;
    let ready = || log.states().iter().any(|s| s == "ready").then_some(());
    eventually_blocking("the server of the app that came back", PATIENCE, ready);
    kills::end_all(PATIENCE);
}

async fn open(world: &World, slug: &str) -> Window {
    let window = Window::open(world.env()).await;
    window.click_test_id(&format!("server-{slug}")).await;
    window
}

/// A file by which the fixture stays in a state.
struct Hold(PathBuf);

impl Hold {
    fn of(data: &Path, state: &str) -> Self {
        let file = data.join(format!("hold-{state}"));
        std::fs::write(&file, "").expect("it can be written");
        Self(file)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// Deploys the fixture by the engine itself, and stops the engine: from here on it is wanted.
async fn deploy(world: &World) -> String {
    rustls::crypto::ring::default_provider().install_default().ok();
    let endpoints = Endpoints::default();
    let env = world.env();
    let keychain = env.iter().find(|(name, _)| name == "CATWALK_KEYCHAIN_SERVICE").expect("the world names one");
    let config: Config = Parts {
        data: world.data().to_owned(),
        helper: Path::new(env!("CARGO_BIN_EXE_catwalk-desktop")).with_file_name("catwalk"),
        pypi_index: endpoints.pypi.join("simple/").expect("an address"),
        endpoints,
        homes: Homes { home: world.home().to_owned(), config: world.home().join(".config"), ..Homes::from_env() },
        keychain_service: keychain.1.clone(),
        desktop: None,
        client_metadata: None,
        github_client: None,
    }
    .into();
    let app = App::start(config).await.expect("the engine starts");
    let project = fixture::project("built-server", world.home());
    let analyzed = app.analyze(&project.display().to_string()).await.expect("it is a server");
    let view = app.deploy(&analyzed.id, "", Vec::new(), true).await.expect("it is deployed");
    eventually("the server to be ready", FIRST_START, async || {
        let status = app.get_deployment(view.id).await.expect("it is there").status;
        assert!(!matches!(status, Status::Failed { .. }), "{status:#?}");
        matches!(status, Status::Ready { .. }).then_some(())
    })
    .await;
    app.stop().await;
    view.slug
}
