//! AES-256-GCM over values that are bound to their place.

use crate::Error;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::{Zeroize, Zeroizing};

const NONCE: usize = 12;
const TAG: usize = 16;

/// A value that only the key named beside it opens. Safe to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key that sealed it.
    pub key_id: String,
    /// Base64 of nonce, ciphertext and tag.
    pub data: String,
}

/// Where a sealed value belongs: its parts become the associated data.
pub(crate) struct Place<'a>(pub(crate) &'a [&'a str]);

impl Place<'_> {
    /// Version of the sealed format; part of every value so that formats cannot be mixed up.
    const VERSION: u8 = 1;

    /// Each part with its length before it, so that no two places read the same.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![Self::VERSION];
        for part in self.0 {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

pub(crate) fn seal(key: &[u8; 32], place: &Place<'_>, plain: &[u8]) -> Result<String, Error> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(Error::Random)?;
    // Room for everything at once: a buffer that grows would leave the plain text behind in freed memory.
    let mut body = Vec::with_capacity(plain.len() + TAG);
    body.extend(plain);
    let done = Aes256Gcm::new(&(*key).into()).encrypt_in_place(&Nonce::from(nonce), &place.bytes(), &mut body);
    if done.is_err() {
        // Only a value of more than 64 GiB gets here.
        body.zeroize();
        return Err(Error::Corrupt { field: None });
    }
    Ok(BASE64.encode([&nonce[..], &body].concat()))
}

/// `None` when the value was changed, comes from another place, or another key sealed it.
pub(crate) fn open(key: &[u8; 32], place: &Place<'_>, data: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = BASE64.decode(data).ok()?;
    let (nonce, body) = bytes.split_first_chunk::<NONCE>()?;
    let mut body = Zeroizing::new(body.to_vec());
    let cipher = Aes256Gcm::new(&(*key).into());
    cipher.decrypt_in_place(&Nonce::from(*nonce), &place.bytes(), &mut *body).ok()?;
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::{BASE64, Engine, Place, open, seal};

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn every_flipped_bit_is_noticed() {
        let place = Place(&["field", "a", "b"]);
        let sealed = seal(&KEY, &place, "kea🔑".as_bytes()).expect("seals");
        assert_eq!(open(&KEY, &place, &sealed).expect("opens").as_slice(), "kea🔑".as_bytes());
        let bytes = BASE64.decode(&sealed).expect("is base64");
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&KEY, &place, &BASE64.encode(changed)).is_none(), "bit {bit}");
        }
    }

    #[test]
    fn cut_and_foreign_text_is_refused() {
        let place = Place(&["a"]);
        let sealed = seal(&KEY, &place, b"value").expect("seals");
        for text in ["", "AAAA", "no base64!", &sealed[..sealed.len() - 4], &sealed[4..]] {
            assert!(open(&KEY, &place, text).is_none(), "{text}");
        }
        assert!(open(&[8; 32], &place, &sealed).is_none(), "another key");
    }

    #[test]
    fn parts_cannot_be_shifted_into_each_other() {
        let sealed = seal(&KEY, &Place(&["ab", "c"]), b"value").expect("seals");
        for other in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &["c", "ab"]] {
            assert!(open(&KEY, &Place(other), &sealed).is_none(), "{other:?}");
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let place = Place(&["a"]);
        assert_ne!(seal(&KEY, &place, b"x").expect("seals"), seal(&KEY, &place, b"x").expect("seals"));
    }
}
