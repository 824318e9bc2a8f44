//! GET: the session's own stream, or a call's stream that broke.

use crate::error::Fault;
use crate::front::reply::{self, Reply};
use crate::front::{Admitted, Front, headers};
use std::sync::Arc;

/// Answers a GET.
pub(crate) fn get<B>(front: &Front, admitted: &Admitted, request: &http::Request<B>) -> Result<Reply, Fault> {
    headers::accepts(request.headers(), "text/event-stream")?;
    headers::with_sessions(request.headers())?;
    let session = headers::session(front, admitted, request.headers())?;
    let (stream, after) = match request.headers().get(headers::LAST_EVENT) {
        None => (Arc::clone(&session.standalone), None),
        Some(id) => {
            let resumed = id.to_str().ok().and_then(|id| session.resume(id));
            let (stream, after) = resumed.ok_or(Fault::EventId)?;
            (stream, Some(after))
        }
    };
    Ok(reply::events(&session, &stream, after, &front.context.limits))
}
