//! What the user typed into the form.

use crate::Secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Names a field of the form for good, e.g. `env:API_KEY`, `arg:0`, `arg:--root`, `header:Authorization`,
/// `header:Authorization/token` (a variable inside a templated value). Also part of the vault's AAD.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct FieldKey(pub String);

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for FieldKey {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

/// One answer. Secret answers never serialise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Shown and stored as it is. A repeated field has several values.
    Plain(Vec<String>),
    /// Sealed before it is stored.
    Secret(Secret<String>),
}

impl Answer {
    /// A plain answer with one value.
    pub fn plain(value: impl Into<String>) -> Self {
        Self::Plain(vec![value.into()])
    }

    /// A secret answer.
    pub fn secret(value: impl Into<String>) -> Self {
        Self::Secret(Secret::new(value.into()))
    }

    /// The answer's values, secret or not; callers keep the borrow short.
    pub fn values(&self) -> Vec<&str> {
        match self {
            Self::Plain(values) => values.iter().map(String::as_str).collect(),
            Self::Secret(secret) => vec![secret.expose()],
        }
    }

    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        self.values().iter().all(|v| v.trim().is_empty())
    }
}

/// All answers of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(pub BTreeMap<FieldKey, Answer>);

impl Answers {
    /// The answer to a field, if it is not blank.
    pub fn get(&self, key: &FieldKey) -> Option<&Answer> {
        self.0.get(key).filter(|a| !a.is_blank())
    }

    /// The plain answers alone, as the store keeps them.
    pub fn plain(&self) -> BTreeMap<FieldKey, Vec<String>> {
        let plain = |(k, a): (&FieldKey, &Answer)| match a {
            Answer::Plain(v) => Some((k.clone(), v.clone())),
            Answer::Secret(_) => None,
        };
        self.0.iter().filter_map(plain).collect()
    }
}
