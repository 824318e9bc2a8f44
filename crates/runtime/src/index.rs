//! A `PyPI` simple index: which files a project has. Reads the JSON of PEP 691 and the HTML of PEP 503.

use crate::job::Job;
use crate::{Error, clock};
use catwalk_domain::Millis;
use serde::Deserialize;
use url::Url;

mod html;

/// Both forms, the richer first.
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// One file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) url: Url,
    pub(crate) requires_python: Option<String>,
    pub(crate) uploaded: Option<Millis>,
}

impl File {
    /// Its version, as its name writes it: `name-version-…whl` or `name-version.tar.gz`.
    pub(crate) fn version(&self) -> Option<&str> {
        if let Some(stem) = self.name.strip_suffix(".whl") {
            return stem.split('-').nth(1);
        }
        let stem = [".tar.gz", ".zip", ".tar.bz2"].iter().find_map(|end| self.name.strip_suffix(end))?;
        stem.rsplit_once('-').map(|(_, version)| version)
    }

    /// Whether it belongs to that version.
    pub(crate) fn is_version(&self, version: &str) -> bool {
        let plain = |v: &str| v.replace('_', "-");
        self.version().is_some_and(|v| plain(v).eq_ignore_ascii_case(&plain(version)))
    }
}

/// Asks the index for a project's files.
pub(crate) async fn files(job: &Job<'_>, project: &str) -> Result<Vec<File>, Error> {
    let base = &job.runtime.config.pypi_index;
    let what = format!("{project} on the Python package index");
    // `join` on a base without a final slash would replace `simple`.
    let base = if base.path().ends_with('/') { base.clone() } else { with_slash(base) };
    let page = base.join(&format!("{}/", normal(project))).map_err(|e| Error::BadCoordinate { what: e.to_string() })?;
    let request = job.runtime.http.get(page).header(reqwest::header::ACCEPT, ACCEPT).send();
    let answer = job.race(request).await?.and_then(reqwest::Response::error_for_status);
    let answer = answer.map_err(|e| Error::http(&what, &e))?;
    // Redirects (e.g. to the normal form of the name) change what relative links mean.
    let at = answer.url().clone();
    let text = job.race(answer.text()).await?.map_err(|e| Error::http(&what, &e))?;
    Ok(if text.trim_start().starts_with('{') { from_json(&text, &at) } else { html::files(&text, &at) })
}

/// PEP 503: lower case, runs of `-_.` become one `-`.
pub(crate) fn normal(project: &str) -> String {
    let project = project.split('[').next().unwrap_or(project);
    let parts = project.split(['-', '_', '.']).filter(|p| !p.is_empty()).map(str::to_ascii_lowercase);
    parts.collect::<Vec<_>>().join("-")
}

fn with_slash(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_path(&format!("{}/", url.path()));
    url
}

#[derive(Deserialize)]
struct Page {
    files: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    filename: String,
    url: String,
    requires_python: Option<String>,
    upload_time: Option<String>,
}

fn from_json(text: &str, at: &Url) -> Vec<File> {
    let page = serde_json::from_str::<Page>(text).map(|p| p.files).unwrap_or_default();
    let file = |e: Entry| {
        Some(File {
            url: at.join(&e.url).ok()?,
            name: e.filename,
            requires_python: e.requires_python.filter(|r| !r.trim().is_empty()),
            uploaded: e.upload_time.as_deref().and_then(clock::parse),
        })
    };
    page.into_iter().filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::{File, from_json, html, normal};
    use url::Url;

    fn page() -> Url {
        Url::parse("https://index.test/simple/uv/").expect("a constant address")
    }

    #[test]
    fn both_forms_say_the_same() {
        let json = r#"{"meta":{"api-version":"1.1"},"name":"uv","files":[{"filename":"uv-1.0-py3-none-any.whl",
            "url":"../../files/uv-1.0-py3-none-any.whl","hashes":{"sha256":"00"},"requires-python":">=3.8",
            "upload-time":"2026-09-01T22:46:36.382Z"}]}"#;
        let text = r#"<!DOCTYPE html><html><body><a
            href="../../files/uv-1.0-py3-none-any.whl#sha256=00" data-requires-python="&gt;=3.8"
            data-upload-time="2026-09-01T22:46:36.382Z" >uv-1.0-py3-none-any.whl</a><br/></body></html>"#;
        let files = from_json(json, &page());
        assert_eq!(files, html::files(text, &page()));
        assert_eq!(files[0].url.as_str(), "https://index.test/files/uv-1.0-py3-none-any.whl");
        assert_eq!(files[0].requires_python.as_deref(), Some(">=3.8"));
        assert!(files[0].uploaded.is_some());
    }

    #[test]
    fn versions_of_files() {
        let file = |name: &str| File { name: name.into(), url: page(), requires_python: None, uploaded: None };
        assert!(file("mcp_server_time-2026.8.18-py3-none-any.whl").is_version("2026.8.18"));
        assert!(file("mcp_server_time-2026.8.18.tar.gz").is_version("2026.8.18"));
        assert!(!file("mcp_server_time-2026.8.18.tar.gz").is_version("2026.8.1"));
        assert_eq!(normal("Mcp__Server.time[x]"), "mcp-server-time");
    }
}
