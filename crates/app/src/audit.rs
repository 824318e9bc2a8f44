//! The audit log: who did what to which server, one row each, chained by hash.

use crate::App;
use catwalk_domain::Deployment;
use catwalk_store::AuditRecord;

impl App {
    /// Records an act of the user. What was done stays done if the record fails; the log says so.
    pub(crate) async fn audit(&self, action: &str, deployment: &Deployment) {
        let record = AuditRecord {
            at: crate::clock::now(),
            actor: "user".to_owned(),
            action: action.to_owned(),
            subject: deployment.id.to_string(),
            detail: serde_json::json!({ "slug": deployment.slug, "source": deployment.source.to_string() }),
        };
        if let Err(error) = self.store().audit().append(&record).await {
            tracing::error!(%error, action, "an act was not recorded");
        }
    }
}
