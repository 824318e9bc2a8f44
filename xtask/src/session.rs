//! A desktop session made on the spot: a virtual screen, a private message bus and an unlocked keychain, all in its own
//! home folder, so that nothing here touches the person's own. It ends with the value.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{exec, paths};

/// A bus that starts nothing by itself: the usual one would bring up a second, locked keychain and half a desktop.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// The running parts, and the environment that leads programs to them.
pub(crate) struct Session {
    children: Vec<Child>,
    env: Vec<(String, OsString)>,
    // Sockets live here: their paths must be short, so not under the build folder.
    runtime: TempDir,
}

impl Session {
    /// A session whose programs keep their files in `home`; with a screen of its own when `screen` is set.
    pub(crate) fn start(home: &Path, screen: bool) -> Result<Self> {
        let runtime = tempfile::Builder::new().prefix("catwalk-session-").tempdir()?;
        let mut session = Self { children: Vec::new(), env: home_env(home, runtime.path())?, runtime };
        if screen {
            session.screen()?;
        }
        session.bus()?;
        session.keychain()?;
        Ok(session)
    }

    /// Lets `command` run inside this session.
    pub(crate) fn enter(&self, command: &mut Command) {
        command.env_remove("WAYLAND_DISPLAY").envs(self.env.iter().map(|(key, value)| (key, value)));
    }

    fn set(&mut self, key: &str, value: impl Into<OsString>) {
        self.env.push((key.to_owned(), value.into()));
    }

    fn screen(&mut self) -> Result<()> {
        // Xvfb picks a free display by itself and writes its number.
        let mut child = self
            .part("Xvfb", &["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start Xvfb")?;
        let number = first_line(&mut child);
        self.children.push(child);
        self.set("DISPLAY", format!(":{}", number.context("Xvfb found no free display")?));
        Ok(())
    }

    fn bus(&mut self) -> Result<()> {
        let config = self.runtime.path().join("bus.conf");
        std::fs::write(&config, BUS.replace("SOCKET", &self.runtime.path().join("bus").to_string_lossy()))?;
        let config = format!("--config-file={}", config.display());
        let mut child = self
            .part("dbus-daemon", &["--nofork", "--nopidfile", "--print-address=1", &config])
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start dbus-daemon")?;
        let line = first_line(&mut child);
        self.children.push(child);
        self.set("DBUS_SESSION_BUS_ADDRESS", line.context("dbus-daemon gave no address")?);
        Ok(())
    }

    fn keychain(&mut self) -> Result<()> {
        let mut child = self
            .part("gnome-keyring-daemon", &["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("could not start gnome-keyring-daemon")?;
        // It takes the password until the end of its input, so the pipe is closed here.
        child.stdin.take().context("the keychain has no stdin")?.write_all(b"throwaway")?;
        self.children.push(child);
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.keychain_answers() {
            if Instant::now() > deadline {
                let log = std::fs::read_to_string(self.log()).unwrap_or_default();
                bail!("the keychain did not come up on the private message bus:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Whether its first collection exists and is open: being on the bus alone is not enough to store a secret.
    fn keychain_answers(&self) -> bool {
        let mut ask = Command::new("dbus-send");
        ask.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"]);
        ask.args(["/org/freedesktop/secrets/collection/login", "org.freedesktop.DBus.Properties.Get"]);
        ask.args(["string:org.freedesktop.Secret.Collection", "string:Locked"]);
        self.enter(&mut ask);
        exec::quiet(&mut ask).is_some_and(|reply| reply.contains("boolean false"))
    }

    /// A daemon of this session; the kernel ends it even when this tool is killed.
    fn part(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        if paths::which("setpriv").is_some() {
            command = Command::new("setpriv");
            command.args(["--pdeathsig", "TERM", "--", program]);
        }
        command.args(args).stdin(Stdio::null());
        command.stderr(
            File::options().create(true).append(true).open(self.log()).map_or_else(|_| Stdio::null(), Stdio::from),
        );
        self.enter(&mut command);
        command
    }

    fn log(&self) -> PathBuf {
        self.runtime.path().join("session.log")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Last started, first ended: the keychain writes to the bus, programs draw to the screen.
        for child in self.children.iter_mut().rev() {
            stop(child);
        }
    }
}

/// Asks a program to end (so that it removes its sockets and locks), and ends it when it does not.
pub(crate) fn stop(child: &mut Child) {
    exec::quiet(Command::new("kill").args(["-TERM", &child.id().to_string()]));
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().ok();
    child.wait().ok();
}

fn first_line(child: &mut Child) -> Option<String> {
    let mut line = String::new();
    BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}

/// A home of its own, in which cargo, rustup and pyenv still find what belongs to the person.
fn home_env(home: &Path, runtime: &Path) -> Result<Vec<(String, OsString)>> {
    let mut env: Vec<(String, OsString)> = Vec::new();
    let folders = [
        ("HOME", home.to_owned()),
        ("XDG_CONFIG_HOME", home.join(".config")),
        ("XDG_DATA_HOME", home.join(".local/share")),
        ("XDG_STATE_HOME", home.join(".local/state")),
        ("XDG_CACHE_HOME", home.join(".cache")),
    ];
    for (key, folder) in folders {
        std::fs::create_dir_all(&folder).with_context(|| format!("could not create {}", folder.display()))?;
        env.push((key.to_owned(), folder.into()));
    }
    env.push(("XDG_RUNTIME_DIR".to_owned(), runtime.into()));
    // GTK would otherwise start the accessibility bus and the settings service of a full desktop.
    env.push(("NO_AT_BRIDGE".to_owned(), "1".into()));
    env.push(("GSETTINGS_BACKEND".to_owned(), "memory".into()));
    if let Some(real) = std::env::home_dir() {
        for (key, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup"), ("PYENV_ROOT", ".pyenv")] {
            if std::env::var_os(key).is_none() && real.join(folder).is_dir() {
                env.push((key.to_owned(), real.join(folder).into()));
            }
        }
    }
    Ok(env)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn it_brings_its_own_screen_bus_and_open_keychain_and_takes_them_away() {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let session = Session::start(home.path(), true).expect("Xvfb, dbus-daemon and gnome-keyring are installed");
        let ask = |program: &str, args: &[&str]| {
            let mut command = Command::new(program);
            session.enter(command.args(args));
            exec::quiet(&mut command)
        };
        assert!(ask("xwininfo", &["-root"]).expect("the screen answers").contains("1280"));
        let default = ["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.ReadAlias", "string:default"];
        let default = ask(
            "dbus-send",
            &[&["--session", "--print-reply", "--dest=org.freedesktop.secrets"], &default[..]].concat(),
        );
        assert!(default.expect("the keychain answers").contains("collection/login"));
        assert_eq!(ask("sh", &["-c", "echo $HOME"]).expect("a shell").trim(), home.path().to_string_lossy());
        let (processes, folder) = (pids(&session), session.runtime.path().to_owned());
        assert_eq!(processes.len(), 3);
        drop(session);
        assert!(processes.iter().all(|id| !Path::new(&format!("/proc/{id}")).exists()), "all are gone");
        assert!(!folder.exists());
    }

    fn pids(session: &Session) -> Vec<u32> {
        session.children.iter().map(Child::id).collect()
    }
}
