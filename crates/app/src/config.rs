//! Where the engine keeps things and whom it asks. Built once, from the environment or by a test.

use crate::preferences::Preferences;
use catwalk_analysis::Endpoints;
use catwalk_clients::Homes;
use catwalk_domain::{Fix, Problem, ProblemCode};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The relay's port on a new installation: unassigned by IANA and outside every system's ephemeral range.
pub const DEFAULT_PORT: u16 = 7420;
/// How many ports from there on are tried when it is taken.
const PORTS: u16 = 100;

const CLIENT_METADATA: &str = "CATWALK_CLIENT_METADATA";

/// Configuration of the engine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Config(Arc<Parts>);

/// What a configuration is made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Folder of all data.
    pub data: PathBuf,
    /// The small binary `catwalk`.
    pub helper: PathBuf,
    /// Whom analysis asks.
    pub endpoints: Endpoints,
    /// Where Python packages and toolchains come from: a simple index, ending in `/simple/`.
    pub pypi_index: Url,
    /// Where other apps keep their files.
    pub homes: Homes,
    /// Our name in the keychain.
    pub keychain_service: String,
    /// The desktop app's program, if it is what runs the engine: `catwalk bridge` starts it again.
    pub desktop: Option<PathBuf>,
    /// Where our OAuth client metadata is published (`docs/oauth-client.json`), if it is. Authorization servers that fetch
    /// it need no registration.
    pub client_metadata: Option<Url>,
    /// Our OAuth app on GitHub, which has no secret. Without one a token can only be pasted.
    pub github_client: Option<String>,
}

impl From<Parts> for Config {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The system names no folder for application data.
    #[error("this system names no folder for application data; set CATWALK_DATA")]
    NoDataFolder,
    /// The small binary `catwalk` is not beside the app.
    #[error("cannot find where this program is installed")]
    NoProgramFolder(#[source] std::io::Error),
    /// An address in the environment is not an address.
    #[error("{name} is not an address")]
    Address {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        source: url::ParseError,
    },
}

impl Config {
    /// Reads the configuration from the environment. All variables are optional: `CATWALK_DATA` (folder of all data),
    /// `CATWALK_HELPER` (path of the `catwalk` binary), `CATWALK_KEYCHAIN_SERVICE`, and, for company mirrors and tests,
    /// `CATWALK_NPM_REGISTRY`, `CATWALK_PYPI`, `CATWALK_PYPI_INDEX`, `CATWALK_GITHUB_API`, `CATWALK_GITHUB_RAW`,
    /// `CATWALK_GITHUB_CODELOAD`, `CATWALK_GITHUB_WEB`, `CATWALK_GITHUB_CLIENT`, `CATWALK_MCP_REGISTRY`, `CATWALK_GLAMA`,
    /// `CATWALK_CLIENT_METADATA`.
    ///
    /// # Errors
    /// [`ConfigError`] names the variable or folder that is wrong.
    pub fn from_env() -> Result<Self, ConfigError> {
        let path = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let data = path("CATWALK_DATA")
            .or_else(|| dirs::data_local_dir().map(|d| d.join("catwalk")))
            .ok_or(ConfigError::NoDataFolder)?;
        let helper = match path("CATWALK_HELPER") {
            Some(helper) => helper,
            None => beside_this_program()?,
        };
        let mut endpoints = Endpoints::default();
        override_with("CATWALK_NPM_REGISTRY", &mut endpoints.npm)?;
        override_with("CATWALK_PYPI", &mut endpoints.pypi)?;
        override_with("CATWALK_GITHUB_API", &mut endpoints.github_api)?;
        override_with("CATWALK_GITHUB_RAW", &mut endpoints.github_raw)?;
        override_with("CATWALK_GITHUB_CODELOAD", &mut endpoints.github_codeload)?;
        override_with("CATWALK_GITHUB_WEB", &mut endpoints.github_web)?;
        let github_client = std::env::var("CATWALK_GITHUB_CLIENT").ok().filter(|text| !text.is_empty());
        override_with("CATWALK_MCP_REGISTRY", &mut endpoints.mcp_registry)?;
        override_with("CATWALK_GLAMA", &mut endpoints.glama)?;
        let mut pypi_index = endpoints.pypi.join("simple/").unwrap_or_else(|_| endpoints.pypi.clone());
        override_with("CATWALK_PYPI_INDEX", &mut pypi_index)?;
        let client_metadata = std::env::var(CLIENT_METADATA).ok().filter(|text| !text.is_empty());
        let client_metadata = client_metadata.map(|text| text.parse()).transpose();
        let client_metadata =
            client_metadata.map_err(|source| ConfigError::Address { name: CLIENT_METADATA, source })?;
        let keychain_service = std::env::var("CATWALK_KEYCHAIN_SERVICE").unwrap_or_else(|_| "Catwalk".to_owned());
        let homes = Homes::from_env();
        let desktop = None;
        Ok(Parts {
            data,
            helper,
            endpoints,
            pypi_index,
            homes,
            keychain_service,
            desktop,
            client_metadata,
            github_client,
        }
        .into())
    }

