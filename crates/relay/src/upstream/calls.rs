//! Calls in flight at a server, under the ids we gave them.
//!
//! Ids are never used twice, not even by a later connection to the same server, and double as progress tokens. So an
//! answer, a sign of progress or a cancel finds its call by one number and can reach no other client.

use super::link::{self, Link};
use super::listeners::LISTEN;
use super::outward::{Modern, Request};
use super::parked::ParkedReply;
use super::translate;
use crate::activity::{self, Activity};
use crate::envelope::{self, Outcome, ProgressToken};
use crate::error::{CallError, Fault};
use crate::message::Message;
use crate::session::{InFlight, Session, SessionKey};
use crate::stream::{Kind, Stream};
use bytes::Bytes;
use catwalk_domain::DeploymentId;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;

/// One call in flight.
#[derive(Debug)]
pub(super) struct Call {
    /// Who gets the answer.
    pub(super) reply: Reply,
    /// The method.
    pub(super) method: Box<str>,
    /// The tool called, if anybody watches.
    pub(super) tool: Option<String>,
    /// What its success changes here.
    pub(super) effect: Effect,
    /// When it was made.
    pub(super) started: Instant,
    /// When it is given up; progress moves it.
    pub(super) deadline: Instant,
    /// The connection it went out on.
    pub(super) generation: u64,
    /// Its `params`, as long as it might be sent a second time: a small tool call that was sent once at most.
    pub(super) again: Option<Bytes>,
    /// Whether this is the second time.
    pub(super) resent: bool,
    /// Its `params`, where the server may want it made again with more.
    pub(super) params: Option<Bytes>,
    /// How often the server wanted that.
    pub(super) rounds: usize,
}

/// Who gets an answer.
#[derive(Debug)]
pub(super) enum Reply {
    /// A client.
    Client(ClientReply),
    /// A client of 2026-07-28 that will come back for it.
    Parked(ParkedReply),
    /// Catwalk itself.
    Own(oneshot::Sender<Result<Bytes, CallError>>),
    /// Nobody: only the effect counts.
    Nobody,
}

/// How to answer a client.
#[derive(Debug)]
pub(super) struct ClientReply {
    /// Its session.
    pub(super) session: Arc<Session>,
    /// The stream of the POST that asked.
    pub(super) stream: Arc<Stream>,
    /// The client's id, raw.
    pub(super) id: Box<str>,
    /// The client's progress token, raw.
    pub(super) token: Option<Box<str>>,
    /// What a request of 2026-07-28 said of its client; none for one in a session.
    pub(super) modern: Option<Arc<Modern>>,
    /// Its place in the session.
    pub(super) place: InFlight,
}

/// What a successful answer changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing here.
    None,
    /// The list is remembered for when the server is away.
    Remember,
    /// The session is a subscriber of the resource.
    Subscribe(String),
}

impl Call {
    /// The client side, if a client made it.
    pub(super) fn client(&self) -> Option<&ClientReply> {
        match &self.reply {
            Reply::Client(client) => Some(client),
            _ => None,
        }
    }

    /// Whether its client wants to hear of progress.
    pub(super) fn has_token(&self) -> bool {
        self.client().is_some_and(|client| client.token.is_some())
    }

    /// Whether its client said with it, as clients of 2026-07-28 do, that it can be asked this.
    pub(super) fn takes(&self, method: &str) -> bool {
        match &self.reply {
            Reply::Client(client) => client.modern.as_ref().is_some_and(|modern| modern.can.serves(method)),
            Reply::Parked(parked) => parked.modern.can.serves(method),
            Reply::Own(_) | Reply::Nobody => false,
        }
    }

    /// When its client was last heard.
    pub(super) fn last_active(&self) -> Option<u64> {
        match &self.reply {
            Reply::Client(client) => Some(client.session.last_active()),
            Reply::Parked(parked) => Some(parked.session.last_active()),
            Reply::Own(_) | Reply::Nobody => None,
        }
    }

    /// Whether it is one by which the relay itself gets to know a server: no call that anybody made.
    pub(super) fn is_upkeep(&self) -> bool {
        matches!(self.reply, Reply::Own(_)) && matches!(&*self.method, "server/discover" | LISTEN)
    }

    /// Whether it is work for a client, during which a server may ask that client something.
    pub(super) fn is_work(&self) -> bool {
        matches!(&*self.method, "tools/call" | "prompts/get" | "resources/read" | "completion/complete")
    }

    /// The session it belongs to, if it is a client's.
    pub(super) fn session(&self) -> Option<SessionKey> {
        match &self.reply {
            Reply::Client(client) => Some(client.session.key),
            Reply::Parked(parked) => Some(parked.session.key),
            Reply::Own(_) | Reply::Nobody => None,
        }
    }

