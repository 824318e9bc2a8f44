//! `requestState` minted here: what a client of 2026-07-28 gives back to go on with a call that waits for it.
//!
//! It names a call of ours, so nobody but the client it was given to may use it, nor for another server, nor for ever.
//! The key lives as long as the relay: the calls that it names do not live longer.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catwalk_domain::DeploymentId;
use std::fmt;
use std::time::{Duration, Instant};

const NONCE: usize = 12;
const TAG: usize = 16;
/// Call, round, and when it expires.
const BODY: usize = 24;

/// Seals and opens.
pub(crate) struct Seal {
    cipher: Aes256Gcm,
    started: Instant,
}

/// What a state names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// The call.
    pub(crate) call: u64,
    /// Which of its rounds of questions.
    pub(crate) round: u64,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

/// Whom a state is for: bound as associated data.
fn bound(token: &str, deployment: DeploymentId) -> Vec<u8> {
    [deployment.0.as_bytes(), token.as_bytes()].concat()
}

impl Seal {
    /// With a fresh key; none if the system gives no random numbers.
    pub(crate) fn new() -> Option<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).ok()?;
        Some(Self { cipher: Aes256Gcm::new(&key.into()), started: Instant::now() })
    }

    /// A state for this client and deployment, good for `lasts`.
    pub(crate) fn seal(&self, what: Sealed, token: &str, deployment: DeploymentId, lasts: Duration) -> Option<String> {
        let expires = u64::try_from((self.started.elapsed() + lasts).as_millis()).ok()?;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let mut body: Vec<u8> = [what.call, what.round, expires].into_iter().flat_map(u64::to_be_bytes).collect();
        self.cipher.encrypt_in_place(&Nonce::from(nonce), &bound(token, deployment), &mut body).ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &body].concat()))
    }

    /// What a state names, if it was made here for them, is whole and has not expired.
    pub(crate) fn open(&self, state: &str, token: &str, deployment: DeploymentId) -> Option<Sealed> {
        // Longer ones are somebody else's; not worth decoding.
        if state.len() > 2 * (NONCE + BODY + TAG) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(state).ok()?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE>()?;
        let mut body = body.to_vec();
        self.cipher.decrypt_in_place(&Nonce::from(*nonce), &bound(token, deployment), &mut body).ok()?;
        let number = |at: usize| body.get(at..at + 8).and_then(|part| part.try_into().ok()).map(u64::from_be_bytes);
        let (call, round, expires) = (number(0)?, number(8)?, number(16)?);
        (u128::from(expires) > self.started.elapsed().as_millis()).then_some(Sealed { call, round })
    }
}

#[cfg(test)]
mod tests {
    use super::{Seal, Sealed};
    use catwalk_domain::DeploymentId;
    use std::time::Duration;

    #[test]
    fn a_state_opens_for_whom_it_was_made_while_it_lasts() {
        let seal = Seal::new().expect("randomness");
        let (one, two) = (DeploymentId(uuid::Uuid::from_u128(1)), DeploymentId(uuid::Uuid::from_u128(2)));
        let what = Sealed { call: 7, round: 2 };
        let state = seal.seal(what, "a", one, Duration::from_mins(1)).expect("is sealed");
        assert_eq!(seal.open(&state, "a", one), Some(what));
        assert_eq!(seal.open(&state, "b", one), None, "another client");
        assert_eq!(seal.open(&state, "a", two), None, "another server");
        assert_eq!(Seal::new().expect("randomness").open(&state, "a", one), None, "another relay");
        assert_eq!(seal.open(&format!("{state}-TAMPERED"), "a", one), None);
        let mut flipped = state.clone().into_bytes();
        flipped[20] = if flipped[20] == b'A' { b'B' } else { b'A' };
        assert_eq!(seal.open(&String::from_utf8(flipped).expect("is text"), "a", one), None);
        for junk in ["", "x", &"A".repeat(70), &"A".repeat(10_000)] {
            assert_eq!(seal.open(junk, "a", one), None, "{junk}");
        }
        let brief = seal.seal(what, "a", one, Duration::ZERO).expect("is sealed");
        assert_eq!(seal.open(&brief, "a", one), None, "expired");
    }
}
