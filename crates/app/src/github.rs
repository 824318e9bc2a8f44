//! The user's account on GitHub: signing in by a code that they type on GitHub's page, what is left of the hour's questions,
//! signing out. The token is sealed among the settings; it raises the limit and lets private repositories be read.

use crate::App;
use crate::events::Tag;
use crate::views::{AllowanceView, GithubCode, GithubView};
use catwalk_analysis::{Analyzer, DeviceCode, Poll};
use catwalk_domain::{Fix, Problem, ProblemCode, Secret};
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What the engine knows of the account.
#[derive(Debug, Default)]
pub(crate) struct GithubLogin {
    login: Option<String>,
    waiting: Option<(GithubCode, CancellationToken)>,
    problem: Option<Problem>,
}

impl GithubLogin {
    /// Whose token is in force now.
    pub(crate) fn is_of(&mut self, login: Option<String>) {
        self.login = login;
        self.problem = None;
    }

    /// Ends the sign-in that waits for the user, if one does.
    fn stop(&mut self) {
        if let Some((_, cancel)) = self.waiting.take() {
            cancel.cancel();
        }
    }
}

impl App {
    /// What is known of the account and of GitHub's limit.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn github_account(&self) -> Result<GithubView, Problem> {
        let token_set = self.has_github_token().await?;
        let allowance = self.analyzer().github_allowance();
        let allowance = allowance.map(|a| AllowanceView { limit: a.limit, remaining: a.remaining, reset: a.reset });
        let can_sign_in = self.config().github_client().is_some();
        let state = self.github();
        Ok(GithubView {
            token_set,
            login: state.login.clone().filter(|_| token_set),
            can_sign_in,
            allowance,
            code: state.waiting.as_ref().map(|(code, _)| code.clone()),
            problem: state.problem.clone(),
        })
    }

    /// Asks GitHub for a code and waits in the background until the user has typed it. `private`: private repositories may be
    /// read as well.
    ///
    /// # Errors
    /// When GitHub gives no code.
    pub async fn github_sign_in(&self, private: bool) -> Result<GithubCode, Problem> {
        let Some(client) = self.config().github_client().map(str::to_owned) else {
            let text =
                "This build of Catwalk has no app on GitHub to sign in with. Put a token into the settings instead.";
            return Err(
                Problem::new(ProblemCode::Unsupported, "Signing in is not possible here", text).fix(Fix::OpenSettings)
            );
        };
        let analyzer = self.analyzer();
        let code = analyzer.begin_device_login(&client, private).await.map_err(|e| e.problem())?;
        let shown = GithubCode { code: code.user_code.clone(), page: code.page.to_string() };
        let cancel = self.shutdown().child_token();
        {
            let mut state = self.github();
            state.stop();
            state.problem = None;
            state.waiting = Some((shown.clone(), cancel.clone()));
        }
        let app = self.clone();
        self.tasks().spawn(async move {
            let outcome = tokio::select! {
                () = cancel.cancelled() => return,
                outcome = typed(&analyzer, &client, &code) => outcome,
            };
            let kept = match outcome {
                Ok(token) => app.set_github_token(Some(token.expose().clone())).await,
                Err(problem) => Err(problem),
            };
            // Who began anew meanwhile is not told of the old one.
            if !cancel.is_cancelled() {
                let mut state = app.github();
                state.waiting = None;
                state.problem = kept.err();
            }
            app.events_out().stale(Tag::Settings);
        });
        self.events_out().stale(Tag::Settings);
        Ok(shown)
    }

    /// Stops a sign-in that waits for the user.
    pub fn cancel_github_sign_in(&self) {
        self.github().stop();
        self.events_out().stale(Tag::Settings);
    }
}

/// Asks as often as GitHub allows until the user has typed the code.
async fn typed(analyzer: &Arc<Analyzer>, client: &str, code: &DeviceCode) -> Result<Secret<String>, Problem> {
    let end = Instant::now() + code.expires;
    let mut interval = code.interval;
    loop {
        tokio::time::sleep(interval).await;
        match analyzer.poll_device_login(client, code).await {
            Ok(Poll::Token(token)) => return Ok(token),
            Ok(Poll::Slower(longer)) => interval = longer.max(interval),
            Ok(Poll::Denied) => {
                return Err(no("The sign-in was refused", "You said no on GitHub’s page, so nothing was changed."));
            }
            Ok(Poll::Expired) => return Err(late()),
            Ok(Poll::Pending) | Err(catwalk_analysis::Error::Offline { .. } | catwalk_analysis::Error::Slow { .. }) => {
            }
            Err(error) => return Err(error.problem()),
        }
        if Instant::now() >= end {
            return Err(late());
        }
    }
}

fn late() -> Problem {
    no("The sign-in took too long", "The code is no longer good. Begin again to get a new one.")
}

fn no(title: &str, text: &str) -> Problem {
    Problem::new(ProblemCode::Cancelled, title, text).fix(Fix::SignInGithub)
}
