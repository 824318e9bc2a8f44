//! `subscriptions/listen`, on both sides: the streams of clients that listen, and the one that the relay itself keeps at
//! a server of 2026-07-28, for all of its clients of either era.

use super::calls::Reply;
use super::connection::cancelled;
use super::link::{self, Link};
use super::server::{Server, State};
use super::special::Left;
use super::translate;
use crate::envelope::{self, field};
use crate::error::CallError;
use crate::message::Message;
use crate::session::{Session, SessionKey};
use crate::stream::{Kind, Stream};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// The method whose answer comes only when listening ends.
pub(super) const LISTEN: &str = "subscriptions/listen";
/// How long a server may take to say that it will tell.
const ACKNOWLEDGED: Duration = Duration::from_secs(5);
/// Before a stream that a server ended is opened again.
const REOPEN: Duration = Duration::from_secs(1);

/// How listening at a server ended.
type Ended = oneshot::Receiver<Result<Bytes, CallError>>;

/// What a client wants to hear of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    tools_list_changed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompts_list_changed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources_list_changed: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_subscriptions: Vec<String>,
}

/// A client's stream.
#[derive(Debug)]
pub(super) struct Listener {
    session: SessionKey,
    stream: Arc<Stream>,
    /// The client's id for it, raw.
    id: Box<str>,
    filter: Filter,
}

impl Filter {
    /// As much of it as a server can tell of.
    fn honored(self, state: &State) -> Self {
        let can = |what: &str, how: &str| state.known.can(what, how).then_some(true);
        let and = |wanted: Option<bool>, can: Option<bool>| wanted.filter(|wanted| *wanted).and(can);
        let subscribe = state.known.can("resources", "subscribe");
        Self {
            tools_list_changed: and(self.tools_list_changed, can("tools", "listChanged")),
            prompts_list_changed: and(self.prompts_list_changed, can("prompts", "listChanged")),
            resources_list_changed: and(self.resources_list_changed, can("resources", "listChanged")),
            resource_subscriptions: if subscribe { self.resource_subscriptions } else { Vec::new() },
        }
    }

    /// Everything, of which clients may want any part.
    fn all() -> Self {
        let yes = Some(true);
        Self {
            tools_list_changed: yes,
            prompts_list_changed: yes,
            resources_list_changed: yes,
            resource_subscriptions: Vec::new(),
        }
    }

    /// The resources that are watched.
    pub(crate) fn resources(&self) -> &[String] {
        &self.resource_subscriptions
    }

    /// The same with other resources.
    pub(crate) fn with_resources(&self, resources: Vec<String>) -> Self {
        Self { resource_subscriptions: resources, ..self.clone() }
    }

    /// What tells a client that this much of its wish is heeded.
    pub(crate) fn acknowledgement(&self, id: &str) -> Message {
        let honored = json!({ "notifications": self }).to_string();
        let params = translate::for_listener(serde_json::from_str(&honored).ok(), id);
        Message::notification("notifications/subscriptions/acknowledged", Some(&params))
    }

    /// Whether a notice belongs on the stream.
    pub(crate) fn takes(&self, method: &str, uri: Option<&str>) -> bool {
        let wanted = match method {
            "notifications/tools/list_changed" => self.tools_list_changed,
            "notifications/prompts/list_changed" => self.prompts_list_changed,
            "notifications/resources/list_changed" => self.resources_list_changed,
            "notifications/resources/updated" => {
                return uri.is_some_and(|uri| self.resource_subscriptions.iter().any(|one| one == uri));
            }
            _ => None,
        };
        wanted == Some(true)
    }
}

impl Server {
    /// A client listens, from when its server will tell. The first thing on its stream says what it will hear of.
    pub(crate) async fn listen(
        self: &Arc<Self>,
        key: SessionKey,
        session: &Session,
        stream: &Arc<Stream>,
        id: &RawValue,
        wanted: Filter,
    ) -> Result<(), CallError> {
        let max = self.context.limits.subscriptions;
        if wanted.resource_subscriptions.len() > max {
            return Err(CallError::Subscriptions(max));
        }
        let link = self.link(Instant::now() + self.context.limits.hold).await?;
        let (filter, fresh) = {
            let mut state = self.state.lock();
            let filter = wanted.honored(&state);
            let fresh = state.subscribe_all(key, &filter.resource_subscriptions);
            (filter, fresh)
        };
        self.watch_for(&link, fresh).await;
        let mut state = self.state.lock();
        stream.push(Kind::Ask, filter.acknowledgement(id.get()));
        let listener = Listener { session: session.key, stream: Arc::clone(stream), id: id.get().into(), filter };
        state.listeners.insert(key, listener);
        Ok(())
    }

