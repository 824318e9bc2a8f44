//! What the window sees: plain data, composed for screens. No secret can be in here ([`catwalk_domain::Secret`] does not
//! serialise), except where the user asked for exactly that one token.

mod listings;
mod models;

use catwalk_domain::{
    Analysis, DeploymentId, Desired, FieldKey, Form, Millis, Preview, Problem, Source, Status, Target, Warning,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use listings::{CatalogStatus, Found, GlamaView};
pub use models::{FillEstimate, FillResult, ModelInput, ModelSettings, ModelTrial, ModelView, ProviderKind};

/// An analysed source, kept by the engine under `id` until it is deployed: the window never sends a manifest back.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Analyzed {
    /// The draft's id.
    pub id: String,
    /// What was found, with evidence.
    pub analysis: Analysis,
    /// When it was found out; not always just now.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub looked_at: Millis,
    /// What is left to ask.
    pub form: Form,
    /// What would run, before anything is answered.
    pub preview: Preview,
    /// Answers that the pasted text already held.
    pub answers: Vec<AnswerView>,
}

/// One answer on its way in. Which fields are secret is the engine's knowledge, not the window's.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AnswerInput {
    /// Which field.
    pub key: FieldKey,
    /// Its values; more than one only for repeated fields.
    pub values: Vec<String>,
}

/// One answer on its way out: a secret one says only that it is there.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AnswerView {
    /// Which field.
    pub key: FieldKey,
    /// Its values, empty for a secret.
    pub values: Vec<String>,
    /// Whether a secret is kept for it.
    pub secret_set: bool,
}

/// A deployment's form with what has been answered.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FormView {
    /// The questions.
    pub form: Form,
    /// The answers.
    pub answers: Vec<AnswerView>,
}

/// A deployment as the list and its page show it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeploymentView {
    /// Its identity.
    pub id: DeploymentId,
    /// Its name in the endpoint.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// What the user pasted.
    pub source: Source,
    /// The same in one short line.
    pub source_text: String,
    /// Where it runs.
    pub target: Target,
    /// What the user wants.
    pub desired: Desired,
    /// What it is doing.
    pub status: Status,
    /// Since when, milliseconds since the epoch.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub status_at: Millis,
    /// Its address on the relay.
    pub endpoint: String,
    /// Exact version.
    pub version: Option<String>,
    /// The exact command that runs, secrets as dots; empty for a remote.
    pub command: Vec<String>,
    /// Whether each session of an AI app gets a process of its own.
    pub isolated: bool,
    /// What the server says it does.
    pub description: Option<String>,
    /// When it was made, milliseconds since the epoch.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub created_at: Millis,
    /// How many tools it listed last.
    pub tools: Option<u32>,
    /// Things to know about it.
    pub warnings: Vec<Warning>,
    /// The last call an AI app made.
    pub last_call: Option<ActivityView>,
    /// The account it is used with, for a hosted server that has been asked for one.
    pub sign_in: Option<SignInView>,
}

/// The account that a hosted server is used with.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignInView {
    /// Somebody is signed in.
    pub signed_in: bool,
    /// What was permitted.
    pub scopes: Vec<String>,
    /// What a person is wanted for.
    pub problem: Option<Problem>,
}

/// A call that went through the relay.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ActivityView {
    /// Which AI app, as its token or its `clientInfo` names it.
    pub client: String,
    /// JSON-RPC method.
    pub method: String,
    /// The tool, for `tools/call`.
    pub tool: Option<String>,
    /// How long it took, milliseconds.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub millis: u64,
    /// Whether it was answered without an error.
    pub ok: bool,
    /// When, milliseconds since the epoch.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub at: Millis,
}

/// A tool of a server.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ToolView {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// What it does, in the server's words.
    pub description: Option<String>,
    /// JSON Schema of its arguments, as JSON text.
    pub input_schema: String,
    /// The server says that it changes nothing.
    pub read_only: bool,
    /// The server says that it may destroy something.
    pub destructive: bool,
}

/// The answer of a tool that the user tried.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ToolResult {
    /// The content blocks, each as JSON text.
    pub content: Vec<String>,
    /// Structured content, as JSON text.
    pub structured: Option<String>,
    /// The tool reported an error.
    pub is_error: bool,
    /// How long it took, milliseconds.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub millis: u64,
}

