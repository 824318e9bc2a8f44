//! Where the outside world is. Tests point these at fakes.

use url::Url;

/// Base addresses of the services that analysis asks.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// npm registry.
    pub npm: Url,
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
}

impl Default for Endpoints {
    fn default() -> Self {
        let url = |text: &str| Url::parse(text).expect("the public addresses are valid");
        Self {
            npm: url("https://registry.npmjs.org/"),
            pypi: url("https://pypi.org/"),
            github_api: url("https://api.github.com/"),
            github_raw: url("https://raw.githubusercontent.com/"),
            github_codeload: url("https://codeload.github.com/"),
            github_web: url("https://github.com/"),
        }
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
