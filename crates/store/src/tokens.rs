//! Tokens that client apps show to the relay.

use crate::convert::{Reader, json, plain};
use crate::{Error, Sealed, Store};
use catwalk_domain::{DeploymentId, Millis};
use sqlx::Any;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use std::collections::BTreeSet;

/// Which servers a token reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allows {
    /// All, also those added later.
    All,
    /// Only these.
    Only(BTreeSet<DeploymentId>),
}

/// One client app's token. The token itself is only here sealed; the relay compares hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its identity.
    pub id: String,
    /// The client's name for people.
    pub client: String,
    /// SHA-256 of the token, hex.
    pub hash: String,
    /// The token, sealed (purpose `token:<id>`), to write it into the client's file again.
    pub sealed: Sealed,
    /// What it reaches.
    pub allows: Allows,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last shown.
    pub last_used_at: Option<Millis>,
    /// When it was taken back; it is refused since.
    pub revoked_at: Option<Millis>,
}

/// All tokens.
pub struct Tokens<'a>(pub(crate) &'a Store);

impl Tokens<'_> {
    /// Adds a token.
    pub async fn insert(&self, token: &Token) -> Result<(), Error> {
        insert(token)?.execute(&self.0.pool).await?;
        Ok(())
    }

    /// Adds a token and takes back its client's others, both or neither.
    pub async fn replace(&self, token: &Token) -> Result<(), Error> {
        let mut change = self.0.begin().await?;
        let query = sqlx::query("UPDATE tokens SET revoked_at = $2 WHERE client = $1 AND revoked_at IS NULL");
        query.bind(plain(&token.client)).bind(token.created_at).execute(&mut *change).await?;
        insert(token)?.execute(&mut *change).await?;
        change.commit().await?;
        Ok(())
    }

    /// All tokens, revoked ones too, oldest first.
    pub async fn list(&self) -> Result<Vec<Token>, Error> {
        let rows = sqlx::query("SELECT * FROM tokens ORDER BY created_at, id").fetch_all(&self.0.pool).await?;
        rows.iter().map(read).collect()
    }

    /// Changes what it reaches.
    pub async fn set_allows(&self, id: &str, to: &Allows) -> Result<(), Error> {
        let query = sqlx::query("UPDATE tokens SET allows = $2 WHERE id = $1").bind(id).bind(allows(to)?);
        query.execute(&self.0.pool).await?;
        Ok(())
    }

    /// Notes that it was shown; never back in time.
    pub async fn touch(&self, id: &str, at: Millis) -> Result<(), Error> {
        let query = sqlx::query(
            "UPDATE tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
        );
        query.bind(id).bind(at).execute(&self.0.pool).await?;
        Ok(())
    }

    /// Takes it back for good.
    pub async fn revoke(&self, id: &str, at: Millis) -> Result<(), Error> {
        let query = sqlx::query("UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
        query.bind(id).bind(at).execute(&self.0.pool).await?;
        Ok(())
    }
}

fn insert(token: &Token) -> Result<Query<'_, Any, AnyArguments>, Error> {
    let query = sqlx::query(
        "INSERT INTO tokens (id, client, hash, key_id, data, allows, created_at, last_used_at, revoked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let query = query.bind(&token.id).bind(plain(&token.client)).bind(&token.hash);
    let query = query.bind(&token.sealed.key_id).bind(&token.sealed.data).bind(allows(&token.allows)?);
    Ok(query.bind(token.created_at).bind(token.last_used_at).bind(token.revoked_at))
}

fn allows(allows: &Allows) -> Result<Option<String>, Error> {
    match allows {
        Allows::All => Ok(None),
        Allows::Only(ids) => json(ids).map(Some),
    }
}

fn read(row: &AnyRow) -> Result<Token, Error> {
    let row = Reader { table: "tokens", row };
    Ok(Token {
        id: row.text("id")?,
        client: row.text("client")?,
        hash: row.text("hash")?,
        sealed: Sealed { key_id: row.text("key_id")?, data: row.text("data")? },
        allows: row.json_if("allows")?.map_or(Allows::All, Allows::Only),
        created_at: row.number("created_at")?,
        last_used_at: row.number_if("last_used_at")?,
        revoked_at: row.number_if("revoked_at")?,
    })
}
