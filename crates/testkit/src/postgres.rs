//! A throwaway Postgres server: real, on a free loopback port, gone when dropped.

use crate::wait::eventually_blocking;
use anyhow::{Context, ensure};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);
/// Postgres refuses to run as root; root hands its folders to this user.
const USER: &str = "postgres";
const PASSWORD: &str = "throw:away/pass";

/// A running server. Everybody on this machine may log in over the Unix socket; TCP wants the password.
pub struct Postgres {
    dir: TempDir,
    bin: PathBuf,
    port: u16,
    server: Option<Child>,
    tls: bool,
}

impl Postgres {
    /// Whether this machine has a Postgres server installed.
    pub fn is_available() -> bool {
        bin().is_some()
    }

    /// Starts a fresh, empty server without TLS.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(false)
    }

    /// Starts one that also speaks TLS, with a certificate for `localhost` from a CA of its own, see [`Self::ca`].
    pub fn start_tls() -> anyhow::Result<Self> {
        Self::start_with(true)
    }

    fn start_with(tls: bool) -> anyhow::Result<Self> {
        let bin = bin().context("Postgres is needed: apt install postgresql")?;
        let dir = tempfile::Builder::new().prefix("cw-pg-").tempdir()?;
        let mut server = Self { dir, bin, port: free_port()?, server: None, tls };
        let password = server.dir.path().join("password");
        std::fs::write(&password, PASSWORD)?;
        if tls {
            certificates(server.dir.path())?;
        }
        give_away(server.dir.path())?;
        let data = server.data();
        let init = server
            .command("initdb")
            .arg("-D")
            .arg(&data)
            .args(["-U", USER, "-E", "UTF8", "--no-locale", "-N"])
            .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
            .arg(format!("--pwfile={}", password.display()))
            .output()?;
        ensure!(init.status.success(), "initdb: {}", String::from_utf8_lossy(&init.stderr));
        server.resume()?;
        Ok(server)
    }

    /// Starts the server again after [`Self::stop`], on the same port with the same data.
    pub fn resume(&mut self) -> anyhow::Result<()> {
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.arg("-k").arg(self.dir.path()).args(["-c", "fsync=off", "-c", "max_connections=40"]);
        if self.tls {
            let file = |name: &str| self.dir.path().join(name).display().to_string();
            command.args(["-c", "ssl=on", "-c", &format!("ssl_cert_file={}", file("server.crt"))]);
            command.args(["-c", &format!("ssl_key_file={}", file("server.key"))]);
        }
        self.server = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        eventually_blocking("Postgres to accept logins", PATIENCE, || self.is_ready().then_some(()));
        Ok(())
    }

    /// Stops the server as a crash or a pulled plug would: connections break.
    pub fn stop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // `pg_ctl` knows the true pid (ours may be `runuser`'s) and waits for the whole process group.
        let mut command = self.command("pg_ctl");
        let _ = command.arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]).output();
        let _ = server.kill();
        let _ = server.wait();
    }

    /// Makes a new empty database and gives its URL over TCP.
    pub fn database(&self, name: &str) -> anyhow::Result<String> {
        let mut command = self.command("createdb");
        let output =
            command.arg("-h").arg(self.dir.path()).args(["-p", &self.port.to_string(), "-U", USER, name]).output()?;
        ensure!(output.status.success(), "createdb: {}", String::from_utf8_lossy(&output.stderr));
        Ok(self.url(name))
    }

    /// The URL of a database over TCP, password included (`localhost`, as the certificate names it).
    pub fn url(&self, database: &str) -> String {
        let password = PASSWORD.replace(':', "%3A").replace('/', "%2F");
        format!("postgres://{USER}:{password}@localhost:{}/{database}", self.port)
    }

    /// The password as it must never be shown.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// The CA that signed the server's certificate (only with TLS), for `sslrootcert`.
    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.crt")
    }

    /// Runs SQL as the superuser and gives what `psql -At` prints.
    pub fn psql(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let mut command = self.command("psql");
        command.arg("-h").arg(self.dir.path()).args(["-p", &self.port.to_string(), "-U", USER, "-At", "-d", database]);
        let output = command.args(["-v", "ON_ERROR_STOP=1", "-c", sql]).output()?;
        ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn is_ready(&self) -> bool {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() && self.psql(USER, "SELECT 1").is_ok()
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn command(&self, tool: &str) -> Command {
        let tool = self.bin.join(tool);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(tool);
            command
        } else {
            Command::new(tool)
        };
        command.current_dir(self.dir.path()).env("LC_ALL", "C").stdin(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

fn bin() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|dir| dir.filter_map(Result::ok).map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = versions.into_iter().rev().chain(std::env::split_paths(&path));
    // `initdb` alone may be a wrapper; the server itself must stand beside it.
    candidates.into_iter().find(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Lets the server's user own the folder when we are root.
fn give_away(dir: &Path) -> anyhow::Result<()> {
    if is_root() {
        let status = Command::new("chown").args(["-R", USER]).arg(dir).status()?;
        ensure!(status.success(), "chown to `{USER}`");
        // The tests (root) read the CA anyway; nobody else needs to come in.
    }
    Ok(())
}

/// A CA and a certificate for `localhost` signed by it.
fn certificates(dir: &Path) -> anyhow::Result<()> {
    let openssl = |args: &str| -> anyhow::Result<()> {
        let output = Command::new("openssl").args(args.split(' ')).current_dir(dir).output()?;
        ensure!(output.status.success(), "openssl {args}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    };
    std::fs::write(dir.join("san"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")?;
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.crt -days 2 -subj /CN=catwalk-test-ca"))?;
    openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"))?;
    openssl("x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 -extfile san")
}
