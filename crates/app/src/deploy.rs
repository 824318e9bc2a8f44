//! The product's central paragraph: draft and answers become a deployment that runs.

use crate::App;
use crate::analyze::{Draft, read_answers};
use crate::views::{AnswerInput, DeploymentView};
use catwalk_domain::{
    Answers, Deployment, DeploymentId, Desired, FieldProblem, Fix, Problem, ProblemCode, Slug, Target,
};
use catwalk_store::Error as StoreError;

/// Slugs tried before giving up: nobody has so many servers of one name.
const SLUGS: u32 = 1000;

impl App {
    /// Validates, seals, saves and starts. Until everything is saved, nothing is; `allow_scripts` is the user's consent
    /// to the package's own build or install step.
    ///
    /// # Errors
    /// When answers are wrong, the keychain is locked, or the database refuses; then nothing was kept.
    pub async fn deploy(
        &self,
        draft: &str,
        title: &str,
        answers: Vec<AnswerInput>,
        allow_scripts: bool,
    ) -> Result<DeploymentView, Problem> {
        let draft = self.drafts().get(draft)?;
        let answers = read_answers(&draft.form, answers);
        refuse_wrong(&draft.form.validate(&answers))?;
        let deployment = describe(&draft, title, &answers, allow_scripts);
        let sealed = self.keys().seal_all(deployment.id, &answers).await?;
        let deployment = self.save(deployment, &sealed).await?;
        if let Err(problem) = self.publish_routes().await {
            // Half a deployment would be a second one when the user tries again.
            self.store().deployments().delete(deployment.id).await.map_err(|e| e.problem())?;
            return Err(problem);
        }
        self.audit("deploy", &deployment).await;
        self.reconcile(&deployment).await.want(Desired::Running);
        Ok(self.view(deployment).await)
    }

    /// Saves it under the first free slug.
    async fn save(&self, mut deployment: Deployment, sealed: &[crate::keys::Row]) -> Result<Deployment, Problem> {
        let plain = deployment.slug.clone();
        for n in 2..SLUGS {
            match self.store().deployments().insert(&deployment, sealed).await {
                Ok(()) => return Ok(deployment),
                Err(StoreError::SlugTaken { .. }) => deployment.slug = plain.numbered(n),
                Err(error) => return Err(error.problem()),
            }
        }
        Err(crate::error::internal("No name is free for this server", &plain))
    }
}

fn describe(draft: &Draft, title: &str, answers: &Answers, allow_scripts: bool) -> Deployment {
    let analysis = &draft.analysis;
    let manifest = &analysis.manifest;
    let named = manifest.title.clone().unwrap_or_else(|| short_name(&manifest.name));
    let title = if title.trim().is_empty() { named } else { title.trim().chars().take(80).collect() };
    let identifier = manifest.package().map(|p| p.identifier.clone());
    Deployment {
        id: DeploymentId(uuid::Uuid::now_v7()),
        slug: Slug::from_text(&title),
        title,
        target: if manifest.package().is_some() { Target::Local } else { Target::Remote },
        source: analysis.source.clone(),
        manifest: manifest.clone(),
        commit: analysis.commit.clone(),
        answers: answers.plain(),
        allow_scripts: identifier.filter(|_| allow_scripts).into_iter().collect(),
        warnings: analysis.warnings.clone(),
        desired: Desired::Running,
        isolated: false,
        installed: None,
        created_at: crate::clock::now(),
    }
}

/// `io.github.ada/notes` → `notes`.
fn short_name(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

/// Turns field problems into one problem that opens the form at the first of them.
pub(crate) fn refuse_wrong(wrong: &[FieldProblem]) -> Result<(), Problem> {
    let Some(first) = wrong.first() else { return Ok(()) };
    let field = Some(first.key.0.clone());
    let problem = Problem::new(ProblemCode::AnswersInvalid, "Some answers need a look", first.message.clone());
    Err(problem.evidence(wrong.iter().map(|p| p.message.clone())).fix(Fix::EditAnswers { field }))
}
