//! Signing in to hosted servers: OAuth 2.1 as MCP has it, in the user's own browser.
//!
//! A server that answers 401 makes its [`Account`] want a person. The window then offers "Sign in": the server's metadata
//! is looked up, the browser is sent to its authorization server, comes back to a listener on loopback, and the code is
//! traded for tokens (`attempt.rs`, `redirect.rs`). They are sealed (`kept.rs`), shown to that one server by the relay and
//! renewed without anybody noticing (`credentials.rs`). A 403 that asks for more scope wants the person once more.

mod account;
mod attempt;
mod credentials;
mod kept;
mod redirect;
mod revoke;
mod words;

use crate::App;
use crate::events::{Event, Tag};
pub(crate) use account::{Account, Accounts};
use attempt::Attempt;
use catwalk_domain::{Deployment, DeploymentId, Desired, Problem, Status};
use kept::Grant;
use redirect::Redirect;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use url::Url;
pub(crate) use words::needed;

/// How long a person may take in the browser.
const PATIENCE: Duration = Duration::from_mins(10);

impl App {
    /// Signs in to a hosted server with the user's browser, which `open` opens at the page it is given. Returns when that
    /// is done. One sign-in per deployment: another one ends the first.
    ///
    /// # Errors
    /// Why nobody is signed in; what was there before is then as it was.
    pub async fn sign_in(
        &self,
        id: DeploymentId,
        open: impl FnOnce(&Url) -> Result<(), String> + Send,
    ) -> Result<(), Problem> {
        let deployment = self.deployment(id).await?;
        let account = self.account(&deployment).await?.ok_or_else(words::no_account)?;
        let cancelled = account.begin(self.shutdown());
        tokio::select! {
            biased;
            () = cancelled.cancelled() => return Err(words::cancelled()),
            () = tokio::time::sleep(PATIENCE) => return Err(words::too_late()),
            done = self.attempt(&account, open) => done.map_err(|problem| self.masked(id, problem))?,
        }
        self.audit("sign in", &deployment).await;
        account.want(None);
        let status = self.reconcile(&deployment).await.status().status;
        let is_idle = deployment.desired == Desired::Stopped || matches!(status, Status::Ready { .. });
        if !is_idle {
            self.restart_deployment(id).await?;
        }
        Ok(())
    }

    /// Stops a sign-in that waits for the browser.
    pub fn cancel_sign_in(&self, id: DeploymentId) {
        if let Some(account) = self.accounts().get(id) {
            account.cancel();
        }
    }

    /// Forgets the tokens of a hosted server, and has them voided where they came from.
    ///
    /// # Errors
    /// When it is gone or the database does not answer.
    pub async fn sign_out(&self, id: DeploymentId) -> Result<(), Problem> {
        let deployment = self.deployment(id).await?;
        let account = self.account(&deployment).await?.ok_or_else(words::no_account)?;
        account.cancel();
        // A renewal under way would bring them back.
        let mut renewing = account.renewing.lock().await;
        let grant = account.kept.grant();
        account.kept.forget().await?;
        *renewing = None;
        drop(renewing);
        self.void(grant, Arc::clone(&account));
        self.audit("sign out", &deployment).await;
        account.want(None);
        if deployment.desired == Desired::Running {
            self.reconcile(&deployment).await.restart();
        }
        Ok(())
    }

    /// Forgets the account of a deployment that was deleted, and with it the tokens.
    pub(crate) fn close_account(&self, id: DeploymentId) {
        if let Some(account) = self.accounts().get(id) {
            account.cancel();
            self.void(account.kept.grant(), account);
        }
        self.accounts().forget(id);
    }

    /// Has forgotten tokens voided where they came from, in the background.
    fn void(&self, grant: Option<Grant>, account: Arc<Account>) {
        if let Some(grant) = grant {
            self.tasks().spawn(async move { account.revoke(&grant).await });
        }
    }

    async fn attempt(
        &self,
        account: &Account,
        open: impl FnOnce(&Url) -> Result<(), String> + Send,
    ) -> Result<(), Problem> {
        let redirect = Redirect::listen().await;
        let redirect =
            redirect.map_err(|e| crate::error::internal("The browser could not come back to Catwalk", &e))?;
        let (wanted, granted) = (account.wanted().unwrap_or_default(), account.granted());
        let document = self.config().client_metadata();
        let attempt = Attempt::new(&account.url, &wanted, &granted, &redirect.address(), document).await?;
        open(&attempt.page).map_err(|why| words::no_browser(&why))?;
        let brought = redirect.answer(&attempt.state).await;
        let brought = brought.map_err(|e| crate::error::internal("The browser could not come back to Catwalk", &e))?;
        let issuer = brought.issuer.as_deref();
        let grant = match brought.code {
            Ok(code) => attempt.finish(&code, issuer).await?,
            // Whose words these are must be sure before they are believed.
            Err(_) if issuer.is_some() && issuer != attempt.issuer.as_deref() => {
                return Err(words::foreign_issuer(issuer.unwrap_or_default()));
            }
            Err((error, description)) => return Err(words::said_no(&error, description.as_deref())),
        };
        let mut renewing = account.renewing.lock().await;
        *renewing = None;
        account.kept.keep(grant).await
    }

    /// Lines of others may quote the server's address, and that may hold a key.
    fn masked(&self, id: DeploymentId, mut problem: Problem) -> Problem {
        if let Some(actor) = self.actor(id) {
            problem.evidence.iter_mut().for_each(|line| *line = actor.log().mask(line));
        }
        problem
    }

    /// The account of a deployment; none for what runs here and for servers that the user gave a credential of their own.
    pub(crate) async fn account(&self, deployment: &Deployment) -> Result<Option<Arc<Account>>, Problem> {
        if deployment.target != catwalk_domain::Target::Remote {
            return Ok(None);
        }
        let (remote, _) = self.remote_of(deployment).await?;
        Ok(self.accounts().get(deployment.id).filter(|_| remote.credentials.is_some()))
    }

    /// Follows what accounts say: the window hears of it, and a server that has just been shut to us shows it.
    pub(crate) fn watch_accounts(&self, mut changes: mpsc::UnboundedReceiver<DeploymentId>) {
        let (app, shutdown) = (self.clone(), self.shutdown().clone());
        self.tasks().spawn(async move {
            loop {
                let id = tokio::select! {
                    () = shutdown.cancelled() => return,
                    id = changes.recv() => id,
                };
                let Some(id) = id else { return };
                let is_shut = app.accounts().get(id).is_some_and(|account| account.is_shut());
                if let Some(actor) = app.actor(id).filter(|_| is_shut)
                    && matches!(actor.status().status, Status::Ready { .. } | Status::Unhealthy)
                {
                    // Its test is refused, and that says what to do.
                    actor.restart();
                }
                app.events_out().send(Event { id: Some(id), ..Event::stale(Tag::Deployments) });
            }
        });
    }
}
