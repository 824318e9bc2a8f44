//! What servers last said of themselves. (Copies of the whole database are `snapshot`'s affair.)

use crate::convert::{Reader, json};
use crate::{Error, Store};
use catwalk_domain::{DeploymentId, Millis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;

/// A server's last words on itself, by deployment. What they hold is the relay's affair.
pub struct Snapshots<'a>(pub(crate) &'a Store);

impl Snapshots<'_> {
    /// Keeps a deployment's.
    pub async fn put<T: Serialize>(&self, of: DeploymentId, snapshot: &T, at: Millis) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO snapshots (deployment, snapshot, taken_at) VALUES ($1, $2, $3) ON CONFLICT (deployment) \
             DO UPDATE SET snapshot = excluded.snapshot, taken_at = excluded.taken_at",
        );
        query.bind(of.to_string()).bind(json(snapshot)?).bind(at).execute(&self.0.pool).await?;
        Ok(())
    }

    /// All that can still be read.
    pub async fn list<T: DeserializeOwned>(&self) -> Result<Vec<(DeploymentId, T)>, Error> {
        let rows = sqlx::query("SELECT deployment, snapshot FROM snapshots ORDER BY deployment");
        let rows = rows.fetch_all(&self.0.pool).await?;
        let read = |row: &AnyRow| {
            let row = Reader { table: "snapshots", row };
            Some((row.word("deployment").ok()?, row.json("snapshot").ok()?))
        };
        Ok(rows.iter().filter_map(read).collect())
    }
}
