//! A monorepo of 2 GB that is made up while it is asked for: what reading it costs in memory.

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use catwalk_analysis::{Analyzer, Endpoints, source::parse};
use futures_util::{StreamExt, stream};
use std::fmt::Write;
use std::time::Instant;

/// As many files as GitHub lists at once, of 20 KB each.
const FILES: usize = 100_000;
const SIZE: usize = 20_000;
const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

/// Analyses it and tells time and memory.
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
    let found = analyzer.analyze(&source, now).await;
    let took = start.elapsed();
    server.abort();
    let said = match found {
        Ok(analysis) => analysis.manifest.package().map(|p| p.identifier.clone()).unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    Ok(format!("{FILES} files, {} MB: {said}, {} ms", FILES * SIZE / 1_000_000, took.as_millis()))
}

async fn answer(request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let deep = request.uri().query().is_some_and(|q| q.contains("recursive"));
    if path.starts_with("/raw/") {
        return file(&path);
    }
    match path.strip_prefix("/api/repos/grace/monorepo") {
        Some("") => json(r#"{"full_name":"grace/monorepo","default_branch":"main","id":7,"size":2000000}"#.to_owned()),
        Some(rest) if rest.starts_with("/commits/") => SHA.into_response(),
        Some(rest) if rest.starts_with("/git/trees/") && deep => tree(),
        Some(rest) if rest.starts_with("/git/trees/") => {
            let names = ["README.md", "package.json"].map(|n| entry(n, "blob", SHA));
            json(format!(r#"{{"sha":"{SHA}","tree":[{}],"truncated":false}}"#, names.join(",")))
        }
        _ => (axum::http::StatusCode::NOT_FOUND, "{}").into_response(),
    }
}

fn json(text: String) -> Response {
    ([("content-type", "application/json")], text).into_response()
}

fn entry(path: &str, kind: &str, sha: &str) -> String {
    format!(
        r#"{{"path":"{path}","mode":"100644","type":"{kind}","sha":"{sha}","size":{SIZE},"url":"https://api.github.com/repos/grace/monorepo/git/blobs/{sha}"}}"#
    )
}

/// The list as GitHub cuts it, in pieces.
fn tree() -> Response {
    const PIECE: usize = 1000;
    let head = format!(r#"{{"sha":"{SHA}","tree":[{}"#, entry("README.md", "blob", SHA));
    let pieces = stream::iter(0..FILES / PIECE).map(|piece| {
        let mut out = String::new();
        for number in piece * PIECE..(piece + 1) * PIECE {
            let path = format!("packages/area-{}/src/module-{}/component-{number}.ts", number % 97, number % 1009);
            let _ = write!(out, ",{}", entry(&path, "blob", SHA));
        }
        out
    });
    let manifests =
        stream::iter(0..600).map(|n| format!(",{}", entry(&format!("packages/area-{n}/package.json"), "blob", SHA)));
    let whole =
        stream::iter([head]).chain(pieces).chain(manifests).chain(stream::iter([r#"],"truncated":true}"#.to_owned()]));
    let body = whole.map(|text| Ok::<_, std::convert::Infallible>(Bytes::from(text)));
    ([("content-type", "application/json")], Body::from_stream(body)).into_response()
}

fn file(path: &str) -> Response {
    match path.rsplit_once('/').map(|(folder, name)| (folder.matches('/').count(), name)) {
        Some((4, "README.md")) => "# Everything\n\nAn MCP server among much else: `npx -y @grace/monorepo-mcp`.\n".into_response(),
        Some((4, "package.json")) => {
            json(r#"{"name":"@grace/monorepo-mcp","version":"1.0.0","bin":"./x.js","dependencies":{"@modelcontextprotocol/sdk":"1"}}"#.to_owned())
        }
        // Each of the inner manifests is as large as a file may be.
        Some((_, "package.json")) => json(format!(r#"{{"name":"inner","description":"{}"}}"#, "x".repeat(500_000))),
        _ => (axum::http::StatusCode::NOT_FOUND, "").into_response(),
    }
}
