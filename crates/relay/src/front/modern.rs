//! POST in revision 2026-07-28: each request stands for itself. It brings what a session knew in `_meta`, repeats in
//! headers what others may route by, and is cancelled when its connection ends, for nobody comes back for the answer.

mod discover;
mod listen;
mod request;

use crate::envelope::{self, Envelope};
use crate::error::{self, CallError, Fault};
use crate::front::reply::{self, Reply};
use crate::front::{Admitted, Front, body, headers, post};
use crate::message::Message;
use crate::mirror::{self, Mismatch};
use crate::peer::Peer;
use crate::session::Session;
use crate::stream::{Decision, Stream};
use crate::upstream::{Caller, Request};
use crate::version::Version;
use bytes::Bytes;
use http::HeaderMap;
use hyper::body::Incoming;
use request::Asked;
pub(super) use request::claims;
use serde_json::value::RawValue;
use std::future::poll_fn;
use std::sync::Arc;

/// What earlier revisions have and this one has not.
const REMOVED: [&str; 5] = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];

/// Answers a POST whose `MCP-Protocol-Version` is none with sessions.
pub(super) async fn post(front: &Front, admitted: Admitted, head: &HeaderMap, body: Incoming) -> Result<Reply, Fault> {
    let body = body::read(body, &front.context.limits).await?;
    if envelope::is_batch(&body) {
        return Err(Fault::Batch);
    }
    match Envelope::parse(&body).map_err(post::fault)? {
        Envelope::Request { id, method, params } => {
            let asked = serve(front, &admitted, head, &body, id, &method, params).await;
            Ok(asked.unwrap_or_else(|fault| refusal(id, &fault)))
        }
        // There is nothing left that a notification could be about: a cancel is the end of the connection.
        Envelope::Notification { .. } => headers::modern(head).map(|()| reply::accepted()),
        Envelope::Response { .. } => Err(Fault::Shape),
    }
}

/// A refusal under the request's own id.
pub(super) fn refusal(id: &RawValue, fault: &Fault) -> Reply {
    let (status, code) = fault.answer();
    let mut reply = reply::json(Message::error(id.get(), code, &fault.to_string(), fault.data().as_ref()));
    *reply.status_mut() = if matches!(fault, Fault::Call(_)) { error::status_of(code) } else { status };
    reply
}

async fn serve(
    front: &Front,
    admitted: &Admitted,
    head: &HeaderMap,
    body: &Bytes,
    id: &RawValue,
    method: &str,
    params: Option<&RawValue>,
) -> Result<Reply, Fault> {
    let asked = Asked::read(params)?;
    let said = mirror::single(head, &headers::VERSION)?.unwrap_or_default();
    if said != asked.version {
        return Err(Mismatch("the MCP-Protocol-Version header is not what `_meta` says".into()).into());
    }
    if !Version::known(said).is_some_and(Version::is_modern) {
        return Err(Fault::Version(said.chars().take(64).collect()));
    }
    mirror::check(head, method, params)?;
    if REMOVED.contains(&method) {
        return Err(Fault::Method);
    }
    let session = front.guest(admitted)?;
    let peer = &session.peer.clone();
    let max = front.context.limits.in_flight;
    let place = session.begin(max).ok_or(Fault::InFlight(max))?;
    if method == "server/discover" {
        return discover::discover(peer, id).await;
    }
    if method == "subscriptions/listen" {
        return listen::listen(front, &session, place, id, &asked).await;
    }
    if method == "tools/call" {
        mirrored(&session, head, &asked).await?;
    }
    let stream = session.stream(1, &front.context.limits);
    let hangup = Hangup { peer: peer.clone(), stream: Arc::clone(&stream) };
    let caller = Caller { session, stream, id: id.get().into(), place, modern: Some(asked.modern()) };
    let params = params.map(|params| body.slice_ref(params.get().as_bytes()));
    let request = Request { method: method.into(), params };
    match asked.state {
        Some(state) => peer.resume(caller, request, state, asked.responses).await?,
        None => peer.call(caller, request),
    }
    answer(front, hangup, id).await
}

/// Checks the headers of a tool's parameters, for which its schema must be known.
async fn mirrored(session: &Arc<Session>, head: &HeaderMap, asked: &Asked<'_>) -> Result<(), Fault> {
    let arguments = asked.arguments.filter(|arguments| arguments.get().len() > 2);
    if let Some(name) = asked.name()
        && (arguments.is_some() || head.keys().any(|name| name.as_str().starts_with("mcp-param-")))
    {
        session.peer.mirrored(session, head, &name, arguments).await?;
    }
    Ok(())
}

/// Decides late, as for older revisions; but an error, if it comes first, has its HTTP status.
async fn answer(front: &Front, hangup: Hangup, id: &RawValue) -> Result<Reply, Fault> {
    let stream = Arc::clone(&hangup.stream);
    Ok(match poll_fn(|cx| stream.poll_decision(cx)).await {
        Decision::Json(answers) => {
            let answer = answers.into_iter().next().ok_or(Fault::Call(CallError::Stopping))?;
            let status = answer.error_code(id.get()).map(error::status_of);
            let mut reply = reply::json(answer);
            *reply.status_mut() = status.unwrap_or_default();
            reply
        }
        Decision::Events => reply::passing_events(&stream, Box::new(hangup), &front.context.limits),
    })
}

/// The client's end of a request. When it goes before the answer, the request is cancelled.
struct Hangup {
    peer: Peer,
    stream: Arc<Stream>,
}

impl Drop for Hangup {
    fn drop(&mut self) {
        self.peer.hung_up(&self.stream);
    }
}
