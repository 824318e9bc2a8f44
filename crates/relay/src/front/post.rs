//! POST: messages from the client. Requests are answered as JSON or as events, whichever their answers ask for.

use crate::envelope::{self, Envelope, Malformed};
use crate::error::Fault;
use crate::front::reply::{self, Reply};
use crate::front::{Admitted, Front, body, headers, modern};
use crate::message::Message;
use crate::mirror::Mismatch;
use crate::peer::Peer;
use crate::session::{Hello, Session};
use crate::stream::{Decision, Kind, Stream};
use crate::upstream::{Caller, Request};
use crate::version::Version;
use bytes::Bytes;
use hyper::body::Incoming;
use serde_json::Value;
use serde_json::value::RawValue;
use std::future::poll_fn;
use std::sync::Arc;

/// Answers a POST.
pub(crate) async fn post(front: &Front, admitted: Admitted, request: http::Request<Incoming>) -> Result<Reply, Fault> {
    let (head, incoming) = request.into_parts();
    headers::is_json(&head.headers)?;
    headers::accepts(&head.headers, "application/json")?;
    headers::accepts(&head.headers, "text/event-stream")?;
    if !headers::has_sessions(&head.headers) {
        return modern::post(front, admitted, &head.headers, incoming).await;
    }
    let named = head.headers.contains_key(headers::SESSION);
    // A stranger's session is refused before its body is read.
    let session = if named { Some(headers::session(front, &admitted, &head.headers)?) } else { None };
    let body = body::read(incoming, &front.context.limits).await?;
    if envelope::is_batch(&body) {
        let session = session.ok_or(Fault::SessionMissing)?;
        return batch(front, &session, &body).await;
    }
    match (Envelope::parse(&body).map_err(fault)?, session) {
        (Envelope::Request { id, method, params }, None) if method == "initialize" => {
            initialize(front, &admitted, id, params).await
        }
        (Envelope::Request { method, .. }, Some(_)) if method == "initialize" => Err(Fault::Initialize),
        (Envelope::Request { id, params, .. }, None) if modern::claims(params) => {
            let why = "the MCP-Protocol-Version header is missing or not what `_meta` says".to_owned();
            Ok(modern::refusal(id, &Mismatch(why).into()))
        }
        (_, None) => Err(Fault::SessionMissing),
        (message @ Envelope::Request { .. }, Some(session)) => {
            let stream = session.stream(1, &front.context.limits);
            take(front, &session, &stream, message, &body)?;
            answer(front, &session, &stream, false).await
        }
        (message, Some(session)) => {
            let stream = session.stream(0, &front.context.limits);
            take(front, &session, &stream, message, &body)?;
            Ok(reply::accepted())
        }
    }
}

/// Several messages at once, as only 2025-03-26 has them.
async fn batch(front: &Front, session: &Arc<Session>, body: &Bytes) -> Result<Reply, Fault> {
    if !session.version.has_batches() {
        return Err(Fault::Batch);
    }
    let messages = envelope::batch(body).map_err(fault)?;
    let messages: Result<Vec<_>, _> = messages.iter().map(|raw| Envelope::parse(raw.get().as_bytes())).collect();
    let messages = messages.map_err(fault)?;
    let is_request = |message: &&Envelope<'_>| matches!(message, Envelope::Request { .. });
    let requests = messages.iter().filter(is_request).count();
    if messages.is_empty() {
        return Err(Fault::Batch);
    }
    if requests > front.context.limits.in_flight {
        return Err(Fault::InFlight(front.context.limits.in_flight));
    }
    let stream = session.stream(requests, &front.context.limits);
    for message in messages {
        if let Envelope::Request { id, method, .. } = &message
            && method == "initialize"
        {
            let fault = Fault::Initialize;
            stream.push(Kind::Answer, Message::error(id.get(), fault.answer().1, &fault.to_string(), None));
            continue;
        }
        take(front, session, &stream, message, body)?;
    }
    if requests == 0 { Ok(reply::accepted()) } else { answer(front, session, &stream, true).await }
}

/// Hands one message on.
pub(super) fn take(
    front: &Front,
    session: &Arc<Session>,
    stream: &Arc<Stream>,
    message: Envelope<'_>,
    body: &Bytes,
) -> Result<(), Fault> {
    match message {
        Envelope::Request { id, method, params } => {
            let max = front.context.limits.in_flight;
            let place = session.begin(max).ok_or(Fault::InFlight(max))?;
            let params = params.map(|params| body.slice_ref(params.get().as_bytes()));
            let (owner, stream) = (Arc::clone(session), Arc::clone(stream));
            let caller = Caller { session: owner, stream, id: id.get().into(), place, modern: None };
            session.peer.call(caller, Request { method: (&*method).into(), params });
        }
        Envelope::Notification { method, params } => session.peer.notify(session, &method, params),
        Envelope::Response { id, outcome } => session.peer.reply(session, id, outcome),
    }
    Ok(())
}

/// Decides late: the stream knows when it is clear.
async fn answer(front: &Front, session: &Arc<Session>, stream: &Arc<Stream>, batch: bool) -> Result<Reply, Fault> {
    Ok(match poll_fn(|cx| stream.poll_decision(cx)).await {
        Decision::Json(mut answers) => match answers.pop() {
            Some(only) if !batch => reply::json(only),
            last => {
                answers.extend(last);
                reply::json(Message::array(answers))
            }
        },
        Decision::Events => {
            session.keep(stream);
            reply::events(session, stream, None, &front.context.limits)
        }
    })
}

/// The handshake. The server had its own once; each client gets the same answer with the revision it can have.
async fn initialize(
    front: &Front,
    admitted: &Admitted,
    id: &RawValue,
    params: Option<&RawValue>,
) -> Result<Reply, Fault> {
    let params: Value = params.and_then(|raw| serde_json::from_str(raw.get()).ok()).ok_or(Fault::Initialize)?;
    let version = Version::negotiate(params["protocolVersion"].as_str().ok_or(Fault::Initialize)?);
    let peer = front.peer(admitted)?;
    let result = match introduce(&peer, version).await {
        Ok(result) => result,
        Err(fault) => {
            peer.discard(&front.servers);
            return Ok(reply::json(refused(id.get(), &fault)));
        }
    };
    let hello = Hello::from_params(&params);
    let opened = front.sessions.open(&admitted.token, &admitted.scope, version, hello, peer.clone());
    let session = front.opened(opened, &peer)?;
    front.join(&session);
    front.sessions.begin_keeping(&session, &params);
    Ok(reply::with_session(reply::json(Message::own_answer(id.get(), &result)), &session))
}

/// What the server said of itself, with the revision that this client can have.
pub(super) async fn introduce(peer: &Peer, version: Version) -> Result<String, Fault> {
    let introduction = peer.introduction().await?;
    let result: &RawValue = serde_json::from_slice(&introduction).map_err(|_| Fault::Initialize)?;
    let theirs = envelope::field(result, "protocolVersion").ok_or(Fault::Initialize)?;
    Ok(envelope::replace(result.get(), theirs.get(), &format!("\"{}\"", version.as_str())))
}

/// A fault as the answer to one request.
pub(super) fn refused(id: &str, fault: &Fault) -> Message {
    Message::error(id, fault.answer().1, &fault.to_string(), fault.data().as_ref())
}

pub(super) fn fault(malformed: Malformed) -> Fault {
    match malformed {
        Malformed::Syntax => Fault::Syntax,
        Malformed::Shape => Fault::Shape,
    }
}
