//! Who is asked, and what an answer is.

use super::{ModelError, anthropic, ollama, openai};
use catwalk_domain::Secret;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// The dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// openrouter.ai.
    OpenRouter,
    /// Anthropic's own API.
    Anthropic,
    /// OpenAI, and everything that speaks like it: LM Studio, llama.cpp, vLLM, …
    OpenAi,
    /// Ollama, on this computer or another.
    Ollama,
}

impl Kind {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenRouter => "OpenRouter",
            Self::Anthropic => "Anthropic",
            Self::OpenAi => "The model server",
            Self::Ollama => "Ollama",
        }
    }

    /// Where it usually is.
    pub fn usual(self) -> &'static str {
        match self {
            Self::OpenRouter => "https://openrouter.ai/api/v1",
            Self::Anthropic => "https://api.anthropic.com",
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Ollama => "http://localhost:11434",
        }
    }
}

/// A provider with what it takes to ask it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its dialect.
    pub kind: Kind,
    /// Its address.
    pub base: Url,
    /// The user's key.
    pub key: Option<Secret<String>>,
}

impl Provider {
    /// Its name for people, with the host where that is not obvious.
    pub fn name(&self) -> String {
        match (self.kind, self.base.host_str()) {
            (Kind::OpenAi, Some("api.openai.com")) => "OpenAI".to_owned(),
            (Kind::OpenAi, Some(host)) => format!("The model server {host}"),
            (kind, _) => kind.name().to_owned(),
        }
    }

    /// Asks a model. Every way in which no whole answer comes is an error.
    pub(super) async fn ask(&self, http: &Client, question: &Question<'_>) -> Result<Answer, ModelError> {
        let work = async {
            match self.kind {
                Kind::OpenRouter | Kind::OpenAi => openai::ask(self, http, question).await,
                Kind::Anthropic => anthropic::ask(self, http, question).await,
                Kind::Ollama => ollama::ask(self, http, question).await,
            }
        };
        let slow = || ModelError::Slow { who: self.name(), seconds: question.wait.as_secs() };
        tokio::time::timeout(question.wait, work).await.unwrap_or_else(|_| Err(slow()))
    }
}

/// What a model is asked.
#[derive(Clone, Debug)]
pub(super) struct Question<'a> {
    pub(super) model: &'a str,
    pub(super) system: &'a str,
    /// User and assistant in turns; the user is first and last.
    pub(super) turns: Vec<(Speaker, String)>,
    pub(super) schema: &'a Value,
    /// Most tokens of the answer.
    pub(super) most: u32,
    pub(super) wait: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    User,
    Assistant,
}

impl Question<'_> {
    /// The turns as every dialect writes them.
    pub(super) fn messages(&self) -> Vec<Value> {
        let message = |(speaker, text): &(Speaker, String)| {
            let role = if *speaker == Speaker::User { "user" } else { "assistant" };
            serde_json::json!({ "role": role, "content": text })
        };
        self.turns.iter().map(message).collect()
    }
}

/// What a model answered: a whole text, not yet checked.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) usage: Usage,
}

/// What an answer took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens that were sent.
    pub sent: u64,
    /// Tokens that came back.
    pub received: u64,
    /// US dollars, where the API tells.
    pub dollars: Option<f64>,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let dollars = match (self.dollars, other.dollars) {
            (Some(a), Some(b)) => Some(a + b),
            (one, other) => one.or(other),
        };
        Self { sent: self.sent + other.sent, received: self.received + other.received, dollars }
    }
}
