//! The real window, driven by `WebDriver` as a person would: find by what is read out, click, type, wait to see.
//! Used as `#[path = "support/window.rs"] mod window;`; `cargo xtask test e2e` gives the screen, the bus and the drivers.
#![allow(dead_code, reason = "each window test uses its own part of this")]

mod driver;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use catwalk_testkit::processes;
use driver::Driver;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};

/// How long a page may take to show what it should; long, because a slow machine is no fault.
const PATIENCE: Duration = Duration::from_secs(30);
/// Finds elements by role, name and visibility, as an assistive program sees them.
const FIND: &str = include_str!("find.js");
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An open window of the app.
pub(crate) struct Window {
    client: Client,
    driver: Driver,
    program: PathBuf,
}

impl Window {
    /// Opens the app with `env` (such as a temporary `HOME`) on top of the session's environment.
    pub(crate) async fn open<K: Into<OsString>, V: Into<OsString>>(env: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::open_program(Path::new(env!("CARGO_BIN_EXE_catwalk-desktop")), &[], env).await
    }

    /// Opens another program that shows a `WebKitGTK` page.
    pub(crate) async fn open_program<K: Into<OsString>, V: Into<OsString>>(
        program: &Path,
        args: &[&str],
        env: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let driver = Driver::start(env.into_iter().map(|(key, value)| (key.into(), value.into())).collect());
        let mut wanted = Capabilities::new();
        wanted.insert("tauri:options".to_owned(), json!({ "application": program, "args": args }));
        let start = Instant::now();
        // The front answers before the native driver behind it does: the first tries may be refused.
        let client = loop {
            let mut builder = ClientBuilder::new(hyper_connector());
            builder.capabilities(wanted.clone());
            let url = driver.url();
            let connected = tokio::time::timeout(PATIENCE * 2, builder.connect(&url)).await;
            let connected = connected.unwrap_or_else(|_| panic!("the window does not answer\n{}", driver.log()));
            match connected {
                Ok(client) => break client,
                Err(error) if start.elapsed() > PATIENCE => panic!("no window: {error}\n{}", driver.log()),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        Self { client, driver, program: program.to_owned() }
    }

    /// The `WebDriver` client, for what has no word here.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// What the app and the drivers have written so far.
    pub(crate) fn output(&self) -> String {
        self.driver.log()
    }

    /// The app's process.
    pub(crate) fn pid(&self) -> u32 {
        self.driver.descendant(&self.program).expect("the window's program runs")
    }

    /// The visible element with this role and accessible name (`("button", "Allow")`); waits until it is there.
    pub(crate) async fn find(&self, role: &str, name: &str) -> Element {
        self.until(&format!("a {role} named “{name}”"), PATIENCE, || self.look(role, name, false)).await
    }

    /// The visible element with this `data-testid`; waits until it is there.
    pub(crate) async fn find_test_id(&self, id: &str) -> Element {
        self.until(&format!("an element with data-testid {id}"), PATIENCE, || self.look("testid", id, false)).await
    }

    /// Whether such an element is visible now.
    pub(crate) async fn has(&self, role: &str, name: &str) -> bool {
        self.look(role, name, false).await.is_some()
    }

    /// Clicks it, once it is enabled.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        let element =
            self.until(&format!("an enabled {role} “{name}”"), PATIENCE, || self.look(role, name, true)).await;
        if let Err(error) = element.click().await {
            self.fail(&format!("{role} “{name}” could not be clicked: {error}")).await;
        }
    }

    /// Clicks the element with this `data-testid`, once it is enabled.
    pub(crate) async fn click_test_id(&self, id: &str) {
        self.click("testid", id).await;
    }

    /// Waits until a server's status on the page is this one.
    pub(crate) async fn state(&self, wanted: &str, patience: Duration) {
        let script = "return [...document.querySelectorAll('[data-testid=status]')].map(e => e.dataset.state)";
        self.until(&format!("the status {wanted}"), patience, || async {
            let states = self.run(script, vec![]).await;
            states.as_array()?.iter().any(|state| state == wanted).then_some(())
        })
        .await;
    }

    /// Replaces what the field with this label holds.
    pub(crate) async fn type_into(&self, label: &str, text: &str) {
        let field =
            self.until(&format!("an enabled field “{label}”"), PATIENCE, || self.look("textbox", label, true)).await;
        field.clear().await.expect("the field can be cleared");
        field.send_keys(text).await.expect("the field takes keys");
    }

    /// Presses keys wherever the focus is; see [`fantoccini::key::Key`] for those without a letter.
    pub(crate) async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("the focused element takes keys");
    }

