//! Between rows and domain types.

use crate::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::str::FromStr;

/// A row of a named table; its errors say which.
pub(crate) struct Reader<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a AnyRow,
}

impl Reader<'_> {
    pub(crate) fn text(&self, column: &str) -> Result<String, Error> {
        self.row.try_get(column).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn text_if(&self, column: &str) -> Result<Option<String>, Error> {
        self.row.try_get(column).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn number(&self, column: &str) -> Result<i64, Error> {
        self.row.try_get(column).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn number_if(&self, column: &str) -> Result<Option<i64>, Error> {
        self.row.try_get(column).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, Error> {
        serde_json::from_str(&self.text(column)?).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn json_if<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        let text = self.text_if(column)?;
        text.map(|text| serde_json::from_str(&text)).transpose().map_err(|error| self.unreadable(error))
    }

    /// A type that serialises as one word, e.g. an enum.
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, Error> {
        serde_json::from_value(Value::String(self.text(column)?)).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn parse<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        &self,
        column: &str,
    ) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|error: T::Err| self.unreadable(error))
    }

    fn unreadable(&self, error: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error::Unreadable { table: self.table, source: Box::new(error) }
    }
}

pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::Json)
}

/// The word that [`Reader::word`] reads.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, Error> {
    match serde_json::to_value(value).map_err(Error::Json)? {
        Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

/// Plain text as both engines keep it: Postgres refuses the NUL character, which no name needs.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\0', "")
}

/// Whether a statement failed because a row with this key exists; then `key` occurs in the name of the constraint.
pub(crate) fn is_taken(error: &sqlx::Error, key: &str) -> bool {
    error.as_database_error().is_some_and(|e| e.is_unique_violation() && e.message().contains(key))
}

/// Whether a statement failed because the row that it refers to does not exist.
pub(crate) fn is_orphan(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}
