//! A monorepo of 2 GB that is made up while it is asked for: what reading it costs in memory, and whether the one server deep
//! in it is found although GitHub's list of the whole ends long before.

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use catwalk_analysis::{Analyzer, Endpoints, source::parse};
use catwalk_domain::GapTopic;
use futures_util::{StreamExt, stream};
use std::time::Instant;

/// Size of each file, of which there are some eighty thousand.
const SIZE: usize = 25_000;
/// Where GitHub cuts a list.
const MAX_ENTRIES: usize = 100_000;
const MAX_BYTES: usize = 7_000_000;
const SHA: &str = "0123456789abcdef0123456789abcdef01234567";
/// What the analysis may take at most.
const ALLOWED: u64 = 150;
const MODULES: usize = 20;
const COMPONENTS: usize = 50;

/// The folders of the root, and how many projects each holds.
const ROOT: [(&str, usize); 6] =
    [("apps", 12), ("docs", 2), ("packages", 56), ("services", 8), ("third_party", 2), ("tools", 1)];

/// Analyses it and tells time and memory; an error when something is not as it must be.
pub(crate) async fn run(now: i64) -> Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/", listener.local_addr()?);
    #[expect(clippy::disallowed_methods, reason = "ends with the program")]
    let server = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let part = |name: &str| format!("{base}{name}/").parse().context("a URL");
    let endpoints = Endpoints {
        github_api: part("api")?,
        github_raw: part("raw")?,
        github_codeload: part("codeload")?,
        ..crate::offline()?
    };
    let analyzer = Analyzer::new(reqwest::Client::builder().build()?, endpoints, None);
    let source = parse("https://github.com/grace/monorepo").map_err(|p| anyhow::anyhow!("{p}"))?;
    let start = Instant::now();
    let analysis = analyzer.analyze(&source, now).await?;
    let took = start.elapsed().as_millis();
    server.abort();
    let folder = analysis.manifest.repository.as_ref().and_then(|r| r.subfolder.as_deref());
    if folder != Some("tools/harbour-mcp") {
        bail!("the server in tools/harbour-mcp was not found, but {folder:?}");
    }
    let Some(gap) = analysis.gaps.iter().find(|g| g.topic == GapTopic::Files) else {
        bail!("it is not said that files were not seen");
    };
    let files = count("");
    let found = format!("{files} files, {} MB: the server in tools/harbour-mcp, {took} ms", files * SIZE / 1_000_000);
    let memory = match crate::peak() {
        Some(peak) if peak > ALLOWED => bail!("{found}\npeak memory, the fake included: {peak} MiB of {ALLOWED} MiB"),
        Some(peak) => format!("peak memory, the fake included: {peak} MiB of {ALLOWED} MiB"),
        None => "peak memory: this system does not tell".to_owned(),
    };
    Ok(format!("{found}\nnot seen, and said so: {}\n{memory}", gap.sought))
}

/// What lies in a folder: names, and whether each is a folder. Sorted as Git sorts.
fn children(folder: &str) -> Vec<(String, bool)> {
    let file = |name: &str| (name.to_owned(), false);
    let parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [] => {
            let readme = [file("README.md")].into_iter();
            readme.chain(ROOT.iter().map(|(name, _)| ((*name).to_owned(), true))).chain([file("zebra.json")]).collect()
        }
        ["tools"] => vec![("harbour-mcp".to_owned(), true)],
        ["tools", _, "src"] => vec![file("index.ts")],
        [top] => {
            let number = ROOT.iter().find(|(name, _)| name == top).map_or(0, |(_, number)| *number);
            (0..number).map(|n| (format!("area-{n:03}"), true)).collect()
        }
        [_, _] => vec![file("README.md"), file("package.json"), ("src".to_owned(), true)],
        [_, _, "src"] => (0..MODULES).map(|n| (format!("module-{n:03}"), true)).collect(),
        [_, _, "src", _] => (0..COMPONENTS).map(|n| (format!("component-{n:05}.ts"), false)).collect(),
        _ => Vec::new(),
    }
}

fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn count(folder: &str) -> usize {
    let each = |(name, is_folder): (String, bool)| if is_folder { count(&inside(folder, &name)) } else { 1 };
    children(folder).into_iter().map(each).sum()
}

/// A folder's name among Git's objects: it holds the path, so that nothing need be remembered.
fn sha(folder: &str) -> String {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = folder.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    format!("{hash:016x}{:024x}", folder.len())
}

/// The folder of this name, found by looking at those that have folders in them.
fn folder_of(wanted: &str) -> Option<String> {
    if wanted == SHA {
        return Some(String::new());
    }
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        if sha(&folder) == wanted {
            return Some(folder);
        }
        open.extend(
            children(&folder).into_iter().filter(|(_, is_folder)| *is_folder).map(|(n, _)| inside(&folder, &n)),
        );
    }
    None
}

