//! The world of a window test: a temporary home, a private data folder with shared toolchains, a keychain name of its own.
#![allow(dead_code, reason = "each window test uses its own part of this")]

use std::path::{Path, PathBuf};

use catwalk_testkit::home::TempHome;

/// A temporary world.
pub(crate) struct World {
    home: TempHome,
    data: PathBuf,
}

impl World {
    pub(crate) fn new() -> Self {
        let home = TempHome::new().expect("a temporary home");
        let data = home.data().join("catwalk");
        std::fs::create_dir_all(&data).expect("the folder can be made");
        for shared in ["toolchains", "cache"] {
            let target = cache().join(shared);
            std::fs::create_dir_all(&target).expect("the cache folder can be made");
            std::os::unix::fs::symlink(&target, data.join(shared)).expect("a link can be made");
        }
        let free = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a free port");
        std::fs::write(data.join("preferences.json"), format!(r#"{{"relayPort":{}}}"#, free.port()))
            .expect("the settings can be written");
        Self { home, data }
    }

    /// The temporary home.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Catwalk's data folder.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// What the app is started with on top of the session's environment. The runtime folder stays the session's: the
    /// keychain's socket is there.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> =
            self.home.env().into_iter().filter(|(name, _)| name != "XDG_RUNTIME_DIR").collect();
        env.push(("CATWALK_DATA".into(), self.data.display().to_string()));
        // Nobody's list of servers is copied for a test; one that wants a list serves its own.
        for list in ["CATWALK_MCP_REGISTRY", "CATWALK_GLAMA"] {
            env.push((list.into(), "http://127.0.0.1:9/".into()));
        }
        env.push(("CATWALK_KEYCHAIN_SERVICE".into(), format!("Catwalk test {}", self.data.display())));
        env
    }
}

/// Toolchains and caches that all tests share.
fn cache() -> PathBuf {
    let folder = std::env::var_os("CATWALK_TEST_CACHE").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-cache"));
    std::fs::create_dir_all(&folder).expect("the cache folder can be made");
    folder.canonicalize().expect("it exists")
}
