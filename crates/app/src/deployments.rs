//! Looking at deployments and controlling them.

use crate::App;
use crate::analyze::read_answers;
use crate::deploy::refuse_wrong;
use crate::error::gone;
use crate::events::Tag;
use crate::reconcile::Actor;
use crate::scope::Place;
use crate::views::{AnswerInput, AnswerView, DeploymentView, FormView, LogLineView};
use catwalk_domain::{
    Answer, Answers, Deployment, DeploymentId, Desired, FieldKey, Form, Problem, StatusEvent, preview,
};
use catwalk_supervisor::{LogLine, Stream};

/// Most lines of a log that one answer carries.
const LOG_LINES: u32 = 5000;
/// Status changes that the history shows.
const HISTORY: u32 = 200;

impl App {
    /// All deployments, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_deployments(&self) -> Result<Vec<DeploymentView>, Problem> {
        let all = self.store().deployments().list().await.map_err(|e| e.problem())?;
        let mut views = Vec::with_capacity(all.len());
        for deployment in all {
            views.push(self.view(deployment).await);
        }
        Ok(views)
    }

    /// One deployment.
    ///
    /// # Errors
    /// When it is gone or the database does not answer.
    pub async fn get_deployment(&self, id: DeploymentId) -> Result<DeploymentView, Problem> {
        Ok(self.view(self.deployment(id).await?).await)
    }

    /// Wants it running; clears what repeated crashes have used up.
    ///
    /// # Errors
    /// When it is gone or the wish cannot be saved.
    pub async fn start_deployment(&self, id: DeploymentId) -> Result<(), Problem> {
        self.want(id, Desired::Running).await
    }

    /// Wants it stopped.
    ///
    /// # Errors
    /// When it is gone or the wish cannot be saved.
    pub async fn stop_deployment(&self, id: DeploymentId) -> Result<(), Problem> {
        self.want(id, Desired::Stopped).await
    }

    /// Stops and starts it.
    ///
    /// # Errors
    /// When it is gone or the wish cannot be saved.
    pub async fn restart_deployment(&self, id: DeploymentId) -> Result<(), Problem> {
        let set = self.store().deployments().set_desired(id, Desired::Running).await;
        set.map_err(|e| e.problem())?;
        let deployment = self.deployment(id).await?;
        self.reconcile(&deployment).await.restart();
        self.publish_routes().await
    }

    /// Remembers that the named packages' scripts may run, and installs once more.
    ///
    /// # Errors
    /// When it is gone or the consent cannot be saved.
    pub async fn allow_scripts(&self, id: DeploymentId, packages: Vec<String>) -> Result<(), Problem> {
        let mut deployment = self.deployment(id).await?;
        deployment.allow_scripts.extend(packages);
        deployment.allow_scripts.sort();
        deployment.allow_scripts.dedup();
        let set = self.store().deployments().set_allow_scripts(id, &deployment.allow_scripts).await;
        set.map_err(|e| e.problem())?;
        self.audit("allow scripts", &deployment).await;
        self.reconcile(&deployment).await.restart();
        Ok(())
    }

    /// Stops it and removes everything of it: our entries in AI apps, files, secrets, rows.
    ///
    /// # Errors
    /// When a step fails; what is left can be deleted again.
    pub async fn delete_deployment(&self, id: DeploymentId) -> Result<(), Problem> {
        let deployment = self.deployment(id).await?;
        self.want(id, Desired::Stopped).await?;
        if let Some(actor) = self.forget_actor(id) {
            actor.end().await;
        }
        self.disconnect_everywhere(&Place::server(deployment.id, &deployment.slug)).await;
        self.runtime().remove(id).await.map_err(|e| e.problem())?;
        self.store().deployments().delete(id).await.map_err(|e| e.problem())?;
        self.close_account(id);
        self.remove_private_files(id);
        self.audit("delete", &deployment).await;
        self.publish_routes().await?;
        self.events_out().stale(Tag::Deployments);
        Ok(())
    }

    /// Gives it another name for people; the endpoint stays.
    ///
    /// # Errors
    /// When it is gone or the name cannot be saved.
    pub async fn rename_deployment(&self, id: DeploymentId, title: &str) -> Result<DeploymentView, Problem> {
        let title: String = title.trim().chars().take(80).collect();
        if !title.is_empty() {
            self.store().deployments().rename(id, &title).await.map_err(|e| e.problem())?;
            self.events_out().stale(Tag::Deployments);
        }
        self.get_deployment(id).await
    }

    /// Its form with what has been answered; secrets say only that they are there.
    ///
    /// # Errors
    /// When it is gone or the database does not answer.
    pub async fn deployment_form(&self, id: DeploymentId) -> Result<FormView, Problem> {
        let deployment = self.deployment(id).await?;
        let rows = self.store().secrets().list(id).await.map_err(|e| e.problem())?;
        let secret = |(key, _): (FieldKey, _)| AnswerView { key, values: Vec::new(), secret_set: true };
        let mut answers: Vec<AnswerView> = rows.into_iter().map(secret).collect();
        let plain = |(key, values): (FieldKey, Vec<String>)| AnswerView { key, values, secret_set: false };
        answers.extend(deployment.answers.into_iter().map(plain));
        Ok(FormView { form: Form::of(&deployment.manifest), answers })
    }

    /// Replaces answers and restarts. A secret that is not sent keeps its value; one sent empty is forgotten.
    ///
    /// # Errors
    /// When answers are wrong, the keychain is locked, or the database refuses; then the old answers stay.
    pub async fn update_answers(&self, id: DeploymentId, answers: Vec<AnswerInput>) -> Result<DeploymentView, Problem> {
        let deployment = self.deployment(id).await?;
        let form = Form::of(&deployment.manifest);
        let sent: Vec<FieldKey> = answers.iter().map(|a| a.key.clone()).collect();
        let new = read_answers(&form, answers);
        let kept = self.store().secrets().list(id).await.map_err(|e| e.problem())?;
        let kept: Vec<FieldKey> = kept.into_iter().map(|(key, _)| key).collect();
        let mut all = new.clone();
        for key in kept.iter().filter(|k| !sent.contains(k)) {
            // Only that it is there matters to the check; it was checked when it was given.
            all.0.insert(key.clone(), Answer::secret("kept"));
        }
        refuse_wrong(&form.validate(&all))?;
        let sealed = self.keys().seal_all(id, &new).await?;
        let emptied = |key: &FieldKey| sent.contains(key) && new.get(key).is_none();
        let removed: Vec<FieldKey> = kept.into_iter().filter(emptied).collect();
        let saved = self.store().deployments().set_answers(id, &new.plain(), &sealed, &removed).await;
        saved.map_err(|e| e.problem())?;
        let deployment = self.deployment(id).await?;
        self.audit("change answers", &deployment).await;
        self.reconcile(&deployment).await.restart();
        self.get_deployment(id).await
    }

    /// The last lines of its log.
    ///
    /// # Errors
    /// When it is gone or its log cannot be opened.
    pub async fn read_log(&self, id: DeploymentId, lines: u32) -> Result<Vec<LogLineView>, Problem> {
        let deployment = self.deployment(id).await?;
        let log = self.reconcile(&deployment).await.log();
        let lines = usize::try_from(lines.min(LOG_LINES)).unwrap_or(usize::MAX);
        Ok(log.tail(lines).into_iter().map(LogLineView::from).collect())
    }

    /// Its changes of status, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn status_history(&self, id: DeploymentId) -> Result<Vec<StatusEvent>, Problem> {
        self.store().events().last(id, HISTORY).await.map_err(|e| e.problem())
    }

    pub(crate) async fn deployment(&self, id: DeploymentId) -> Result<Deployment, Problem> {
        self.store().deployments().get(id).await.map_err(|e| e.problem())?.ok_or_else(gone)
    }

    async fn want(&self, id: DeploymentId, desired: Desired) -> Result<(), Problem> {
        self.store().deployments().set_desired(id, desired).await.map_err(|e| e.problem())?;
        let deployment = self.deployment(id).await?;
        self.reconcile(&deployment).await.want(desired);
        // One that is stopped is no part of what apps get as one server.
        self.publish_routes().await
    }

    pub(crate) async fn view(&self, deployment: Deployment) -> DeploymentView {
        let actor = self.actor(deployment.id);
        let status = match &actor {
            Some(actor) => actor.status(),
            None => StatusEvent { at: deployment.created_at, status: catwalk_domain::Status::Stopped },
        };
        let answers = self.shown_answers(&deployment).await;
        let installed = deployment.installed.as_ref();
        let package = deployment.manifest.package();
        DeploymentView {
            id: deployment.id,
            isolated: deployment.isolated,
            endpoint: self.endpoint_url(&deployment.slug),
            slug: deployment.slug.to_string(),
            source_text: deployment.source.to_string(),
            version: installed.map(|i| i.version.clone()).or_else(|| package.and_then(|p| p.version.clone())),
            command: exact_command(&deployment, &answers),
            description: Some(deployment.manifest.description.clone()).filter(|d| !d.is_empty()),
            sign_in: self.accounts().get(deployment.id).and_then(|account| account.view()),
            tools: actor.as_ref().and_then(Actor::tools),
            last_call: actor.and_then(|a| a.last_call()),
            title: deployment.title,
            source: deployment.source,
            target: deployment.target,
            desired: deployment.desired,
            status: status.status,
            status_at: status.at,
            created_at: deployment.created_at,
            warnings: deployment.warnings,
        }
    }

    /// Answers for showing a command: secrets stand in by name only.
    async fn shown_answers(&self, deployment: &Deployment) -> Answers {
        let plain = deployment.answers.iter().map(|(k, v)| (k.clone(), Answer::Plain(v.clone())));
        let mut answers = Answers(plain.collect());
        for (key, _) in self.store().secrets().list(deployment.id).await.unwrap_or_default() {
            answers.0.insert(key, Answer::secret("kept"));
        }
        answers
    }
}

/// What really runs: the installed program once there is one, the published command before.
fn exact_command(deployment: &Deployment, answers: &Answers) -> Vec<String> {
    let shown = preview(&deployment.manifest, answers);
    match &deployment.installed {
        Some(installed) => {
            let program = std::iter::once(installed.program.clone()).chain(installed.leading_args.iter().cloned());
            program.chain(shown.arguments).collect()
        }
        None => shown.command,
    }
}

impl From<LogLine> for LogLineView {
    fn from(line: LogLine) -> Self {
        let stream = match line.stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
            Stream::Catwalk => "catwalk",
        };
        Self { at: line.at, stream: stream.to_owned(), text: line.text }
    }
}
