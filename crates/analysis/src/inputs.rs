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
//! | running text of the README | credentials of this service, where no other is known; what it calls an environment variable |
//! | links that install it | the same, where no launch names any |
//! | `.env.example` | those that the README names, while nothing else is known |
//! | compose file | those that it leaves to whoever starts it, while nothing else is known |
//! | source code | only when nothing else names any |
//!
//! A published list of three and more is complete: what comes after it adds credentials alone. Set aside, and only taken
//! from a published list or a launch, is what few people need: serving others over HTTP, developing the server, what a
//! container must be given because it has nothing of its user's computer, and the settings of a single feature.

mod arguments;
mod assigned;
mod build;
mod bundle;
mod code;
mod credentials;
mod dotenv;
mod environment;
mod extension;
mod launches;
mod learn;
mod mentions;
mod merge;
mod pasted;
mod prose;
mod server_json;
mod smithery;
mod target;
#[cfg(test)]
mod tests;

pub(crate) use {
    build::sample,
    bundle::{Bundle, read as bundle},
    code::complete as from_code,
    credentials::read as credentials,
    dotenv::read as dotenv,
    extension::read as extension,
    launches::configured,
    learn::learn,
    mentions::read as mentions,
    merge::{Adds, Dispute},
    pasted::pasted,
    server_json::{ServerJson, inputs_of, read as server_json},
    smithery::read as smithery,
    target::{Known, Target, untagged},
};

use crate::infer::{is_dangerous_env, is_env_name};
use catwalk_domain::manifest::{Argument, KeyValue};
use catwalk_domain::{Confidence, EvidenceSource};

/// A published list of as many variables is taken to be complete: prose adds no more than credentials to it.
const LISTED: usize = 3;

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
    /// Whether it is for a use that few have: developing it, serving others over HTTP.
    pub(crate) special: bool,
    /// Others who say the same.
    pub(crate) more: Vec<(EvidenceSource, String, Confidence)>,
}

impl<T> Found<T> {
    /// A fact with one support.
    pub(crate) fn new(item: T, origin: EvidenceSource, quote: impl Into<String>, confidence: Confidence) -> Self {
        Self { item, origin, quote: quote.into(), confidence, said: None, main: true, special: false, more: Vec::new() }
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
    /// Names that were set aside: a weaker origin's running text does not bring them back.
    pub(crate) aside: Vec<String>,
    /// Where two origins differ.
    pub(crate) disputes: Vec<Dispute>,
}

impl Inputs {
    /// Fills what is still empty from a weaker origin, which may add whatever it has.
    pub(crate) fn or(self, weaker: Self) -> Self {
        self.with(weaker, Adds::All)
    }

    /// Whether somebody published a list of its variables that is long enough to be the whole.
    pub(crate) fn is_listed(&self) -> bool {
        self.env.iter().filter(|f| f.confidence == Confidence::High).count() >= LISTED
    }

    /// Whether a variable is known, or was set aside.
    pub(crate) fn has_met(&self, name: &str) -> bool {
        self.env.iter().any(|f| f.item.name == name) || self.aside.iter().any(|n| n == name)
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
