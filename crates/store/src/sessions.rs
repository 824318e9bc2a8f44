//! Sessions that AI apps have with the relay, over a restart.

use crate::convert::{Reader, json};
use crate::{Error, Store};
use catwalk_domain::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;

/// One kept session. What it holds is the relay's affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow<T> {
    /// SHA-256 of its id, hex. The id itself is kept nowhere.
    pub hash: String,
    /// The token that opened it; it goes with that.
    pub token: String,
    /// What was agreed on.
    pub session: T,
    /// When it was last used.
    pub used_at: Millis,
}

/// All kept sessions.
pub struct Sessions<'a>(pub(crate) &'a Store);

impl Sessions<'_> {
    /// Keeps one, in the place of what was kept of it before.
    pub async fn put<T: Serialize>(&self, row: &SessionRow<T>) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO sessions (hash, token, session, used_at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) \
             DO UPDATE SET session = excluded.session, used_at = excluded.used_at",
        );
        let query = query.bind(&row.hash).bind(&row.token).bind(json(&row.session)?).bind(row.used_at);
        query.execute(&self.0.pool).await?;
        Ok(())
    }

    /// Forgets one.
    pub async fn forget(&self, hash: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE hash = $1").bind(hash).execute(&self.0.pool).await?;
        Ok(())
    }

    /// Those used since `after`, the last used first, at most `most`. One that cannot be read any more is left out: its
    /// client opens another.
    pub async fn list<T: DeserializeOwned>(&self, after: Millis, most: u32) -> Result<Vec<SessionRow<T>>, Error> {
        let query = sqlx::query("SELECT * FROM sessions WHERE used_at >= $1 ORDER BY used_at DESC, hash LIMIT $2");
        let rows = query.bind(after).bind(i64::from(most)).fetch_all(&self.0.pool).await?;
        Ok(rows.iter().filter_map(|row| read(row).ok()).collect())
    }

    /// Forgets those that were not used since `before`.
    pub async fn prune(&self, before: Millis) -> Result<u64, Error> {
        let query = sqlx::query("DELETE FROM sessions WHERE used_at < $1").bind(before);
        Ok(query.execute(&self.0.pool).await?.rows_affected())
    }
}

fn read<T: DeserializeOwned>(row: &AnyRow) -> Result<SessionRow<T>, Error> {
    let row = Reader { table: "sessions", row };
    Ok(SessionRow {
        hash: row.text("hash")?,
        token: row.text("token")?,
        session: row.json("session")?,
        used_at: row.number("used_at")?,
    })
}
