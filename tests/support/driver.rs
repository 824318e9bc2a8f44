//! The `WebDriver` front of Tauri with the native driver behind it, on free ports, ended in the way that leaves nothing behind.

use std::ffi::OsString;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use catwalk_testkit::processes;
use catwalk_testkit::wait::eventually_blocking;

const PATIENCE: Duration = Duration::from_secs(20);

/// Runs until it is dropped.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Driver {
    /// Starts both; the app that they open inherits `env`.
    #[allow(clippy::disallowed_methods, reason = "the product's ban on starting processes does not bind its tests")]
    pub(crate) fn start(env: Vec<(OsString, OsString)>) -> Self {
        let (port, native) = (free_port(), free_port());
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("window-{port}.log"));
        let file = File::create(&log).expect("the build folder is writable");
        let child = Command::new(named("CATWALK_TAURI_DRIVER", "tauri-driver"))
            .args(["--port", &port.to_string(), "--native-port", &native.to_string(), "--native-driver"])
            .arg(named("CATWALK_WEBKIT_DRIVER", "/usr/bin/WebKitWebDriver"))
            .envs(env)
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a file can be shared"))
            .stderr(file)
            .spawn()
            .expect("tauri-driver starts; `cargo xtask test e2e` installs it and says where it is");
        let driver = Self { child, port, log };
        for port in [port, native] {
            eventually_blocking("the WebDriver to listen", PATIENCE, || {
                TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
            });
        }
        driver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What the drivers and the app wrote, for a failed test.
    pub(crate) fn log(&self) -> String {
        format!("the app's own output:\n{}", std::fs::read_to_string(&self.log).unwrap_or_default())
    }

    /// The process that runs `program` somewhere below this one.
    pub(crate) fn descendant(&self, program: &Path) -> Option<u32> {
        let mut parents = vec![self.child.id()];
        while let Some(parent) = parents.pop() {
            if std::fs::read_link(format!("/proc/{parent}/exe")).is_ok_and(|exe| exe == program) {
                return Some(parent);
            }
            for thread in std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten() {
                let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
                parents.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
            }
        }
        None
    }
}

impl Drop for Driver {
    #[allow(clippy::disallowed_methods, reason = "the product's ban on starting processes does not bind its tests")]
    fn drop(&mut self) {
        let started = processes::descendants(self.child.id());
        // A kill would orphan the native driver, and with it the window.
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().ok();
        let start = std::time::Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if start.elapsed() > PATIENCE {
                self.child.kill().ok();
                self.child.wait().ok();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // An app that a failed test left open would answer for the next test's: there is one at a time.
        if std::thread::panicking() {
            for process in started {
                processes::kill(process.pid);
            }
        }
    }
}

/// Cargo's build folder.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's tmp folder lies in its build folder")
}

fn named(variable: &str, otherwise: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| otherwise.into())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
