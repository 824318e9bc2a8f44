//! Which of many servers a request is for, and what of it has to be said in that server's words.

use super::merge::{List, PROMPTS, TOOLS, merge};
use super::{Many, names, on_demand};
use crate::envelope;
use crate::error::{CallError, Fault};
use crate::session::{Session, level_rank};
use crate::upstream::{Caller, Request, Server};
use http::HeaderMap;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What a request names. Raw values are slices of its `params`.
enum Named<'a> {
    /// A tool or prompt, and where the name stands.
    Entry(&'static List, String, &'a RawValue),
    /// A tool that is called through another.
    Inner(String, &'a str),
    /// A resource.
    Uri(String),
}

impl Many {
    /// Takes a client's request. The answer, or an error, comes on the caller's stream.
    pub(crate) fn call(self: &Arc<Self>, caller: Caller, request: Request) {
        match &*request.method {
            // Whether the relay is there is what a client's ping asks.
            "ping" => return caller.answer("{}"),
            "logging/setLevel" => return self.set_level(&caller, &request),
            "resources/unsubscribe" => return self.unsubscribe(caller, request),
            _ => {}
        }
        let asks_all = List::of(&request.method).is_some() || on_demand::is_search(&request);
        if !asks_all {
            match self.known(&caller.session, &request, false) {
                Ok(Some((server, request))) => return server.call(caller, request),
                Ok(None) => {}
                Err(fault) => return caller.refuse(fault),
            }
        }
        let many = Arc::clone(self);
        self.context().tracker.spawn(async move {
            let stop = many.context().stop.clone();
            tokio::select! {
                () = stop.cancelled() => {}
                () = many.call_slowly(caller, request) => {}
            }
        });
    }

    /// A request for which somebody must be asked first.
    async fn call_slowly(&self, caller: Caller, request: Request) {
        if let Some(list) = List::of(&request.method) {
            return self.list(&caller, &request, list).await;
        }
        if on_demand::is_search(&request) {
            return self.search(&caller, &request).await;
        }
        match self.find(&caller.session, request).await {
            // Unless its client has gone meanwhile.
            Ok((server, request)) if caller.stream.awaits() => server.call(caller, request),
            Ok(_) => {}
            Err(fault) => caller.refuse(fault),
        }
    }

    async fn list(&self, caller: &Caller, request: &Request, list: &'static List) {
        let from = match cursor(request) {
            None => Some(0),
            Some(cursor) => cursor.as_str().and_then(|cursor| cursor.parse().ok()),
        };
        let Some(from) = from else { return caller.refuse(CallError::Cursor) };
        let budget = self.view().budget;
        let merged = merge(list, &self.gather(&caller.session, list).await, budget.name);
        let modern = caller.modern.is_some();
        let too_many = list.method == TOOLS.method && budget.tools.is_some_and(|most| merged.entries.len() > most);
        caller.answer(&if too_many {
            let tools = self.on_demand_tools();
            merged.with(list, &tools.each_ref().map(|tool| &**tool), None, modern)
        } else {
            merged.result(list, from, self.context().limits.page, modern)
        });
    }

    /// Whose a request is and what it is in that server's words, after asking if need be.
    pub(crate) async fn find(&self, session: &Arc<Session>, request: Request) -> Result<(Arc<Server>, Request), Fault> {
        if let Some(found) = self.known(session, &request, false)? {
            return Ok(found);
        }
        let list = match named(&request)? {
            Named::Entry(list, ..) => list,
            Named::Inner(..) => TOOLS,
            Named::Uri(uri) => {
                let owner = self.owner(session, &uri).await.ok_or(CallError::NoResource(uri))?;
                return Ok((owner, request));
            }
        };
        self.gather(session, list).await;
        let unlisted = || CallError::Unlisted(request.method.to_string());
        Ok(self.known(session, &request, true)?.ok_or_else(unlisted)?)
    }

    /// The same from memory; none if that does not tell and there is still somebody to ask.
    fn known(
        &self,
        session: &Arc<Session>,
        request: &Request,
        asked: bool,
    ) -> Result<Option<(Arc<Server>, Request)>, Fault> {
        let (list, shown) = match named(request)? {
            Named::Entry(list, shown, _) => (list, shown),
            Named::Inner(shown, _) => (TOOLS, shown),
            Named::Uri(uri) => return Ok(self.known_owner(session, &uri).map(|owner| (owner, request.clone()))),
        };
        let Some((server, name)) = self.entry(session, list, &shown, asked)? else { return Ok(None) };
        let (params, name) = (request.params().unwrap_or("{}"), Value::from(name).to_string());
        let params = match named(request)? {
            Named::Entry(_, _, raw) => envelope::replace(params, raw.get(), &name),
            Named::Inner(_, arguments) => envelope::edit(params, &[("name", &*name), ("arguments", arguments)], &[]),
            Named::Uri(_) => return Ok(None),
        };
        Ok(Some((server, Request { method: request.method.clone(), params: Some(params.into()) })))
    }