    /// A client is about to listen here and at other servers. The server need not be there yet; if it is, this returns when
    /// it will tell.
    pub(crate) async fn watch_along(&self, key: SessionKey, resources: &[String]) {
        let (link, fresh) = {
            let mut state = self.state.lock();
            let fresh = state.subscribe_all(key, resources);
            (state.link.clone(), fresh)
        };
        match link {
            Some(link) => drop(tokio::time::timeout(ACKNOWLEDGED, self.watch_for(&link, fresh)).await),
            // It hears of it when it is there.
            None => self.want(),
        }
    }

    /// It listens, on a stream that is not this server's to open.
    pub(crate) fn listen_along(
        &self,
        key: SessionKey,
        session: SessionKey,
        stream: &Arc<Stream>,
        id: &str,
        filter: Filter,
    ) {
        let listener = Listener { session, stream: Arc::clone(stream), id: id.into(), filter };
        self.state.lock().listeners.insert(key, listener);
    }

    /// Has the server tell of resources that nobody was watching.
    async fn watch_for(&self, link: &Arc<Link>, fresh: Vec<String>) {
        if link.is_modern() {
            return self.wish(!fresh.is_empty()).await;
        }
        for uri in fresh {
            // One that the server refuses never changes, as far as it tells.
            let _ = self.ask(link, "resources/subscribe", &json!({ "uri": uri })).await;
        }
    }

    /// A client's stream is gone.
    pub(crate) fn unlisten(&self, key: SessionKey) {
        let mut state = self.state.lock();
        state.listeners.remove(&key);
        let uris: Vec<String> = state.subscriptions.keys().cloned().collect();
        let alone: Vec<_> = uris.into_iter().filter(|uri| state.unsubscribe(uri, key) == Left::Nobody).collect();
        let link = state.link.clone();
        drop(state);
        if let Some(link) = link {
            self.unsubscribed(&link, alone);
        }
    }

    /// Tells the server of resources that nobody watches any more.
    pub(super) fn unsubscribed(&self, link: &Arc<Link>, uris: Vec<String>) {
        if link.is_modern() {
            if !uris.is_empty() {
                self.wishes.send_modify(|wish| *wish += 1);
            }
            return;
        }
        for uri in uris {
            self.send_own(link, Reply::Nobody, "resources/unsubscribe", &json!({ "uri": uri }).to_string());
        }
    }

    /// Waits until a modern server has acknowledged what is wished for now, which may just have changed.
    pub(super) async fn wish(&self, changed: bool) {
        let wish = {
            let mut wish = 0;
            self.wishes.send_modify(|counted| {
                *counted += u64::from(changed);
                wish = *counted;
            });
            wish
        };
        self.placed(wish).await;
    }

