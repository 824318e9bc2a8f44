//! Where the outside world is. Tests point these at fakes.

use url::Url;

/// Base addresses of the services that analysis asks.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// npm registry.
    pub npm: Url,
    /// npm's counter of downloads. Mirrors have none, so it is asked only about the public registry, or when it was changed too.
    pub npm_counter: Url,
    /// Python Package Index (its root, not `/simple/`).
    pub pypi: Url,
    /// GitHub's REST API.
    pub github_api: Url,
    /// GitHub's host of raw files.
    pub github_raw: Url,
    /// GitHub's host of archives.
    pub github_codeload: Url,
    /// GitHub's pages.
    pub github_web: Url,
    /// The official MCP Registry.
    pub mcp_registry: Url,
    /// Glama's list of servers.
    pub glama: Url,
}

const NPM: &str = "https://registry.npmjs.org/";
const COUNTER: &str = "https://api.npmjs.org/";

impl Default for Endpoints {
    fn default() -> Self {
        let url = |text: &str| Url::parse(text).expect("the public addresses are valid");
        Self {
            npm: url(NPM),
            npm_counter: url(COUNTER),
            pypi: url("https://pypi.org/"),
            github_api: url("https://api.github.com/"),
            github_raw: url("https://raw.githubusercontent.com/"),
            github_codeload: url("https://codeload.github.com/"),
            github_web: url("https://github.com/"),
            mcp_registry: url("https://registry.modelcontextprotocol.io/"),
            glama: url("https://glama.ai/"),
        }
    }
}

impl Endpoints {
    /// Who counts the downloads from the registry that is asked.
    pub(crate) fn counter(&self) -> Option<&Url> {
        (self.npm.as_str() == NPM || self.npm_counter.as_str() != COUNTER).then_some(&self.npm_counter)
    }
}

/// A base address with path segments added, each encoded.
pub(crate) fn join<'a>(base: &Url, segments: impl IntoIterator<Item = &'a str>) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
