//! Sessions that outlive the relay: what is written down of each, and how it goes on when its client comes back.
//!
//! A session is looked for here only when it is not among the living, by the hash of its id, and the same token must be
//! shown. It then joins its server as if it had just been opened, with its level and subscriptions.

use super::{Session, Sessions, Transport, level_name};
use crate::activity;
use crate::routes::{Scope, Table, TokenRule};
use catwalk_domain::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A session as it is written down. Neither its id nor its token can be read from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptSession {
    /// SHA-256 of its id, hex.
    pub hash: String,
    /// The id of the token that opened it.
    pub token: String,
    /// SHA-256 of that token, hex: another token in its place opens nothing of the old one's.
    pub token_hash: String,
    /// What it was opened for.
    pub scope: Scope,
    /// The revision agreed on.
    pub version: String,
    /// `capabilities` and `clientInfo`, as the client gave them at `initialize`.
    pub hello: Value,
    /// The least severity of log message that it wants, if it said.
    pub level: Option<String>,
    /// The resources that it subscribed to.
    pub subscriptions: Vec<String>,
    /// When it was last used, to the minute.
    pub used_at: Millis,
}

/// Where sessions are written down. Neither may block: the relay calls them while it answers.
pub trait Keeper: Send + Sync {
    /// Writes a session down, in the place of what was written of it before.
    fn keep(&self, session: KeptSession);

    /// Forgets the session of that hash.
    fn forget(&self, hash: &str);
}

/// How a session is written down.
pub(super) struct Keeping {
    keeper: Arc<dyn Keeper>,
    hello: Value,
}

impl fmt::Debug for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeping")
    }
}

/// What a client says of itself is kept up to this size.
const MAX_HELLO: usize = 8 << 10;

impl Session {
    /// Writes it down as it is now.
    pub(crate) fn note(&self) {
        let Some(Keeping { keeper, hello }) = self.keeping.get() else { return };
        self.noted.store(self.last_active(), Ordering::Relaxed);
        keeper.keep(KeptSession {
            hash: hash(self.id.as_bytes()),
            token: self.token.id.clone(),
            token_hash: hex(&self.token.hash),
            scope: self.scope.clone(),
            version: self.version.as_str().to_owned(),
            hello: hello.clone(),
            level: self.level().map(|rank| level_name(rank).to_owned()),
            subscriptions: self.wishes.lock().iter().cloned().collect(),
            used_at: activity::now(),
        });
    }

    /// Crosses it out.
    pub(crate) fn forget(&self) {
        if let Some(Keeping { keeper, .. }) = self.keeping.get() {
            keeper.forget(&hash(self.id.as_bytes()));
        }
    }

    /// It subscribed to a resource.
    pub(crate) fn subscribed(&self, uri: &str) {
        if self.wishes.lock().insert(uri.to_owned()) {
            self.note();
        }
    }

    /// It no longer does.
    pub(crate) fn unsubscribed(&self, uri: &str) {
        if self.wishes.lock().remove(uri) {
            self.note();
        }
    }

    /// To how many resources it subscribed.
    pub(crate) fn subscriptions(&self) -> usize {
        self.wishes.lock().len()
    }
}

impl Sessions {
    /// From now on sessions are written down; those of an earlier relay go on when their clients come back. The newest
    /// come first, and no more than there may be sessions.
    pub(crate) fn keep(&self, keeper: Arc<dyn Keeper>, kept: Vec<KeptSession>) {
        let _ = self.keeper.set(keeper);
        let kept = kept.into_iter().take(self.limits.sessions).map(|session| (session.hash.clone(), session));
        self.kept.lock().extend(kept);
    }

    /// Writes a new session down, if sessions are.
    pub(crate) fn begin_keeping(&self, session: &Session, params: &Value) {
        let Some(keeper) = self.keeper.get().filter(|_| session.transport == Transport::Streamable) else { return };
        let mut hello = json!({ "capabilities": params["capabilities"], "clientInfo": params["clientInfo"] });
        if hello.to_string().len() > MAX_HELLO {
            hello = json!({ "capabilities": {} });
        }
        let _ = session.keeping.set(Keeping { keeper: Arc::clone(keeper), hello });
        session.note();
    }

    /// The kept session of that id, if this token made it for this address.
    pub(crate) fn kept(&self, id: &str, token: &TokenRule, scope: &Scope) -> Option<KeptSession> {
        let kept = self.kept.lock();
        let session = kept.get(&hash(id.as_bytes()))?;
        let same = session.token == token.id && session.token_hash == hex(&token.hash);
        (same && session.scope == *scope).then(|| session.clone())
    }

    /// It lives again.
    pub(super) fn revived(&self, hash: &str) {
        self.kept.lock().remove(hash);
    }

    /// Writes down which sessions were used since they last were.
    pub(crate) fn note_used(&self) {
        let by_id = self.by_id.read();
        let used = |session: &&Arc<Session>| session.noted.load(Ordering::Relaxed) < session.last_active();
        by_id.values().filter(used).for_each(|session| session.note());
    }

    /// Forgets kept sessions that nobody came back for.
    pub(super) fn expire_kept(&self) {
        let idle = Millis::try_from(self.limits.session_idle.as_millis()).unwrap_or(Millis::MAX);
        let before = activity::now().saturating_sub(idle);
        self.drop_kept(|session| session.used_at < before);
    }

    /// Forgets kept sessions that the routes no longer permit.
    pub(super) fn revoke_kept(&self, table: &Table) {
        let permitted = |session: &KeptSession| {
            let rule = table.tokens.iter().find(|rule| rule.id == session.token);
            rule.is_some_and(|rule| hex(&rule.hash) == session.token_hash && table.permits(rule, &session.scope))
        };
        self.drop_kept(|session| !permitted(session));
    }

    fn drop_kept(&self, gone: impl Fn(&KeptSession) -> bool) {
        for (hash, _) in self.kept.lock().extract_if(|_, session| gone(session)) {
            if let Some(keeper) = self.keeper.get() {
                keeper.forget(&hash);
            }
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
