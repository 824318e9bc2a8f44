//! Downloads against a server that misbehaves.
#![expect(clippy::disallowed_methods, reason = "a test's own server ends with the test")]

use super::{Download, hex};
use crate::job::Job;
use crate::{Config, Error, Request, Runtime};
use catwalk_domain::DeploymentId;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio_util::sync::CancellationToken;
use url::Url;

fn content() -> Vec<u8> {
    (0..600_000_u32).map(|i| (i % 251) as u8).collect()
}

/// How the server behaves.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    /// Cuts every answer after a third of the file.
    Cuts,
    /// Ignores ranges.
    NoRanges,
}

/// An answer by hand: a real server would not let its answer break off at a chosen byte.
fn answer(mood: Mood, asked: Option<usize>) -> Vec<u8> {
    let all = content();
    let from = asked.filter(|_| mood == Mood::Cuts).unwrap_or(0);
    let rest = &all[from..];
    let status = match from {
        0 => "200 OK".to_owned(),
        _ => format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{}", all.len() - 1, all.len()),
    };
    let mut answer =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", rest.len()).into_bytes();
    let end = if mood == Mood::Cuts { rest.len().min(all.len() / 3) } else { rest.len() };
    answer.extend_from_slice(&rest[..end]);
    answer
}

/// A server; the second half is the ranges it was asked for.
async fn server(mood: Mood) -> (Url, Arc<Mutex<Vec<Option<usize>>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = Url::parse(&format!("http://{}/file", listener.local_addr().expect("bound"))).expect("an address");
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut socket = BufReader::new(socket);
            let (mut line, mut from) = (String::new(), None);
            while socket.read_line(&mut line).await.is_ok_and(|n| n > 2) {
                let head = line.trim().to_lowercase();
                from = head.strip_prefix("range: bytes=").and_then(|r| r.strip_suffix('-')?.parse().ok()).or(from);
                line.clear();
            }
            log.lock().expect("no panics while held").push(from);
            socket.write_all(&answer(mood, from)).await.ok();
            socket.shutdown().await.ok();
        }
    });
    (url, asked)
}

async fn pinned(url: &Url, part: PathBuf, sha256: &str) -> Result<PathBuf, Error> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let nowhere = || Url::parse("http://127.0.0.1:9/").expect("a constant");
    let config = Config {
        data: PathBuf::from("/nonexistent"),
        pypi_index: nowhere(),
        npm_registry: nowhere(),
        github_codeload: nowhere(),
        extra_ca: None,
        cooldown: Duration::ZERO,
        holder: None,
    };
    let runtime = Runtime::new(config, reqwest::Client::new());
    let request = Request {
        deployment: DeploymentId(uuid::Uuid::nil()),
        package: catwalk_domain::manifest::Package::default(),
        hint: catwalk_domain::manifest::RunHint::default(),
        repository: None,
        commit: None,
        allow_scripts: Vec::new(),
        now: 0,
    };
    let job = Job { runtime: &runtime, request: &request, progress: &|_| (), cancel: &CancellationToken::new() };
    Download { what: "a file", url, part, limit: 1 << 20 }.pinned(&job, sha256).await
}

fn good() -> String {
    hex(&Sha256::digest(content()))
}

#[tokio::test]
async fn goes_on_where_it_was_cut() {
    let dir = tempfile::tempdir().expect("a folder");
    let (url, asked) = server(Mood::Cuts).await;
    let file = pinned(&url, dir.path().join("x.part"), &good()).await.expect("complete in the end");
    assert_eq!(std::fs::read(file).expect("readable"), content());
    assert_eq!(*asked.lock().expect("no panics while held"), [None, Some(200_000), Some(400_000)]);
}

#[tokio::test]
async fn goes_on_after_a_restart_of_ours() {
    let dir = tempfile::tempdir().expect("a folder");
    let part = dir.path().join("x.part");
    std::fs::write(&part, &content()[..450_000]).expect("writable");
    let (url, asked) = server(Mood::Cuts).await;
    pinned(&url, part, &good()).await.expect("complete");
    assert_eq!(*asked.lock().expect("no panics while held"), [Some(450_000)]);
}

#[tokio::test]
async fn starts_over_where_ranges_are_ignored() {
    let dir = tempfile::tempdir().expect("a folder");
    let part = dir.path().join("x.part");
    std::fs::write(&part, b"something else").expect("writable");
    let (url, _) = server(Mood::NoRanges).await;
    let file = pinned(&url, part, &good()).await.expect("complete");
    assert_eq!(std::fs::read(file).expect("readable"), content());
}

#[tokio::test]
async fn forgets_a_part_of_something_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let part = dir.path().join("x.part");
    std::fs::write(&part, vec![7; 450_000]).expect("writable");
    let (url, asked) = server(Mood::Cuts).await;
    pinned(&url, part, &good()).await.expect("complete after a second try");
    assert_eq!(asked.lock().expect("no panics while held").first(), Some(&Some(450_000)));
}

#[tokio::test]
async fn other_bytes_are_thrown_away() {
    let dir = tempfile::tempdir().expect("a folder");
    let part = dir.path().join("x.part");
    let (url, _) = server(Mood::NoRanges).await;
    let error = pinned(&url, part.clone(), &"0".repeat(64)).await.expect_err("not that file");
    assert!(matches!(error, Error::Integrity { .. }), "{error:?}");
    assert!(!part.exists());
}
