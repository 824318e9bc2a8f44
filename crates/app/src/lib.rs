//! Assembly (interfaces only, while the parts are built).
mod events; mod preferences; pub mod views;
pub use events::{Event, Tag};
pub use pending::{App, Config};
mod config { pub const DEFAULT_PORT: u16 = 7420; }
mod pending {
#![allow(missing_docs, unused, clippy::all, clippy::pedantic)]
use crate::views::*; use catwalk_domain::*; use crate::preferences::Preferences;
#[derive(Clone)] pub struct App(crate::events::Events);
#[derive(Clone, Debug)] pub struct Config(std::path::PathBuf);
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct E;
impl Config { pub fn from_env() -> Result<Self, E> { Ok(Self("/tmp/catwalk-pending".into())) } pub fn log_dir(&self) -> std::path::PathBuf { self.0.join("logs") } pub fn preferences(&self) -> Preferences { Preferences::read(&self.0) } pub fn use_another_port(&self) -> Result<(), Problem> { no() } }
fn no<T>() -> Result<T, Problem> { Err(Problem::new(ProblemCode::Internal, "Not yet", "Not yet")) }
type R<T> = Result<T, Problem>; type D = DeploymentId; type Ans = Vec<AnswerInput>;
impl App { pub async fn start(c: Config) -> R<App> { Ok(App(crate::events::Events::new())) } pub async fn stop(&self) {} pub fn events(&self) -> tokio::sync::broadcast::Receiver<crate::Event> { self.0.subscribe() }
pub async fn analyze(&self, t: &str) -> R<Analyzed> { no() } pub fn cancel_analysis(&self) {} pub fn preview_draft(&self, d: &str, a: Ans) -> R<Preview> { no() } pub fn validate_draft(&self, d: &str, a: Ans) -> R<Vec<FieldProblem>> { no() }
pub async fn deploy(&self, d: &str, t: &str, a: Ans, s: bool) -> R<DeploymentView> { no() } pub async fn list_deployments(&self) -> R<Vec<DeploymentView>> { Ok(vec![]) } pub async fn get_deployment(&self, i: D) -> R<DeploymentView> { no() }
pub async fn start_deployment(&self, i: D) -> R<()> { no() } pub async fn stop_deployment(&self, i: D) -> R<()> { no() } pub async fn restart_deployment(&self, i: D) -> R<()> { no() } pub async fn delete_deployment(&self, i: D) -> R<()> { no() } pub async fn allow_scripts(&self, i: D, p: Vec<String>) -> R<()> { no() }
pub async fn rename_deployment(&self, i: D, t: &str) -> R<DeploymentView> { no() } pub async fn deployment_form(&self, i: D) -> R<FormView> { no() } pub async fn update_answers(&self, i: D, a: Ans) -> R<DeploymentView> { no() } pub async fn list_tools(&self, i: D) -> R<Vec<ToolView>> { no() }
pub async fn call_tool(&self, i: D, n: &str, a: &str) -> R<ToolResult> { no() } pub async fn read_log(&self, i: D, n: u32) -> R<Vec<LogLineView>> { no() } pub async fn status_history(&self, i: D) -> R<Vec<StatusEvent>> { no() }
pub async fn list_clients(&self) -> R<Vec<ClientView>> { no() } pub async fn plan_connect(&self, k: &str, i: D) -> R<ConnectPlan> { no() } pub async fn plan_disconnect(&self, k: &str, i: D) -> R<ConnectPlan> { no() } pub async fn apply_connect(&self, p: &str) -> R<Option<ClientLink>> { no() } pub async fn undo_connect(&self, l: &str) -> R<()> { no() } pub async fn client_links(&self) -> R<Vec<ClientLink>> { no() } pub async fn endpoint(&self, i: D, r: bool) -> R<EndpointView> { no() } pub async fn rotate_token(&self) -> R<()> { no() }
pub async fn get_settings(&self) -> R<SettingsView> { no() } pub fn set_appearance(&self, a: Appearance) -> R<()> { no() } pub async fn set_github_token(&self, t: Option<String>) -> R<()> { no() } pub async fn test_database(&self, u: &str) -> R<()> { no() } pub async fn set_database(&self, u: Option<String>) -> R<()> { no() } pub async fn unlock_vault(&self) -> R<()> { no() } }
}
