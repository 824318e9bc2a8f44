//! Where things lie under the data folder.

use crate::Error;
use catwalk_domain::DeploymentId;
use std::path::{Path, PathBuf};

/// Paths under the data folder. Nothing outside of it is ever written.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    data: PathBuf,
}

impl Places {
    pub(crate) fn new(data: &Path) -> Self {
        // Tools run in other folders, so a relative data folder would mean another place to each of them.
        Self { data: std::path::absolute(data).unwrap_or_else(|_| data.to_owned()) }
    }

    /// Makes the folders that tools expect to exist.
    pub(crate) fn prepare(&self) -> Result<(), Error> {
        for dir in [self.toolchains(), self.locks(), self.tool_home(), self.tool_temp(), self.downloads()] {
            std::fs::create_dir_all(&dir).map_err(Error::io(&dir))?;
        }
        Ok(())
    }

    pub(crate) fn toolchains(&self) -> PathBuf {
        self.data.join("toolchains")
    }

    /// Pythons that uv fetches when the system has none that fits.
    pub(crate) fn pythons(&self) -> PathBuf {
        self.toolchains().join("python")
    }

    pub(crate) fn server(&self, deployment: DeploymentId) -> PathBuf {
        self.data.join("servers").join(deployment.to_string())
    }

    fn locks(&self) -> PathBuf {
        self.data.join("servers").join(".locks")
    }

    /// Outside of the deployment's folder, so that removing the folder does not take the lock away from its holder.
    pub(crate) fn server_lock(&self, deployment: DeploymentId) -> PathBuf {
        self.locks().join(deployment.to_string())
    }

    fn cache(&self) -> PathBuf {
        self.data.join("cache")
    }

    pub(crate) fn npm_cache(&self) -> PathBuf {
        self.cache().join("npm")
    }

    pub(crate) fn uv_cache(&self) -> PathBuf {
        self.cache().join("uv")
    }

    /// Unfinished downloads.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.cache().join("downloads")
    }

    /// The home that tools see, so that the user's own `~/.npmrc`, `pip.conf` or pyenv shims play no part.
    pub(crate) fn tool_home(&self) -> PathBuf {
        self.cache().join("home")
    }

    pub(crate) fn tool_temp(&self) -> PathBuf {
        self.cache().join("tmp")
    }

    /// System and extra certificate authorities in one file, for tools that read only one.
    pub(crate) fn ca_bundle(&self) -> PathBuf {
        self.cache().join("ca.pem")
    }
}
