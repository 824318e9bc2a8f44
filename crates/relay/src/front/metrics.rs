//! `GET /metrics`: what was counted, for who has the token for that, which opens nothing else.

use crate::error::Fault;
use crate::front::Front;
use crate::front::reply::{self, Reply};
use crate::guard::token;
use crate::metrics::{self, Seen};
use http::{Method, Request};

/// Where it is.
pub(super) const PATH: &str = "/metrics";

/// Answers it. Host, Origin and URL have been checked.
pub(super) fn metrics<B>(front: &Front, hash: &[u8; 32], request: &Request<B>) -> Result<Reply, Fault> {
    if !token::is(request.headers(), hash)? {
        return Err(Fault::TokenUnknown);
    }
    if request.method() != Method::GET {
        return Err(Fault::HttpMethod("GET"));
    }
    let table = front.routes.read().clone();
    let mut seen: Vec<_> = table
        .deployments()
        .map(|(slug, id)| {
            let servers = front.servers.all_of(id);
            Seen {
                slug: slug.to_owned(),
                meter: front.context.metrics.meter(id),
                in_flight: servers.iter().map(|server| server.in_flight()).sum(),
                sessions: servers.iter().map(|server| server.sessions()).sum(),
                up: servers.iter().filter(|server| server.is_up()).count(),
            }
        })
        .collect();
    seen.sort_unstable_by(|a, b| a.slug.cmp(&b.slug));
    Ok(reply::plain(metrics::write(&front.context.metrics, &seen)))
}
