//! The audit log: who did what to which server, one row each, chained by hash.

use crate::App;
use catwalk_domain::{Deployment, Source};
use catwalk_store::AuditRecord;

impl App {
    /// Records an act of the user. What was done stays done if the record fails; the log says so.
    pub(crate) async fn audit(&self, action: &str, deployment: &Deployment) {
        // Of a hosted server the host alone: its whole address may hold a key, and this row outlives it.
        let source = match &deployment.source {
            Source::Remote { .. } => {
                let url =
                    deployment.manifest.remote().and_then(|remote| remote.url.as_deref()?.parse::<url::Url>().ok());
                url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
            }
            other => other.to_string(),
        };
        let detail = serde_json::json!({ "slug": deployment.slug, "source": source });
        self.record(action, &deployment.id.to_string(), detail).await;
    }

    /// The same for an act that concerns no one server.
    pub(crate) async fn audit_act(&self, action: &str, subject: &str) {
        self.record(action, subject, serde_json::json!({})).await;
    }

    async fn record(&self, action: &str, subject: &str, detail: serde_json::Value) {
        let record = AuditRecord {
            at: crate::clock::now(),
            actor: "user".to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail,
        };
        if let Err(error) = self.store().audit().append(&record).await {
            tracing::error!(%error, action, "an act was not recorded");
        }
    }
}
