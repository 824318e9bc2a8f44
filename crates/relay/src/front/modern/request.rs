//! What a request of 2026-07-28 says of itself, in the `_meta` of its `params`.

use crate::envelope;
use crate::error::{CallError, Fault};
use crate::session::{Capabilities, level_rank};
use crate::upstream::Modern;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

/// Reads what the relay must know. A member that stands there twice makes it unreadable: two readers might differ on
/// which of them counts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    #[serde(borrow, rename = "_meta")]
    meta: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow, rename = "uri")]
    _uri: Option<&'a RawValue>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow)]
    request_state: Option<&'a RawValue>,
    #[serde(borrow)]
    input_responses: Option<&'a RawValue>,
    #[serde(borrow)]
    notifications: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<&'a RawValue>,
    #[serde(borrow, rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Option<&'a RawValue>,
    #[serde(borrow, rename = "io.modelcontextprotocol/logLevel")]
    level: Option<&'a RawValue>,
}

/// A request, as far as the relay reads it.
pub(super) struct Asked<'a> {
    pub(super) version: String,
    can: Capabilities,
    level: Option<u8>,
    name: Option<&'a RawValue>,
    pub(super) arguments: Option<&'a RawValue>,
    /// `requestState`, raw.
    pub(super) state: Option<&'a RawValue>,
    pub(super) responses: Option<&'a RawValue>,
    pub(super) notifications: Option<&'a RawValue>,
}

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

impl<'a> Asked<'a> {
    /// From `params`.
    pub(super) fn read(params: Option<&'a RawValue>) -> Result<Self, Fault> {
        let params = params.ok_or(Fault::Meta("_meta"))?;
        let params: Params<'a> = serde_json::from_str(params.get()).map_err(|_| CallError::Params)?;
        let meta = params.meta.ok_or(Fault::Meta("_meta"))?;
        let meta: Meta<'a> = serde_json::from_str(meta.get()).map_err(|_| Fault::Meta("_meta"))?;
        let version = meta.version.and_then(|raw| serde_json::from_str(raw.get()).ok()).ok_or(Fault::Meta(VERSION))?;
        let capabilities = meta.capabilities.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
        let capabilities = capabilities.filter(Value::is_object).ok_or(Fault::Meta(CAPABILITIES))?;
        let level = meta.level.and_then(|raw| level_rank(&envelope::decoded(raw)?));
        Ok(Self {
            version,
            can: Capabilities::from_value(&capabilities),
            level,
            name: params.name,
            arguments: params.arguments,
            state: params.request_state,
            responses: params.input_responses,
            notifications: params.notifications,
        })
    }

    /// The tool or prompt it names.
    pub(super) fn name(&self) -> Option<String> {
        serde_json::from_str(self.name?.get()).ok()
    }

    /// What its call is to remember.
    pub(super) fn modern(&self) -> Arc<Modern> {
        Arc::new(Modern { can: self.can, level: self.level })
    }
}

/// Whether `params` are those of a request of this revision, whatever its headers say.
pub(in crate::front) fn claims(params: Option<&RawValue>) -> bool {
    let meta = params.and_then(|params| envelope::field(params, "_meta"));
    meta.is_some_and(|meta| envelope::field(meta, VERSION).is_some())
}
