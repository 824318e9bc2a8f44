//! Settings: JSON by name.

use crate::convert::{Reader, json};
use crate::{Error, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The settings.
pub struct Settings<'a>(pub(crate) &'a Store);

impl Settings<'_> {
    /// A setting, if it was ever set.
    pub async fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let query = sqlx::query("SELECT value FROM settings WHERE name = $1").bind(name);
        let row = query.fetch_optional(&self.0.pool).await?;
        row.map(|row| Reader { table: "settings", row: &row }.json("value")).transpose()
    }

    /// Sets it.
    pub async fn set<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        );
        query.bind(name).bind(json(value)?).execute(&self.0.pool).await?;
        Ok(())
    }

    /// Forgets it.
    pub async fn unset(&self, name: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM settings WHERE name = $1").bind(name).execute(&self.0.pool).await?;
        Ok(())
    }
}
