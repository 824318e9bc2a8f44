//! Where the browser comes back to: a listener on loopback that lives as long as one sign-in and takes one answer, the one
//! that carries this sign-in's state.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use url::form_urlencoded;

const PATH: &str = "/callback";
/// Browsers open a few connections ahead; nobody needs more.
const CONNECTIONS: usize = 16;
/// How long a browser may take to say what it wants.
const HEAD: Duration = Duration::from_secs(10);
/// How long the last page may take on its way to the browser.
const LAST_PAGE: Duration = Duration::from_secs(1);

/// The listener.
pub(super) struct Redirect {
    listener: TcpListener,
    host: String,
}

/// What the browser brought.
#[derive(Debug)]
pub(super) struct Brought {
    /// The code, or the error and its description.
    pub(super) code: Result<String, (String, Option<String>)>,
    /// Who says so.
    pub(super) issuer: Option<String>,
}

impl Redirect {
    /// Listens on a free port.
    pub(super) async fn listen() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let host = listener.local_addr()?.to_string();
        Ok(Self { listener, host })
    }

    /// The address to come back to.
    pub(super) fn address(&self) -> String {
        format!("http://{}{PATH}", self.host)
    }

    /// Waits for the answer that carries `state`; every other visitor is sent away.
    pub(super) async fn answer(self, state: &str) -> std::io::Result<Brought> {
        let (sender, mut brought) = oneshot::channel();
        let desk = Arc::new(Desk { host: self.host, state: state.to_owned(), brought: Mutex::new(Some(sender)) });
        let mut visitors = JoinSet::new();
        let answer = loop {
            let (stream, _) = tokio::select! {
                answer = &mut brought => break answer,
                accepted = self.listener.accept(), if visitors.len() < CONNECTIONS => accepted?,
                Some(_) = visitors.join_next() => continue,
            };
            let desk = Arc::clone(&desk);
            visitors.spawn(async move {
                let service = service_fn(|request| {
                    let page = desk.receive(&request);
                    async move { Ok::<_, Infallible>(page) }
                });
                let mut server = hyper::server::conn::http1::Builder::new();
                server.timer(TokioTimer::new()).header_read_timeout(HEAD).keep_alive(false);
                server.serve_connection(TokioIo::new(stream), service).await.ok();
            });
        };
        let away = async { while visitors.join_next().await.is_some() {} };
        tokio::time::timeout(LAST_PAGE, away).await.ok();
        answer.map_err(std::io::Error::other)
    }
}

/// Who receives visitors.
struct Desk {
    host: String,
    state: String,
    brought: Mutex<Option<oneshot::Sender<Brought>>>,
}

impl Desk {
    fn receive(&self, request: &Request<Incoming>) -> Response<String> {
        let at = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        if at != Some(&self.host) || request.uri().path() != PATH {
            return page(StatusCode::NOT_FOUND, "There is nothing here.");
        }
        if request.method() != Method::GET {
            let mut refusal = page(StatusCode::METHOD_NOT_ALLOWED, "There is nothing here.");
            refusal.headers_mut().insert(ALLOW, http::HeaderValue::from_static("GET"));
            return refusal;
        }
        let Some(brought) = self.read(request.uri().query().unwrap_or_default()) else {
            return page(StatusCode::BAD_REQUEST, "This is not the sign-in that Catwalk waits for.");
        };
        let Some(sender) = crate::lock::lock(&self.brought).take() else {
            return page(StatusCode::GONE, "This sign-in is over.");
        };
        let words = match &brought.code {
            Ok(_) => "Catwalk has what it needs. You can close this page and go back to Catwalk.",
            Err(_) => "The sign-in did not work. Go back to Catwalk to see why.",
        };
        sender.send(brought).ok();
        page(StatusCode::OK, words)
    }

    /// The answer, if it is ours and says each thing once.
    fn read(&self, query: &str) -> Option<Brought> {
        let mut said = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if said.insert(name.into_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        if said.remove("state")? != self.state {
            return None;
        }
        let code = match (said.remove("code"), said.remove("error")) {
            (Some(code), None) => Ok(code),
            (None, Some(error)) => Err((error, said.remove("error_description"))),
            _ => return None,
        };
        Some(Brought { code, issuer: said.remove("iss") })
    }
}

fn page(status: StatusCode, words: &str) -> Response<String> {
    let text = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Catwalk</title><body style=\"font:1rem/1.5 system-ui;margin:20vh auto;max-width:26rem;padding:0 1rem\">\
         <h1 style=\"font-size:1.2rem\">Catwalk</h1><p>{words}"
    );
    let mut page = Response::new(text);
    *page.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ] {
        page.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::Desk;

    #[test]
    fn only_its_own_answer_is_taken() {
        let desk = Desk { host: "127.0.0.1:1".to_owned(), state: "s".to_owned(), brought: std::sync::Mutex::default() };
        for (query, good) in [
            ("code=c&state=s", true),
            ("code=c&state=s&iss=https%3A%2F%2Fa.example", true),
            ("error=access_denied&state=s", true),
            ("code=c&state=x", false),
            ("code=c", false),
            ("state=s", false),
            ("code=c&error=e&state=s", false),
            ("code=c&code=d&state=s", false),
            ("code=c&state=s&state=s", false),
            ("", false),
        ] {
            assert_eq!(desk.read(query).is_some(), good, "{query}");
        }
    }
}
