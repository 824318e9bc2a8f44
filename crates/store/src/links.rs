//! What was written into client apps' files.

use crate::convert::{Reader, plain};
use crate::{Error, Store};
use catwalk_domain::{DeploymentId, Millis};
use sqlx::any::AnyRow;

/// One entry that Catwalk wrote into a client app's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its identity.
    pub id: String,
    /// Which client app (the `clients` crate names the kinds).
    pub client: String,
    /// The server it leads to; none for an entry that leads to all of them.
    pub deployment: Option<DeploymentId>,
    /// The entry's name in the file.
    pub entry: String,
    /// The file.
    pub file: String,
    /// The copy that was made before.
    pub backup: Option<String>,
    /// SHA-256 (hex) of the file as we left it: tells whether somebody changed it since.
    pub hash_after: String,
    /// When it was written.
    pub applied_at: Millis,
    /// When it was taken out again.
    pub undone_at: Option<Millis>,
}

/// All entries. They outlive their deployment, because the client's file may still name it.
pub struct Links<'a>(pub(crate) &'a Store);

impl Links<'_> {
    /// Adds an entry.
    pub async fn insert(&self, link: &Link) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO links (id, client, deployment, entry, file, backup, hash_after, applied_at, undone_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        );
        let query = query.bind(&link.id).bind(&link.client).bind(link.deployment.map(|id| id.to_string()));
        let query = query.bind(plain(&link.entry)).bind(plain(&link.file)).bind(link.backup.as_deref().map(plain));
        query.bind(&link.hash_after).bind(link.applied_at).bind(link.undone_at).execute(&self.0.pool).await?;
        Ok(())
    }

    /// All entries, undone ones too, oldest first.
    pub async fn list(&self) -> Result<Vec<Link>, Error> {
        let rows = sqlx::query("SELECT * FROM links ORDER BY applied_at, id").fetch_all(&self.0.pool).await?;
        rows.iter().map(read).collect()
    }

    /// Entries that are still in place.
    pub async fn active(&self) -> Result<Vec<Link>, Error> {
        Ok(self.list().await?.into_iter().filter(|link| link.undone_at.is_none()).collect())
    }

    /// Notes that an entry was taken out.
    pub async fn undo(&self, id: &str, at: Millis) -> Result<(), Error> {
        let query = sqlx::query("UPDATE links SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL");
        query.bind(id).bind(at).execute(&self.0.pool).await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<Link, Error> {
    let row = Reader { table: "links", row };
    Ok(Link {
        id: row.text("id")?,
        client: row.text("client")?,
        deployment: row.text_if("deployment")?.is_some().then(|| row.parse("deployment")).transpose()?,
        entry: row.text("entry")?,
        file: row.text("file")?,
        backup: row.text_if("backup")?,
        hash_after: row.text("hash_after")?,
        applied_at: row.number("applied_at")?,
        undone_at: row.number_if("undone_at")?,
    })
}
