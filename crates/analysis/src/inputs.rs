//! What a server must be given: arguments and environment, each with its support.
//!
//! Precedence, strongest first. A stronger origin's words stand; a weaker one fills what it left open, and where both speak
//! and differ, the difference is kept for people to see. What a weaker origin may *add* depends on what it is:
//!
//! | origin | new variables |
//! | --- | --- |
//! | the pasted text | all |
//! | `server.json` | all |
//! | bundle manifest (`manifest.json`) | all |
//! | `smithery.yaml` | all |
//! | Gemini extension's settings | all |
//! | launches of this package in the README and in `.mcp.json` files | all |
//! | launches of the same server in another form | those about using the server, not about operating it |
//! | tables, lists and assignments of the README | the same, if the table, list or code block also names a known one |
//! | running text of the README | credentials of this service, where no other is known |
//! | `.env.example` | those that the README names, while nothing else is known |
//! | compose file | those that it leaves to whoever starts it, while nothing else is known |
//! | source code | only when nothing else names any |

mod assigned;
mod build;
mod bundle;
mod code;
mod credentials;
mod dotenv;
mod extension;
mod learn;
mod merge;
mod pasted;
mod prose;
mod server_json;
mod smithery;

pub(crate) use {
    build::sample,
    bundle::{Bundle, read as bundle},
    code::complete as from_code,
    credentials::read as credentials,
    dotenv::read as dotenv,
    extension::read as extension,
    learn::{Known, Target, configured, learn, untagged},
    merge::{Adds, Dispute},
    pasted::pasted,
    server_json::{ServerJson, inputs_of, read as server_json},
    smithery::read as smithery,
};

use crate::infer::{is_dangerous_env, is_env_name};
use catwalk_domain::manifest::{Argument, KeyValue};
use catwalk_domain::{Confidence, EvidenceSource};

/// A fact with its support.
#[derive(Clone, Debug)]
pub(crate) struct Found<T> {
    pub(crate) item: T,
    pub(crate) origin: EvidenceSource,
    pub(crate) quote: String,
    pub(crate) confidence: Confidence,
    /// Whether the origin says in so many words that it must, or need not, be given.
    pub(crate) said: Option<bool>,
    /// Whether it belongs to the usual way of starting the server, rather than to a special use.
    pub(crate) main: bool,
    /// Others who say the same.
    pub(crate) more: Vec<(EvidenceSource, String, Confidence)>,
}

impl<T> Found<T> {
    /// A fact with one support.
    pub(crate) fn new(item: T, origin: EvidenceSource, quote: impl Into<String>, confidence: Confidence) -> Self {
        Self { item, origin, quote: quote.into(), confidence, said: None, main: true, more: Vec::new() }
    }

    /// The same as one of a special use.
    pub(crate) fn aside(mut self) -> Self {
        self.main = false;
        self
    }

    /// The same with what its origin says about being required.
    pub(crate) fn saying(mut self, said: Option<bool>) -> Self {
        self.said = said;
        self
    }
}

/// Arguments and environment of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) args: Vec<Found<Argument>>,
    pub(crate) env: Vec<Found<KeyValue>>,
    /// Arguments of the container engine: volumes.
    pub(crate) runtime: Vec<Found<Argument>>,
    /// The executable that a snippet names.
    pub(crate) bin: Option<String>,
    /// Sentences about what was left out.
    pub(crate) dropped: Vec<String>,
    /// Where two origins differ.
    pub(crate) disputes: Vec<Dispute>,
}

impl Inputs {
    /// Fills what is still empty from a weaker origin, which may add whatever it has.
    pub(crate) fn or(self, weaker: Self) -> Self {
        self.with(weaker, Adds::All)
    }

    /// Leaves out environment that would change what runs.
    pub(crate) fn checked(mut self) -> Self {
        let mut dropped = Vec::new();
        self.env.retain(|found| {
            let name = &found.item.name;
            let dangerous = is_dangerous_env(name);
            if dangerous && is_env_name(name) {
                dropped.push(format!("The variable {name} was left out: it could change which program runs."));
            }
            !dangerous && is_env_name(name)
        });
        self.dropped.extend(dropped);
        self
    }
}
