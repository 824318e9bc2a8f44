//! 200 secrets typed into the form reach the server's process and nothing else: no file, no log, no command line, no other
//! environment, no page and no last words, in any spelling, even when the server itself says them wherever it can.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "what was measured is printed; the product's bans do not bind its tests"
)]

#[path = "support/fixture.rs"]
mod fixture;
#[path = "support/window.rs"]
mod window;
#[path = "support/world.rs"]
mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use catwalk_testkit::canary::Canaries;
use catwalk_testkit::processes::{self, Process};
use catwalk_testkit::wait::{eventually, eventually_blocking};
use window::Window;
use world::World;

const COUNT: usize = 200;
/// So many are typed key by key; with so many fields each key takes its time, so the others are pasted.
const KEYS: usize = 4;
const PASTE: &str = "document.querySelector(`[data-testid=\"${arguments[0]}\"]`).focus();
    document.execCommand('insertText', false, arguments[1])";
/// The first start downloads Node.js.
const FIRST_START: Duration = Duration::from_mins(5);
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn secrets_are_in_the_server_and_nowhere_else() {
    processes::let_dump_core();
    let world = World::new();
    let canaries = Arc::new(Canaries::new(COUNT));
    let project = fixture::project("canary-server", world.home());
    let server = fixture::server_json("canary-server", (0..COUNT).map(variable));
    std::fs::write(project.join("server.json"), server.to_string()).expect("it can be written");
    let test = Journey { window: Window::open(env(&world)).await, canaries, world };

    test.paste(&project.display().to_string()).await;
    test.type_all().await;
    let watch = test.watch_processes();
    test.window.click_test_id("deploy").await;
    test.window.state("ready", FIRST_START).await;
    test.server_has_all();
    test.nothing_on_the_page("ready").await;
    test.nothing_in_files("ready");

    test.window.click_test_id("open-server").await;
    test.an_answer_that_quotes_a_secret().await;
    test.a_start_that_quotes_a_secret().await;
    test.crashes_that_quote_secrets().await;
    test.other_pages().await;
    let seen = watch.end();
    assert!(seen.0.is_empty(), "seen in processes: {:#?}", seen.0);
    println!("{COUNT} secrets; {} looks at all processes of the app", seen.1);
    test.last_words_of_the_app().await;
}

struct Journey {
    window: Window,
    canaries: Arc<Canaries>,
    world: World,
}

impl Journey {
    async fn paste(&self, link: &str) {
        let input = self.window.find_test_id("paste-input").await;
        input.send_keys(link).await.expect("the box takes keys");
        self.window.click_test_id("analyze").await;
        self.window.click_test_id("allow").await;
    }

    async fn type_all(&self) {
        let start = Instant::now();
        for (index, value) in self.canaries.values().iter().enumerate() {
            let id = format!("field-env:{}", variable(index));
            if index < KEYS {
                self.window.find_test_id(&id).await.send_keys(value).await.expect("the field takes keys");
            } else {
                self.window.run(PASTE, vec![id.into(), value.as_str().into()]).await;
            }
        }
        println!("typed {COUNT} secrets in {:.1} s", start.elapsed().as_secs_f64());
        // The preview of the command follows what was typed; the fields themselves hold it, but do not show it.
        self.nothing_in("the text of the page (answers)", &self.window.text().await);
        self.nothing_in_files("answers");
    }

    /// The app and all that it has started, now.
    fn processes(&self) -> Vec<Process> {
        processes_of(self.window.pid())
    }

    /// Exactly one process has the secrets, each as it was typed, and no other knows any.
    fn server_has_all(&self) {
        let all = self.processes();
        let dump: Vec<&Process> = all.iter().filter(|p| p.may_dump_core()).collect();
        assert!(dump.is_empty(), "a crash of these leaves secrets on disk: {dump:#?}");
        let (servers, others): (Vec<_>, Vec<_>) = all.iter().partition(|p| is_server(p));
        assert_eq!(servers.len(), 1, "{servers:?}");
        let environment = servers[0].environment();
        let entries: Vec<&[u8]> = environment.split(|byte| *byte == 0).collect();
        for (index, value) in self.canaries.values().iter().enumerate() {
            let entry = format!("{}={value}", variable(index));
            assert!(entries.contains(&entry.as_bytes()), "the server was not given {entry}");
        }
        let programs: Vec<String> = others.iter().map(ToString::to_string).collect();
        assert!(programs.iter().any(|p| p.ends_with("catwalk run")), "the helper is among them: {programs:#?}");
    }

    /// Looks at every process of the app, again and again, until it is told to end.
    fn watch_processes(&self) -> Watch {
        let (app, canaries, end) = (self.window.pid(), self.canaries.clone(), Arc::new(AtomicBool::new(false)));
        let told = end.clone();
        let thread = std::thread::spawn(move || {
            let (mut seen, mut looks) = (Vec::new(), 0);
            eventually_blocking("the end of the watch", Duration::from_mins(15), || {
                for process in processes_of(app) {
                    let mut look = |bytes: &[u8], what: &str| {
                        seen.extend(canaries.seen_in(bytes).map(|how| format!("{what} of {process}: {how}")));
                    };
                    look(&process.command_line(), "command line");
                    if !is_server(&process) {
                        look(&process.environment(), "environment");
                    }
                }
                looks += 1;
                told.load(Ordering::Relaxed).then_some(())
            });
            (seen, looks)
        });
        Watch { end, thread }
    }

