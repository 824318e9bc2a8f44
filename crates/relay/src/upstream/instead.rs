//! What a client with a session asks of a server that knows no sessions: the relay plays the session.

use super::outward::{Caller, Request};
use super::server::Server;
use super::special::Left;
use crate::envelope;
use crate::error::CallError;
use crate::message::Message;
use crate::session::level_rank;
use crate::stream::Kind;
use serde_json::value::RawValue;
use std::sync::Arc;

impl Server {
    /// Answers what such a server cannot. False if the request is none of that, or is not what MCP says; then the server
    /// may say so itself.
    pub(super) fn instead(self: &Arc<Self>, caller: &Caller, request: &Request) -> bool {
        if caller.modern.is_some()
            || !matches!(&*request.method, "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe")
            || !self.is_modern()
        {
            return false;
        }
        let params: Option<&RawValue> = request.params().and_then(|params| serde_json::from_str(params).ok());
        let text = |key| params.and_then(|params| envelope::string_field(params, key)).map(|(text, _)| text);
        match &*request.method {
            "logging/setLevel" => {
                let Some(rank) = text("level").and_then(|level| level_rank(&level)) else { return false };
                // It goes along with each request from now on.
                caller.session.set_level(rank);
                caller.answer("{}");
            }
            "resources/subscribe" => {
                let Some(uri) = text("uri") else { return false };
                self.subscribe_by_listening(caller, uri);
            }
            _ => {
                let Some(uri) = text("uri") else { return false };
                caller.session.unsubscribed(&uri);
                if self.state.lock().unsubscribe(&uri, caller.session.key) == Left::Nobody {
                    self.wishes.send_modify(|wish| *wish += 1);
                }
                caller.answer("{}");
            }
        }
        true
    }

    /// Answers when the server has said that it will tell.
    fn subscribe_by_listening(self: &Arc<Self>, caller: &Caller, uri: String) {
        let max = self.context.limits.subscriptions;
        if caller.session.subscriptions() >= max {
            return caller.refuse(CallError::Subscriptions(max));
        }
        caller.session.subscribed(&uri);
        let mut state = self.state.lock();
        let subscribers = state.subscriptions.entry(uri).or_default();
        let first = subscribers.is_empty();
        subscribers.insert(caller.session.key);
        drop(state);
        let (server, stream, id) = (Arc::clone(self), Arc::clone(&caller.stream), caller.id.clone());
        self.context.tracker.spawn(async move {
            server.wish(first).await;
            stream.push(Kind::Answer, Message::own_answer(&id, "{}"));
        });
    }
}
