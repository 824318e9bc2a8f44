//! What the client answers, and what it was told.

use rmcp::model::{
    ClientConfig, CreateMessageRequestParams, CreateMessageResult, ElicitRequestParams, ElicitResult, Implementation,
    ListRootsResult, LoggingMessageNotificationParam, ProgressNotificationParam, ResourceUpdatedNotificationParam,
};
use rmcp::service::{NotificationContext, RequestContext, RoleClient};
use rmcp::{ClientHandler, ErrorData};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::watch;

/// Keeps what comes.
pub(crate) struct Handler {
    heard: watch::Sender<Vec<Heard>>,
}

/// One notification.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// Of progress: the token as JSON, and how far.
    Progress(Value, f64),
    /// A log message.
    Log,
    /// The list of tools has changed.
    Tools,
    /// A resource has changed.
    Resource(String),
}

impl Default for Handler {
    fn default() -> Self {
        Self { heard: watch::Sender::new(Vec::new()) }
    }
}

impl Handler {
    /// What has come so far, and what will.
    pub(crate) fn heard(&self) -> watch::Receiver<Vec<Heard>> {
        self.heard.subscribe()
    }

    /// Forgets what came.
    pub(crate) fn forget(&self) {
        self.heard.send_modify(Vec::clear);
    }

    fn hear(&self, what: Heard) {
        self.heard.send_modify(|heard| heard.push(what));
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

type Asked = RequestContext<RoleClient>;
type Told = NotificationContext<RoleClient>;

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        let capabilities = json!({ "elicitation": { "form": {} }, "sampling": {}, "roots": { "listChanged": true } });
        ClientConfig::new(read(capabilities).unwrap_or_default(), Implementation::new("matrix-rust", "1.0.0"))
    }

    async fn create_message(&self, _: CreateMessageRequestParams, _: Asked) -> Result<CreateMessageResult, ErrorData> {
        read(json!({ "role": "assistant", "model": "none", "content": { "type": "text", "text": "sampled" } }))
    }

    async fn list_roots(&self, _: Asked) -> Result<ListRootsResult, ErrorData> {
        read(json!({ "roots": [{ "uri": "file:///somewhere" }] }))
    }

    async fn create_elicitation(&self, _: ElicitRequestParams, _: Asked) -> Result<ElicitResult, ErrorData> {
        read(json!({ "action": "accept", "content": { "username": "somebody", "email": "a@b.example" } }))
    }

    async fn on_progress(&self, params: ProgressNotificationParam, _: Told) {
        self.hear(Heard::Progress(json!(params.progress_token), params.progress));
    }

    async fn on_logging_message(&self, _: LoggingMessageNotificationParam, _: Told) {
        self.hear(Heard::Log);
    }

    async fn on_resource_updated(&self, params: ResourceUpdatedNotificationParam, _: Told) {
        self.hear(Heard::Resource(params.uri));
    }

    async fn on_tool_list_changed(&self, _: Told) {
        self.hear(Heard::Tools);
    }
}
