//! DELETE: the client ends its session. Unlike a dropped connection, this cancels what is in flight.

use crate::error::Fault;
use crate::front::reply::{self, Reply};
use crate::front::{Admitted, Front, headers};

/// Answers a DELETE.
pub(crate) fn delete<B>(front: &Front, admitted: &Admitted, request: &http::Request<B>) -> Result<Reply, Fault> {
    headers::with_sessions(request.headers())?;
    let session = headers::session(front, admitted, request.headers())?;
    front.sessions.remove(&session);
    front.servers.leave(&session);
    Ok(reply::ended())
}
