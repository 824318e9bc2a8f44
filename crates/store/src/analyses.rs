//! Cache of analyses.

use crate::convert::{Reader, json, plain};
use crate::{Error, Store};
use catwalk_domain::{Analysis, Millis};

/// Cached analyses by the source's short form (`Source`'s `Display`).
pub struct Analyses<'a>(pub(crate) &'a Store);

impl Analyses<'_> {
    /// The cached analysis and when it was made. One that cannot be read any more counts as none: it is only a cache.
    pub async fn get(&self, source: &str) -> Result<Option<(Analysis, Millis)>, Error> {
        let query = sqlx::query("SELECT analysis, fetched_at FROM analyses WHERE source = $1").bind(plain(source));
        let Some(row) = query.fetch_optional(&self.0.pool).await? else { return Ok(None) };
        let row = Reader { table: "analyses", row: &row };
        Ok(row.json("analysis").ok().zip(row.number("fetched_at").ok()))
    }

    /// Keeps an analysis.
    pub async fn put(&self, source: &str, analysis: &Analysis, fetched_at: Millis) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO analyses (source, analysis, fetched_at) VALUES ($1, $2, $3) ON CONFLICT (source) \
             DO UPDATE SET analysis = excluded.analysis, fetched_at = excluded.fetched_at",
        );
        query.bind(plain(source)).bind(json(analysis)?).bind(fetched_at).execute(&self.0.pool).await?;
        Ok(())
    }

    /// Forgets what was made before `before`.
    pub async fn prune(&self, before: Millis) -> Result<u64, Error> {
        let query = sqlx::query("DELETE FROM analyses WHERE fetched_at < $1").bind(before);
        Ok(query.execute(&self.0.pool).await?.rows_affected())
    }
}
