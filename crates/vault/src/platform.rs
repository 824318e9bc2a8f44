//! What differs between the keychains of the three operating systems.

use crate::Error;
#[cfg(not(target_os = "linux"))]
use keyring_core::CredentialStore;
#[cfg(not(target_os = "linux"))]
use std::sync::Arc;

#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
pub(crate) use secret_service::{can_be_locked, connect, must_be_open, patiently, request_unlock};

/// Connects to the operating system's keychain.
#[cfg(target_os = "macos")]
pub(crate) fn connect() -> Result<Arc<CredentialStore>, Error> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(|error| decode(error, ""))?;
    Ok(store)
}

/// Connects to the operating system's keychain.
#[cfg(windows)]
pub(crate) fn connect() -> Result<Arc<CredentialStore>, Error> {
    let store = windows_native_keyring_store::Store::new().map_err(|error| decode(error, ""))?;
    Ok(store)
}

/// Connects to the operating system's keychain.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(crate) fn connect() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::Unsupported)
}

/// Whether a locked store hides its entries. Only the Secret Service does; the others ask the user or say so.
#[cfg(not(target_os = "linux"))]
pub(crate) fn can_be_locked(_store: &Arc<CredentialStore>) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn must_be_open(_service: &str, _id: &str) -> Result<(), Error> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn request_unlock() -> Result<(), Error> {
    Ok(())
}

/// No time limit: reading an entry may ask the user, who may take long.
#[cfg(not(target_os = "linux"))]
pub(crate) fn patiently<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    work()
}

/// A keychain's error in our words. Variants that carry the entry's bytes are dropped here: they must reach no log.
pub(crate) fn decode(error: keyring_core::Error, key_id: &str) -> Error {
    use keyring_core::Error as Theirs;
    match error {
        Theirs::BadEncoding(_) | Theirs::BadDataFormat(..) => Error::KeyDamaged { key_id: key_id.to_owned() },
        Theirs::NoStorageAccess(_) => Error::Locked,
        Theirs::PlatformFailure(source) => match is_locked(source.as_ref()) {
            Some(true) => Error::Locked,
            Some(false) => Error::Refused(Some(source)),
            None => Error::Unavailable(source),
        },
        other => Error::Keychain(other),
    }
}

/// Whether a platform's failure means "locked" (`true`) or "the user said no" (`false`).
#[cfg(target_os = "macos")]
fn is_locked(source: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<bool> {
    match source.downcast_ref::<security_framework::base::Error>()?.code() {
        // errSecInteractionNotAllowed, errSecInteractionRequired
        -25308 | -25315 => Some(true),
        // errSecUserCanceled, errSecAuthFailed
        -128 | -25293 => Some(false),
        _ => None,
    }
}

#[cfg(not(target_os = "macos"))]
fn is_locked(_source: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<bool> {
    None
}
