//! A proxy in front of nothing: every question to every host comes here, is written down, and gets the same answer.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_ENCODING};
use axum::response::{IntoResponse, Response};
use catwalk_analysis::{Endpoints, redirects};
use futures_util::stream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// The hosts that the analyzer is pointed at, and the families that are theirs.
const OURS: [&str; 8] = [
    "npm.test",
    "pypi.test",
    "api.github.test",
    "raw.test",
    "codeload.test",
    "github.test",
    "files.pythonhosted.org:443",
    "registry.npmjs.org:443",
];

/// What every question is answered with.
#[derive(Clone)]
pub(super) enum Answer {
    Ok(Vec<u8>),
    Status(u16, Vec<(&'static str, &'static str)>),
    /// Bytes without end, as fast as they are taken.
    Endless,
    /// So many zeros, compressed.
    Bomb(usize),
    /// Nothing, ever.
    Silence,
    /// A byte each second.
    Drip,
}

impl Answer {
    pub(super) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Ok(body.into())
    }

    fn respond(&self) -> Response {
        let chunks = |chunk: Bytes| stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
        match self {
            Self::Ok(body) => body.clone().into_response(),
            Self::Status(status, headers) => {
                let pairs = headers.iter().filter_map(|(name, value)| {
                    Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
                });
                let status = StatusCode::from_u16(*status).expect("a status");
                (status, pairs.collect::<HeaderMap>(), "{}").into_response()
            }
            Self::Endless => Body::from_stream(chunks(Bytes::from(vec![b'['; 64 << 10]))).into_response(),
            Self::Bomb(size) => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                std::io::Write::write_all(&mut encoder, &vec![b' '; *size]).expect("memory");
                ([(CONTENT_ENCODING, "gzip")], encoder.finish().expect("memory")).into_response()
            }
            Self::Silence => Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()).into_response(),
            Self::Drip => {
                let drop = || async {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Ok::<_, std::io::Error>(Bytes::from_static(b"["))
                };
                Body::from_stream(stream::unfold((), move |()| async move { Some((drop().await, ())) })).into_response()
            }
        }
    }
}

/// The proxy, and what it has seen.
pub(super) struct World {
    address: std::net::SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl World {
    pub(super) async fn start(answer: Answer) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        let handle = move |request: Request| {
            let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
            notes.lock().unwrap_or_else(PoisonError::into_inner).push(host);
            // A tunnel for https is written down and refused: nothing of ours speaks it here.
            let response = if request.method() == Method::CONNECT {
                StatusCode::FORBIDDEN.into_response()
            } else {
                answer.respond()
            };
            std::future::ready(response)
        };
        let router = axum::Router::new().fallback(handle);
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, seen, task }
    }

    /// A client as the product has it, all of whose questions come here.
    pub(super) fn client(&self) -> reqwest::Client {
        rustls::crypto::ring::default_provider().install_default().ok();
        let proxy = reqwest::Proxy::all(format!("http://{}", self.address)).expect("an address");
        reqwest::Client::builder().proxy(proxy).redirect(redirects()).build().expect("a client can be made")
    }

    #[allow(clippy::needless_update, reason = "more services may come, and must not be asked here either")]
    pub(super) fn endpoints() -> Endpoints {
        let url = |text: &str| Url::parse(text).expect("a URL");
        Endpoints {
            npm: url("http://npm.test/"),
            pypi: url("http://pypi.test/"),
            github_api: url("http://api.github.test/"),
            github_raw: url("http://raw.test/"),
            github_codeload: url("http://codeload.test/"),
            github_web: url("http://github.test/"),
            ..Endpoints::default()
        }
    }

    /// Hosts that were asked.
    pub(super) fn asked(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hosts that were asked and are none of ours.
    pub(super) fn strangers(&self) -> Vec<String> {
        let mut seen = self.asked();
        assert!(!seen.is_empty(), "the proxy was asked at all");
        seen.retain(|host| !OURS.contains(&host.as_str()));
        seen
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.task.abort();
    }
}
