//! Where the credential of a remote server comes from, if it changes while it is in use.

use super::ConnectError;
use catwalk_domain::Secret;
use futures_util::future::BoxFuture;

/// Gives a remote server's bearer token, and is told when the server does not take it.
pub trait Credentials: Send + Sync {
    /// The token for the next request, renewed if it is about to run out. None as long as there is none: a server that
    /// wants one says so.
    fn token(&self) -> BoxFuture<'_, Option<Secret<String>>>;

    /// The server refused a request for its credential; it did not act on it. Gives another token, with which the
    /// request is sent once more, or says what is to be told to the caller.
    fn refused(&self, refusal: Refusal) -> BoxFuture<'_, Result<Secret<String>, ConnectError>>;
}

/// A refused credential.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// 401, or 403 where the token's scope is too small.
    pub status: u16,
    /// What the server said in `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// The token that it refused, if there was one.
    pub used: Option<Secret<String>>,
}
