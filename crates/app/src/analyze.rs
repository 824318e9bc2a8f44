//! Paste → analysis → draft. The engine keeps the draft; the window holds only its id.

use crate::App;
use crate::error::draft_gone;
use crate::views::{Analyzed, AnswerInput, AnswerView};
use catwalk_domain::{
    Analysis, Answer, Answers, FieldProblem, Form, Millis, Preview, Problem, ProblemCode, Source, form, preview,
};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// How long a cached analysis is good, milliseconds.
const CACHE_LIFE: Millis = 24 * 60 * 60 * 1000;
/// Drafts kept at once; the oldest goes first.
const DRAFTS: usize = 32;

/// An analysed source that has not been deployed yet.
#[derive(Debug)]
pub(crate) struct Draft {
    id: String,
    pub(crate) analysis: Analysis,
    pub(crate) form: Form,
}

/// The drafts of this window.
#[derive(Debug, Default)]
pub(crate) struct Drafts(VecDeque<Arc<Draft>>);

impl Drafts {
    fn keep(&mut self, draft: Draft) -> Arc<Draft> {
        let draft = Arc::new(draft);
        self.0.push_back(draft.clone());
        if self.0.len() > DRAFTS {
            self.0.pop_front();
        }
        draft
    }

    pub(crate) fn get(&self, id: &str) -> Result<Arc<Draft>, Problem> {
        self.0.iter().find(|d| d.id == id).cloned().ok_or_else(draft_gone)
    }
}

impl App {
    /// Understands what the user pasted and finds out what it needs.
    ///
    /// # Errors
    /// Every way in which that fails is a [`Problem`] with the way out.
    pub async fn analyze(&self, text: &str) -> Result<Analyzed, Problem> {
        let source = catwalk_analysis::source::parse(text).map_err(|e| e.problem())?;
        let cancel = CancellationToken::new();
        *self.analysis_under_way() = cancel.clone();
        let analysis = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            analysis = self.analysis_of(&source) => analysis?,
        };
        let form = Form::of(&analysis.manifest);
        let draft = self.drafts().keep(Draft { id: uuid::Uuid::new_v4().to_string(), analysis, form });
        Ok(Analyzed {
            id: draft.id.clone(),
            analysis: draft.analysis.clone(),
            preview: preview(&draft.analysis.manifest, &Answers::default()),
            answers: form::defaults(&draft.form)
                .into_iter()
                .map(|(key, values)| AnswerView { key, values, secret_set: false })
                .collect(),
            form: draft.form.clone(),
        })
    }

    /// Stops the analysis that is under way, if any.
    pub fn cancel_analysis(&self) {
        self.analysis_under_way().cancel();
    }

    /// The exact command with the answers so far.
    ///
    /// # Errors
    /// When the draft is gone.
    pub fn preview_draft(&self, draft: &str, answers: Vec<AnswerInput>) -> Result<Preview, Problem> {
        let draft = self.drafts().get(draft)?;
        Ok(preview(&draft.analysis.manifest, &read_answers(&draft.form, answers)))
    }

    /// What is wrong with the answers so far; empty when all is well.
    ///
    /// # Errors
    /// When the draft is gone.
    pub fn validate_draft(&self, draft: &str, answers: Vec<AnswerInput>) -> Result<Vec<FieldProblem>, Problem> {
        let draft = self.drafts().get(draft)?;
        Ok(draft.form.validate(&read_answers(&draft.form, answers)))
    }

    async fn analysis_of(&self, source: &Source) -> Result<Analysis, Problem> {
        let now = crate::clock::now();
        // A folder changes under our feet and a remote's headers may hold secrets: neither is cached.
        let key = match source {
            Source::Npm(_) | Source::Pypi(_) | Source::Github(_) => serde_json::to_string(source).ok(),
            Source::Folder { .. } | Source::Remote { .. } => None,
        };
        if let Some(key) = &key
            && let Ok(Some((analysis, fetched))) = self.store().analyses().get(key).await
            && (now - CACHE_LIFE..=now).contains(&fetched)
        {
            return Ok(analysis);
        }
        let analysis = self.analyzer().analyze(source, now).await.map_err(|e| e.problem())?;
        if let Some(key) = key
            && let Err(error) = self.store().analyses().put(&key, &analysis, now).await
        {
            tracing::warn!(%error, "the analysis was not cached");
        }
        Ok(analysis)
    }
}

/// Marks the secret ones: only the form knows which they are.
pub(crate) fn read_answers(form: &Form, answers: Vec<AnswerInput>) -> Answers {
    let read = |input: AnswerInput| {
        let secret = form.fields.iter().any(|f| f.key == input.key && f.secret);
        let answer = if secret {
            Answer::secret(input.values.into_iter().next().unwrap_or_default())
        } else {
            Answer::Plain(input.values)
        };
        (input.key, answer)
    };
    Answers(answers.into_iter().map(read).filter(|(_, a)| !a.is_blank()).collect())
}

fn cancelled() -> Problem {
    Problem::new(ProblemCode::Cancelled, "Analysis stopped", "Nothing was changed.")
}
