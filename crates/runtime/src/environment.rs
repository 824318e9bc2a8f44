//! The environments we make: nothing of the user's own leaks in but language, proxies and certificates.

use crate::{Config, Error, places::Places};
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

pub(crate) type Env = BTreeMap<String, String>;

/// Passed on as they are: a company's proxy and certificates must work for tools and servers alike.
const NETWORK: [&str; 11] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
];
/// Language and, on Windows, what programs need to start at all.
const SYSTEM: [&str; 13] = [
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "SystemRoot",
    "SystemDrive",
    "windir",
    "COMSPEC",
    "PATHEXT",
    "ProgramData",
    "ProgramFiles",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
];
/// Where distributions keep their authorities.
const SYSTEM_CA: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// What every server starts from.
pub(crate) fn base(config: &Config, places: &Places) -> Env {
    let mut base: Env =
        NETWORK.iter().chain(&SYSTEM).filter_map(|k| Some(((*k).to_owned(), env::var(k).ok()?))).collect();
    base.insert("PATH".into(), system_path());
    if cfg!(unix) && !["LANG", "LC_ALL", "LC_CTYPE"].iter().any(|k| base.contains_key(*k)) {
        base.insert("LANG".into(), "C.UTF-8".into());
    }
    // Node 24 reads the system's store only when told; company authorities live there.
    base.insert("NODE_USE_SYSTEM_CA".into(), "1".into());
    if let Some(extra) = &config.extra_ca {
        let extra = extra.to_string_lossy().into_owned();
        base.insert("NODE_EXTRA_CA_CERTS".into(), extra.clone());
        let bundle = places.ca_bundle();
        let bundle = if bundle.is_file() { bundle.to_string_lossy().into_owned() } else { extra };
        base.insert("SSL_CERT_FILE".into(), bundle);
    }
    base
}

/// What our tools start from: the base with a private home.
pub(crate) fn tools(config: &Config, places: &Places) -> Result<Env, Error> {
    if let Some(extra) = &config.extra_ca {
        write_bundle(extra, &places.ca_bundle())?;
    }
    let mut env = base(config, places);
    let home = places.tool_home().to_string_lossy().into_owned();
    let temp = places.tool_temp().to_string_lossy().into_owned();
    for key in ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        env.insert(key.into(), home.clone());
    }
    for key in ["TMPDIR", "TEMP", "TMP"] {
        env.insert(key.into(), temp.clone());
    }
    env.extend([("NO_COLOR".to_owned(), "1".to_owned()), ("CI".to_owned(), "true".to_owned())]);
    Ok(env)
}

/// Puts folders before a search path.
pub(crate) fn path_with(first: &[PathBuf], env: &Env) -> String {
    let rest = env.get("PATH").cloned().unwrap_or_else(system_path);
    let all = first.iter().cloned().chain(env::split_paths(&rest));
    env::join_paths(all).ok().and_then(|p| p.into_string().ok()).unwrap_or(rest)
}

/// The system's programs. Not the user's `PATH`: version switchers (pyenv, nvm) put shims there that fail without the
/// user's home.
fn system_path() -> String {
    if cfg!(windows) {
        let root = env::var("SystemRoot").unwrap_or_else(|_| r"C:\Windows".into());
        return format!(r"{root}\System32;{root}");
    }
    let homebrew = if cfg!(target_os = "macos") { "/opt/homebrew/bin:" } else { "" };
    format!("{homebrew}/usr/local/bin:/usr/bin:/bin")
}

/// uv and Python read one file only, and it replaces the system's: so ours holds both.
fn write_bundle(extra: &Path, bundle: &Path) -> Result<(), Error> {
    let mut pem = std::fs::read(extra).map_err(Error::io(extra))?;
    let given = env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let system = given.into_iter().chain(SYSTEM_CA.iter().map(PathBuf::from)).find(|p| p.is_file() && p != extra);
    if let Some(system) = system {
        pem.push(b'\n');
        pem.extend(std::fs::read(&system).map_err(Error::io(&system))?);
    }
    std::fs::write(bundle, pem).map_err(Error::io(bundle))
}
