//! Record of what was done. Each row's hash covers the hash before it, so a changed, removed or inserted row shows.

use crate::convert::{Reader, is_taken, json, plain};
use crate::{Error, Store};
use catwalk_domain::Millis;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use std::fmt::Write;

/// What the first row follows.
const START: &str = "";

/// One thing that was done. Never holds a secret: `detail` is shown to people.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// When.
    pub at: Millis,
    /// Who: the user, a client's name, Catwalk itself.
    pub actor: String,
    /// What, a short word.
    pub action: String,
    /// To what: a deployment's id, a client's name.
    pub subject: String,
    /// More about it.
    pub detail: Value,
}

/// What [`Audit::verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Every row follows from the one before. Whoever keeps number and hash of the last row elsewhere also notices
    /// when rows are cut off the end.
    Whole {
        /// How many rows.
        rows: i64,
        /// Hash of the last row.
        head: String,
    },
    /// The first row that does not follow.
    Broken {
        /// Its place in the chain, from 1.
        at: i64,
    },
}

/// The record.
pub struct Audit<'a>(pub(crate) &'a Store);

impl Audit<'_> {
    /// Adds a row.
    pub async fn append(&self, record: &AuditRecord) -> Result<(), Error> {
        let (actor, action, subject) = (plain(&record.actor), plain(&record.action), plain(&record.subject));
        let detail = json(&record.detail)?;
        loop {
            let (last, before) = self.head().await?;
            let seq = last + 1;
            let hash = hash(&before, seq, record.at, [&actor, &action, &subject, &detail]);
            let query = sqlx::query(
                "INSERT INTO audit (seq, at, actor, action, subject, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            );
            let query = query.bind(seq).bind(record.at).bind(&actor).bind(&action).bind(&subject);
            match query.bind(&detail).bind(hash).execute(&self.0.pool).await {
                // Somebody else took the place at the same moment: follow their row.
                Err(error) if is_taken(&error, "") => {}
                other => return Ok(other.map(drop)?),
            }
        }
    }

    /// The last `count` rows, oldest first.
    pub async fn last(&self, count: u32) -> Result<Vec<AuditRecord>, Error> {
        let query = sqlx::query("SELECT * FROM audit ORDER BY seq DESC LIMIT $1").bind(i64::from(count));
        query.fetch_all(&self.0.pool).await?.iter().rev().map(read).collect()
    }

    /// Checks the whole chain.
    pub async fn verify(&self) -> Result<Chain, Error> {
        let (mut rows, mut head) = (0, START.to_owned());
        loop {
            // In pages: the record may be long.
            let query = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT 500").bind(rows);
            let page = query.fetch_all(&self.0.pool).await?;
            if page.is_empty() {
                return Ok(Chain::Whole { rows, head });
            }
            for row in &page {
                let row = Reader { table: "audit", row };
                let texts = [row.text("actor")?, row.text("action")?, row.text("subject")?, row.text("detail")?];
                let seq = row.number("seq")?;
                let expected = hash(&head, seq, row.number("at")?, texts.each_ref().map(String::as_str));
                head = row.text("hash")?;
                if seq != rows + 1 || head != expected {
                    return Ok(Chain::Broken { at: rows + 1 });
                }
                rows = seq;
            }
        }
    }

    async fn head(&self) -> Result<(i64, String), Error> {
        let query = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
        let Some(row) = query.fetch_optional(&self.0.pool).await? else { return Ok((0, START.to_owned())) };
        let row = Reader { table: "audit", row: &row };
        Ok((row.number("seq")?, row.text("hash")?))
    }
}

fn hash(before: &str, seq: i64, at: Millis, texts: [&str; 4]) -> String {
    let mut digest = Sha256::new();
    digest.update(seq.to_be_bytes());
    digest.update(at.to_be_bytes());
    for text in std::iter::once(before).chain(texts) {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn read(row: &AnyRow) -> Result<AuditRecord, Error> {
    let row = Reader { table: "audit", row };
    Ok(AuditRecord {
        at: row.number("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.json("detail")?,
    })
}
