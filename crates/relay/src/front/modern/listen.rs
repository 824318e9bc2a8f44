//! `subscriptions/listen`: a stream of the changes that a client asked to hear of, as long as its connection lasts.

use super::Asked;
use crate::error::Fault;
use crate::front::Front;
use crate::front::reply::{self, Reply};
use crate::session::{InFlight, Session};
use crate::stream::Stream;
use crate::upstream::Filter;
use serde_json::value::RawValue;
use std::sync::Arc;

/// Answers `subscriptions/listen`.
pub(super) async fn listen(
    front: &Front,
    session: &Arc<Session>,
    place: InFlight,
    id: &RawValue,
    asked: &Asked<'_>,
) -> Result<Reply, Fault> {
    let wanted = asked.notifications.and_then(|raw| serde_json::from_str::<Filter>(raw.get()).ok());
    let wanted = wanted.ok_or(Fault::Listen)?;
    let stream = Arc::new(Stream::standalone(&front.context.limits));
    let key = front.sessions.key();
    // From here on it is the listener's connection that keeps it.
    let leaving = Leaving { session: Arc::clone(session), key, _place: place };
    session.peer.listen(key, session, &stream, id, wanted).await?;
    Ok(reply::passing_events(&stream, Box::new(leaving), &front.context.limits))
}

/// A listener's connection.
struct Leaving {
    session: Arc<Session>,
    key: u64,
    _place: InFlight,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.session.peer.unlisten(self.key);
    }
}
