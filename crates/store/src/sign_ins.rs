//! What signing in to a hosted server gave: one sealed row per deployment, gone with it.

use crate::convert::{Reader, is_orphan};
use crate::{Error, Sealed, Store};
use catwalk_domain::DeploymentId;

/// The sealed sign-ins of all deployments.
pub struct SignIns<'a>(pub(crate) &'a Store);

impl SignIns<'_> {
    /// A deployment's, if there is one.
    pub async fn get(&self, of: DeploymentId) -> Result<Option<Sealed>, Error> {
        let query = sqlx::query("SELECT key_id, data FROM sign_ins WHERE deployment = $1");
        let row = query.bind(of.to_string()).fetch_optional(&self.0.pool).await?;
        let read = |row: &Reader<'_>| Ok(Sealed { key_id: row.text("key_id")?, data: row.text("data")? });
        row.map(|row| read(&Reader { table: "sign_ins", row: &row })).transpose()
    }

    /// Keeps a deployment's in place of what was there.
    pub async fn put(&self, of: DeploymentId, sealed: &Sealed) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO sign_ins (deployment, key_id, data) VALUES ($1, $2, $3) ON CONFLICT (deployment) \
             DO UPDATE SET key_id = excluded.key_id, data = excluded.data",
        );
        let query = query.bind(of.to_string()).bind(&sealed.key_id).bind(&sealed.data);
        match query.execute(&self.0.pool).await {
            Err(error) if is_orphan(&error) => Err(Error::NoDeployment(of)),
            other => Ok(other.map(drop)?),
        }
    }

    /// Forgets a deployment's.
    pub async fn forget(&self, of: DeploymentId) -> Result<(), Error> {
        let query = sqlx::query("DELETE FROM sign_ins WHERE deployment = $1").bind(of.to_string());
        query.execute(&self.0.pool).await?;
        Ok(())
    }
}
