//! The vault: unlocked it holds the master key in memory, locked it holds nothing.

use crate::key::{Key, KeyCheck};
use crate::keychain::Keychain;
use crate::{Error, Sealed};
use catwalk_domain::{DeploymentId, FieldKey, Secret};
use keyring_core::CredentialStore;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whether secrets can be sealed and opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No key in memory.
    Locked,
    /// The key is in memory.
    Unlocked,
}

/// Seals and opens secrets with a master key from the keychain. Shared by reference or [`Arc`]; starts locked.
pub struct Vault {
    keychain: Keychain,
    service: String,
    key: Mutex<Option<Arc<Key>>>,
    /// Held while the keychain is asked, so that two callers never make two keys.
    asking: Mutex<()>,
}

impl Vault {
    /// A vault over the given keychain; `service` names Catwalk's entries in it.
    pub fn new(store: Arc<CredentialStore>, service: &str) -> Self {
        Self::with(Keychain::Given(store), service)
    }

    /// A vault over the operating system's keychain, which is first contacted by [`Self::unlock`]: an app without a
    /// keychain still starts. Fails only where no keychain is known for the operating system.
    pub fn system(service: &str) -> Result<Self, Error> {
        if cfg!(any(target_os = "linux", target_os = "macos", windows)) {
            Ok(Self::with(Keychain::System, service))
        } else {
            Err(Error::Unsupported)
        }
    }

    fn with(keychain: Keychain, service: &str) -> Self {
        Self { keychain, service: service.to_owned(), key: Mutex::default(), asking: Mutex::default() }
    }

    /// Loads the master key. Blocks; shows no dialog on Linux, while macOS may ask whether Catwalk may read its entry.
    ///
    /// With `known` the key must be there and be the right one; a new one is never made. Without (no sealed rows
    /// exist) a key is made, and the record to store is returned: store it before anything that was sealed.
    pub fn unlock(&self, known: Option<KeyCheck>) -> Result<KeyCheck, Error> {
        let _one_at_a_time = lock(&self.asking);
        if let Ok(key) = self.key() {
            match known {
                None => return key.check(),
                Some(check) if key.fits(&check) => return Ok(check),
                Some(_) => {}
            }
        }
        let (key, check) = match known {
            Some(check) => (self.load(&check)?, check),
            None => self.make()?,
        };
        *lock(&self.key) = Some(Arc::new(key));
        Ok(check)
    }

    /// Asks the operating system to unlock its keychain. Blocks until the user answered the dialog. On macOS and
    /// Windows reading itself asks, so this does nothing there. Call [`Self::unlock`] afterwards.
    pub fn request_unlock(&self) -> Result<(), Error> {
        self.keychain.request_unlock()
    }

    /// Makes a new key although sealed rows exist, because the user decided to give up the old one ([`Error::KeyGone`]).
    /// Rows sealed before do not open any more; the old entry, if any, stays in the keychain.
    pub fn start_over(&self) -> Result<KeyCheck, Error> {
        let _one_at_a_time = lock(&self.asking);
        let (key, check) = self.make()?;
        *lock(&self.key) = Some(Arc::new(key));
        Ok(check)
    }

    /// Whether the vault is open.
    pub fn state(&self) -> State {
        if self.key().is_ok() { State::Unlocked } else { State::Locked }
    }

    /// Forgets the key: it is wiped from memory.
    pub fn lock(&self) {
        *lock(&self.key) = None;
    }

    /// Seals a field's secret for one deployment.
    pub fn seal(&self, deployment: DeploymentId, field: &FieldKey, secret: &Secret<String>) -> Result<Sealed, Error> {
        self.key()?.seal(&["field", &deployment.to_string(), &field.0], secret.expose().as_bytes())
    }

    /// Opens what [`Self::seal`] sealed for the same deployment and field.
    pub fn open(&self, deployment: DeploymentId, field: &FieldKey, sealed: &Sealed) -> Result<Secret<String>, Error> {
        let corrupt = || Error::Corrupt { field: Some(field.clone()) };
        self.open_at(&["field", &deployment.to_string(), &field.0], sealed)?.ok_or_else(corrupt)
    }

    /// Seals a secret that belongs to no deployment. `purpose` names its place, with the row's id in it, e.g.
    /// `token:6f1c…`.
    pub fn seal_named(&self, purpose: &str, secret: &Secret<String>) -> Result<Sealed, Error> {
        self.key()?.seal(&["named", purpose], secret.expose().as_bytes())
    }

    /// Opens what [`Self::seal_named`] sealed for the same purpose.
    pub fn open_named(&self, purpose: &str, sealed: &Sealed) -> Result<Secret<String>, Error> {
        self.open_at(&["named", purpose], sealed)?.ok_or(Error::Corrupt { field: None })
    }

    fn open_at(&self, place: &[&str], sealed: &Sealed) -> Result<Option<Secret<String>>, Error> {
        let key = self.key()?;
        if key.id != sealed.key_id {
            // A row from before the key was replaced (or from another database) is no more use than a broken one.
            return Ok(None);
        }
        let Some(mut plain) = key.open(place, &sealed.data) else { return Ok(None) };
        Ok(String::from_utf8(std::mem::take(&mut *plain)).ok().map(Secret::new))
    }

    fn key(&self) -> Result<Arc<Key>, Error> {
        lock(&self.key).clone().ok_or(Error::NotUnlocked)
    }

    fn load(&self, check: &KeyCheck) -> Result<Key, Error> {
        let key = self.keychain.read(&self.service, &check.key_id)?;
        if key.fits(check) { Ok(key) } else { Err(Error::WrongKey { key_id: check.key_id.clone() }) }
    }

    fn make(&self) -> Result<(Key, KeyCheck), Error> {
        let key = Key::random()?;
        let check = key.check()?;
        self.keychain.write(&self.service, &key)?;
        tracing::info!(key = key.id, "a new master key was put into the keychain");
        Ok((key, check))
    }
}

/// A poisoned lock still holds a whole value: nothing is changed halfway under it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
