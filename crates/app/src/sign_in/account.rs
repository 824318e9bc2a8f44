//! One deployment's account at its hosted server: the tokens in force, whether a person is wanted, and the one sign-in
//! that may be under way.

use super::kept::{Grant, Kept};
use super::words;
use crate::keys::Keys;
use crate::lock::lock;
use crate::views::SignInView;
use catwalk_domain::{DeploymentId, Problem, Secret};
use catwalk_store::Store;
use catwalk_supervisor::Log;
use rmcp::transport::AuthorizationManager;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use url::Url;

const MINUTE: Duration = Duration::from_mins(1);

/// See the module.
pub(crate) struct Account {
    pub(super) id: DeploymentId,
    pub(super) url: Url,
    pub(super) kept: Kept,
    /// Whoever holds it may change the tokens: of many calls with an old one, a single one renews it.
    pub(super) renewing: tokio::sync::Mutex<Option<AuthorizationManager>>,
    wanted: Mutex<Option<Wanted>>,
    /// Since when refusals are counted, and how many there were.
    refusals: Mutex<Option<(Instant, u32)>>,
    under_way: Mutex<CancellationToken>,
    changes: mpsc::UnboundedSender<DeploymentId>,
}

/// What a person is wanted for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// What the server said in `WWW-Authenticate`.
    pub(super) challenge: Option<String>,
    /// Permissions it asked for on top of those given. Empty when it wants a sign-in at all.
    pub(super) more: Vec<String>,
}

impl Account {
    /// Says that a person is wanted, or that none is any more.
    pub(super) fn want(&self, wanted: Option<Wanted>) {
        *lock(&self.wanted) = wanted;
        self.changes.send(self.id).ok();
    }

    pub(super) fn wanted(&self) -> Option<Wanted> {
        lock(&self.wanted).clone()
    }

    /// How many renewals the server's refusals have asked for within a minute, this one among them.
    pub(super) fn renewals(&self) -> u32 {
        let mut refusals = lock(&self.refusals);
        let so_far = refusals.filter(|(since, _)| since.elapsed() < MINUTE);
        let (since, count) = so_far.unwrap_or((Instant::now(), 0));
        *refusals = Some((since, count + 1));
        count + 1
    }

    /// Whether the server cannot be used at all before somebody signs in.
    pub(crate) fn is_shut(&self) -> bool {
        self.wanted().is_some_and(|wanted| wanted.more.is_empty())
    }

    /// Begins a sign-in; one that is under way ends.
    pub(super) fn begin(&self, parent: &CancellationToken) -> CancellationToken {
        let mine = parent.child_token();
        std::mem::replace(&mut *lock(&self.under_way), mine.clone()).cancel();
        mine
    }

    pub(super) fn cancel(&self) {
        lock(&self.under_way).cancel();
    }

    /// Masks tokens in the server's log, beside the deployment's other secrets.
    pub(crate) fn mask_in(&self, log: Arc<Log>, others: Vec<Secret<String>>) {
        self.kept.mask_in(log, others);
    }

    /// The account as the window shows it; none as long as the server has wanted none.
    pub(crate) fn view(&self) -> Option<SignInView> {
        let grant = self.kept.grant().filter(|grant| grant.token().is_some());
        let problem = self.wanted().map(|wanted| words::wanted(&wanted.more));
        let scopes = grant.as_ref().map(|grant| grant.stored.granted_scopes.clone()).unwrap_or_default();
        let view = SignInView { signed_in: grant.is_some(), scopes, problem };
        (view.signed_in || view.problem.is_some()).then_some(view)
    }

    pub(super) fn granted(&self) -> Vec<String> {
        self.kept.grant().map(|grant: Grant| grant.stored.granted_scopes).unwrap_or_default()
    }
}

/// The accounts of all deployments that have one.
pub(crate) struct Accounts {
    all: Mutex<HashMap<DeploymentId, Arc<Account>>>,
    changes: mpsc::UnboundedSender<DeploymentId>,
}

impl Accounts {
    /// No account yet, and where it is said that one changed.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<DeploymentId>) {
        let (changes, receiver) = mpsc::unbounded_channel();
        (Self { all: Mutex::default(), changes }, receiver)
    }

    pub(crate) fn get(&self, id: DeploymentId) -> Option<Arc<Account>> {
        lock(&self.all).get(&id).cloned()
    }

    pub(crate) fn forget(&self, id: DeploymentId) {
        if let Some(account) = lock(&self.all).remove(&id) {
            account.cancel();
        }
    }

    /// The account at this address, with what earlier runs have kept of it.
    ///
    /// # Errors
    /// When the keychain is locked or the database does not answer.
    pub(crate) async fn at(
        &self,
        id: DeploymentId,
        url: &Url,
        keys: &Keys,
        store: &Store,
    ) -> Result<Arc<Account>, Problem> {
        if let Some(account) = self.get(id).filter(|account| account.url == *url) {
            return Ok(account);
        }
        let kept = Kept::new(keys.clone(), store.clone(), id, url.clone());
        kept.load().await?;
        let account = Arc::new(Account {
            id,
            url: url.clone(),
            kept,
            renewing: tokio::sync::Mutex::default(),
            wanted: Mutex::default(),
            refusals: Mutex::default(),
            under_way: Mutex::default(),
            changes: self.changes.clone(),
        });
        lock(&self.all).insert(id, Arc::clone(&account));
        Ok(account)
    }
}
