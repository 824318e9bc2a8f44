//! Status history of deployments.

use crate::convert::{Reader, is_orphan, is_taken, json};
use crate::{Error, Store};
use catwalk_domain::{DeploymentId, Millis, StatusEvent};
use sqlx::any::AnyRow;

/// Every change of status.
pub struct Events<'a>(pub(crate) &'a Store);

impl Events<'_> {
    /// Adds a change. Changes keep the order in which they were added, whatever the clock does.
    pub async fn append(&self, deployment: DeploymentId, event: &StatusEvent) -> Result<(), Error> {
        let status = json(&event.status)?;
        loop {
            let query = sqlx::query(
                "INSERT INTO events (deployment, seq, at, status) \
                 SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3 FROM events WHERE deployment = $1",
            );
            let query = query.bind(deployment.to_string()).bind(event.at).bind(&status);
            match query.execute(&self.0.pool).await {
                // Somebody else took the number at the same moment; the next one is free.
                Err(error) if is_taken(&error, "") => {}
                Err(error) if is_orphan(&error) => return Err(Error::NoDeployment(deployment)),
                other => return Ok(other.map(drop)?),
            }
        }
    }

    /// The last `count` changes, oldest first. Rows that cannot be read are left out.
    pub async fn last(&self, deployment: DeploymentId, count: u32) -> Result<Vec<StatusEvent>, Error> {
        let query = sqlx::query("SELECT at, status FROM events WHERE deployment = $1 ORDER BY seq DESC LIMIT $2");
        let rows = query.bind(deployment.to_string()).bind(i64::from(count)).fetch_all(&self.0.pool).await?;
        Ok(rows.iter().rev().filter_map(|row| read(row).ok()).collect())
    }

    /// Forgets what is older than `before`, but keeps each deployment's newest `keep` changes; beyond its newest `most` it
    /// forgets the younger ones too. Gives how many went.
    pub async fn prune(&self, before: Millis, keep: u32, most: u32) -> Result<u64, Error> {
        let query = sqlx::query(
            "DELETE FROM events WHERE seq <= \
             (SELECT MAX(newest.seq) FROM events newest WHERE newest.deployment = events.deployment) \
             - CASE WHEN at < $1 THEN $2 ELSE $3 END",
        );
        let query = query.bind(before).bind(i64::from(keep)).bind(i64::from(most));
        Ok(query.execute(&self.0.pool).await?.rows_affected())
    }
}

fn read(row: &AnyRow) -> Result<StatusEvent, Error> {
    let row = Reader { table: "events", row };
    Ok(StatusEvent { at: row.number("at")?, status: row.json("status")? })
}
