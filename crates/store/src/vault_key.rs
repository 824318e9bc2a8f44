//! Which master key sealed the secrets.

use crate::convert::Reader;
use crate::{Error, Store};
use catwalk_domain::Millis;

/// The vault's check record as it lies in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultKey {
    /// The key's name in the keychain.
    pub key_id: String,
    /// What recognises the key.
    pub sealed: String,
}

/// The one record. While it exists, no new master key may be made without the user's word.
pub struct VaultKeys<'a>(pub(crate) &'a Store);

impl VaultKeys<'_> {
    /// The record, once a key was made.
    pub async fn get(&self) -> Result<Option<VaultKey>, Error> {
        let row = sqlx::query("SELECT key_id, sealed FROM vault_key").fetch_optional(&self.0.pool).await?;
        let read = |row: &Reader<'_>| Ok(VaultKey { key_id: row.text("key_id")?, sealed: row.text("sealed")? });
        row.map(|row| read(&Reader { table: "vault_key", row: &row })).transpose()
    }

    /// Keeps the record of a new key unless there is one already, and gives the one that holds now: of two first runs
    /// on one database the earlier wins, and the later must use its key.
    pub async fn keep(&self, key: &VaultKey, now: Millis) -> Result<VaultKey, Error> {
        let insert = sqlx::query(
            "INSERT INTO vault_key (one, key_id, sealed, created_at) VALUES (1, $1, $2, $3) ON CONFLICT (one) DO NOTHING",
        );
        insert.bind(&key.key_id).bind(&key.sealed).bind(now).execute(&self.0.pool).await?;
        Ok(self.get().await?.unwrap_or_else(|| key.clone()))
    }

    /// Replaces the record because the user gave up the old key. What it sealed for deployments can never be opened again
    /// and goes in the same transaction, so that it is asked for anew. Tokens stay: the relay knows them by hash.
    pub async fn start_over(&self, key: &VaultKey, now: Millis) -> Result<(), Error> {
        let mut all = self.0.pool.begin().await?;
        let replace = sqlx::query(
            "INSERT INTO vault_key (one, key_id, sealed, created_at) VALUES (1, $1, $2, $3) ON CONFLICT (one) \
             DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, created_at = excluded.created_at",
        );
        replace.bind(&key.key_id).bind(&key.sealed).bind(now).execute(&mut *all).await?;
        sqlx::query("DELETE FROM secrets WHERE key_id <> $1").bind(&key.key_id).execute(&mut *all).await?;
        sqlx::query("DELETE FROM sign_ins WHERE key_id <> $1").bind(&key.key_id).execute(&mut *all).await?;
        all.commit().await?;
        Ok(())
    }
}
