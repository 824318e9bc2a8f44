//! A faithful fake of the model providers, all dialects on one loopback server: OpenRouter below `/api/v1`, Anthropic and
//! OpenAI below `/v1` (told apart by how the key comes), Ollama below `/api`. What a model answers is scripted.

mod dialects;

use crate::served::{Served, bind, lock};
use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use url::Url;

/// The key that every dialect accepts.
pub const KEY: &str = "sk-fake-good-key";

/// What a model does with one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Script {
    /// Answers with this text.
    Says(String),
    /// Answers, but the answer ends at its limit.
    Truncated(String),
    /// Does not want to.
    Refuses,
    /// Answers with nothing.
    Empty,
    /// An error status with these words, and seconds to wait if any.
    Fails(u16, &'static str, Option<u32>),
    /// Status 200 with an error inside, as OpenRouter has it.
    FailsInside,
    /// Never answers.
    Hangs,
    /// Says that it does not know the way in which the form of the answer was asked for; the script goes on with the next.
    KnowsNoSchema,
}

/// A question as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path.
    pub path: String,
    /// The body, `null` for a question without one.
    pub body: Value,
}

#[derive(Debug, Default)]
struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    asked: Mutex<Vec<Asked>>,
}

/// The running fake. It ends when dropped.
#[derive(Debug)]
pub struct FakeModels {
    base: Url,
    shared: Arc<Shared>,
    _served: Served,
}

impl FakeModels {
    /// Starts it; without a script a model answers `{}`.
    pub async fn start() -> Result<Self> {
        let (listener, addr) = bind().await?;
        let base = Url::parse(&format!("http://{addr}/"))?;
        let shared = Arc::new(Shared::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Ok(Self { base, shared, _served: Served::new(listener, router) })
    }

    /// Base address of OpenRouter.
    pub fn openrouter(&self) -> Url {
        self.part("api/v1")
    }

    /// Base address of Anthropic.
    pub fn anthropic(&self) -> Url {
        self.base.clone()
    }

    /// Base address of what speaks like OpenAI.
    pub fn openai(&self) -> Url {
        self.part("v1")
    }

    /// Base address of Ollama.
    pub fn ollama(&self) -> Url {
        self.base.clone()
    }

    /// What the model does with the next questions, in order.
    pub fn script(&self, scripts: impl IntoIterator<Item = Script>) {
        lock(&self.shared.scripts).extend(scripts);
    }

    /// Every question so far.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.shared.asked).clone()
    }

    fn part(&self, path: &str) -> Url {
        self.base.join(path).expect("a loopback address is a valid URL")
    }
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = uri.path().to_owned();
    lock(&shared.asked).push(Asked { path: path.clone(), body: body.clone() });
    let Some(dialect) = dialects::of(&path, &headers) else {
        return dialects::json(404, &serde_json::json!({ "error": { "message": "no such path" } }));
    };
    if let Some(refusal) = dialects::refuse(dialect, &headers) {
        return refusal;
    }
    if let Some(list) = dialects::read(dialect, &path, uri.query().unwrap_or_default()) {
        return list;
    }
    if let Some(wrong) = dialects::misuse(dialect, &headers, &body) {
        return dialects::fail(dialect, 400, &wrong, None);
    }
    let next = lock(&shared.scripts).pop_front();
    let script = next.unwrap_or_else(|| Script::Says("{}".to_owned()));
    if script == Script::Hangs {
        std::future::pending::<()>().await;
    }
    dialects::act(dialect, &script, &body)
}