    /// The same, run by the desktop app: an AppImage is started by its own name, not by what it unpacks.
    #[must_use]
    pub fn of_desktop(self) -> Self {
        let image = std::env::var_os("APPIMAGE").map(PathBuf::from);
        let desktop = image.or_else(|| std::env::current_exe().ok());
        Parts { desktop, ..Arc::unwrap_or_clone(self.0) }.into()
    }

    /// The desktop app's program, if it is what runs the engine.
    pub(crate) fn desktop(&self) -> Option<&Path> {
        self.0.desktop.as_deref()
    }

    /// Folder of all data.
    pub fn data_dir(&self) -> &Path {
        &self.0.data
    }

    /// Folder of Catwalk's own log.
    pub fn log_dir(&self) -> PathBuf {
        self.0.data.join("logs")
    }

    /// Folder of the servers' logs.
    pub(crate) fn server_logs(&self) -> PathBuf {
        self.log_dir().join("servers")
    }

    /// The small binary `catwalk`, which runs servers and bridges.
    pub(crate) fn helper(&self) -> &Path {
        &self.0.helper
    }

    /// Whom analysis asks.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    /// Where Python packages and toolchains come from.
    pub(crate) fn pypi_index(&self) -> &Url {
        &self.0.pypi_index
    }

    /// Where other apps keep their files.
    pub(crate) fn homes(&self) -> &Homes {
        &self.0.homes
    }

    /// Our name in the keychain.
    pub(crate) fn keychain_service(&self) -> &str {
        &self.0.keychain_service
    }

    /// Where our OAuth client metadata is published.
    pub(crate) fn client_metadata(&self) -> Option<&Url> {
        self.0.client_metadata.as_ref()
    }

    /// Our OAuth app on GitHub.
    pub(crate) fn github_client(&self) -> Option<&str> {
        self.0.github_client.as_deref()
    }

    /// Settings that must be known before the database is open; the defaults where they cannot be read.
    pub fn preferences(&self) -> Preferences {
        self.read_preferences().unwrap_or_default()
    }

    /// The same for whom the defaults would be wrong.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read_preferences(&self) -> Result<Preferences, Problem> {
        Preferences::read(&self.0.data).map_err(|e| {
            let text = "The file says which database holds your servers and where AI apps reach them, so Catwalk does not \
                        start without it. Try again, or begin with the settings of a new installation: the built-in \
                        database and the usual port. The damaged file is kept beside the new one.";
            Problem::new(ProblemCode::Storage, "Catwalk's settings file cannot be read", text)
                .evidence([format!("{}: {e}", self.0.data.join("preferences.json").display())])
                .fix(Fix::Retry)
        })
    }

    /// Uses the built-in database from the next start on, for when another one cannot be opened any more, or nobody can
    /// tell which it was.
    ///
    /// # Errors
    /// When the settings cannot be saved.
    pub fn use_built_in_database(&self) -> Result<(), Problem> {
        if self.read_preferences().is_err() {
            Preferences::put_aside(&self.0.data)
                .map_err(|e| crate::error::internal("The damaged settings file could not be put aside", &e))?;
        }
        self.change_preferences(|p| p.postgres = None)
    }

    /// Changes those settings.
    ///
    /// # Errors
    /// A storage problem when the file cannot be read or written; the old one is then still whole.
    pub(crate) fn change_preferences(&self, change: impl FnOnce(&mut Preferences)) -> Result<(), Problem> {
        let mut preferences = self.read_preferences()?;
        change(&mut preferences);
        preferences.write(&self.0.data).map_err(|e| {
            Problem::new(
                ProblemCode::Storage,
                "The settings could not be saved",
                "Nothing was changed. Check that the disk has room and that the folder can be written.",
            )
            .evidence([format!("{}: {e}", self.0.data.display())])
            .fix(Fix::Retry)
        })
    }

    /// Moves the relay to a free port, for good: configs of AI apps hold it. As at first, one that the system does not give
    /// to whoever asks for any, or it might be taken again at the next start.
    ///
    /// # Errors
    /// When no port is free or the settings cannot be saved.
    pub fn use_another_port(&self) -> Result<(), Problem> {
        let current = self.read_preferences()?.relay_port;
        let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
        let port = (DEFAULT_PORT..DEFAULT_PORT + PORTS).filter(|port| *port != current).find(is_free);
        let port = port.ok_or_else(|| crate::error::internal("No free port was found", &DEFAULT_PORT))?;
        self.change_preferences(|p| {
            p.earlier_ports.retain(|earlier| *earlier != port && *earlier != current);
            p.earlier_ports.push(current);
            (p.relay_port, p.tokens_exposed) = (port, true);
        })
    }
}

fn beside_this_program() -> Result<PathBuf, ConfigError> {
    let program = std::env::current_exe().map_err(ConfigError::NoProgramFolder)?;
    Ok(program.with_file_name(format!("catwalk{}", std::env::consts::EXE_SUFFIX)))
}

fn override_with(name: &'static str, url: &mut Url) -> Result<(), ConfigError> {
    if let Ok(text) = std::env::var(name) {
        *url = text.parse().map_err(|source| ConfigError::Address { name, source })?;
    }
    Ok(())
}