async fn answer(request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let deep = request.uri().query().is_some_and(|q| q.contains("recursive"));
    if path.starts_with("/raw/") {
        return file(&path);
    }
    let missing = || (axum::http::StatusCode::NOT_FOUND, "{}").into_response();
    match path.strip_prefix("/api/repos/grace/monorepo") {
        Some("") => json(r#"{"full_name":"grace/monorepo","default_branch":"main","id":7,"size":2000000}"#.to_owned()),
        Some(rest) if rest.starts_with("/commits/") => SHA.into_response(),
        Some(rest) => match rest.strip_prefix("/git/trees/").and_then(folder_of) {
            Some(folder) => tree(folder, deep),
            None => missing(),
        },
        None => missing(),
    }
}

fn json(text: String) -> Response {
    ([("content-type", "application/json")], text).into_response()
}

fn entry(path: &str, full: &str, is_folder: bool) -> String {
    let (mode, kind, sha) = if is_folder { ("040000", "tree", sha(full)) } else { ("100644", "blob", SHA.to_owned()) };
    let size = if is_folder { String::new() } else { format!(r#""size":{SIZE},"#) };
    format!(
        r#"{{"path":"{path}","mode":"{mode}","type":"{kind}","sha":"{sha}",{size}"url":"https://api.github.com/repos/grace/monorepo/git/{kind}s/{sha}"}}"#
    )
}

/// A list as GitHub writes and cuts it, in pieces.
fn tree(root: String, deep: bool) -> Response {
    struct Walk {
        open: Vec<(String, bool)>,
        entries: usize,
        bytes: usize,
        ended: bool,
    }
    let below =
        |folder: &str| children(folder).into_iter().rev().map(|(n, f)| (inside(folder, &n), f)).collect::<Vec<_>>();
    let start = Walk { open: below(&root), entries: 0, bytes: 0, ended: false };
    let head = Bytes::from(format!(r#"{{"sha":"{}","tree":["#, sha(&root)));
    let pieces = stream::unfold(start, move |mut walk| {
        let root = root.clone();
        async move {
            if walk.ended {
                return None;
            }
            let mut out = String::new();
            while out.len() < 64 << 10 {
                let full = walk.entries >= MAX_ENTRIES || walk.bytes + out.len() >= MAX_BYTES;
                let Some((path, is_folder)) = walk.open.pop().filter(|_| !full) else {
                    out.push_str(r#"],"truncated":"#);
                    out.push_str(if full { "true}" } else { "false}" });
                    walk.ended = true;
                    break;
                };
                let shown = path.strip_prefix(&root).unwrap_or(&path).trim_start_matches('/');
                out.push_str(if walk.entries == 0 { "" } else { "," });
                out.push_str(&entry(shown, &path, is_folder));
                walk.entries += 1;
                if is_folder && deep {
                    walk.open.extend(children(&path).into_iter().rev().map(|(n, f)| (inside(&path, &n), f)));
                }
            }
            walk.bytes += out.len();
            Some((Ok::<_, std::convert::Infallible>(Bytes::from(out)), walk))
        }
    });
    let body = stream::iter([Ok(head)]).chain(pieces);
    ([("content-type", "application/json")], Body::from_stream(body)).into_response()
}

fn file(path: &str) -> Response {
    let inner = path.splitn(6, '/').nth(5).unwrap_or_default();
    match (inner, inner.rsplit('/').next().unwrap_or_default()) {
        ("README.md", _) => "# Everything\n\nAll that Grace writes.\n".into_response(),
        ("tools/harbour-mcp/package.json", _) => json(
            r#"{"name":"@grace/harbour-mcp","version":"1.0.0","bin":"./x.js","dependencies":{"@modelcontextprotocol/sdk":"1"}}"#.to_owned(),
        ),
        ("tools/harbour-mcp/README.md", _) => "# Harbour\n\nAn MCP server: `npx -y @grace/harbour-mcp`.\n".into_response(),
        ("tools/harbour-mcp/src/index.ts", _) => "server.tool('tide', async () => {});\n".into_response(),
        // Each of the inner manifests is as large as a file may be.
        (_, "package.json") => json(format!(r#"{{"name":"inner","description":"{}"}}"#, "x".repeat(500_000))),
        _ => (axum::http::StatusCode::NOT_FOUND, "").into_response(),
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test(flavor = "multi_thread")]
    async fn the_server_in_a_repository_of_two_gigabytes_is_found_in_little_memory() {
        rustls::crypto::ring::default_provider().install_default().ok();
        let said = super::run(crate::NOW).await.unwrap_or_else(|e| panic!("{e:#}"));
        assert!(said.starts_with("80") && said.contains("packages"), "{said}");
    }
}
