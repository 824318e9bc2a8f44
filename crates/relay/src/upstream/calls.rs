//! Calls in flight at a server, under the ids we gave them.
//!
//! Ids are never used twice, not even by a later connection to the same server, and double as progress tokens. So an
//! answer, a sign of progress or a cancel finds its call by one number and can reach no other client.

use crate::activity::{self, Activity};
use crate::envelope::Outcome;
use crate::error::{CallError, Fault};
use crate::message::Message;
use crate::session::{InFlight, Session};
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
}

/// Who gets an answer.
#[derive(Debug)]
pub(super) enum Reply {
    /// A client.
    Client(ClientReply),
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
    /// Its place in the session.
    pub(super) _place: InFlight,
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

    /// Whether it is work for a client, during which a server may ask that client something.
    pub(super) fn is_work(&self) -> bool {
        matches!(&*self.method, "tools/call" | "prompts/get" | "resources/read" | "completion/complete")
    }

    /// Hands the server's answer over.
    pub(super) fn answer(self, outcome: Outcome<'_>, line: &Bytes) {
        match self.reply {
            Reply::Client(client) => client.stream.push(Kind::Answer, Message::answer(&client.id, outcome, line)),
            Reply::Own(sender) => {
                let _ = sender.send(match outcome {
                    Outcome::Result(result) => Ok(line.slice_ref(result.get().as_bytes())),
                    Outcome::Error(error) => Err(server_error(error.get())),
                });
            }
            Reply::Nobody => {}
        }
    }

    /// Says why there is no answer.
    pub(super) fn fail(self, error: CallError) {
        match self.reply {
            Reply::Client(client) => {
                let fault = Fault::from(error);
                let (_, code) = fault.answer();
                let message = Message::error(&client.id, code, &fault.to_string(), fault.data().as_ref());
                client.stream.push(Kind::Answer, message);
            }
            Reply::Own(sender) => drop(sender.send(Err(error))),
            Reply::Nobody => {}
        }
    }

    /// What to tell those who watch.
    pub(super) fn activity(&self, deployment: DeploymentId, outcome: Option<Outcome<'_>>) -> Option<Activity> {
        let client = match &self.reply {
            Reply::Client(client) => client.session.token.client.clone(),
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