    /// Listens at a modern server as long as the link lasts.
    pub(super) async fn keep_listening(self: Arc<Self>, link: Arc<Link>) {
        let mut wishes = self.wishes.subscribe();
        let mut old = None;
        loop {
            let wish = *wishes.borrow_and_update();
            let (id, ended) = self.open_listen(&link, wish).unzip();
            let mut ended = pin!(is_refusal(ended));
            // The old stream stays until the new one is in place, so that nothing falls between them.
            let refused = tokio::select! {
                () = link.close.cancelled() => return,
                refused = &mut ended => Some(refused),
                () = self.placed(wish) => None,
            };
            // Be it acknowledged or not: nobody need wait for more to come of it.
            self.heard.send_if_modified(|heard| std::mem::replace(heard, wish.max(*heard)) < wish);
            if let Some(old) = old.take() {
                self.drop_listen(&link, old);
            }
            let over = async {
                let refused = match refused {
                    Some(refused) => refused,
                    None => ended.await,
                };
                // Who refused once does so again, until something else is wished for.
                if refused {
                    std::future::pending::<()>().await;
                }
                tokio::time::sleep(REOPEN).await;
            };
            tokio::select! {
                () = link.close.cancelled() => return,
                () = over => {}
                changed = wishes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    old = id;
                }
            }
        }
    }

    /// Waits until a wish has been acknowledged, but not for ever.
    async fn placed(&self, wish: u64) {
        let mut heard = self.heard.subscribe();
        let _ = tokio::time::timeout(ACKNOWLEDGED, heard.wait_for(|heard| *heard >= wish)).await;
    }

    /// Opens a stream for all that clients may want now, if there is any.
    fn open_listen(&self, link: &Arc<Link>, wish: u64) -> Option<(u64, Ended)> {
        let filter = {
            let state = self.state.lock();
            let mut filter = Filter::all().honored(&state);
            filter.resource_subscriptions = state.subscriptions.keys().cloned().collect();
            filter
        };
        let filter = serde_json::to_value(&filter).unwrap_or_default();
        if filter.as_object().is_none_or(serde_json::Map::is_empty) {
            return None;
        }
        let params = json!({ "notifications": filter }).to_string();
        let ((sender, ended), id) = (oneshot::channel(), self.next_id());
        // Before it is asked: it may answer before we are back.
        self.state.lock().listening = Some((id, wish));
        self.send_own_as(id, link, Reply::Own(sender), LISTEN, &translate::to_modern(Some(&params), None, None));
        Some((id, ended))
    }

    fn drop_listen(&self, link: &Link, id: u64) {
        if self.state.lock().calls.remove(&id).is_some() {
            link.send_own(link::line(None, "notifications/cancelled", Some(&cancelled(id))), None);
        }
    }

    /// The server says that it will tell what it was asked to.
    pub(super) fn acknowledged(&self, state: &State, params: Option<&RawValue>) {
        let id = params.and_then(|params| field(field(params, "_meta")?, translate::SUBSCRIPTION));
        let id = id.and_then(|raw| raw.get().parse::<u64>().ok());
        if let Some((ours, wish)) = state.listening.filter(|(ours, _)| id == Some(*ours)) {
            tracing::debug!(ours, "listening");
            self.heard.send_if_modified(|heard| {
                let newer = wish > *heard || wish == 0;
                *heard = (*heard).max(wish);
                newer
            });
        }
    }
}

/// Whether listening ended because the server would not have it, or because there was nothing to listen for.
async fn is_refusal(ended: Option<Ended>) -> bool {
    match ended {
        Some(ended) => matches!(ended.await, Ok(Err(CallError::Server { .. } | CallError::Http(_)))),
        None => true,
    }
}

impl State {
    /// A listener watches resources. Says which of them nobody was watching.
    fn subscribe_all(&mut self, key: SessionKey, uris: &[String]) -> Vec<String> {
        let mut fresh = Vec::new();
        for uri in uris {
            let subscribers = self.subscriptions.entry(uri.clone()).or_default();
            if subscribers.is_empty() {
                fresh.push(uri.clone());
            }
            subscribers.insert(key);
        }
        fresh
    }

    /// Tells those who listen for it.
    pub(super) fn tell_listeners(&self, method: &str, params: Option<&RawValue>) {
        if self.listeners.is_empty() {
            return;
        }
        let uri = params.and_then(|params| envelope::string_field(params, "uri")).map(|(uri, _)| uri);
        for listener in self.listeners.values().filter(|listener| listener.filter.takes(method, uri.as_deref())) {
            let params = translate::for_listener(params, &listener.id);
            listener.stream.push(Kind::Notice, Message::notification(method, Some(&params)));
        }
    }

    /// Tells those of one session who listen for it.
    pub(super) fn tell_listener(&self, session: SessionKey, method: &str) {
        for listener in self.listeners.values().filter(|listener| listener.session == session) {
            if listener.filter.takes(method, None) {
                let params = translate::for_listener(None, &listener.id);
                listener.stream.push(Kind::Notice, Message::notification(method, Some(&params)));
            }
        }
    }

    /// Forgets a session's listeners, which others still tell of changes.
    pub(super) fn drop_listeners(&mut self, session: SessionKey) -> Vec<SessionKey> {
        self.listeners.extract_if(|_, listener| listener.session == session).map(|(key, _)| key).collect()
    }

    /// Ends listeners in good order: those of a session, or all.
    pub(super) fn end_listeners(&mut self, session: Option<SessionKey>) {
        let theirs = |listener: &Listener| session.is_none_or(|session| listener.session == session);
        for (_, listener) in self.listeners.extract_if(|_, listener| theirs(listener)) {
            let meta = format!("{{\"{}\":{}}}", translate::SUBSCRIPTION, listener.id);
            let result = envelope::edit("{}", &[("resultType", "\"complete\""), ("_meta", &meta)], &[]);
            listener.stream.push(Kind::Answer, Message::own_answer(&listener.id, &result));
            listener.stream.end();
        }
    }
}
