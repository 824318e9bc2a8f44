//! Which era a server belongs to, asked of each server process once: `server/discover` first, and `initialize` if it
//! knows nothing of that.

use super::ConnectError;
use super::link::{self, Carrier, Link};
use super::server::Server;
use super::translate;
use crate::envelope;
use crate::error::CallError;
use crate::version::Version;
use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The code by which a server names the revisions it speaks.
const UNSUPPORTED: i64 = -32022;

/// How far `server/discover` led.
enum Probed {
    /// The server is of 2026-07-28, and this is what it said.
    Modern(Bytes),
    /// It is of an earlier revision.
    Legacy,
    /// It is, and has already answered `initialize`.
    Greeted,
}

impl Server {
    /// Gets to know the server.
    pub(super) async fn shake_hands(self: &Arc<Self>, link: &Arc<Link>) -> Result<(), ConnectError> {
        let probe = link.carrier != Carrier::Older && !self.shy.load(Ordering::Relaxed);
        let discovered = if probe { self.probe(link).await? } else { None };
        match discovered {
            Some(Probed::Modern(discovered)) => return self.settle_modern(link, &discovered).await,
            Some(Probed::Greeted) => return Ok(()),
            Some(Probed::Legacy) | None => {}
        }
        match self.initialize(link).await {
            // One that was not probed, or has thought better of it, and knows no sessions.
            Err(CallError::Server { code, .. }) if !probe || code == UNSUPPORTED => match self.discover(link).await? {
                Probed::Modern(discovered) => self.settle_modern(link, &discovered).await,
                _ => Err(ConnectError::Refused { why: "it speaks no revision that Catwalk does".into() }),
            },
            other => other.map_err(refused),
        }
    }

    /// Asks for `server/discover`. Some servers say nothing at all to what they do not know, and others take long to start:
    /// after a while of silence `initialize` is asked as well, and the first good answer counts.
    async fn probe(&self, link: &Arc<Link>) -> Result<Option<Probed>, ConnectError> {
        let mut discovered = pin!(self.discover(link));
        if let Ok(probed) = tokio::time::timeout(self.context.limits.probe, &mut discovered).await {
            return probed.map(Some);
        }
        let mut greeted = pin!(self.initialize(link));
        tokio::select! {
            biased;
            probed = &mut discovered => match probed? {
                Probed::Legacy => {}
                modern => return Ok(Some(modern)),
            },
            greeting = &mut greeted => match greeting {
                Ok(()) => {
                    // The next process of it is not asked again.
                    self.shy.store(true, Ordering::Relaxed);
                    return Ok(Some(Probed::Greeted));
                }
                Err(CallError::Server { .. }) => return discovered.await.map(Some),
                Err(other) => return Err(refused(other)),
            },
        }
        greeted.await.map(|()| Some(Probed::Greeted)).map_err(refused)
    }

    async fn discover(&self, link: &Arc<Link>) -> Result<Probed, ConnectError> {
        let params = serde_json::from_str(&translate::to_modern(None, None, None)).unwrap_or_default();
        let answer = match self.ask(link, "server/discover", &params).await {
            // It refuses the revision and names it in the same breath: it is to be asked again.
            Err(CallError::Server { code: UNSUPPORTED, data: Some(data), .. }) if is_modern(&data["supported"]) => {
                self.ask(link, "server/discover", &params).await
            }
            answer => answer,
        };
        match answer {
            Ok(result) => {
                let parsed: Value = serde_json::from_slice(&result).unwrap_or_default();
                let modern = parsed["capabilities"].is_object() && is_modern(&parsed["supportedVersions"]);
                Ok(if modern { Probed::Modern(result) } else { Probed::Legacy })
            }
            Err(CallError::OutcomeUnknown) if link.close.is_cancelled() => Err(ConnectError::Ended),
            Err(CallError::Unavailable(error)) => Err((*error).clone()),
            Err(_) => Ok(Probed::Legacy),
        }
    }

    /// There is no handshake and no session: every request says what it must.
    async fn settle_modern(self: &Arc<Self>, link: &Arc<Link>, discovered: &[u8]) -> Result<(), ConnectError> {
        let why = || ConnectError::Refused { why: "its answer cannot be understood".to_owned() };
        let discovered: &RawValue = serde_json::from_slice(discovered).map_err(|_| why())?;
        let introduction = translate::introduction(discovered);
        let _ = link.version.set(Version::MODERN.as_str().to_owned());
        self.introduced(link, introduction.into());
        if link.carrier == Carrier::Streamable {
            // Its front door refuses calls that do not repeat in headers what the tools' schemas say.
            self.learn_annotations(link).await;
        }
        let server = Arc::clone(self);
        self.context.tracker.spawn(server.keep_listening(Arc::clone(link)));
        Ok(())
    }

    /// `initialize` and `notifications/initialized`. The relay declares what any client might offer; a question that no
    /// client can take is answered with an error then.
    async fn initialize(&self, link: &Arc<Link>) -> Result<(), CallError> {
        let info: Value = serde_json::from_str(&translate::own_info()).unwrap_or_default();
        let hello = json!({
            "protocolVersion": Version::LATEST.as_str(),
            "capabilities": { "roots": { "listChanged": true }, "sampling": {}, "elicitation": {} },
            "clientInfo": info,
        });
        let result = self.ask(link, "initialize", &hello).await?;
        let parsed: Value = serde_json::from_slice(&result).unwrap_or_default();
        let version = parsed["protocolVersion"].as_str().ok_or(CallError::Answer("initialize"))?;
        let _ = link.version.set(version.to_owned());
        self.introduced(link, Bytes::copy_from_slice(&result));
        link.send_own(link::line(None, "notifications/initialized", None), None);
        Ok(())
    }

    fn introduced(&self, link: &Link, introduction: Bytes) {
        let said: Option<&RawValue> = serde_json::from_slice(&introduction).ok();
        let info = said.and_then(|said| envelope::field(said, "serverInfo"));
        let _ = info.map(|info| link.info.set(info.get().into()));
        self.state.lock().known.introduced(introduction);
    }
}

/// Whether a list of revisions has the one without sessions.
fn is_modern(revisions: &Value) -> bool {
    revisions.as_array().is_some_and(|all| all.iter().any(|one| one.as_str() == Some(Version::MODERN.as_str())))
}

fn refused(error: CallError) -> ConnectError {
    match error {
        CallError::OutcomeUnknown => ConnectError::Ended,
        CallError::Unavailable(error) => (*error).clone(),
        CallError::Http(status) => ConnectError::Http(status),
        other => ConnectError::Refused { why: other.to_string() },
    }
}
