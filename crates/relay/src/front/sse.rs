//! HTTP+SSE, the transport of 2024-11-05: one event stream down (`GET …/sse`), one POST for each message up
//! (`…/messages`), whose address the stream opens with.
//!
//! The stream is the session. It ends with its connection, for this transport has no way back to a stream; what is in
//! flight then is cancelled, as nobody could take the answer. The id in the address of the messages says which session is
//! meant and nothing else: every request needs its token as anywhere. A client that lost its stream may open another and
//! go on without a second `initialize`, as the TypeScript SDK's does; only questions of the server need one.

use crate::envelope::{self, Envelope};
use crate::error::Fault;
use crate::front::reply::{self, Reply};
use crate::front::{Admitted, Front, body, headers, post};
use crate::message::Message;
use crate::session::{Hello, Session, Transport};
use crate::stream::Kind;
use crate::version::Version;
use http::Uri;
use hyper::body::Incoming;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The parameter of the messages' address, named as the SDKs name it.
const SESSION: &str = "sessionId";

/// A session while its stream is open. Dropping it ends the session.
pub(crate) struct Visit {
    front: Arc<Front>,
    session: Arc<Session>,
}

impl Visit {
    /// The session.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.front.sessions.remove(&self.session);
        self.front.servers.leave(&self.session);
    }
}

/// Answers `GET …/sse`: a new session.
pub(super) fn open<B>(front: &Arc<Front>, admitted: &Admitted, request: &http::Request<B>) -> Result<Reply, Fault> {
    headers::accepts(request.headers(), "text/event-stream")?;
    let peer = front.peer(admitted)?;
    let opened = front.sessions.open_sse(&admitted.token, &admitted.scope, peer.clone());
    let session = front.opened(opened, &peer)?;
    front.join(&session);
    session.peer.want();
    let path = request.uri().path();
    let path = path.strip_suffix("/sse").unwrap_or(path);
    let address = format!("{path}/messages?{SESSION}={}", session.id);
    let visit = Visit { front: Arc::clone(front), session };
    Ok(reply::visit(visit, &address, &front.context.limits))
}

/// Answers `POST …/messages`: taken, and whatever comes of it comes on the stream.
pub(super) async fn take(front: &Front, admitted: Admitted, request: http::Request<Incoming>) -> Result<Reply, Fault> {
    let (head, incoming) = request.into_parts();
    headers::is_json(&head.headers)?;
    headers::version(&head.headers)?;
    let session = session(front, &admitted, &head.uri)?;
    let body = body::read(incoming, &front.context.limits).await?;
    if envelope::is_batch(&body) {
        return Err(Fault::Batch);
    }
    let message = Envelope::parse(&body).map_err(post::fault)?;
    // The answers wait on one stream. Who does not read them may not ask for more.
    if matches!(message, Envelope::Request { .. }) && session.standalone.is_full() {
        return Err(Fault::InFlight(front.context.limits.in_flight));
    }
    match message {
        Envelope::Request { id, method, params } if method == "initialize" => {
            greet(front, session, id, params)?;
        }
        message => post::take(front, &session, &session.standalone, message, &body)?,
    }
    Ok(reply::accepted())
}

/// The session that an address for messages names.
fn session(front: &Front, admitted: &Admitted, uri: &Uri) -> Result<Arc<Session>, Fault> {
    let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let mut ids = pairs.filter(|(name, _)| *name == SESSION).map(|(_, id)| id);
    let (Some(id), None) = (ids.next(), ids.next()) else { return Err(Fault::SessionMissing) };
    front.sessions.find(id, &admitted.token, &admitted.scope, Transport::Sse)
}

/// The handshake. It may take as long as the server's start, so it is answered apart.
fn greet(front: &Front, session: Arc<Session>, id: &RawValue, params: Option<&RawValue>) -> Result<(), Fault> {
    let params: Value = params.and_then(|raw| serde_json::from_str(raw.get()).ok()).ok_or(Fault::Initialize)?;
    let version = Version::negotiate(params["protocolVersion"].as_str().ok_or(Fault::Initialize)?);
    session.declare(Hello::from_params(&params));
    let max = front.context.limits.in_flight;
    let place = session.begin(max).ok_or(Fault::InFlight(max))?;
    let id = id.get().to_owned();
    front.context.tracker.spawn(async move {
        let answer = match post::introduce(&session.peer, version).await {
            Ok(result) => Message::own_answer(&id, &result),
            Err(fault) => post::refused(&id, &fault),
        };
        session.standalone.push(Kind::Answer, answer);
        drop(place);
    });
    Ok(())
}
