//! The use of it all: one question, at most one repair, and what it costs.

use super::papers::Papers;
use super::prompt::{SYSTEM, gaps, question};
use super::provider::{Question, Speaker};
use super::{Kind, Model, ModelError, Provider, Usage, form, merge};
use crate::text::excerpt;
use catwalk_domain::Analysis;
use reqwest::Client;
use std::time::Duration;

/// Most tokens of an answer.
const ANSWER: u32 = 4096;
/// Characters per token of such text, on the safe side.
const CHARS: usize = 3;
/// Longest part of a bad answer that is shown to the model again.
const AGAIN: usize = 8000;

/// What a question would take.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The files that would be sent.
    pub files: Vec<String>,
    /// What is not known yet, as short phrases.
    pub gaps: Vec<String>,
    /// Tokens that would be sent, about.
    pub sent: u64,
    /// Tokens of the answer, at most.
    pub received: u64,
    /// US dollars at most, where the price is known.
    pub dollars: Option<f64>,
}

impl Estimate {
    /// Before anything is sent.
    pub fn of(analysis: &Analysis, papers: &Papers, price: Option<(f64, f64)>) -> Self {
        let text = question(analysis, papers).len() + SYSTEM.len() + form::schema().to_string().len();
        let (sent, received) = ((text / CHARS) as u64, u64::from(ANSWER));
        Self { files: papers.names(), gaps: gaps(analysis), sent, received, dollars: cost(sent, received, price) }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The analysis with its gaps filled.
    pub analysis: Analysis,
    /// Pointers of the facts that are from the model.
    pub facts: Vec<String>,
    /// Names that the model gave and no file bears out.
    pub left_out: Vec<String>,
    /// What it took, repair included.
    pub usage: Usage,
}

/// Asks a model for what is not known yet.
///
/// Drop the future to stop: nothing is changed before it is done.
///
/// # Errors
/// [`ModelError`]; then nothing is changed.
pub async fn fill(
    provider: &Provider,
    http: &Client,
    model: &Model,
    analysis: &Analysis,
    papers: &Papers,
) -> Result<Filled, ModelError> {
    fill_within(provider, http, model, analysis, papers, patience(provider.kind)).await
}

/// A local model may have to be loaded first.
fn patience(kind: Kind) -> Duration {
    if kind == Kind::Ollama { Duration::from_mins(4) } else { Duration::from_secs(90) }
}

/// [`fill`] with another time limit.
#[doc(hidden)]
pub async fn fill_within(
    provider: &Provider,
    http: &Client,
    model: &Model,
    analysis: &Analysis,
    papers: &Papers,
    wait: Duration,
) -> Result<Filled, ModelError> {
    let schema = form::schema();
    let turns = vec![(Speaker::User, question(analysis, papers))];
    let mut asked = Question { model: &model.id, system: SYSTEM, turns, schema: &schema, most: ANSWER, wait };
    let first = provider.ask(http, &asked).await?;
    let (form, usage) = match form::read(&first.text) {
        Ok(form) => (form, first.usage),
        Err(wrong) => {
            let shown = first.text[..first.text.floor_char_boundary(AGAIN)].to_owned();
            let please = format!(
                "That is not the form that was asked for: {wrong}. Answer again, with the one JSON object and nothing else."
            );
            asked.turns.extend([(Speaker::Assistant, shown), (Speaker::User, please)]);
            let second = provider.ask(http, &asked).await?;
            let malformed =
                |detail: String| ModelError::Malformed { model: model.id.clone(), detail: excerpt(&detail) };
            (form::read(&second.text).map_err(malformed)?, first.usage.plus(second.usage))
        }
    };
    let dollars = usage.dollars.or_else(|| cost(usage.sent, usage.received, model.price));
    let merged = merge::merge(analysis, papers, &model.id, &form);
    Ok(Filled {
        analysis: merged.analysis,
        facts: merged.facts,
        left_out: merged.left_out,
        usage: Usage { dollars, ..usage },
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of tokens are small")]
fn cost(sent: u64, received: u64, price: Option<(f64, f64)>) -> Option<f64> {
    price.map(|(per_sent, per_received)| sent as f64 * per_sent + received as f64 * per_received)
}
