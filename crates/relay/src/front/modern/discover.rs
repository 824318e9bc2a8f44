//! `server/discover`: what the server said of itself, be it in answer to the same question or to `initialize`.

use crate::envelope;
use crate::error::{CallError, Fault};
use crate::front::reply::{self, Reply};
use crate::message::Message;
use crate::peer::Peer;
use crate::version::Version;
use serde_json::json;
use serde_json::value::RawValue;

/// Answers `server/discover`.
pub(super) async fn discover(peer: &Peer, id: &RawValue) -> Result<Reply, Fault> {
    let introduction = peer.introduction().await?;
    let said: &RawValue = serde_json::from_slice(&introduction).map_err(|_| CallError::Answer("initialize"))?;
    let part = |key| envelope::field(said, key).map_or("{}", RawValue::get);
    let versions = json!(Version::SUPPORTED.map(Version::as_str)).to_string();
    let meta = envelope::edit("{}", &[("io.modelcontextprotocol/serverInfo", part("serverInfo"))], &[]);
    let mut result = vec![
        ("resultType", "\"complete\""),
        ("supportedVersions", &*versions),
        ("capabilities", part("capabilities")),
        ("ttlMs", "0"),
        ("cacheScope", "\"private\""),
        ("_meta", &*meta),
    ];
    result.extend(envelope::field(said, "instructions").map(|words| ("instructions", words.get())));
    Ok(reply::json(Message::own_answer(id.get(), &envelope::edit("{}", &result, &[]))))
}
