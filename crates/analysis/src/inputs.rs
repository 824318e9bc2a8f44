//! What a server must be given: arguments and environment, each with its support.

mod build;
mod dotenv;
mod learn;
mod pasted;
mod prose;
mod server_json;
mod smithery;

pub(crate) use {
    dotenv::read as dotenv,
    learn::{Target, learn},
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
}

/// Arguments and environment of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) args: Vec<Found<Argument>>,
    pub(crate) env: Vec<Found<KeyValue>>,
    /// The executable that a snippet names.
    pub(crate) bin: Option<String>,
    /// Sentences about what was left out.
    pub(crate) dropped: Vec<String>,
}

impl Inputs {
    /// Fills what is still empty from a weaker origin. A list that a stronger origin gave is complete.
    pub(crate) fn or(mut self, weaker: Self) -> Self {
        if self.args.is_empty() {
            self.args = weaker.args;
        }
        if self.env.is_empty() {
            self.env = weaker.env;
        }
        self.bin = self.bin.or(weaker.bin);
        self.dropped.extend(weaker.dropped);
        self
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
