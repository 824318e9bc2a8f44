//! Filling the gaps of a draft: what it would cost, the one question, and a way to stop it.

use crate::App;
use crate::analyze::Draft;
use crate::clock::now;
use crate::lock::lock;
use crate::views::{FillEstimate, FillResult};
use catwalk_analysis::model::{self, Estimate, Papers};
use catwalk_domain::{Problem, ProblemCode};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// The question that is under way, and the files that were read for it.
#[derive(Debug, Default)]
pub(crate) struct Fill {
    under_way: Mutex<CancellationToken>,
    /// Of the draft that was last asked about: who looks at the price mostly goes on.
    papers: Mutex<Option<(String, Papers)>>,
}

impl App {
    /// What filling the gaps of a draft would send and cost. Only files are read; no model is asked.
    ///
    /// # Errors
    /// When the draft is gone, no model is set up or the files cannot be read again.
    pub async fn estimate_fill(&self, draft: &str) -> Result<FillEstimate, Problem> {
        let (provider, model) = self.chosen_model().await?;
        let kept = self.drafts().get(draft)?;
        let papers = self.draft_papers(draft, &kept).await?;
        let estimate = Estimate::of(&kept.analysis, &papers, model.price);
        Ok(FillEstimate {
            provider: provider.name(),
            model: model.name,
            local: provider.kind == model::Kind::Ollama,
            files: estimate.files,
            gaps: estimate.gaps,
            tokens: u32::try_from(estimate.sent).unwrap_or(u32::MAX),
            dollars: estimate.dollars,
        })
    }

    /// Has the chosen model fill the gaps of a draft. The draft keeps its id; what the model gave is marked as such.
    ///
    /// # Errors
    /// Every way in which there is no usable answer; then the draft is as it was.
    pub async fn fill_gaps(&self, draft: &str) -> Result<FillResult, Problem> {
        let cancel = CancellationToken::new();
        std::mem::replace(&mut *lock(&self.models().fill.under_way), cancel.clone()).cancel();
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(stopped()),
            () = self.shutdown().cancelled() => Err(stopped()),
            filled = self.fill(draft) => filled,
        }
    }

    /// Stops the question that is under way, if any.
    pub fn cancel_fill(&self) {
        lock(&self.models().fill.under_way).cancel();
    }

    async fn fill(&self, draft: &str) -> Result<FillResult, Problem> {
        let (provider, model) = self.chosen_model().await?;
        let kept = self.drafts().get(draft)?;
        let papers = self.draft_papers(draft, &kept).await?;
        let filled = model::fill(&provider, self.http(), &model, &kept.analysis, &papers).await;
        let filled = filled.map_err(|e| e.problem())?;
        let analyzed = self.replace_draft(&kept, filled.analysis)?;
        let tokens = filled.usage.sent + filled.usage.received;
        Ok(FillResult {
            analyzed,
            facts: filled.facts,
            left_out: filled.left_out,
            tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
            dollars: filled.usage.dollars,
        })
    }

    async fn draft_papers(&self, id: &str, draft: &Arc<Draft>) -> Result<Papers, Problem> {
        if let Some((_, papers)) = lock(&self.models().fill.papers).as_ref().filter(|(of, _)| of == id) {
            return Ok(papers.clone());
        }
        let papers = self.analyzer().papers(&draft.analysis, now()).await.map_err(|e| e.problem())?;
        if papers.is_empty() {
            let text = "Neither the package nor a repository has a README or a sample of its settings that a model could read.";
            return Err(Problem::new(ProblemCode::ModelUnusable, "There is nothing to read", text));
        }
        *lock(&self.models().fill.papers) = Some((id.to_owned(), papers.clone()));
        Ok(papers)
    }
}

fn stopped() -> Problem {
    Problem::new(ProblemCode::Cancelled, "The model was not waited for", "Nothing was changed.")
}
