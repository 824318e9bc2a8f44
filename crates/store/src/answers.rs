//! Cache of what GitHub answered, with the tag by which it tells whether that is still true.

use crate::convert::{Reader, plain};
use crate::{Error, Store};
use catwalk_domain::Millis;

/// Most answers that are kept; the oldest make room.
const MOST: i64 = 200;

/// Cached answers by their question.
pub struct Answers<'a>(pub(crate) &'a Store);

impl Answers<'_> {
    /// The answer to a question: its tag, then its text.
    pub async fn get(&self, question: &str) -> Result<Option<(String, String)>, Error> {
        let query = sqlx::query("SELECT tag, body FROM answers WHERE question = $1").bind(plain(question));
        let row = query.fetch_optional(&self.0.pool).await?;
        let read = |row: &Reader<'_>| Ok((row.text("tag")?, row.text("body")?));
        row.map(|row| read(&Reader { table: "answers", row: &row })).transpose()
    }

    /// Keeps an answer in place of the one before.
    pub async fn put(&self, question: &str, tag: &str, body: &str, now: Millis) -> Result<(), Error> {
        // What the engines would change would no longer be the answer that the tag stands for.
        if body.contains('\0') {
            return Ok(());
        }
        let query = sqlx::query(
            "INSERT INTO answers (question, tag, body, kept_at) VALUES ($1, $2, $3, $4) ON CONFLICT (question) \
             DO UPDATE SET tag = excluded.tag, body = excluded.body, kept_at = excluded.kept_at",
        );
        query.bind(plain(question)).bind(plain(tag)).bind(body).bind(now).execute(&self.0.pool).await?;
        Ok(())
    }

    /// Forgets what was kept before `before`, and of the rest all but the newest.
    pub async fn prune(&self, before: Millis) -> Result<u64, Error> {
        let query = sqlx::query(
            "DELETE FROM answers WHERE kept_at < $1 OR question NOT IN \
             (SELECT question FROM answers ORDER BY kept_at DESC LIMIT $2)",
        );
        Ok(query.bind(before).bind(MOST).execute(&self.0.pool).await?.rows_affected())
    }

    /// Forgets all: what one account may see is none of the next one's business.
    pub async fn clear(&self) -> Result<(), Error> {
        sqlx::query("DELETE FROM answers").execute(&self.0.pool).await?;
        Ok(())
    }
}
