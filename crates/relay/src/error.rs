//! What can go wrong, and the one table that says how a client hears of it.

use crate::mirror::Mismatch;
use crate::upstream::ConnectError;
use crate::version::Version;
use http::StatusCode;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Why the relay could not be built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The relay serves this computer only.
    #[error("`{0}` is no loopback address")]
    NotLoopback(SocketAddr),
    /// Another program listens there.
    #[error("`{0}` is taken by another program")]
    PortInUse(SocketAddr),
    /// The system refuses the address.
    #[error("cannot listen on `{addr}`")]
    Bind {
        /// Where.
        addr: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no random numbers.
    #[error("cannot make a key")]
    Key,
    /// No HTTP client for remote servers.
    #[error("cannot make an HTTP client")]
    Http(#[from] reqwest::Error),
}

/// Why a call has no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// The server could not be reached; the call was not sent.
    #[error("the server is not available: {0}")]
    Unavailable(Arc<ConnectError>),
    /// The server was not ready in time; the call was not sent.
    #[error("the server was not ready within {} s; the call was not sent", .0.as_secs())]
    NotReady(Duration),
    /// No answer and no progress in time; the call was cancelled.
    #[error("the server gave no answer within {} s; the call was cancelled", .0.as_secs())]
    TimedOut(Duration),
    /// The server ended while the call was in flight.
    #[error("the server stopped during the call; the action may or may not have happened")]
    OutcomeUnknown,
    /// The answer was cut at the line cap.
    #[error("the server's answer was longer than {} MiB and was dropped; the action may have happened", .0 >> 20)]
    AnswerTooLong(usize),
    /// A remote server refused the request as HTTP.
    #[error("the remote server answered HTTP {0}")]
    Http(u16),
    /// `params` has a key twice or is otherwise not what MCP says.
    #[error("`params` cannot be read")]
    Params,
    /// No server of an address has such a tool or prompt.
    #[error("there is no `{0}` here")]
    Unlisted(String),
    /// No server of an address has such a resource.
    #[error("no server here has the resource `{0}`")]
    NoResource(String),
    /// What no address with many servers can answer.
    #[error("`{0}` cannot be asked of many servers at once")]
    NoMethod(String),
    /// A cursor that was not given out here.
    #[error("this cursor leads nowhere; list anew")]
    Cursor,
    /// A session wants to hear of more resources than it may.
    #[error("more than {0} subscriptions in this session")]
    Subscriptions(usize),
    /// The server's own error.
    #[error("{message}")]
    Server {
        /// JSON-RPC code.
        code: i64,
        /// Its message.
        message: String,
        /// Its data.
        data: Option<Value>,
    },
    /// The server's answer is not what MCP says (only where the relay itself is the client).
    #[error("the server's answer to `{0}` cannot be understood")]
    Answer(&'static str),
    /// A server of 2026-07-28 wanted to know something that its client could not say.
    #[error("the client did not answer the server's question: {0}")]
    Unanswered(String),
    /// It wanted to know more and more.
    #[error("the server asked more than {0} times")]
    Rounds(usize),
    /// The relay or the deployment is being stopped.
    #[error("Catwalk is stopping this server")]
    Stopping,
}

/// Everything the relay itself says no with.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("exactly one Host header is needed")]
    HostMissing,
    #[error("this Host is not served here")]
    HostForeign,
    #[error("requests from this Origin are not accepted")]
    OriginForeign,
    #[error("tokens do not belong in URLs; send `Authorization: Bearer`")]
    TokenInUrl,
    #[error("a token is needed: `Authorization: Bearer`")]
    TokenMissing,
    #[error("this token is not known")]
    TokenUnknown,
    #[error("this token does not open this server")]
    TokenElsewhere,
    #[error("too many requests from this client; come back in {} s", seconds(*.0))]
    Rate(Duration),
    #[error("no server at this path")]
    NoRoute,
    #[error("only {0} is served here")]
    HttpMethod(&'static str),
    #[error("the Accept header must list {0}")]
    Accept(&'static str),
    #[error("the body must be application/json")]
    ContentType,
    #[error("the body is longer than {0} bytes")]
    BodyTooLong(usize),
    #[error("the body was not complete in time")]
    BodySlow,
    #[error("the body was cut off")]
    BodyCut,
    #[error("the body is not JSON")]
    Syntax,
    #[error("the body is no JSON-RPC 2.0 message")]
    Shape,
    #[error("batches exist only in revision 2025-03-26, and are never empty")]
    Batch,
    #[error("`initialize` stands alone and needs `params.protocolVersion`")]
    Initialize,
    #[error("protocol version `{0}` is not supported")]
    Version(String),
    #[error("the Mcp-Session-Id header is needed")]
    SessionMissing,
    #[error("session not found; initialize again")]
    SessionUnknown,
    #[error("all sessions are in use")]
    SessionsFull,
    #[error("all {0} processes of this server are in use, one for each session")]
    ProcessesFull(usize),
    #[error("more than {0} requests in flight in this session")]
    InFlight(usize),
    #[error("this event id cannot be resumed")]
    EventId,
    #[error("`params` needs `{0}`")]
    Meta(&'static str),
    #[error(transparent)]
    Headers(#[from] Mismatch),
    #[error("this method is not part of revision 2026-07-28")]
    Method,
    #[error("`subscriptions/listen` needs `params.notifications`")]
    Listen,
    #[error("this requestState is not known here or no longer; make the request anew")]
    RequestState,
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Fault {
    /// **The table**: HTTP status and JSON-RPC code of every fault. A fault of one call is HTTP 200, for the POST that
    /// carried it was fine and clients read only then which call the error belongs to.
    #[expect(clippy::match_same_arms, reason = "a table is read by its rows")]
    pub(crate) const fn answer(&self) -> (StatusCode, i64) {
        const INVALID_REQUEST: i64 = -32600;
        match self {
            Self::HostMissing => (StatusCode::BAD_REQUEST, INVALID_REQUEST),
            Self::HostForeign | Self::OriginForeign | Self::TokenElsewhere => (StatusCode::FORBIDDEN, INVALID_REQUEST),
            Self::TokenInUrl => (StatusCode::BAD_REQUEST, INVALID_REQUEST),
            Self::TokenMissing | Self::TokenUnknown => (StatusCode::UNAUTHORIZED, INVALID_REQUEST),
            Self::NoRoute => (StatusCode::NOT_FOUND, INVALID_REQUEST),
            Self::HttpMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, INVALID_REQUEST),
            Self::Accept(_) => (StatusCode::NOT_ACCEPTABLE, INVALID_REQUEST),
            Self::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST),
            Self::BodyTooLong(_) => (StatusCode::PAYLOAD_TOO_LARGE, INVALID_REQUEST),
            Self::BodySlow => (StatusCode::REQUEST_TIMEOUT, INVALID_REQUEST),
            Self::BodyCut | Self::Shape | Self::Batch => (StatusCode::BAD_REQUEST, INVALID_REQUEST),
            Self::Syntax => (StatusCode::BAD_REQUEST, -32700),
            Self::Initialize => (StatusCode::BAD_REQUEST, -32602),
            Self::Version(_) => (StatusCode::BAD_REQUEST, -32022),
            Self::SessionMissing | Self::EventId => (StatusCode::BAD_REQUEST, INVALID_REQUEST),
            Self::Headers(_) => (StatusCode::BAD_REQUEST, -32020),
            Self::Meta(_) | Self::Listen | Self::RequestState => (StatusCode::BAD_REQUEST, -32602),
            Self::Method => (StatusCode::NOT_FOUND, -32601),
            Self::SessionUnknown => (StatusCode::NOT_FOUND, -32001),
            Self::ProcessesFull(_) => (StatusCode::SERVICE_UNAVAILABLE, -32000),
            Self::SessionsFull => (StatusCode::SERVICE_UNAVAILABLE, -32000),
            Self::Rate(_) => (StatusCode::TOO_MANY_REQUESTS, -32000),
            Self::InFlight(_) => (StatusCode::TOO_MANY_REQUESTS, -32000),
            Self::Call(call) => (StatusCode::OK, call.code()),
        }
    }

    /// The error's `data`, where a client can act on it.
    pub(crate) fn data(&self) -> Option<Value> {
        match self {
            Self::Version(requested) => {
                Some(json!({ "supported": Version::SUPPORTED.map(Version::as_str), "requested": requested }))
            }
            Self::Call(CallError::Server { data, .. }) => data.clone(),
            _ => None,
        }
    }
}

/// Whole seconds, as `Retry-After` counts them.
pub(crate) const fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + (wait.subsec_nanos() > 0) as u64
}

/// The HTTP status of a JSON-RPC error, which in 2026-07-28 says what the error is; whoever made it.
pub(crate) const fn status_of(code: i64) -> StatusCode {
    match code {
        -32601 => StatusCode::NOT_FOUND,
        -32700 | -32600 | -32602 | -32022..=-32020 => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

impl CallError {
    /// The JSON-RPC code: -32000 and -32001 as the official SDKs use them (connection closed, request timed out).
    pub(crate) const fn code(&self) -> i64 {
        match self {
            Self::Unavailable(_)
            | Self::OutcomeUnknown
            | Self::Stopping
            | Self::Http(_)
            | Self::Subscriptions(_)
            | Self::Unanswered(_)
            | Self::Rounds(_) => -32000,
            Self::NotReady(_) | Self::TimedOut(_) => -32001,
            Self::AnswerTooLong(_) | Self::Answer(_) => -32603,
            Self::Params | Self::Unlisted(_) | Self::NoResource(_) | Self::Cursor => -32602,
            Self::NoMethod(_) => -32601,
            Self::Server { code, .. } => *code,
        }
    }
}

#[cfg(test)]
mod tests;