    /// The server and its own name of a tool or prompt.
    pub(super) fn entry(
        &self,
        session: &Arc<Session>,
        list: &List,
        shown: &str,
        asked: bool,
    ) -> Result<Option<(Arc<Server>, String)>, Fault> {
        let view = self.view();
        let mut unsure = false;
        if names::maybe_cut(shown, view.budget.name) {
            for member in &view.members {
                let Some(pages) = member.there().and_then(|server| server.listed(list.method)) else {
                    unsure = true;
                    continue;
                };
                let mut keys = pages.iter().flat_map(|page| list.entries(page)).map(|(_, _, key)| key);
                if let Some(name) = keys.find(|key| names::shown(&member.slug, key, view.budget.name) == shown) {
                    return Ok(Some((member.server(session, &self.all)?, name)));
                }
            }
        }
        if unsure && !asked {
            return Ok(None);
        }
        let found = names::split(shown).and_then(|(slug, name)| {
            let member = view.members.iter().find(|member| *member.slug == *slug)?;
            Some((member, name.to_owned()))
        });
        let (member, name) = found.ok_or_else(|| CallError::Unlisted(shown.to_owned()))?;
        Ok(Some((member.server(session, &self.all)?, name)))
    }

    /// Checks the headers that repeat parameters of a tool's call.
    pub(crate) async fn mirrored(
        &self,
        session: &Arc<Session>,
        headers: &HeaderMap,
        tool: &str,
        arguments: Option<&RawValue>,
    ) -> Result<(), Fault> {
        // A tool that is not found is refused when it is called.
        if let Ok(Some((server, name))) = self.entry(session, TOOLS, tool, true) {
            server.annotations().await.check(headers, &name, arguments)?;
        }
        Ok(())
    }

    /// Each server is told, if it would not send what is wanted.
    fn set_level(&self, caller: &Caller, request: &Request) {
        let params = request.params().and_then(|params| serde_json::from_str::<&RawValue>(params).ok());
        let rank = params.and_then(|params| level_rank(&envelope::string_field(params, "level")?.0));
        let Some(rank) = rank else { return caller.refuse(CallError::Params) };
        caller.session.set_level(rank);
        self.servers().iter().for_each(|server| server.heed_levels());
        caller.answer("{}");
    }
}

/// The cursor that a request for a list gives, if it gives one.
fn cursor(request: &Request) -> Option<Value> {
    let params: &RawValue = serde_json::from_str(request.params()?).ok()?;
    serde_json::from_str(envelope::field(params, "cursor")?.get()).ok().filter(|cursor: &Value| !cursor.is_null())
}

/// What a request names.
fn named(request: &Request) -> Result<Named<'_>, CallError> {
    let params: &RawValue =
        request.params().and_then(|text| serde_json::from_str(text).ok()).ok_or(CallError::Params)?;
    let field = |object, key| envelope::field(object, key).ok_or(CallError::Params);
    let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).map_err(|_| CallError::Params);
    let entry = |list, raw: &'_ RawValue| text(raw).map(|shown| (list, shown));
    match &*request.method {
        "tools/call" => {
            let raw = field(params, "name")?;
            let (list, shown) = entry(TOOLS, raw)?;
            if shown != on_demand::CALL {
                return Ok(Named::Entry(list, shown, raw));
            }
            let arguments = field(params, "arguments")?;
            let inner = envelope::field(arguments, "arguments").map_or("{}", RawValue::get);
            Ok(Named::Inner(text(field(arguments, "name")?)?, inner))
        }
        "prompts/get" => {
            let raw = field(params, "name")?;
            let (list, shown) = entry(PROMPTS, raw)?;
            Ok(Named::Entry(list, shown, raw))
        }
        "completion/complete" => {
            let of = field(params, "ref")?;
            if text(field(of, "type")?)? == "ref/prompt" {
                let raw = field(of, "name")?;
                let (list, shown) = entry(PROMPTS, raw)?;
                return Ok(Named::Entry(list, shown, raw));
            }
            text(field(of, "uri")?).map(Named::Uri)
        }
        "resources/read" | "resources/subscribe" => text(field(params, "uri")?).map(Named::Uri),
        other => Err(CallError::NoMethod(other.to_owned())),
    }
}