    /// Waits until `text` can be read on the page.
    pub(crate) async fn see(&self, text: &str) {
        self.see_within(text, PATIENCE).await;
    }

    /// [`Window::see`] with more or less patience.
    pub(crate) async fn see_within(&self, text: &str, patience: Duration) {
        self.until(&format!("“{text}” on the page"), patience, || async {
            self.text().await.contains(text).then_some(())
        })
        .await;
    }

    /// Waits until `text` is gone from the page.
    pub(crate) async fn gone(&self, text: &str) {
        self.until(&format!("“{text}” to be gone"), PATIENCE, || async {
            (!self.text().await.contains(text)).then_some(())
        })
        .await;
    }

    /// All that can be read on the page now.
    pub(crate) async fn text(&self) -> String {
        let text = self.run("return document.body ? document.body.innerText : ''", vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page; its value, or null while the page changes.
    pub(crate) async fn run(&self, script: &str, args: Vec<Value>) -> Value {
        self.client.execute(script, args).await.unwrap_or(Value::Null)
    }

    /// Writes what the window shows to `screenshots/<name>.png` in the build folder.
    pub(crate) async fn shoot(&self, name: &str) -> PathBuf {
        let folder = driver::target().join("screenshots");
        std::fs::create_dir_all(&folder).expect("the build folder is writable");
        let file = folder.join(format!("{name}.png"));
        let picture = self.client.screenshot().await.expect("the window can be painted");
        std::fs::write(&file, picture).expect("the build folder is writable");
        file
    }

    /// Ends the app as a person's session does, in order, and waits until it is gone.
    pub(crate) async fn quit(self) {
        let app = self.pid();
        processes::terminate(app);
        self.until("the app to quit", PATIENCE, || async { (!processes::lives(app)).then_some(()) }).await;
    }

    /// Closes the window; the driver ends the app and is ended itself.
    pub(crate) async fn close(self) {
        self.client.close().await.ok();
    }

    /// Waits for `probe` to give a value; fails with what the page shows instead.
    pub(crate) async fn until<T, F: Future<Output = Option<T>>>(
        &self,
        what: &str,
        patience: Duration,
        mut probe: impl FnMut() -> F,
    ) -> T {
        let start = Instant::now();
        loop {
            if let Some(value) = probe().await {
                return value;
            }
            if start.elapsed() > patience {
                self.fail(&format!("waited {patience:?} in vain for {what}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn look(&self, role: &str, name: &str, enabled: bool) -> Option<Element> {
        let found = self.run(FIND, vec![role.into(), name.into(), enabled.into()]).await;
        let id = found.get(ELEMENT)?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
    }

    async fn fail(&self, why: &str) -> ! {
        let test = std::thread::current().name().unwrap_or("window").replace("::", "-");
        let picture = match self.client.screenshot().await {
            Ok(_) => self.shoot(&format!("failed-{test}")).await.display().to_string(),
            Err(error) => format!("none, {error}"),
        };
        panic!("{why}\npicture: {picture}\nthe page reads:\n{}\n{}", self.text().await, self.driver.log());
    }
}

/// Plain HTTP: the driver listens on this machine only.
fn hyper_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}
