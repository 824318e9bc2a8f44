//! The Origin allow-list: a web page can reach loopback, but its browser says where it is from.

use crate::error::Fault;
use http::HeaderMap;
use http::header::ORIGIN;
use std::net::SocketAddr;

/// The origins served; by default only our own, for MCP clients are no web pages.
#[derive(Clone, Debug)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// Our own and exactly these, as browsers write them: `scheme://host[:port]`, lower case, without a path. Our own is
    /// no web page either, since we serve none, but some clients send it to say that they are no foreign one.
    pub(crate) fn new(addr: SocketAddr, more: Vec<String>) -> Self {
        let port = if addr.port() == 80 { String::new() } else { format!(":{}", addr.port()) };
        let ours = ["127.0.0.1", "[::1]", "localhost"].map(|host| format!("http://{host}{port}"));
        Self(ours.into_iter().chain(more).collect())
    }

    /// Lets a request through if it names no origin, or one of ours and only that.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Fault> {
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => Ok(()),
            (Some(origin), None) if self.0.iter().any(|ours| ours.as_bytes() == origin.as_bytes()) => Ok(()),
            _ => Err(Fault::OriginForeign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Origins;
    use http::header::ORIGIN;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn case_01_foreign_origins() {
        let ours = Origins::new(([127, 0, 0, 1], 4173).into(), vec!["tauri://localhost".to_owned()]);
        for (origins, expect) in [
            (&["http://127.0.0.1:4173"][..], true),
            (&["http://localhost:4173"], true),
            (&["http://[::1]:4173"], true),
            (&["https://127.0.0.1:4173"], false),
            (&["http://127.0.0.1:41733"], false),
            (&["http://127.0.0.1"], false),
            (&[], true),
            (&["tauri://localhost"], true),
            (&["tauri://localhost", "tauri://localhost"], false),
            (&["Tauri://localhost"], false),
            (&["tauri://localhost/"], false),
            (&["tauri://localhost.evil"], false),
            (&["tauri://localhost:1"], false),
            (&["http://localhost"], false),
            (&["https://evil.example"], false),
            (&["null"], false),
            (&[""], false),
        ] {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(ours.check(&headers).is_ok(), expect, "{origins:?}");
        }
    }
}