impl ToolResult {
    /// Reads a `CallToolResult`.
    pub(crate) fn of(result: &Value, millis: u64) -> Self {
        let content = result["content"].as_array().cloned().unwrap_or_default();
        Self {
            content: content.iter().map(Value::to_string).collect(),
            structured: result.get("structuredContent").map(Value::to_string),
            is_error: result["isError"].as_bool().unwrap_or(false),
            millis,
        }
    }
}

/// A line of a server's log.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LogLineView {
    /// When, milliseconds since the epoch.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub at: Millis,
    /// `stdout`, `stderr` or `catwalk`.
    pub stream: String,
    /// The line, secrets masked.
    pub text: String,
}

/// Where an AI app reaches a server.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EndpointView {
    /// The address.
    pub url: String,
    /// The token to send as `Authorization: Bearer …`; shown only because the user asked for it.
    pub token: Option<String>,
}

/// A named set of servers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetView {
    /// Its name, as it stands in the address.
    pub name: String,
    /// Which servers.
    pub servers: Vec<DeploymentId>,
    /// The address of all of them as one.
    pub url: String,
}

/// An AI app that Catwalk can connect.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ClientView {
    /// Stable key, e.g. `claude-desktop`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its config file.
    pub file: String,
    /// Whether it was found on this computer.
    pub installed: bool,
    /// Deployments that it has an entry for.
    pub connected: Vec<DeploymentId>,
    /// Whether it has an entry for all servers as one.
    pub all: bool,
    /// Names of the sets that it has an entry for.
    pub sets: Vec<String>,
}

/// A change to another app's file, before it is made.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConnectPlan {
    /// Names the plan for `apply_connect`.
    pub plan_id: String,
    /// The file that would change.
    pub file: String,
    /// What would change.
    pub diff: Vec<DiffLine>,
    /// The name under which the app will list the server.
    pub entry_name: String,
    /// What to know, e.g. that the app must be restarted.
    pub note: Option<String>,
}

/// One line of a change.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// `+`, `-`, a space, or `…` where lines are left out.
    pub sign: String,
    /// The line, tokens masked.
    pub text: String,
}

/// A change that was made and can be undone.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ClientLink {
    /// Names the change for `undo_connect`.
    pub id: String,
    /// Which app.
    pub kind: String,
    /// Which deployment; none when it is a set, or all servers as one.
    pub deployment: Option<DeploymentId>,
    /// When, milliseconds since the epoch.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub at: Millis,
}

/// Everything on the settings page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Light, dark, or as the system.
    pub appearance: Appearance,
    /// Whether a GitHub token is kept.
    pub github_token_set: bool,
    /// Which database is in use.
    pub database: DatabaseView,
    /// State of the vault.
    pub vault: VaultState,
    /// The relay.
    pub relay: RelayView,
    /// Version of Catwalk.
    pub version: String,
    /// Folder of data.
    pub data_dir: String,
    /// Folder of logs.
    pub log_dir: String,
}

/// The user's account on GitHub, as far as Catwalk knows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GithubView {
    /// A token is kept.
    pub token_set: bool,
    /// Whose it is, once GitHub has said so.
    pub login: Option<String>,
    /// Signing in by a code is possible; otherwise a token can be pasted.
    pub can_sign_in: bool,
    /// What is left of this hour's questions, if GitHub was asked.
    pub allowance: Option<AllowanceView>,
    /// The sign-in that waits for the user.
    pub code: Option<GithubCode>,
    /// Why the last sign-in failed.
    pub problem: Option<Problem>,
}

/// GitHub's limit.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AllowanceView {
    /// Questions an hour.
    pub limit: u32,
    /// Left of them.
    pub remaining: u32,
    /// When the hour is over.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub reset: Millis,
}

/// What the user types on GitHub's page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GithubCode {
    /// The code.
    pub code: String,
    /// The page.
    pub page: String,
}

/// Light, dark, or as the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Appearance {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which database is in use.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DatabaseView {
    /// `sqlite` or `postgres`.
    pub kind: String,
    /// Path or URL, password masked.
    pub location: String,
    /// A change that takes effect at the next start, masked.
    pub pending: Option<String>,
}

/// State of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum VaultState {
    /// Secrets can be read.
    Unlocked,
    /// The keychain is locked or its key is not available.
    Locked,
}

/// State of the relay.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RelayView {
    /// Its address, without a path.
    pub url: String,
}

/// Whether the engine runs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// The engine is up.
    pub ready: bool,
    /// Why it is not.
    pub problem: Option<Problem>,
    /// Light, dark, or as the system, so that the first paint is right.
    pub appearance: Appearance,
    /// The database is not the built-in one: if it cannot be opened, that one is a way out.
    pub external_database: bool,
}
