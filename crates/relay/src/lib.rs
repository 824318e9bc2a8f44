//! The relay: every deployment at `/mcp/<slug>` on loopback, one server process for all of its clients; and many of them as
//! one at `/mcp`.
//!
//! # Vocabulary
//!
//! A *client* is an AI app, known by its token. A *session* is what one client agreed on at `initialize`, a *stream* what
//! is said to it over one HTTP response (and, if that breaks, the next). A *server* is the one MCP server of a
//! deployment; several at one address are *many*. A *link* is a connection to a server while it is up. A *call* is a
//! request in flight at a server; an *ask* is a question of the server in flight at a client.
//!
//! # Theory of operation
//!
//! ```text
//!            accept ── front ─ guard ─┐                                  ┌─ pipes ── child process
//!  client ═════════ HTTP/1.1 ═════════╪═ session ═ stream ═╪═ server ═ link              or
//!            POST · GET · DELETE      └─ routes   (many) ──┴─ calls      └─ http ─── remote server
//! ```
//!
//! A request passes the guards in a fixed order (`front.rs`): Host, Origin, token in URL, token, rate, path, permission. Only
//! then is its body read, and only its JSON-RPC *envelope* is looked at (`envelope.rs`): the whole message is checked to
//! be valid JSON, but `params`, `result` and `error` stay the bytes they were. Three things are rewritten in place: the
//! `id`, `_meta.progressToken`, and the `requestId` of a cancel. Each call gets a number of its own, never used twice,
//! that serves as its id and its progress token at the server (`upstream/calls.rs`). What comes back is found by that
//! number, so no answer can reach a client that did not ask.
//!
//! Nobody stands between a caller and the table of calls: the task that serves the POST enters the call and queues its
//! line, the task that reads the server takes it out and puts the answer on the POST's stream. Writing to the server is a
//! third task, for a server that reads and writes by turns would else stall with us (`upstream/pipes.rs`). The task that
//! reads never waits: not for a client (a full stream drops notices, never answers), not for the server (the relay's own
//! lines have room of their own). Callers do wait: the outbox of a link is bounded in bytes, and whoever finds it full is
//! held back. That is all the back-pressure there is, and it ends at the client who causes it.
//!
//! A POST is answered late (`stream.rs`): if the answer is the first thing on its stream, as plain JSON; otherwise, or
//! after a long silence, as events that can be resumed with `Last-Event-ID`. A session's dropped connection cancels nothing.
//! HTTP+SSE (2024-11-05) is the same session with one stream and other doors (`front/sse.rs`); there, the stream is the
//! session.
//!
//! A server's own task (`upstream/connection.rs`) does what takes time: it connects through [`Upstreams`] when somebody
//! needs the server, shakes hands once for all clients, looks at deadlines twice a second, and after the end gives every
//! call on that link its error. Calls that find no link wait in a table and a task of their own (`upstream/held.rs`), so
//! that a client may drop meanwhile, or take them back. A remote server is reached by the transport that it turns out to
//! speak, which is kept (`upstream/http/reach.rs`); a stream of it that breaks off is come back to by its last event id,
//! as long as somebody waits for what is on it. Lists are answered from memory while there is no link. Nothing is
//! ever sent twice, but for what a remote server refused because it had forgotten our session, and, once, small calls of
//! tools that say they only read or may be repeated.
//!
//! An *isolated* deployment has no shared server: each session owns one (`upstream/alone.rs`), taken from a warm spare and
//! ended with the session. Everything else is the same; sharing is only a matter of which [`Upstreams`] call connects.
//!
//! At `/mcp`, and at `/mcp/set/<name>`, a session is with *many* servers at once (`many.rs`). It joins each as it would join
//! one, so all that servers say finds it in the same way; only requests take a turn more, to the member that they name
//! (tools and prompts are called `<slug>__<name>`), or to all, whose lists are put together. Whatever a session talks to is
//! its *peer* (`peer.rs`).
//!
//! Sessions are written down through [`Keeper`] as they change (`session/kept.rs`). After a restart a client's next request
//! finds its session there, by the hash of its id and under the same token, and it joins its server as before.
//!
//! # Invariants
//!
//! - The relay does not know how a server is started, has no SQL and no keychain; routes and tokens are data.
//! - Every request is authenticated by its token; a session id opens nothing by itself, nor for another token.
//! - No HTTP route carries a command, a path or an environment variable.
//! - What is counted (`metrics.rs`) costs a call a few atomics, and labels are never the words of clients or servers.
//! - Everything is bounded; every bound stands in [`Limits`].
//! - Every refusal's HTTP status and JSON-RPC code stand in one table (`error.rs`).
//!
//! # Eras
//!
//! Until 2025-11-25 a client has a session (*legacy*); from 2026-07-28 on it has none (*modern*): each request says in
//! `_meta` what it must, repeats in headers what those between may route by (`mirror.rs`, `front/modern.rs`), and is
//! cancelled when its connection ends. A server's era is asked of each process once (`upstream/era.rs`). Where both sides
//! are of one era their bytes pass as they are; else `upstream/translate.rs` puts requests and results into the words of
//! the other, and what differs by more than words is played:
//!
//! | | server with a session | server without |
//! |---|---|---|
//! | client with a session | `upstream/special.rs`: many sessions over one | `upstream/instead.rs` answers for the session; `upstream/rounds.rs` asks the client what the server wants to know, and calls again |
//! | client without | `upstream/parked.rs`: a question becomes the result, the call waits for the client to come back with a sealed state (`seal.rs`) | passes |
//!
//! Changes are told to sessions and to listeners alike (`upstream/listeners.rs`): from the notifications of a server with
//! sessions, or from the one `subscriptions/listen` that the relay keeps at a server without. What a modern client has in
//! flight at a deployment hangs together as a *guest* (`session/guests.rs`), so that it is bounded and revoked as a whole.

mod accept;
mod activity;
pub mod bridge;
mod config;
mod context;
mod envelope;
mod error;
mod front;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod guard;
mod handle;
mod limits;
mod lines;
mod many;
mod message;
mod metrics;
mod mirror;
mod peer;
mod relay;
mod routes;
mod seal;
mod session;
mod sse;
mod stream;
mod upstream;
mod version;

pub use activity::Activity;
pub use config::Config;
pub use error::{CallError, Error};
pub use handle::Handle;
pub use limits::Limits;
pub use relay::Relay;
pub use routes::{Allows, Budget, Routes, Scope, TokenRule};
pub use session::{Keeper, KeptSession};
pub use upstream::{ConnectError, Credentials, Refusal, Remote, Snapshot, Stray, Upstream, Upstreams};