    /// The line that makes it at a server: with our progress token in the place of the client's, and in the words of the
    /// server's era.
    pub(super) fn line(&mut self, id: u64, request: &Request, link: &Link) -> Vec<u8> {
        let token = self.has_token().then_some(id);
        let modern_caller = self.client().is_some_and(|client| client.modern.is_some());
        let params = match (modern_caller, link.is_modern()) {
            (false, true) => {
                let asks = matches!(&*request.method, "tools/call" | "prompts/get" | "resources/read");
                self.params = request.params.clone().filter(|_| asks && self.client().is_some());
                let session = self.client().map(|client| &*client.session);
                translate::to_modern(request.params(), session, token)
            }
            (true, false) => translate::to_legacy(request.params(), token),
            (false, false) | (true, true) => match (request.params(), token) {
                (Some(params), Some(_)) if let ProgressToken::Raw(theirs) = envelope::progress_token(params) => {
                    envelope::replace(params, theirs, &id.to_string())
                }
                (params, _) => return link::line(Some(id), &request.method, params),
            },
        };
        // The newer revision has no ping; whether its server is there shows by any answer.
        let method = if link.is_modern() && &*request.method == "ping" { "server/discover" } else { &request.method };
        link::line(Some(id), method, Some(&params))
    }

    /// Hands the server's answer over.
    pub(super) fn answer(self, outcome: Outcome<'_>, message: &Bytes, link: &Link) {
        match self.reply {
            Reply::Client(client) => {
                client.answer(&self.method, outcome, message, link.info.get().map(|info| &**info), link.is_modern());
            }
            Reply::Parked(parked) => *parked.outcome.lock() = Some(Ok(message.clone())),
            Reply::Own(sender) => {
                let _ = sender.send(match outcome {
                    Outcome::Result(result) => Ok(message.slice_ref(result.get().as_bytes())),
                    Outcome::Error(error) => Err(server_error(error.get())),
                });
            }
            Reply::Nobody => {}
        }
    }

    /// Says why there is no answer.
    pub(super) fn fail(self, error: CallError) {
        match self.reply {
            Reply::Client(client) => client.fail(error),
            Reply::Parked(parked) => *parked.outcome.lock() = Some(Err(error)),
            Reply::Own(sender) => drop(sender.send(Err(error))),
            Reply::Nobody => {}
        }
    }

    /// What to tell those who watch.
    pub(super) fn activity(&self, deployment: DeploymentId, outcome: Option<Outcome<'_>>) -> Option<Activity> {
        let client = match &self.reply {
            Reply::Client(client) => client.session.token.client.clone(),
            Reply::Parked(parked) => parked.session.token.client.clone(),
            Reply::Own(_) => String::new(),
            Reply::Nobody => return None,
        };
        let ok = match outcome {
            Some(Outcome::Result(result)) => self.tool.is_none() || !activity::says_error(result.get()),
            Some(Outcome::Error(_)) | None => false,
        };
        Some(Activity {
            deployment,
            client,
            method: self.method.to_string(),
            tool: self.tool.clone(),
            millis: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            ok,
            at: activity::now(),
        })
    }
}

impl ClientReply {
    /// Puts an answer on the client's stream: as it came, if client and server are of one era.
    pub(super) fn answer(self, method: &str, outcome: Outcome<'_>, line: &Bytes, info: Option<&str>, modern: bool) {
        let message = match outcome {
            _ if self.modern.is_none() || modern => Message::answer(&self.id, outcome, line),
            Outcome::Result(result) => {
                Message::completed(&self.id, &translate::completion(result, method, info), result, line)
            }
            Outcome::Error(error) => match translate::error(error, method) {
                Some(ours) => Message::own_error(&self.id, &ours),
                None => Message::answer(&self.id, outcome, line),
            },
        };
        self.stream.push(Kind::Answer, message);
    }

    /// Says why there is none.
    pub(super) fn fail(self, error: CallError) {
        let fault = Fault::from(error);
        let (_, code) = fault.answer();
        let message = Message::error(&self.id, code, &fault.to_string(), fault.data().as_ref());
        self.stream.push(Kind::Answer, message);
    }

    /// Whether the client wants log messages of this rank.
    pub(super) fn wants(&self, level: Option<u8>) -> bool {
        match &self.modern {
            // Who does not ask for them gets none.
            Some(modern) => modern.level.is_some_and(|least| level.is_none_or(|level| level >= least)),
            None => self.session.level().is_none_or(|least| level.is_none_or(|level| level >= least)),
        }
    }
}

/// A raw JSON-RPC error as ours.
fn server_error(raw: &str) -> CallError {
    #[derive(serde::Deserialize)]
    struct Parts {
        #[serde(default)]
        code: i64,
        #[serde(default)]
        message: String,
        data: Option<serde_json::Value>,
    }
    match serde_json::from_str::<Parts>(raw) {
        Ok(Parts { code, message, data }) => CallError::Server { code, message, data },
        Err(_) => CallError::Answer("error"),
    }
}
