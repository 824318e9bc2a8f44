//! What works on this computer and what does not: looked at without starting anything.

use crate::database::Database;
use crate::{BridgeFile, Config};
use catwalk_domain::Problem;
use catwalk_store::Store;
use catwalk_vault::{KeyCheck, Vault};
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub found: String,
    /// What is wrong and what to do about it.
    pub problem: Option<Problem>,
}

impl Check {
    fn fine(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, ok: true, found: found.into(), problem: None }
    }

    fn wrong(name: &'static str, problem: Problem) -> Self {
        Self { name, ok: false, found: problem.title.clone(), problem: Some(problem) }
    }

    fn bad(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, ok: false, found: found.into(), problem: None }
    }
}

/// Looks at folder, helper, keychain, database, relay and AI apps.
pub async fn doctor(config: &Config) -> Vec<Check> {
    let mut checks = vec![folder(config), helper(config)];
    match Vault::system(config.keychain_service()) {
        Ok(vault) => look_inside(config, Arc::new(vault), &mut checks).await,
        Err(error) => checks.push(Check::wrong("keychain", error.problem())),
    }
    checks.push(relay(config).await);
    checks.extend(clients(config));
    checks
}

async fn look_inside(config: &Config, vault: Arc<Vault>, checks: &mut Vec<Check>) {
    let database = Database::of(config);
    let fresh = matches!(&database, Database::Sqlite(path) if !path.exists());
    if fresh {
        checks.push(Check::fine("database", "none yet; it is made at the first start"));
        return;
    }
    let opened = match database.url(&vault).await {
        // Not opened as the app does: this program may be newer than the app that has the database open.
        Ok(url) => Store::inspect(&url).await.map_err(|e| e.problem()),
        Err(problem) => Err(problem),
    };
    let store = match opened {
        Ok(Some(store)) => store,
        Ok(None) => {
            let found =
                format!("{}, of an earlier Catwalk; it is brought up to date at the next start", database.shown());
            return checks.push(Check::fine("database", found));
        }
        Err(problem) => return checks.push(Check::wrong("database", problem)),
    };
    let count = store.deployments().list().await.map_or(0, |d| d.len());
    checks.push(Check::fine("database", format!("{}, {count} servers", database.shown())));
    for row in store.deployments().unreadable().await.unwrap_or_default() {
        checks.push(Check::bad("database", format!("the server “{}” cannot be read: {}", row.slug, row.error)));
    }
    checks.push(keychain(&store, vault).await);
    store.close().await;
}

async fn keychain(store: &Store, vault: Arc<Vault>) -> Check {
    let known = match store.vault_key().get().await {
        Ok(Some(known)) => KeyCheck { key_id: known.key_id, sealed: known.sealed },
        Ok(None) => return Check::fine("keychain", "not used yet"),
        Err(error) => return Check::wrong("keychain", error.problem()),
    };
    match tokio::task::spawn_blocking(move || vault.unlock(Some(known))).await {
        Ok(Ok(_)) => Check::fine("keychain", "open, and the key fits"),
        Ok(Err(error)) => Check::wrong("keychain", error.problem()),
        Err(error) => Check::bad("keychain", error.to_string()),
    }
}

fn folder(config: &Config) -> Check {
    let folder = config.data_dir();
    match tempfile::NamedTempFile::new_in(folder) {
        Ok(_) => Check::fine("data folder", folder.display().to_string()),
        Err(_) if !folder.exists() => Check::fine("data folder", format!("{} (not made yet)", folder.display())),
        Err(error) => Check::bad("data folder", format!("{}: {error}", folder.display())),
    }
}

fn helper(config: &Config) -> Check {
    let helper = config.helper();
    if helper.is_file() {
        Check::fine("helper", helper.display().to_string())
    } else {
        Check::bad("helper", format!("{} is missing; install Catwalk again", helper.display()))
    }
}

async fn relay(config: &Config) -> Check {
    let port = config.preferences().relay_port;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let connected = tokio::time::timeout(Duration::from_secs(2), tokio::net::TcpStream::connect(address)).await;
    match connected {
        Ok(Ok(_)) => Check::fine("relay", format!("something listens on port {port}")),
        _ => Check::bad("relay", format!("nothing listens on port {port}; is Catwalk open?")),
    }
}

fn clients(config: &Config) -> Vec<Check> {
    let bridge = match BridgeFile::read(config.data_dir()) {
        Ok(_) => Check::fine("bridge", "ready for apps that speak stdio"),
        Err(_) => Check::fine("bridge", "not used yet"),
    };
    let found = catwalk_clients::found(config.homes()).into_iter().filter(|f| f.installed);
    let look = |f: catwalk_clients::Found| match f.problem {
        Some(problem) => Check::wrong(f.name, problem),
        None => Check::fine(f.name, f.file.display().to_string()),
    };
    std::iter::once(bridge).chain(found.map(look)).collect()
}
