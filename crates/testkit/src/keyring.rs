//! A throwaway Secret Service: a private D-Bus daemon and `gnome-keyring-daemon` in a temporary home.
//!
//! Nothing can prompt: the private bus starts no services, so a request for a dialog fails at once. `zbus` reads the
//! bus address from the environment of the process, which a test must not change under other threads; a test that
//! wants to connect in-process therefore runs its body in a copy of the test binary, see [`inside`].

use crate::home::TempHome;
use crate::wait::eventually_blocking;
use anyhow::{Context, bail, ensure};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "throwaway";
const PATIENCE: Duration = Duration::from_secs(20);
const SERVICE: &str = "org.freedesktop.secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const INSIDE: &str = "CATWALK_TEST_INSIDE_KEYRING";

/// A running Secret Service with an unlocked `login` collection. Stopped and wiped when dropped.
pub struct Keyring {
    home: TempHome,
    bus: Child,
    daemon: Option<Child>,
}

impl Keyring {
    /// Whether this machine has what is needed (`dbus-daemon`, `dbus-send`, `gnome-keyring-daemon`).
    pub fn is_available() -> bool {
        ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"].iter().all(|name| find(name).is_some())
    }

    /// Starts it, unlocked.
    pub fn start() -> anyhow::Result<Self> {
        let mut keyring = Self::bus_only()?;
        keyring.run_daemon(true)?;
        Ok(keyring)
    }

    /// A session bus without any Secret Service on it.
    pub fn bus_only() -> anyhow::Result<Self> {
        let home = TempHome::new()?;
        let config = home.path().join("bus.conf");
        let socket = home.runtime().join("bus");
        std::fs::write(&config, bus_config(&socket.to_string_lossy()))?;
        let bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile"])
            .envs(home.env())
            .stderr(Stdio::null())
            .spawn()
            .context("dbus-daemon is needed: apt install dbus")?;
        let keyring = Self { home, bus, daemon: None };
        eventually_blocking("the private bus", PATIENCE, || socket.exists().then_some(()));
        Ok(keyring)
    }

    /// Environment for children (and for copies of this process) that shall use this keyring.
    pub fn env(&self) -> Vec<(String, String)> {
        let mut env = self.home.env();
        env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address(&self.home.runtime().join("bus").to_string_lossy())));
        env
    }

    /// The home that holds the keyring's files.
    pub fn home(&self) -> &TempHome {
        &self.home
    }

    /// Locks the collection, as a screen lock or a user does.
    pub fn lock(&self) -> anyhow::Result<()> {
        send(
            &self.env(),
            &["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", &format!("array:objpath:{LOGIN}")],
        )
        .map(drop)
    }

    /// Unlocks it the way a login does: the daemon starts again with the password.
    pub fn unlock(&mut self) -> anyhow::Result<()> {
        self.stop_daemon();
        self.run_daemon(true)
    }

    /// Ends the daemon and leaves the bus.
    pub fn stop_daemon(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            end(&mut daemon);
            let env = self.env();
            eventually_blocking("the name to be free", PATIENCE, || (!has_owner(&env)).then_some(()));
        }
    }

    fn run_daemon(&mut self, unlocked: bool) -> anyhow::Result<()> {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).envs(self.env());
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("GNOME_KEYRING_CONTROL");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        if unlocked {
            command.arg("--unlock");
        }
        let mut daemon = command.spawn().context("gnome-keyring-daemon is needed: apt install gnome-keyring")?;
        // Without a newline, and then end of file: the daemon reads the password to the end.
        daemon.stdin.take().context("stdin")?.write_all(PASSWORD.as_bytes())?;
        self.daemon = Some(daemon);
        let env = self.env();
        eventually_blocking("the Secret Service", PATIENCE, || (has_owner(&env) && has_login(&env)).then_some(()));
        Ok(())
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            end(daemon);
        }
        end(&mut self.bus);
    }
}

/// What a test can do to the keyring it runs inside of, see [`inside`].
pub struct Inside(());

impl Inside {
    /// Locks the collection.
    pub fn lock(&self) -> anyhow::Result<()> {
        send(
            &[],
            &["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", &format!("array:objpath:{LOGIN}")],
        )
        .map(drop)
    }

    /// Deletes every entry, as a user does who resets the keyring.
    pub fn wipe(&self) -> anyhow::Result<()> {
        for item in 1..100 {
            let path = format!("{LOGIN}/{item}");
            if send(&[], &[&path, "org.freedesktop.Secret.Item.Delete"]).is_err() {
                return Ok(());
            }
        }
        bail!("more entries than a test makes")
    }
}

/// Runs the body of the test called `test` (its full path, as `--exact` wants it) in a copy of this test binary whose
/// environment points to `keyring`. Call it first thing in the test; the body runs in the copy only:
///
/// ```ignore
/// let Some(inside) = keyring::inside("tests::locked_is_not_absent", Keyring::start) else { return };
/// ```
pub fn inside(test: &str, keyring: impl FnOnce() -> anyhow::Result<Keyring>) -> Option<Inside> {
    if std::env::var(INSIDE).is_ok_and(|v| v == test) {
        return Some(Inside(()));
    }
    if let Err(error) = rerun(test, keyring) {
        panic!("{error:?}");
    }
    None
}

fn rerun(test: &str, keyring: impl FnOnce() -> anyhow::Result<Keyring>) -> anyhow::Result<()> {
    let keyring = keyring()?;
    let output = Command::new(std::env::current_exe()?)
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .envs(keyring.env())
        .env(INSIDE, test)
        .output()?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "inside the keyring:\n{said}");
    ensure!(said.contains("1 passed"), "`{test}` is not the full name of the test:\n{said}");
    Ok(())
}

fn has_owner(env: &[(String, String)]) -> bool {
    let bus = ["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"];
    let mut command = Command::new("dbus-send");
    command.args(["--session", "--print-reply"]).args(bus).arg(format!("string:{SERVICE}"));
    command.envs(env.iter().cloned()).stderr(Stdio::null());
    command.output().is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("boolean true"))
}

fn has_login(env: &[(String, String)]) -> bool {
    let args = ["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.ReadAlias", "string:default"];
    send(env, &args).is_ok_and(|answer| answer.contains(LOGIN))
}

fn send(env: &[(String, String)], args: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new("dbus-send");
    command.args(["--session", "--print-reply", "--reply-timeout=10000"]).arg(format!("--dest={SERVICE}")).args(args);
    let output = command.envs(env.iter().cloned()).output().context("dbus-send is needed: apt install dbus")?;
    ensure!(output.status.success(), "dbus-send {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn address(socket: &str) -> String {
    format!("unix:path={socket}")
}

fn bus_config(socket: &str) -> String {
    let address = address(socket);
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>{address}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"#
    )
}

fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(name)).find(|path| path.is_file())
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