    /// Neither to be read nor anywhere in the page.
    async fn nothing_on_the_page(&self, when: &str) {
        let page = self.window.run("return document.documentElement.outerHTML", vec![]).await;
        let page = page.as_str().expect("the page has text").to_owned();
        self.nothing_in(&format!("the page ({when})"), &page);
        self.nothing_in(&format!("the text of the page ({when})"), &self.window.text().await);
    }

    fn nothing_in(&self, place: &str, text: &str) {
        assert_eq!(self.canaries.seen_in(text.as_bytes()), None, "in {place}");
    }

    /// All files of this world: database, journals, logs, settings, what the web view keeps, temporary ones.
    fn nothing_in_files(&self, when: &str) {
        let (seen, read) = self.canaries.seen_below(self.world.home());
        assert!(read > 10, "there are files to look at: {read}");
        assert!(seen.is_empty(), "in files ({when}): {seen:#?}");
        self.nothing_in(&format!("the app's own output ({when})"), &self.window.output());
        let data = self.world.data();
        assert!(data.join("catwalk.db").is_file() && data.join("preferences.json").is_file(), "they were among them");
    }

    async fn nothing_seen(&self, when: &str) {
        self.nothing_on_the_page(when).await;
        self.nothing_in_files(when);
        self.window.shoot(&format!("canaries-{when}")).await;
    }

    async fn run_tool(&self, name: &str) {
        self.window.click_test_id("tab-tools").await;
        self.window.click_test_id(&format!("try-{name}")).await;
        self.window.click_test_id("tool-run").await;
        // Its tools do not say that they change nothing, so the window asks.
        self.window.click_test_id("confirm-run").await;
    }

    async fn an_answer_that_quotes_a_secret(&self) {
        self.run_tool("fail").await;
        self.window.see("the service does not know •••").await;
        self.nothing_seen("error").await;
    }

    /// `tools/list` fails with a secret in its words: that becomes the problem on the page and in the history.
    async fn a_start_that_quotes_a_secret(&self) {
        self.run_tool("refuse").await;
        self.window.see("refuse: noted").await;
        self.window.click_test_id("restart").await;
        self.window.state("failed", PATIENCE).await;
        self.window.see("no tools for the key •••").await;
        self.nothing_seen("refused").await;
        std::fs::remove_file(self.server_home().join("refuse")).expect("the server made it");
        self.window.click_test_id("start").await;
        self.window.state("ready", PATIENCE).await;
    }

    /// It dies in use and at every start after that, until Catwalk gives up and shows its last words.
    async fn crashes_that_quote_secrets(&self) {
        self.run_tool("crash").await;
        self.window.state("paused", PATIENCE).await;
        self.window.see("cannot go on with •••").await;
        self.nothing_seen("crashed").await;
    }

    async fn other_pages(&self) {
        self.window.click_test_id("tab-log").await;
        for line in ["plain •••", "this line is no JSON and says •••", "no line end •••"] {
            // Not what can be read: lines out of sight are not drawn.
            let script = "return document.querySelector('[data-testid=log]').textContent.includes(arguments[0])";
            self.window
                .until(line, PATIENCE, || async {
                    self.window.run(script, vec![line.into()]).await.as_bool()?.then_some(())
                })
                .await;
        }
        self.nothing_seen("log").await;
        for tab in ["history", "settings"] {
            self.window.click_test_id(&format!("tab-{tab}")).await;
            self.nothing_seen(tab).await;
        }
    }

    /// The app itself aborts while its server has the secrets: what it writes then, and what it leaves on disk.
    async fn last_words_of_the_app(&self) {
        std::fs::remove_file(self.server_home().join("crash")).expect("the server made it");
        self.window.click_test_id("start").await;
        self.window.state("ready", PATIENCE).await;
        let app = self.window.pid();
        processes::abort(app);
        eventually("the app to end", PATIENCE, async || (!processes::lives(app)).then_some(())).await;
        self.nothing_in_files("fault");
        // Package caches are shared with other tests and only linked into this world.
        let cache = self.world.data().join("cache").canonicalize().expect("it is there");
        let (seen, _) = self.canaries.seen_below(&cache);
        assert!(seen.is_empty(), "in caches: {seen:#?}");
    }

    fn server_home(&self) -> PathBuf {
        let mut homes = std::fs::read_dir(self.world.data().join("homes")).expect("servers have homes").flatten();
        homes.next().expect("this one has one").path()
    }
}

struct Watch {
    end: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<(Vec<String>, u32)>,
}

impl Watch {
    fn end(self) -> (Vec<String>, u32) {
        self.end.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watch ends well")
    }
}

fn processes_of(app: u32) -> Vec<Process> {
    let own = processes::all().into_iter().filter(|p| p.pid == app);
    own.chain(processes::descendants(app)).collect()
}

fn is_server(process: &Process) -> bool {
    process.environment().split(|byte| *byte == 0).any(|entry| entry.starts_with(b"CANARY_000="))
}

fn variable(index: usize) -> String {
    format!("CANARY_{index:03}")
}

/// Temporary files too are to lie in this world.
fn env(world: &World) -> Vec<(String, String)> {
    let temporary = world.home().join("tmp");
    std::fs::create_dir_all(&temporary).expect("a folder");
    let mut env = world.env();
    env.push(("TMPDIR".into(), temporary.display().to_string()));
    env
}
