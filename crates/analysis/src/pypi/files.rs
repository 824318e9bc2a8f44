//! The files of a release: which one tells the console scripts, and where it really is.

use super::wheel;
use crate::analyzer::Analyzer;
use crate::endpoints::join;
use crate::fetch::{Ask, get};
use serde_json::Value;
use url::Url;

/// Console scripts of a release; `None` when no file could be read.
pub(super) async fn scripts(analyzer: &Analyzer, release: &Value, asked: &Url, name: &str) -> Option<Vec<String>> {
    let files = release.get("urls").and_then(Value::as_array)?;
    let text = |file: &Value, key: &str| file.get(key).and_then(Value::as_str).map(str::to_owned);
    let wheels = files.iter().filter(|f| text(f, "packagetype").as_deref() == Some("bdist_wheel"));
    let size = |f: &Value| f.get("size").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let smallest = wheels.min_by_key(|f| size(f))?;
    let file = text(smallest, "filename")?;
    let size = size(smallest);
    // Mirrors give addresses relative to the one that was asked.
    if let Some(url) = text(smallest, "url").and_then(|u| asked.join(&u).ok())
        && let Some(found) = wheel::scripts(analyzer, &url, size).await
    {
        return Some(found);
    }
    let url = listed(analyzer, name, &file).await?;
    wheel::scripts(analyzer, &url, size).await
}

/// The file's address on the simple page of the package, as JSON or HTML, absolute or relative.
async fn listed(analyzer: &Analyzer, name: &str, file: &str) -> Option<Url> {
    let page = join(&analyzer.endpoints.pypi, ["simple", name, ""]);
    let accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
    let reply = get(&analyzer.http, Ask::new(super::WHO, page).accept(accept).max(4 << 20).wait(8)).await.ok()?;
    if !reply.status.is_success() {
        return None;
    }
    let link = match serde_json::from_slice::<Value>(&reply.body) {
        Ok(json) => {
            let files = json.get("files").and_then(Value::as_array)?;
            let entry = files.iter().find(|f| f.get("filename").and_then(Value::as_str) == Some(file))?;
            entry.get("url").and_then(Value::as_str).map(str::to_owned)
        }
        Err(_) => href(&reply.text(), file),
    }?;
    reply.url.join(&link).ok()
}

/// The `href` of the link to a file.
fn href(html: &str, file: &str) -> Option<String> {
    html.match_indices("href=").find_map(|(at, _)| {
        let rest = &html[at + 5..];
        let quote = rest.chars().next().filter(|c| *c == '"' || *c == '\'')?;
        let link = rest[1..].split(quote).next()?.replace("&amp;", "&");
        let path = link.split(['#', '?']).next().unwrap_or(&link);
        (path.rsplit('/').next() == Some(file)).then_some(link)
    })
}

#[cfg(test)]
mod tests {
    use super::href;

    #[test]
    fn links_of_the_simple_page() {
        let html = r#"<a href="../../p/a-1.0.tar.gz#sha256=0">a</a><br/><a data-x='1' href='/x/a-1.0-py3-none-any.whl?y=1&amp;z=2'>b</a>"#;
        assert_eq!(href(html, "a-1.0-py3-none-any.whl").as_deref(), Some("/x/a-1.0-py3-none-any.whl?y=1&z=2"));
        assert_eq!(href(html, "a-1.0.tar.gz").as_deref(), Some("../../p/a-1.0.tar.gz#sha256=0"));
        assert_eq!(href(html, "b.whl"), None);
    }
}
