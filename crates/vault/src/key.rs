//! The master key and the record that recognises it.

use crate::Error;
use crate::crypt::{self, Place, Sealed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a check record holds once opened.
const KNOWN: &[u8] = b"catwalk key check";

/// Recognises the master key without holding it. Stored beside the sealed rows: its presence says that a key was made
/// (so none may be made again), and opening it tells a wrong key from a corrupt row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCheck {
    /// Name of the key's entry in the keychain.
    pub key_id: String,
    /// A known text, sealed.
    pub sealed: String,
}

/// The master key while the vault is unlocked. Wiped when dropped.
pub(crate) struct Key {
    pub(crate) id: String,
    bytes: Zeroizing<[u8; 32]>,
}

impl Key {
    pub(crate) fn random() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(Error::Random)?;
        Ok(Self { id: Uuid::new_v4().to_string(), bytes })
    }

    /// Reads what [`Self::to_text`] wrote.
    pub(crate) fn from_text(id: &str, text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        let length = BASE64.decode_slice(text.trim(), &mut *bytes).ok()?;
        (length == 32).then(|| Self { id: id.to_owned(), bytes })
    }

    /// As it stands in the keychain.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64.encode(self.bytes.as_slice()))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }

    pub(crate) fn seal(&self, place: &[&str], plain: &[u8]) -> Result<Sealed, Error> {
        let place = [place, &[&self.id]].concat();
        Ok(Sealed { key_id: self.id.clone(), data: crypt::seal(&self.bytes, &Place(&place), plain)? })
    }

    pub(crate) fn open(&self, place: &[&str], data: &str) -> Option<Zeroizing<Vec<u8>>> {
        let place = [place, &[&self.id]].concat();
        crypt::open(&self.bytes, &Place(&place), data)
    }

    pub(crate) fn check(&self) -> Result<KeyCheck, Error> {
        let Sealed { key_id, data } = self.seal(&["check"], KNOWN)?;
        Ok(KeyCheck { key_id, sealed: data })
    }

    pub(crate) fn fits(&self, check: &KeyCheck) -> bool {
        self.id == check.key_id && self.open(&["check"], &check.sealed).is_some_and(|text| text.as_slice() == KNOWN)
    }
}
