//! Sealed answers, by deployment and field.

use crate::convert::{Reader, is_orphan};
use crate::{Error, Store};
use catwalk_domain::{DeploymentId, FieldKey};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// A sealed value as it lies in a row; the vault makes and opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key that sealed it.
    pub key_id: String,
    /// Base64 of nonce, ciphertext and tag.
    pub data: String,
}

/// The sealed answers of all deployments.
pub struct Secrets<'a>(pub(crate) &'a Store);

impl Secrets<'_> {
    /// A deployment's sealed answers by field.
    pub async fn list(&self, deployment: DeploymentId) -> Result<Vec<(FieldKey, Sealed)>, Error> {
        let query = sqlx::query("SELECT field, key_id, data FROM secrets WHERE deployment = $1 ORDER BY field");
        let rows = query.bind(deployment.to_string()).fetch_all(&self.0.pool).await?;
        rows.iter().map(read).collect()
    }

    /// Puts one sealed answer in place of what was there.
    pub async fn replace(&self, deployment: DeploymentId, field: &FieldKey, sealed: &Sealed) -> Result<(), Error> {
        let mut connection = self.0.pool.acquire().await?;
        put(&mut connection, deployment, field, sealed).await
    }
}

pub(crate) async fn put(
    connection: &mut AnyConnection,
    deployment: DeploymentId,
    field: &FieldKey,
    sealed: &Sealed,
) -> Result<(), Error> {
    if field.0.contains('\0') {
        return Err(Error::NulInName);
    }
    let query = sqlx::query(
        "INSERT INTO secrets (deployment, field, key_id, data) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (deployment, field) DO UPDATE SET key_id = excluded.key_id, data = excluded.data",
    );
    let query = query.bind(deployment.to_string()).bind(&field.0).bind(&sealed.key_id).bind(&sealed.data);
    match query.execute(connection).await {
        Err(error) if is_orphan(&error) => Err(Error::NoDeployment(deployment)),
        other => Ok(other.map(drop)?),
    }
}

fn read(row: &AnyRow) -> Result<(FieldKey, Sealed), Error> {
    let row = Reader { table: "secrets", row };
    Ok((FieldKey(row.text("field")?), Sealed { key_id: row.text("key_id")?, data: row.text("data")? }))
}
