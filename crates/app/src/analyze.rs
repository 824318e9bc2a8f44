//! Paste → analysis → draft. The engine keeps the draft; the window holds only its id.

use crate::App;
use crate::error::draft_gone;
use crate::events::{Event, Tag};
use crate::views::{Analyzed, AnswerInput, AnswerView};
use catwalk_analysis::source::ParseProblem;
use catwalk_domain::{
    Analysis, Answer, Answers, FieldProblem, Fix, Form, Millis, Preview, Problem, ProblemCode, Source, form, preview,
};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// How long a cached analysis is good, milliseconds.
const CACHE_LIFE: Millis = 24 * 60 * 60 * 1000;
/// For so long nobody asks whether the repository has changed.
const SURELY_CURRENT: Millis = 10 * 60 * 1000;
/// Drafts kept at once; the oldest goes first.
const DRAFTS: usize = 32;

/// An analysed source that has not been deployed yet.
#[derive(Debug)]
pub(crate) struct Draft {
    id: String,
    pub(crate) analysis: Analysis,
    pub(crate) form: Form,
    looked_at: Millis,
}

impl Draft {
    fn view(&self) -> Analyzed {
        let answers = form::defaults(&self.form).into_iter();
        Analyzed {
            id: self.id.clone(),
            analysis: self.analysis.clone(),
            looked_at: self.looked_at,
            preview: preview(&self.analysis.manifest, &Answers::default()),
            answers: answers.map(|(key, values)| AnswerView { key, values, secret_set: false }).collect(),
            form: self.form.clone(),
        }
    }
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

    fn replace(&mut self, draft: Draft) -> Result<Arc<Draft>, Problem> {
        let place = self.0.iter_mut().find(|d| d.id == draft.id).ok_or_else(draft_gone)?;
        *place = Arc::new(draft);
        Ok(place.clone())
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
        self.analysis(text, false).await
    }

    /// The same without the analysis that may be kept from before.
    ///
    /// # Errors
    /// As [`Self::analyze`].
    pub async fn analyze_again(&self, text: &str) -> Result<Analyzed, Problem> {
        self.analysis(text, true).await
    }

    /// One at a time: who asks anew does not want the old answer any more. A cancelled one leaves nothing behind.
    async fn analysis(&self, text: &str, refresh: bool) -> Result<Analyzed, Problem> {
        let cancel = CancellationToken::new();
        std::mem::replace(&mut *self.analysis_under_way(), cancel.clone()).cancel();
        let look = async {
            // A name of the registry's copy is that entry; everything else is for the parser.
            if let Some(listed) = self.analyze_listed(text).await {
                return listed.map(|analysis| (analysis, crate::clock::now()));
            }
            let source = match catwalk_analysis::source::parse(text) {
                Ok(source) => source,
                Err(problem) => return Err(self.instead(problem).await),
            };
            self.analysis_of(&source, refresh).await
        };
        let (analysis, looked_at) = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            looked = look => looked?,
        };
        let form = Form::of(&analysis.manifest);
        Ok(self.drafts().keep(Draft { id: uuid::Uuid::new_v4().to_string(), analysis, form, looked_at }).view())
    }

    /// Puts another analysis in a draft's place.
    pub(crate) fn replace_draft(&self, draft: &Draft, analysis: Analysis) -> Result<Analyzed, Problem> {
        let form = Form::of(&analysis.manifest);
        let next = Draft { id: draft.id.clone(), analysis, form, looked_at: draft.looked_at };
        self.drafts().replace(next).map(|draft| draft.view())
    }

    /// Lets a draft follow another side where places differ about it.
    ///
    /// # Errors
    /// When the draft, or the side, is gone.
    pub fn take_side(&self, draft: &str, dispute: u32, side: u32) -> Result<Analyzed, Problem> {
        let kept = self.drafts().get(draft)?;
        let mut analysis = kept.analysis.clone();
        if !analysis.take_side(dispute as usize, side as usize) {
            return Err(draft_gone());
        }
        self.replace_draft(&kept, analysis)
    }

    /// What else may have been meant: a person's page leads to their servers.
    async fn instead(&self, problem: ParseProblem) -> Problem {
        if let ParseProblem::Owner { owner } = &problem
            && let Ok(choices) = self.analyzer().servers_of(owner, crate::clock::now()).await
            && !choices.is_empty()
        {
            let text = format!("This is the page of {owner}, not of one server. Choose the one you want.");
            return Problem::new(
                ProblemCode::SourceNotUnderstood,
                "This link leads to a person, not to a server",
                text,
            )
            .fix(Fix::ChooseSource { choices });
        }
        problem.problem()
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

    /// The analysis, and when it was made.
    async fn analysis_of(&self, source: &Source, refresh: bool) -> Result<(Analysis, Millis), Problem> {
        let now = crate::clock::now();
        let key = cache_key(source);
        let kept = match &key {
            Some(key) if !refresh => self.store().analyses().get(key).await.unwrap_or_default(),
            _ => None,
        };
        if let Some((analysis, looked_at)) = kept
            && (now - CACHE_LIFE..=now).contains(&looked_at)
            && self.is_current(source, &analysis, now - looked_at).await
        {
            return Ok((analysis, looked_at));
        }
        let events = self.events_out().clone();
        let tell = move |progress| events.send(Event { progress: Some(progress), ..Event::stale(Tag::Analysis) });
        let analyzer = self.analyzer().watched(tell);
        // Boxed: what reads the outside world is large while it waits.
        let analysis = Box::pin(analyzer.analyze(source, now)).await.map_err(|e| e.problem())?;
        if let Some(key) = key
            && let Err(error) = self.store().analyses().put(&key, &analysis, now).await
        {
            tracing::warn!(%error, "the analysis was not cached");
        }
        Ok((analysis, now))
    }

    /// Whether the repository is still at the commit that was analysed. Who cannot be asked is believed to be unchanged.
    async fn is_current(&self, source: &Source, analysis: &Analysis, age: Millis) -> bool {
        let (Source::Github(place), Some(commit)) = (source, &analysis.commit) else { return true };
        if age < SURELY_CURRENT {
            return true;
        }
        self.analyzer().commit_of(place, crate::clock::now()).await.is_none_or(|now| now == *commit)
    }
}

/// Under what an analysis is kept. A folder changes under our feet and a remote's headers may hold secrets: neither is kept.
/// Nor is what an older Catwalk made of it.
fn cache_key(source: &Source) -> Option<String> {
    match source {
        Source::Npm(_) | Source::Pypi(_) | Source::Github(_) => {
            Some(format!("{} {}", env!("CARGO_PKG_VERSION"), serde_json::to_string(source).ok()?))
        }
        Source::Folder { .. } | Source::Remote { .. } => None,
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
